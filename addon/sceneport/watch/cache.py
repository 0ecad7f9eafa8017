"""What was last handed over of each datablock, and the difference to what Blender shows now (rules V1, V2, V4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

Block = dict[str, Any]
"""A block of rule V2 without its arrays."""


class Signature(NamedTuple):
    """What is kept of an array: enough to know whether it is still the same."""

    dtype: str
    shape: tuple[int, ...]
    topology: bool
    fingerprint: object
    """Equal to that of the same bytes; one that equals nothing where the bytes are not known."""


Signatures = dict[tuple[str, str], Signature]
"""By group and path."""


@dataclass
class Entry:
    """One datablock as it was last handed over. `arrays` is None until they have been."""

    type: str
    name: str
    set: dict[str, Any] = field(default_factory=dict)
    sets: dict[str, list[str]] = field(default_factory=dict)
    items: dict[str, list[list[Any]]] = field(default_factory=dict)
    arrays: Signatures | None = None

    def with_arrays(self, arrays: Signatures | None) -> Entry:
        """This entry with those of the arrays that do not lie below an item that is not there: who loses an item loses them."""
        kept = arrays and {key: one for key, one in arrays.items() if self._has_item_above(key[1])}
        return replace(self, arrays=kept)

    def _has_item_above(self, path: str) -> bool:
        collection, _, rest = path.partition("/")
        handle = rest.partition("/")[0]
        return collection not in self.items or any(item[0] == handle for item in self.items[collection])

    def ordered(self, operation: dict[str, Any]) -> Entry:
        """This entry as it is expected to be after a `set` operation has been carried out."""
        values = {path: value for path, value in self.set.items() if path not in operation.get("unset", ())}
        values.update(operation.get("set", {}))
        after = replace(
            self,
            set=values,
            sets={**self.sets, **operation.get("sets", {})},
            items={**self.items, **operation.get("items", {})},
        )
        return after.with_arrays(self.arrays)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal in type too: true is not 1."""
    if one is other:
        return True
    if type(one) is not type(other):
        return {type(one), type(other)} == {int, float} and one == other
    if isinstance(one, list):
        return len(one) == len(other) and (one == other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    return one == other


def difference(old: Entry, new: Entry) -> Block:
    """What a show must say so that `old` becomes `new`, arrays aside; empty when nothing differs."""
    block: Block = {}
    if new.name != old.name:
        block["name"] = new.name
    changed = {path: value for path, value in new.set.items() if path not in old.set or not same(value, old.set[path])}
    removed = [path for path in old.set if path not in new.set]
    if changed:
        block["set"] = changed
    if removed:
        block["unset"] = removed
    # A set has no order (rule N3), a list of items has.
    for part, view in (("sets", set), ("items", list)):
        before, now = getattr(old, part), getattr(new, part)
        lists = {
            path: members
            for path, members in now.items()
            if path not in before or (before[path] != members and view(before[path]) != view(members))
        }
        lists.update({path: [] for path, members in before.items() if path not in now and members})
        if lists:
            block[part] = lists
    return block


def whole(entry: Entry) -> Block:
    """A block that says everything of an entry, arrays aside."""
    return {
        "type": entry.type,
        "name": entry.name,
        "full": True,
        "set": entry.set,
        "sets": entry.sets,
        "items": entry.items,
    }


def merge(block: Block, later: Block) -> None:
    """Adds a later difference of the same datablock to an earlier one."""
    if "name" in later:
        block["name"] = later["name"]
    for path in later.get("unset", ()):
        block.get("set", {}).pop(path, None)
        if path not in block.setdefault("unset", []):
            block["unset"].append(path)
    for path in later.get("set", {}):
        if path in block.get("unset", ()):
            block["unset"].remove(path)
    for part in ("set", "sets", "items"):
        if part in later:
            block.setdefault(part, {}).update(later[part])
    for part in ("arrays", "groups"):
        if part in later:
            block.setdefault(part, []).extend(later[part])


def supersede(block: Block, operation: Block) -> None:
    """Takes out of a difference what a later operation of the same order sets: it may be as ordered then."""
    paths = {*operation.get("set", {}), *operation.get("unset", ())}
    if "set" in block:
        block["set"] = {path: value for path, value in block["set"].items() if path not in paths}
    if "unset" in block:
        block["unset"] = [path for path in block["unset"] if path not in paths]
    for part in ("sets", "items"):
        if part in block:
            ordered = operation.get(part, {})
            block[part] = {path: members for path, members in block[part].items() if path not in ordered}
    if "name" in operation:
        block.pop("name", None)


class ArrayChanges(NamedTuple):
    """Which arrays to show, and which groups are complete with them."""

    shown: list[tuple[str, str]]
    groups: list[str]


def array_changes(old: Signatures | None, new: Signatures) -> ArrayChanges:
    """What has to be said about the arrays of a datablock (rule V4).

    A group whose arrays all kept their kind and whose topology is the same is shown by the arrays that differ; any
    other that differs is shown whole.
    """
    shown: list[tuple[str, str]] = []
    groups: list[str] = []
    before = old or {}
    for group in _groups([*before, *new]):
        was = {key: signature for key, signature in before.items() if key[0] == group}
        now = {key: signature for key, signature in new.items() if key[0] == group}
        if was == now and old is not None:
            continue
        changed = [key for key, signature in now.items() if was.get(key) != signature]
        if was.keys() == now.keys() and all(same_kind(was[key], now[key]) for key in changed):
            shown.extend(changed)
        else:
            shown.extend(now)
            groups.append(group)
    return ArrayChanges(shown, groups)


def _groups(keys: Iterable[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(group for group, _ in keys))


def same_kind(was: Signature, now: Signature) -> bool:
    """Whether one array may be shown in place of the other without the rest of its group (rule V4)."""
    return was[:3] == now[:3] and not now.topology
