"""An order while it is carried out (rules O1 to O4), and what its operations do to Blender."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .link.framing import Buffer
from .rna.read import ARRAY_LISTS
from .watch.cache import Block
from .watch.deferred import target_of

Operation = dict[str, Any]


@dataclass
class Order:
    """What is to be done, how much of it is done, and what is to be said of it."""

    number: int
    push: bool
    operations: list[Operation]
    buffers: list[memoryview]
    done: int = 0
    shown: dict[str, Block] = field(default_factory=dict)
    buffers_shown: list[Buffer] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)


def places_of(operation: Operation) -> list[str]:
    """The paths under which an operation that was not carried out is reported; an empty one is everything."""
    kind = operation["op"]
    if kind == "set":
        return [path for part in ("set", "unset", "sets", "items") for path in operation.get(part, ())]
    if kind in ("arrays", "range"):
        return [operation["group"]]
    return ["name"] if kind == "rename" else [""]


def writes_arrays(operation: Operation) -> bool:
    """Whether arrays are not the same any more, also where only the items of a list that they follow are ordered."""
    return operation["op"] in ("arrays", "range") or not ARRAY_LISTS.isdisjoint(operation.get("items", ()))


def is_structural(operation: Operation) -> bool:
    """Whether undo without a push would crash (or might): anything created, removed, linked or pointed elsewhere."""
    if operation["op"] in ("open-empty", "create", "delete"):
        return True
    if operation["op"] != "set":
        return False
    values = operation.get("set", {}).values()
    return bool(operation.get("sets") or operation.get("items")) or any(
        value is None or target_of(value) is not None for value in values
    )
