"""The program beside Blender, and what it is asked (rules L2, L6)."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import bpy

from .link.framing import Buffer, MalformedMessage, encode_frame
from .link.messages import VERSION, Message, read_down
from .link.process import CompanionProcess, Ended
from .requests import Reply, Requests


class Companion:
    """One running program after the other; nothing of it ever waits."""

    def __init__(self, command: Sequence[str], data_folder: Path) -> None:
        """Starts the program. Raises OSError where it cannot be started."""
        self._command = command
        self._log_path = data_folder / "logs" / "companion.log"
        self._requests = Requests()
        self._start()

    def _start(self) -> None:
        self._process = CompanionProcess(self._command, self._log_path)
        self.listens = True
        """Whether there is any use in saying something."""
        self.send({"type": "hello", "version": VERSION, "blender": bpy.app.version_string}, [])

    def start_again(self) -> bool:
        """Another one in the place of the dead; False while that has not quite ended. Raises OSError.

        What it kept on disk can only be opened once it is gone.
        """
        if self._process.wait(0) is None:
            return False
        self._start()
        return True

    def send(self, header: dict[str, Any], buffers: list[Buffer]) -> None:
        """Says something; nobody hears it where the program has ended."""
        if self.listens:
            self._process.send(encode_frame(header, buffers))

    def request(self, kind: str, **fields: Any) -> Reply:
        """Asks (rule L6); the reply is done after some later tick."""
        number, reply = self._requests.add(kind)
        self.send({"type": kind, "request": number, **fields}, [])
        return reply

    def answer(self, header: dict[str, Any]) -> None:
        """Takes in a `result`."""
        self._requests.answer(header)

    def refuse(self, code: str, message: str) -> None:
        """Nothing that is being asked will be answered any more."""
        self._requests.refuse_all(code, message)

    def said(self, most: int) -> Iterator[Message | Ended]:
        """What it has said, up to so many messages, the last one `Ended`: also where something is not understood."""
        for _ in range(most):
            try:
                arrived = self._process.arrived.get_nowait()
                yield arrived if isinstance(arrived, Ended) else read_down(arrived)
            except queue.Empty:
                return
            except MalformedMessage as error:
                yield Ended(str(error))
                return

    def kill(self) -> None:
        """Ends it at once."""
        self.listens = False
        self._process.kill()

    def close(self) -> None:
        """Lets it keep what was handed over and end by itself (rule L4)."""
        self.listens = False
        self._process.close()

    def wait_for_end(self, timeout_seconds: float) -> None:
        """After `close`: waits, and ends it where it does not end in time."""
        if self._process.wait(timeout_seconds) is None:
            self._process.kill()

    @property
    def queued_bytes(self) -> int:
        """What was said and has not been taken yet."""
        return self._process.queued_bytes

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid
