"""Which datablock has which id, across duplicates, renames, undo and redo.

An id is kept in the datablock itself (`ID.sceneport_id`: saved in files, copied by duplicating and appending, taken back
by undo) and, beside it, by what tells datablocks apart in this process: `session_uid`, which survives undo, from Blender
4.2 on; the address before, which does not. No datablock is held from one tick to the next.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import bpy

from ..rna import kinds

_ID = re.compile(r"[0-9a-f]{32}\Z")
_BURIED = "buried"

_EMBEDDING = (
    ("scenes", "collection"),
    ("materials", "node_tree"),
    ("worlds", "node_tree"),
    ("lights", "node_tree"),
)
"""Where datablocks have another within them."""

HAS_SESSION_UID = "session_uid" in bpy.types.ID.bl_rna.properties


class Known(NamedTuple):
    """A datablock that is in the file."""

    type: str
    name: str
    key: int
    """What tells it apart in this process."""


class _Seen(NamedTuple):
    datablock: Any
    type: str
    name: str
    key: int
    written: str


class Identity:
    """The ids of all replicated datablocks in the open file."""

    def __init__(self) -> None:
        self.alive: dict[str, Known] = {}
        """By id, as of the last scan."""
        self._by_key: dict[int, str] = {}
        self._by_name: dict[tuple[str, str], str] = {}
        self._types: dict[str, str] = {}
        self._references: dict[str, Any] = {}
        self._names: list[list[str]] = []
        self.scans = 0
        """How often everything has been looked at."""

    @property
    def stirred(self) -> bool:
        """Whether datablocks have come, gone or been renamed since the last scan: far cheaper than another one.

        One that took the place and the name of another is not noticed.
        """
        return self._names != _names()

    def scan(self, undone: bool = False) -> None:
        """Looks at all datablocks and gives those that are new an id. `undone`: addresses mean nothing any more.

        A duplicate keeps nothing of the id that was copied with it; what undo brought back gets the id that it had.
        """
        self.scans += 1
        seen = list(_all_datablocks())
        claimed: dict[str, _Seen] = {}
        open_cases = []
        trust_keys = HAS_SESSION_UID or not undone
        for one in seen:
            known = self._by_key.get(one.key) if trust_keys else self._by_name.get((one.type, one.name))
            certain = known is not None and (HAS_SESSION_UID or one.written == known)
            if certain and known not in claimed and self._types.get(known) == one.type:
                claimed[known] = one
            else:
                open_cases.append(one)
        copies = _counts(one.written for one in open_cases)
        for one in open_cases:
            claimed[self._settle(one, claimed, undone and not HAS_SESSION_UID, copies)] = one
        self._remember(claimed)

    def _settle(self, one: _Seen, claimed: dict[str, _Seen], by_name: bool, copies: dict[str, int]) -> str:
        written = one.written
        if _ID.match(written) and written not in claimed and self._types.get(written, one.type) == one.type:
            if not by_name or copies[written] == 1:
                return written
        if by_name:
            known = self._by_name.get((one.type, one.name))
            if known is not None and known not in claimed:
                return known
        return uuid.uuid4().hex

    def _remember(self, claimed: dict[str, _Seen]) -> None:
        self._references.clear()
        self._names = _names()
        self.alive = {}
        if not HAS_SESSION_UID:
            self._by_key.clear()
        for identifier, one in claimed.items():
            if one.written != identifier:
                one.datablock.sceneport_id = identifier
            self._add(identifier, one.datablock, one.type, one.name, one.key)

    def _add(self, identifier: str, datablock: Any, type_name: str, name: str, key: int) -> None:
        self.alive[identifier] = Known(type_name, name, key)
        self._by_key[key] = identifier
        self._by_name[type_name, name] = identifier
        self._types[identifier] = type_name
        self._references[identifier] = datablock

    def adopt(self, datablock: Any, identifier: str, type_name: str) -> None:
        """Gives a datablock that an order has just created its id."""
        datablock.sceneport_id = identifier
        self._add(identifier, datablock, type_name, datablock.name, _key(datablock))

    def renamed(self, identifier: str) -> None:
        """Follows what an order has made of the name or the class of a datablock."""
        datablock = self._references.get(identifier)
        if datablock is not None:
            known = self.alive[identifier]
            self.alive[identifier] = known._replace(name=datablock.name)
            self._references.pop(identifier)
        datablock = self.find(identifier)
        if datablock is not None:
            known = self.alive[identifier]
            self._add(identifier, datablock, known.type, datablock.name, known.key)

    def reset(self) -> None:
        """Another file: nothing that was known is there."""
        self.__init__()

    def bury(self, identifier: str) -> None:
        """From now on the datablock has no id and is not seen, although it is in the file until it can be removed."""
        datablock = self.find(identifier)
        if datablock is not None:
            datablock.sceneport_id = _BURIED
            self._by_key.pop(_key(datablock), None)
        self.alive.pop(identifier, None)
        self._references.pop(identifier, None)

    def buried(self) -> list[Any]:
        """The datablocks that wait to be removed."""
        return [
            datablock
            for kind in kinds.KINDS.values()
            for datablock in getattr(bpy.data, kind.collection)
            if self.is_buried(datablock)
        ]

    def is_buried(self, datablock: Any) -> bool:
        """Whether it waits to be removed."""
        return datablock.sceneport_id == _BURIED

    def find(self, identifier: str) -> Any:
        """The datablock of an id, or None. Not to be kept for longer than the tick."""
        datablock = self._references.get(identifier)
        if datablock is not None:
            return datablock
        known = self.alive.get(identifier)
        if known is None:
            return None
        collection = getattr(bpy.data, kinds.KINDS[known.type].collection)
        datablock = collection.get((known.name, None))
        if datablock is None or datablock.sceneport_id != identifier:
            datablock = next((one for one in collection if one.sceneport_id == identifier), None)
        if datablock is not None:
            self._references[identifier] = datablock
        return datablock

    def ident(self, datablock: Any) -> str | None:
        """The id of a datablock; None for one that is not replicated. A datablock not seen before gets one."""
        written = datablock.sceneport_id
        known = self.alive.get(written)
        if known is not None and known.key == _key(datablock):
            return written
        if written == _BURIED or kinds.kind_of(datablock) is None or not kinds.is_replicated(datablock):
            return None
        key = _key(datablock)
        if self._by_key.get(key) not in self.alive:
            self.scan()
        return self._by_key.get(key)

    def release_references(self) -> None:
        """The end of a tick: no datablock is held any longer."""
        self._references.clear()

    def owner_of_embedded(self, address: int) -> str | None:
        """The id of the datablock whose node tree or master collection is at this address."""
        for collection, part_name in _EMBEDDING:
            for datablock in getattr(bpy.data, collection):
                part = getattr(datablock, part_name)
                if part is not None and part.as_pointer() == address:
                    return self.ident(datablock)
        return None


def _all_datablocks() -> Iterator[_Seen]:
    for kind in kinds.KINDS.values():
        for datablock in getattr(bpy.data, kind.collection):
            written = datablock.sceneport_id
            if written != _BURIED and kinds.is_replicated(datablock):
                yield _Seen(datablock, kind.type, datablock.name, _key(datablock), written)


def _names() -> list[list[str]]:
    """The names of everything there is, by kind."""
    return [getattr(bpy.data, kind.collection).keys() for kind in kinds.KINDS.values()]


def _key(datablock: Any) -> int:
    return datablock.session_uid if HAS_SESSION_UID else datablock.as_pointer()


def _counts(words: Iterator[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def register() -> None:
    """Gives every datablock of Blender the property that holds its id."""
    bpy.types.ID.sceneport_id = bpy.props.StringProperty(options={"HIDDEN"})


def unregister() -> None:
    """Takes the property away; what was written stays in the files."""
    del bpy.types.ID.sceneport_id
