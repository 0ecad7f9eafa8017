"""One conversation with the companion: what is sent, what arrives, and the tick in between."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import context, undo_steps
from .busy import Busy
from .companion import Companion
from .errors import SceneportError
from .hands import Hands
from .link.framing import Buffer
from .link.messages import VERSION
from .link.process import Ended
from .requests import Reply
from .shows import Shows
from .status import OFFLINE, offline_because
from .stay import Stay
from .undo_steps import UndoSteps
from .watch import handlers, modes
from .watch.cache import Entry
from .watch.capture import Capture
from .watch.deferred import Deferred
from .watch.hints import Hints
from .watch.identity import Identity
from .watch.presence import Presence

MAX_QUEUED_BYTES = 256 * 1024 * 1024
"""With more than this on its way to the companion, nothing new is read."""
MESSAGES_PER_TICK = 1000
NOTICES_KEPT = 20


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
        self.stay: Stay | None = None
        """The stay in a session that was joined."""
        self.others: dict[int, dict[str, Any]] = {}
        """Presence of the other users, by number."""
        self._companion = Companion(command, data_folder)
        self._send = self._companion.send
        self.identity = Identity()
        self._hints = Hints()
        self._deferred = Deferred()
        self.capture = Capture(self.identity, self._hints, self._deferred, self._show)
        self.hands = Hands(self.identity, self.capture, self._hints, self._deferred, self._send, data_folder)
        self._undo_steps = UndoSteps()
        self._modes = modes.Modes(self.identity)
        self._presence = Presence(self.identity)
        self._busy = Busy(self._modes, self.capture)
        self._shows = Shows()
        handlers.connect(self._hints)

    # Asking the companion.

    def request(self, kind: str, **fields: Any) -> Reply:
        """Sends a request (rule L6); the reply is done after some later tick."""
        reply = self._companion.request(kind, **fields)
        if not self._companion.listens:
            self._companion.refuse("companion-stopped", _STOPPED)
        return reply

    def join(self, options: dict[str, Any]) -> Reply:
        """Joins a session (rule J1), or goes on with the one that was interrupted (rule J11). Raises SceneportError."""
        if self.interrupted and self.stay.is_of(options):
            reply = self.stay.come_back()
            if reply is None:
                raise SceneportError("companion-stopped", _STOPPED)
            return reply
        if self.interrupted:
            self.stop_watching()
        if self.watching:
            raise SceneportError("bad-request", "Leave the session first.")
        self.stay = Stay(self._companion, options)
        return self.stay.enter()

    def leave(self) -> Reply:
        """Rule J6: hands over what is left, then leaves. Nothing is watched from here on."""
        if self.stay is not None and (self.stay.is_away or self.interrupted):
            self._companion.kill()
            undo_steps.take_back()
            self._end()
            return Reply("leave").succeed()
        while self.watching and not self._hints.loaded and not self.capture.idle:
            self.capture.step(deadline=float("inf"))
        self.stop_watching()
        return self.request("leave")

    def stop_watching(self) -> None:
        """The open file is no longer in the session."""
        undo_steps.take_back()
        self._forget()

    def _forget(self) -> None:
        self.watching = self.asked = False
        self.stay = None
        self._shows.forget()
        self.others.clear()
        self.capture.forget()
        self.hands.forget()
        self.identity.reset()
        self._undo_steps.forget()
        self._busy.forget()

    def close(self) -> None:
        """Ends the conversation; the companion keeps what was handed over and ends by itself (rule L4)."""
        if not self.ended:
            self._end()
            self._companion.close()

    def wait_for_end(self, timeout_seconds: float) -> None:
        """After `close`: waits for the companion, and ends it where it does not end in time."""
        self._companion.wait_for_end(timeout_seconds)

    @property
    def interrupted(self) -> bool:
        """The way back was given up; whoever joins the same session again goes on with the open file (rule J11)."""
        return self.stay is not None and self.stay.interrupted

    @property
    def pid(self) -> int:
        """The process id of the companion."""
        return self._companion.pid

    @property
    def settled(self) -> bool:
        """Whether everything noticed has been handed over and everything ordered carried out."""
        is_here = self._shows.heard and (self.stay is None or not self.stay.is_away)
        return not self.watching or (is_here and self.capture.idle and self.hands.idle)

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
        error = self.stay.step() if self.stay is not None else None
        if error is not None:
            self.status = offline_because(error.code, error.message)
        if self.watching and not self.ended:
            context.update_view_layers()
            self._notice_moves()
            if self._hints.undone:
                self.hands.removal.look_again()
                self._undo_steps.landed(self._hints.forwards)
            if self._companion.queued_bytes < MAX_QUEUED_BYTES:
                self.capture.step(deadline, clock)
            self._busy.say(self._send)
            self._presence.say(self._send)
        if self._may_order():
            if self.hands.step(deadline, clock):
                self.watching = True
                self._shows.forget()
                self._undo_steps.forget()
        if not self._hints.undone:
            self._undo_steps.keep_up()
        self.identity.release_references()

    def _take_in(self, deadline: float, clock: Callable[[], float]) -> None:
        for arrived in self._companion.said(MESSAGES_PER_TICK):
            if isinstance(arrived, Ended):
                self._companion_ended(arrived)
                return
            if not self.ended:
                self._handle(arrived.header, arrived.buffers)
            if clock() >= deadline:
                return

    def _handle(self, header: dict[str, Any], buffers: list[memoryview]) -> None:
        kind = header["type"]
        if kind == "order":
            self.asked = False
            self.hands.accept(header, buffers)
        elif kind == "result":
            self._companion.answer(header)
        elif kind == "status":
            self._take_status(header)
        elif kind == "stored":
            self._shows.stored(header["show"])
        elif kind == "show-again":
            self._shows.stored(header["stored"])
            self._busy.forget()
            self._busy.say(self._send)
            self.capture.show_again(self._shows.marks)
        elif kind == "hand-over":
            self.asked = False
            self._shows.heard = True
            self._busy.forget()
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

    def _take_status(self, header: dict[str, Any]) -> None:
        if self.stay is not None and self.stay.is_away and header["state"] == "offline":
            # What becomes of an attempt to come back is said by its answer.
            return
        self.status = header
        if header["state"] == "offline" and self.watching:
            # The session has ended without the user's doing: kicked, closed, refused.
            self.stop_watching()
        if header["state"] == "online" and self.stay is not None:
            self.stay.seq = header["seq"]
        numbers = {user["number"] for user in header["users"]}
        self.others = {number: one for number, one in self.others.items() if number in numbers}

    def _may_order(self) -> bool:
        """Orders wait for what the user did, and before the file is in the session for nothing but an empty file."""
        if self.ended or self._busy.paused or self._undo_steps.waits:
            return False
        return self.capture.settled if self.watching else self.hands.opens

    def _go_on(self, further: bool) -> None:
        """Rule R6: after an undo of ours one step further, or on with the orders."""
        self._undo_steps.waits = False
        if not further:
            return
        if self.capture.settled and not self._busy.any:
            self._undo_steps.go_further()
        if not self._hints.undone:
            self._show({"type": "show", "reason": "undo", "blocks": [], "gone": [], "done": True}, [], {})

    def _notice_moves(self) -> None:
        if self._hints.moved:
            self._modes.moved(self._hints.moved)
            self.hands.removal.rest()
            self._hints.moved.clear()

    def _file_was_opened(self) -> None:
        """Another file is open: the session goes on without this user."""
        if self.watching:
            self.leave()
            self.notices.append(_LEFT)
        self._hints.loaded = False

    def _show(self, header: dict[str, Any], buffers: list[Buffer], before: dict[str, Entry]) -> None:
        self.hands.break_off()
        if header["gone"]:
            # Stand-in data may have lost its last object.
            self.hands.removal.look_again()
        self._undo_steps.shown(header["reason"])
        if header["reason"] == "undo" and header["done"]:
            header = {**header, "ours": self._undo_steps.ours()}
        sent = self._shows.take(header, before)
        if sent is None:
            self._undo_steps.waits = False
        else:
            self._send(sent, buffers)

    # When the companion dies (rule J11).

    def _companion_ended(self, ended: Ended) -> None:
        if self.ended:
            return
        if ended.malformed is not None:
            self.fail("bad-message", f"The companion said something that cannot be understood: {ended.malformed}.")
        elif self.stay is None or not self.stay.began or not self.watching:
            self.fail("companion-stopped", _STOPPED)
        else:
            self._companion.kill()
            self._companion.refuse("companion-stopped", _STOPPED)
            if self.interrupted:
                return
            self._shows.heard = self._undo_steps.waits = False
            self.hands.forget()
            self.others.clear()
            self.status = {**self.status, "state": "reconnecting", "error": None}
            self.stay.companion_died()

    def fail(self, code: str, message: str) -> None:
        """Rule L3: the companion is stopped and the code shown."""
        self._companion.kill()
        undo_steps.take_back()
        self._end()
        self.status = offline_because(code, message)
        self._companion.refuse(code, message)

    def _end(self) -> None:
        self._forget()
        handlers.disconnect()
        self.ended = True
        self.status = OFFLINE


_STOPPED = "The program beside Blender has stopped. Join again: what was handed over is kept and sent then."
_LEFT = {
    "type": "notice",
    "level": "info",
    "code": "left",
    "message": "You have left the session, because another file was opened.",
}
