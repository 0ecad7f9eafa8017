"""Finds what Blender never reports: custom properties, pixels, strokes. A few datablocks at a time, for ever.

The more a look costs, the longer the rest until the next: sweeping takes about a twentieth of the time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

_REST = 20.0
"""How long to rest after a look, in lengths of the look."""


class Sweep:
    """Whose turn it is."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._queue: deque[str] = deque()
        self._rest_until = 0.0

    def turn(self, everything: Callable[[], Iterable[str]]) -> str | None:
        """The id to look at now, or None while resting. `everything` is asked for at the start of a round."""
        if self._clock() < self._rest_until:
            return None
        if not self._queue:
            self._queue.extend(everything())
        return self._queue.popleft() if self._queue else None

    def took(self, seconds: float) -> None:
        """How long the last look took."""
        self._rest_until = self._clock() + seconds * _REST
