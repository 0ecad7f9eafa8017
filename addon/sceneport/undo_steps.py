"""Which steps of Blender's undo history are ours (rule R6).

Blender does not list its steps before 5.0, so every scene carries how many of the steps so far were pushed for orders:
undo and redo take the number back and forth, and where it has changed, one of those steps was crossed.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import bpy

from . import context
from .watch import modes

_COUNT = "sp_steps"
"""A custom property of a name that is never shared."""
_SOON_SECONDS = 0.3
"""So soon after an undo no modal operator runs, where Blender cannot say it."""


def push(message: str) -> bool:
    """Pushes an undo step for an order; False where Blender does not push or undo anything now."""
    before = _counted()
    _count(before + 1)
    pushed = context.push_undo(message)
    if not pushed:
        _count(before)
    return pushed


def _count(steps: int) -> None:
    for scene in bpy.data.scenes:
        if scene.library is None:
            scene[_COUNT] = steps


def take_back() -> None:
    """The session is over: no scene of the user's keeps the count."""
    for scene in bpy.data.scenes:
        if scene.library is None and _COUNT in scene:
            del scene[_COUNT]


def _counted() -> int:
    return max((count for scene in bpy.data.scenes if type(count := scene.get(_COUNT)) is int), default=0)


class UndoSteps:
    """Follows the user through the undo history, and goes one step further for them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Another file: its history is of no interest."""
        self.waits = False
        """Orders wait for the companion's word about what was undone."""
        self._count = 0
        self._first: int | None = None
        self._crossed = self._forwards = False
        self._landed_at = 0.0

    def keep_up(self) -> None:
        """What was pushed since was not crossed."""
        self._count = _counted()

    def landed(self, forwards: bool) -> None:
        """An undo (`forwards`: a redo) has just happened."""
        count = _counted()
        self._crossed |= count != self._count
        self._count = count
        self._forwards = forwards
        self._landed_at = self._clock()

    def shown(self, reason: str) -> None:
        """The user's own work is shown: there is something of theirs from here on, after a `hand-over` from the start."""
        if reason == "hand-over":
            self._first = 0
        elif reason == "edit" and self._first is None:
            self._first = self._count

    def ours(self) -> bool:
        """Whether the undo that is being shown crossed a step of ours; orders wait then."""
        self.waits = self._crossed
        self._crossed = False
        return self.waits

    def go_further(self) -> None:
        """One more step in the same direction, where one of the user's may lie that way and nobody is disturbed."""
        if self._first is None or not (self._forwards or self._count >= self._first) or not self._is_safe():
            return
        context.travel(self._forwards)

    def _is_safe(self) -> bool:
        if bpy.app.background:
            return True
        if modes.KNOWS_MODAL_OPERATORS:
            return not modes.modal_operator_runs()
        return self._clock() - self._landed_at <= _SOON_SECONDS
