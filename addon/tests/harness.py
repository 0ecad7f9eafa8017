"""For the tests that run inside Blender: the add-on's session against a companion that the test plays itself."""

from __future__ import annotations

import faulthandler
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import bpy  # noqa: E402

from sceneport.link.framing import encode_frame, parse_frame, read_frame  # noqa: E402
from sceneport.session import Session  # noqa: E402
from sceneport.watch import identity  # noqa: E402

WAIT_SECONDS = 30.0
BUDGET_SECONDS = 0.008


class Play:
    """One session whose companion is played by the test."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.messages: list[tuple[dict[str, Any], list[bytes]]] = []
        self.ticks: list[float] = []
        self.arrived = threading.Event()
        self.further: bool | None = False
        """What `undone` says by itself where the add-on waits for it (rule R6); None: the test says it."""
        self._orders = 0
        self._heard = 0
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            command = [shutil.which("python3"), str(HERE / "scripted_companion.py"), str(port)]
            self.session = Session(command, Path(self.folder.name))
            self._link, _ = server.accept()
        self._stream = self._link.makefile("rb")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.say({"type": "hello", "version": 1})

    def _read(self) -> None:
        while (frame := read_frame(self._stream.read)) is not None:
            header, buffers = parse_frame(frame)
            self.messages.append((header, [bytes(buffer) for buffer in buffers]))
            self.arrived.set()

    def say(self, header: dict[str, Any], buffers: list[bytes] = ()) -> None:
        """Sends one message down."""
        self._link.sendall(b"".join(bytes(piece) for piece in encode_frame(header, list(buffers))))

    def tick(self) -> None:
        """One tick, measured."""
        started = time.perf_counter()
        self.session.tick(BUDGET_SECONDS)
        self.ticks.append(time.perf_counter() - started)
        for header, _ in self.messages[self._heard :]:
            self._heard += 1
            if header.get("ours") and self.further is not None:
                self.say({"type": "undone", "further": self.further})

    def until(self, done: Callable[[], Any]) -> Any:
        """Ticks until there is an answer."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not (answer := done()):
            assert time.monotonic() < deadline, "waited in vain"
            self.tick()
        return answer

    def wait_for(self, kind: str, since: int = 0, **fields: Any) -> dict[str, Any]:
        """The first message up of this type, behind `since`, with these fields."""

        def find() -> Any:
            for header, _ in list(self.messages)[since:]:
                if header["type"] == kind and all(header.get(name) == value for name, value in fields.items()):
                    return header
            return None

        return self.until(find)

    def hand_over(self) -> dict[str, dict[str, Any]]:
        """Lets the add-on show everything; the blocks by id."""
        since = len(self.messages)
        self.say({"type": "hand-over"})
        self.wait_for("show", since, reason="hand-over", done=True)
        return self.blocks(since)

    def order(self, *operations: dict[str, Any], push: bool = True, buffers: list[bytes] = ()) -> dict[str, Any]:
        """Orders and waits for what came of it."""
        since = len(self.messages)
        self._orders += 1
        self.say({"type": "order", "order": self._orders, "push": push, "ops": list(operations)}, buffers)
        return self.wait_for("applied", since, order=self._orders)

    def settle(self) -> None:
        """Lets the add-on find everything that is to be found, and everything it says arrive."""
        self.session.look_at_everything()
        self.until(lambda: self.session.settled)
        since = len(self.messages)
        self.session.request("digest")
        self.wait_for("digest", since)

    def blocks(self, since: int = 0) -> dict[str, dict[str, Any]]:
        """The blocks of all shows behind `since`, merged, by id."""
        result: dict[str, dict[str, Any]] = {}
        for header, _ in list(self.messages)[since:]:
            for block in header["blocks"] if header["type"] == "show" else ():
                merged = result.setdefault(block["id"], {})
                for name, value in block.items():
                    if isinstance(value, dict):
                        merged.setdefault(name, {}).update(value)
                    else:
                        merged[name] = value
        return result

    def gone(self, since: int = 0) -> list[str]:
        """The ids that were said to be gone behind `since`."""
        return [one for header, _ in self.messages[since:] if header["type"] == "show" for one in header["gone"]]

    def hang_up(self) -> None:
        """The companion ends by itself."""
        self._link.shutdown(socket.SHUT_RDWR)

    def thread_ended(self) -> None:
        """Waits until everything that the add-on said has arrived."""
        self._thread.join(WAIT_SECONDS)

    def close(self) -> None:
        """Ends the session and its companion."""
        self.session.close()
        self.session.wait_for_end(WAIT_SECONDS)
        self._link.close()
        self.folder.cleanup()


def new_id() -> str:
    """A fresh id."""
    return uuid.uuid4().hex


def fresh_file() -> None:
    """The factory scene, with an undo history that begins here."""
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    bpy.ops.ed.undo_push(message="start")


def run(cases: list[Callable[[Play], None]]) -> None:
    """Runs each case in a fresh file and session and prints its outcome; the exit status tells of a failure.

    Names behind `--` choose cases, as SCENEPORT_RULE does those that cite a rule.
    """
    sys.stdout.reconfigure(line_buffering=True)
    faulthandler.enable()
    identity.register()
    failed = 0
    wanted = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    rule = os.environ.get("SCENEPORT_RULE")
    for case in cases:
        if wanted and case.__name__ not in wanted or rule is not None and f"[{rule}]" not in case.__doc__:
            continue
        fresh_file()
        play = Play()
        try:
            case(play)
            print(f"CASE ok {case.__doc__}")
        except Exception as error:
            failed += 1
            print(f"CASE FAIL {case.__doc__}: {repr(error)[:500]}")
            traceback.print_tb(error.__traceback__)
        finally:
            play.close()
        if play.ticks:
            ticks = sorted(seconds * 1000 for seconds in play.ticks)
            print(f"TICKS {case.__name__}: {len(ticks)}, median {ticks[len(ticks) // 2]:.1f} ms, max {ticks[-1]:.1f} ms")
    if failed:
        raise SystemExit(1)
