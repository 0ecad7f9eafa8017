"""Which places the user's shows were about that the companion does not have on its disk yet (rule J10).

Only the names of places are kept, never what is there: Blender still has that.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from .cache import Block, Entry

MINE, UNDONE = "mine", "undone"

MOST_SHOWS = 256
"""More shows than this are kept as one."""


@dataclass
class _Marks:
    """Places of one datablock."""

    whole: bool = False
    """The user made it."""
    gone: bool = False
    name: bool = False
    paths: set[str] = field(default_factory=set)
    items: dict[str, set[Any]] = field(default_factory=dict)
    """Handles that came to a list or left it."""
    sets: dict[str, set[str]] = field(default_factory=dict)
    arrays: dict[str, set[str]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)

    def add(self, other: _Marks) -> None:
        """Takes in what a later show was about."""
        self.whole |= other.whole
        self.gone = other.gone
        self.name |= other.name
        self.paths |= other.paths
        self.groups |= other.groups
        for part in ("items", "sets", "arrays"):
            mine = getattr(self, part)
            for path, members in getattr(other, part).items():
                mine[path] = mine.get(path, set()) | members

    def said(self) -> dict[str, Any]:
        """As rule J12 says it."""
        return {
            "whole": self.whole,
            "name": self.name,
            "paths": sorted(self.paths),
            "items": {path: list(handles) for path, handles in self.items.items()},
            "sets": {path: sorted(members) for path, members in self.sets.items()},
            "arrays": {group: sorted(paths) for group, paths in self.arrays.items()},
            "groups": sorted(self.groups),
        }


class Unstored:
    """The shows since the last that is stored."""

    def __init__(self) -> None:
        self._shows: deque[tuple[int, str, dict[str, _Marks]]] = deque()
        self._last = 0

    def note(self, header: dict[str, Any], before: dict[str, Entry]) -> int:
        """Keeps what a show is about; the number of the show. `before`: what its datablocks were when last shown."""
        marks = {identifier: _Marks(gone=True) for identifier in header["gone"]}
        for block in header["blocks"]:
            marks[block["id"]] = _marks_of(block, before.get(block["id"]))
        self.next()
        whose = UNDONE if header["reason"] == "undo" else MINE
        if len(self._shows) < MOST_SHOWS or self._shows[-1][1] != whose:
            self._shows.append((self._last, whose, marks))
        else:
            # As much as there are places, however long the companion is away.
            _, _, known = self._shows.pop()
            for identifier, one in marks.items():
                known.setdefault(identifier, _Marks()).add(one)
            self._shows.append((self._last, whose, known))
        return self._last

    def next(self) -> int:
        """The number of a show that is about no places of its own."""
        self._last += 1
        return self._last

    def stored(self, show: int) -> None:
        """Everything up to this show is on the companion's disk."""
        while self._shows and self._shows[0][0] <= show:
            self._shows.popleft()

    def forget(self) -> None:
        """Another file is open: what was shown of the one before is of no interest. The numbers go on."""
        self._shows.clear()

    def marks(self, identifier: str) -> Block:
        """What is the user's of a datablock that is there, as `mine` and `undone` of its block."""
        merged: dict[str, _Marks] = {}
        for _, whose, marks in self._shows:
            if identifier in marks:
                merged.setdefault(whose, _Marks()).add(marks[identifier])
        return {whose: marks.said() for whose, marks in merged.items()}

    def gone(self) -> dict[str, str]:
        """The datablocks that the user removed, by themselves (`mine`) or by an undo."""
        last: dict[str, tuple[str, bool]] = {}
        for _, whose, shown in self._shows:
            last.update((identifier, (whose, marks.gone)) for identifier, marks in shown.items())
        return {identifier: whose for identifier, (whose, is_gone) in last.items() if is_gone}


def _marks_of(block: Block, before: Entry | None) -> _Marks:
    marks = _Marks(whole=block.get("full", False), name="name" in block)
    marks.paths.update(block.get("set", ()), block.get("unset", ()))
    marks.groups.update(block.get("groups", ()))
    for path, members in block.get("sets", {}).items():
        marks.sets[path] = set(members) ^ set(before.sets.get(path, ()) if before else ())
    for path, items in block.get("items", {}).items():
        marks.items[path] = _handles(items) ^ _handles(before.items.get(path, ()) if before else ())
    for array in block.get("arrays", ()):
        marks.arrays.setdefault(array["group"], set()).add(array["path"])
    return marks


def _handles(items: Any) -> set[Any]:
    return {handle for handle, _ in items}
