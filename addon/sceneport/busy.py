"""Tells the companion what the user is busy with, and when nothing at all may be ordered (rules B1, B2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .watch.capture import Capture
from .watch.modes import Modes, is_paused

Send = Callable[[dict[str, Any], list[Any]], None]


class Busy:
    """What was last said about it."""

    def __init__(self, modes: Modes, capture: Capture) -> None:
        self._modes = modes
        self._capture = capture
        self.forget()

    def forget(self) -> None:
        """Nothing has been said, or nobody remembers it."""
        self.paused = False
        self._blocks: dict[str, str] = {}
        self._releasing: set[str] = set()

    @property
    def any(self) -> bool:
        """Whether the user is busy with something."""
        return bool(self._blocks)

    def say(self, send: Send) -> None:
        """Says what has changed since."""
        paused = is_paused()
        if paused != self.paused:
            self.paused = paused
            send({"type": "paused", "paused": paused}, [])
        blocks = self._modes.busy()
        ended = [one for one in self._blocks if one not in blocks]
        self._capture.look_at_arrays(one for one in ended if one not in self._releasing)
        # What a mode kept from being read is handed over before the news that the mode has ended.
        self._releasing = {one for one in ended if self._capture.reads_arrays_of(one)}
        blocks.update({one: self._blocks[one] for one in self._releasing})
        if blocks != self._blocks:
            self._blocks = blocks
            send({"type": "busy", "blocks": blocks}, [])
