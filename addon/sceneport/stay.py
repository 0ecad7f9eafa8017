"""One stay of this Blender in a session, and the way back into it when the companion dies (rules J9, J11)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .errors import SceneportError
from .requests import Reply

if TYPE_CHECKING:
    from .companion import Companion

DELAYS_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0)
"""How long to wait before each attempt; when as many companions have died on the way, it is given up."""
PASSING = (
    *("unreachable", "timed-out", "shutting-down", "server-full"),
    *("login-timeout", "login-slow-down", "slow-down", "too-slow"),
)
"""Refusals of a join that may be gone a little later: after them it is tried for as long as the user likes."""

_STOPS = (
    "The program beside Blender stops again and again. Your file is as you left it: join the same session again to go "
    "on with it. What is wrong is in companion.log."
)


class Stay:
    """How the session was joined, and whether this Blender is in it. Nothing of it ever waits."""

    def __init__(
        self, companion: Companion, options: dict[str, Any], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`options`: the fields of `join` (rule J1)."""
        self._companion = companion
        self._options = options
        self._clock = clock
        self._id = uuid.uuid4().hex
        self._entering: Reply | None = None
        self._returning: Reply | None = None
        self._due_at: float | None = None
        self._deaths = self._refusals = 0
        self.seq = 0
        """The last event that Blender is known to show."""
        self.interrupted = False
        """The way back was given up, until the user joins again."""

    def enter(self) -> Reply:
        """The first `join`."""
        self._entering = self._join(self._options, again=False)
        return self._entering

    def is_of(self, options: dict[str, Any]) -> bool:
        """Whether this would be the same user in the same session."""
        return all(self._options[name] == options[name] for name in ("target", "user", "data"))

    @property
    def began(self) -> bool:
        """Whether this Blender has been in the session: before that there is nothing to come back to."""
        return self._entering is not None and self._entering.done and self._entering.error is None

    @property
    def is_away(self) -> bool:
        """Whether this Blender is on the way back."""
        return self._due_at is not None or self._returning is not None

    def companion_died(self) -> None:
        """Another one will take its place."""
        self._returning = None
        self._deaths += 1
        self._due_at = self._clock() + (DELAYS_SECONDS[self._deaths - 1] if self._deaths <= len(DELAYS_SECONDS) else 0)

    def step(self) -> SceneportError | None:
        """Goes on with the way back; the error with which it is given up."""
        if self._due_at is not None and self._clock() >= self._due_at:
            if self._deaths > len(DELAYS_SECONDS):
                return self._interrupt(SceneportError("companion-stopped", _STOPS))
            self.come_back()
        elif self._returning is not None and self._returning.done:
            return self._take_answer(self._returning)
        return None

    def come_back(self) -> Reply | None:
        """One attempt, now; None where the dead companion has not quite ended or another cannot be started."""
        self.interrupted = False
        try:
            if not self._companion.listens and not self._companion.start_again():
                return None
        except OSError:
            self.companion_died()
            return None
        self._due_at = None
        self._returning = self._join({**self._options, "scene": None}, again=True)
        return self._returning

    def _join(self, options: dict[str, Any], again: bool) -> Reply:
        return self._companion.request("join", **options, stay={"id": self._id, "again": again, "seq": self.seq})

    def _take_answer(self, reply: Reply) -> SceneportError | None:
        self._returning = None
        if reply.error is None:
            self._deaths = self._refusals = 0
        elif reply.error.code not in PASSING:
            return self._interrupt(reply.error)
        else:
            self._due_at = self._clock() + DELAYS_SECONDS[min(self._refusals, len(DELAYS_SECONDS) - 1)]
            self._refusals += 1
        return None

    def _interrupt(self, error: SceneportError) -> SceneportError:
        self._due_at = None
        self._deaths = self._refusals = 0
        self.interrupted = True
        return error
