"""One `show` (rule V1) while a pass fills it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..link.framing import Buffer
from ..rna.arrays import Array
from . import cache, reading
from .cache import Block, Entry

Send = Callable[[dict[str, Any], list[Buffer], dict[str, Entry]], None]
"""Takes a show, its buffers, and what its datablocks were when they were last shown."""
SHOW_BYTES = 64 * 1024 * 1024
"""A show with more buffers than this is not added to."""


class Show:
    """One `show` under way; it is sent in several messages where it is large."""

    def __init__(self, send: Send, reason: str) -> None:
        self.gone: list[str] = []
        self._send = send
        self._reason = reason
        self._blocks: list[Block] = []
        self._buffers: list[Buffer] = []
        self._before: dict[str, Entry] = {}

    def add_buffer(self, data: Buffer) -> int:
        """The index of these bytes in the message."""
        self._buffers.append(data)
        return len(self._buffers) - 1

    def add(self, identifier: str, block: Block, before: Entry | None = None) -> Block:
        """Adds a block, which may be filled further; where nothing is in it at the end, it is not said.

        `before`: what the datablock was when it was last shown.
        """
        added = {"id": identifier, **block}
        if before is not None:
            self._before[identifier] = before
        self._blocks.append(added)
        return added

    def send_when_large(self) -> None:
        """Sends what there is so far where it is much. All blocks are complete."""
        if reading.size_of(self._buffers) > SHOW_BYTES:
            self._flush(done=False)

    def finish(self, always: bool = False) -> None:
        """Sends what is left, and the end of the pass even where nothing is left."""
        if always or self._says_something():
            self._flush(done=True)

    def break_off(self) -> None:
        """Sends what there is; another pass follows."""
        if self._says_something():
            self._flush(done=False)

    def _says_something(self) -> bool:
        return bool(self.gone) or any(len(block) > 1 for block in self._blocks)

    def _flush(self, done: bool) -> None:
        blocks = [block for block in self._blocks if len(block) > 1]
        header = {"type": "show", "reason": self._reason, "blocks": blocks, "gone": self.gone, "done": done}
        self._send(header, self._buffers, self._before)
        self.gone, self._blocks, self._buffers, self._before = [], [], [], {}


def add_arrays(block: Block, show: Show, changes: cache.ArrayChanges, arrays: dict[tuple[str, str], Array]) -> None:
    if changes.shown:
        block["arrays"] = [
            reading.array_header(arrays[key], show.add_buffer(arrays[key].data)) for key in changes.shown
        ]
    if changes.groups:
        block["groups"] = changes.groups
