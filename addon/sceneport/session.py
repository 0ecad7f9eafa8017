"""One conversation with the companion: what is sent, what arrives, and the tick in between."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bpy

from . import context
from .hands import Hands
from .link.framing import Buffer, MalformedMessage, encode_frame
from .link.messages import VERSION, read_down
from .link.process import CompanionProcess, Ended
from .requests import Reply, Requests
from .undo_steps import UndoSteps
from .watch import handlers, modes
from .watch.capture import Capture
from .watch.deferred import Deferred
from .watch.hints import Hints
from .watch.identity import Identity
from .watch.presence import Presence

MAX_QUEUED_BYTES = 256 * 1024 * 1024
"""With more than this on its way to the companion, nothing new is read."""
MESSAGES_PER_TICK = 1000
NOTICES_KEPT = 20

OFFLINE: dict[str, Any] = {
    "state": "offline",
    "seq": 0,
    "pending": 0,
    "progress": {"datablocks": 0, "datablocksTotal": 0, "bytes": 0, "bytesTotal": 0},
    "users": [],
    "owners": {},
    "session": None,
    "error": None,
}


class Session:
    """Ties the companion to the eyes and the hands. Nothing of it ever waits."""

    def __init__(self, command: Sequence[str], data_folder: Path) -> None:
        """Starts the companion. Raises OSError where it cannot be started."""
        self.status: dict[str, Any] = OFFLINE
        self.notices: deque[dict[str, Any]] = deque(maxlen=NOTICES_KEPT)
        self.asked = False
        """Rule J4: the companion waits for `choose`."""
        self.watching = False
        """Whether the open file is in the session."""
        self.ended = False
        """The companion is gone, and this conversation with it."""
        self.others: dict[int, dict[str, Any]] = {}
        """Presence of the other users, by number."""
        self.identity = Identity()
        self._hints = Hints()
        self._deferred = Deferred()
        self.capture = Capture(self.identity, self._hints, self._deferred, self._show)
        self.hands = Hands(self.identity, self.capture, self._hints, self._deferred, self._send, data_folder)
        self._undo_steps = UndoSteps()
        self._modes = modes.Modes(self.identity)
        self._presence = Presence(self.identity)
        self._busy: dict[str, str] = {}
        self._releasing: set[str] = set()
        self._paused = False
        self._requests = Requests()
        self._process = CompanionProcess(command, data_folder / "logs" / "companion.log")
        self._send({"type": "hello", "version": VERSION, "blender": bpy.app.version_string}, [])
        handlers.connect(self._hints)

    # Asking the companion.

    def request(self, kind: str, **fields: Any) -> Reply:
        """Sends a request (rule L6); the reply is done after some later tick."""
        number, reply = self._requests.add(kind)
        if self.ended:
            self._requests.refuse_all("companion-stopped", _STOPPED)
        else:
            self._send({"type": kind, "request": number, **fields}, [])
        return reply

    def leave(self) -> Reply:
        """Rule J6: hands over what is left, then leaves. Nothing is watched from here on."""
        while self.watching and not self._hints.loaded and not self.capture.idle:
            self.capture.step(deadline=float("inf"))
        self.stop_watching()
        return self.request("leave")

    def stop_watching(self) -> None:
        """The open file is no longer in the session."""
        self.watching = False
        self.asked = False
        self.others.clear()
        self.capture.forget()
        self.hands.forget()
        self.identity.reset()
        self._undo_steps.forget()
        self._busy = {}

    def close(self) -> None:
        """Ends the conversation; the companion keeps what was handed over and ends by itself (rule L4)."""
        if not self.ended:
            self._end()
            self._process.close()

    def wait_for_end(self, timeout_seconds: float) -> None:
        """After `close`: waits for the companion, and ends it where it does not end in time."""
        if self._process.wait(timeout_seconds) is None:
            self._process.kill()

    @property
    def pid(self) -> int:
        """The process id of the companion."""
        return self._process.pid

    @property
    def settled(self) -> bool:
        """Whether everything noticed has been handed over and everything ordered carried out."""
        return not self.watching or (self.capture.idle and self.hands.idle)

    def look_at_everything(self) -> None:
        """Compares everything with what was handed over, in the ticks to come, and the hidden changes with it."""
        if self.watching:
            self.capture.look_at_everything()
            self.hands.removal.look_again()

    # The tick.

    def tick(self, budget_seconds: float, clock: Callable[[], float] = time.perf_counter) -> None:
        """One round: take in, capture what the user did, carry out orders (rules O1, O3). Takes about the budget."""
        deadline = clock() + budget_seconds
        if self._hints.loaded:
            self._file_was_opened()
        self._take_in(deadline, clock)
        if self.watching and not self.ended:
            context.update_view_layers()
            self._notice_moves()
            if self._hints.undone:
                self.hands.removal.look_again()
                self._undo_steps.landed(self._hints.forwards)
            if self._process.queued_bytes < MAX_QUEUED_BYTES:
                self.capture.step(deadline, clock)
            self._say_modes()
            self._presence.say(self._send)
        if self._may_order():
            if self.hands.step(deadline, clock):
                self.watching = True
                self._undo_steps.forget()
        if not self._hints.undone:
            self._undo_steps.keep_up()
        self.identity.release_references()

    def _take_in(self, deadline: float, clock: Callable[[], float]) -> None:
        for _ in range(MESSAGES_PER_TICK):
            try:
                arrived = self._process.arrived.get_nowait()
            except queue.Empty:
                return
            if isinstance(arrived, Ended):
                if not self.ended:
                    self.fail("bad-message" if arrived.malformed else "companion-stopped", _STOPPED)
                return
            if self.ended:
                continue
            try:
                message = read_down(arrived)
            except MalformedMessage as error:
                self.fail("bad-message", f"The companion said something that cannot be understood: {error}.")
                return
            self._handle(message.header, message.buffers)
            if clock() >= deadline:
                return

    def _handle(self, header: dict[str, Any], buffers: list[memoryview]) -> None:
        kind = header["type"]
        if kind == "order":
            self._take_order(header, buffers)
        elif kind == "result":
            self._requests.answer(header)
        elif kind == "status":
            self.status = header
            if header["state"] == "offline" and self.watching:
                # The session has ended without the user's doing: kicked, closed, refused.
                self.stop_watching()
            numbers = {user["number"] for user in header["users"]}
            self.others = {number: one for number, one in self.others.items() if number in numbers}
        elif kind == "hand-over":
            self.asked = False
            self.hands.removal.keep_scenes()
            self.capture.hand_over()
            self.watching = True
        elif kind == "undone":
            self._go_on(header["further"])
        elif kind == "ask":
            self.asked = True
        elif kind == "notice":
            self.notices.append(header)
        elif kind == "presence":
            self.others[header["user"]] = header
        elif kind == "hello" and header["version"] != VERSION:
            self.fail("companion-version", "The add-on and its program are of different versions. Install it again.")
        elif kind == "fatal":
            self.fail(header["code"], header["message"])

    def _take_order(self, header: dict[str, Any], buffers: list[memoryview]) -> None:
        self.asked = False
        self.hands.accept(header, buffers)

    def _may_order(self) -> bool:
        """Orders wait for what the user did, and before the file is in the session for nothing but an empty file."""
        if self.ended or self._paused or self._undo_steps.waits:
            return False
        return self.capture.settled if self.watching else self.hands.opens

    def _go_on(self, further: bool) -> None:
        """Rule R6: after an undo of ours one step further, or on with the orders."""
        self._undo_steps.waits = False
        if not further:
            return
        if self.capture.settled and not self._busy:
            self._undo_steps.go_further()
        if not self._hints.undone:
            self._show({"type": "show", "reason": "undo", "blocks": [], "gone": [], "done": True}, [])

    def _notice_moves(self) -> None:
        if self._hints.moved:
            self._modes.moved(self._hints.moved)
            self.hands.removal.rest()
            self._hints.moved.clear()

    def _say_modes(self) -> None:
        paused = modes.is_paused()
        if paused != self._paused:
            self._paused = paused
            self._send({"type": "paused", "paused": paused}, [])
        busy = self._modes.busy()
        ended = [one for one in self._busy if one not in busy]
        self.capture.look_at_arrays(one for one in ended if one not in self._releasing)
        # What a mode kept from being read is handed over before the news that the mode has ended.
        self._releasing = {one for one in ended if self.capture.reads_arrays_of(one)}
        busy.update({one: self._busy[one] for one in self._releasing})
        if busy != self._busy:
            self._busy = busy
            self._send({"type": "busy", "blocks": busy}, [])

    def _file_was_opened(self) -> None:
        """Another file is open: the session goes on without this user."""
        if self.watching:
            self.leave()
            self.notices.append(
                {
                    "type": "notice",
                    "level": "info",
                    "code": "left",
                    "message": "You have left the session, because another file was opened.",
                }
            )
        self._hints.loaded = False

    def _show(self, header: dict[str, Any], buffers: list[Buffer]) -> None:
        self.hands.break_off()
        self._undo_steps.shown(header["reason"])
        if header["reason"] == "undo" and header["done"]:
            header = {**header, "ours": self._undo_steps.ours()}
        self._send(header, buffers)

    def _send(self, header: dict[str, Any], buffers: list[Buffer]) -> None:
        if not self.ended:
            self._process.send(encode_frame(header, buffers))

    def fail(self, code: str, message: str) -> None:
        """Rule L3: the companion is stopped and the code shown."""
        self._process.kill()
        self._end()
        self.status = {**OFFLINE, "error": {"code": code, "message": message}}
        self._requests.refuse_all(code, message)

    def _end(self) -> None:
        self.stop_watching()
        handlers.disconnect()
        self.ended = True
        self.status = OFFLINE


_STOPPED = "The program beside Blender has stopped. Join again: what was handed over is kept and sent then."
