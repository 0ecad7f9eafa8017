"""Object: what it has beside plain properties: its type, its material slots, and who may be whose parent."""

from __future__ import annotations

from typing import Any

import bpy

from .change import Change
from .failures import BAD_VALUE, GONE, UNSUPPORTED
from .links import shows
from .references import Ident, to_reference
from .shells import drop_placeholder, is_placeholder, make_placeholder
from .table import REFUSED, read_reference, table_of
from .values import Value, number

SLOTS = "material_slots"
INVERSE = "matrix_parent_inverse"
OF_PARENT = ("parent_type", "parent_bone")
"""What only an object with a parent has."""
LINKS = ("OBJECT", "DATA")


def read_object(obj: Any, ident: Ident, out: dict[str, Value], items: dict[str, list]) -> None:
    """Adds the type, and the slots where any of them has its material on the object instead of the data."""
    out["type"] = obj.type
    slots = list(obj.material_slots)
    own = any(slot.link == "OBJECT" for slot in slots)
    items[SLOTS] = [[str(index), 0] for index in range(len(slots))] if own else []
    if not own:
        return
    for index, slot in enumerate(slots):
        out[f"{SLOTS}/{index}/link"] = slot.link
        if slot.link == "OBJECT":
            shown, reference = read_reference(slot.material, ident)
            if shown:
                out[f"{SLOTS}/{index}/material"] = reference


def has_fitting_slots(obj: Any) -> bool:
    """Whether an object has as many slots as its data has materials."""
    materials = getattr(obj.data, "materials", None)
    return materials is None or len(materials) == len(obj.material_slots)


def fit_slots(obj: Any) -> None:
    """Makes Blender count the slots of an object again, as it does where its data is set. Not while the data is edited."""
    if obj.mode == "OBJECT":
        obj.data = obj.data


def apply_object(obj: Any, change: Change) -> None:
    """Applies what is special about objects; plain properties follow after it."""
    if change.set.get("type", obj.type) != obj.type:
        change.fail("type", UNSUPPORTED)
    _data(obj, change)
    _parent(obj, change)
    instance = _target(change, "instance_collection", bpy.types.Collection)
    if instance is not None and any(shows(instance, holder) for holder in obj.users_collection):
        change.fail("instance_collection", BAD_VALUE)
        change.set.pop("instance_collection")


def _parent(obj: Any, change: Change) -> None:
    """Refuses a circle, leaves out what waits for the parent, and keeps the inverse, which Blender forgets with all of them."""
    parent = _target(change, "parent", bpy.types.Object) if "parent" in change.set else obj.parent
    if "parent" in change.set and _is_above(obj, parent):
        change.fail("parent", BAD_VALUE)
        change.set.pop("parent")
        parent = obj.parent
    if not change.set.keys().isdisjoint(("parent", *OF_PARENT)):
        change.set.setdefault(INVERSE, [list(map(number, row)) for row in obj.matrix_parent_inverse])
    if parent is None:
        for path in OF_PARENT:
            change.set.pop(path, None)


def _target(change: Change, path: str, type: type) -> Any:
    """The datablock of this type that an ordered reference names, or None."""
    try:
        target = to_reference(change.set.get(path), change.resolve)
    except TypeError:
        return None
    return target if isinstance(target, type) else None


def _is_above(obj: Any, parent: Any) -> bool:
    while parent is not None:
        if parent == obj:
            return True
        parent = parent.parent
    return False


def _data(obj: Any, change: Change) -> None:
    """Sets the data. Where it is not there yet, the object keeps what it has; where it exists no more, it gets stand-in data."""
    if "data" not in change.set:
        return
    target = _target(change, "data", bpy.types.ID)
    value = change.set.pop("data")
    old = obj.data
    if target is not None or obj.type == "EMPTY":
        change.fail("data", table_of("kinds", "Object").write(obj, "data", value, change.resolve))
    elif value is None and not is_placeholder(old):
        obj.data = make_placeholder(obj.type)
    if old != obj.data:
        drop_placeholder(old)


def apply_slots(obj: Any, change: Change) -> None:
    """Sets which slots have their material on the object, and which."""
    if change.items.get(SLOTS) == []:
        for slot in obj.material_slots:
            if slot.link != "DATA":
                slot.link = "DATA"
    rank = {"link": 0, "material": 1}
    ordered = sorted(change.below(SLOTS + "/"), key=lambda entry: rank.get(entry[1][-1], 2))
    for path, segments, value in ordered:
        change.fail(path, _set_slot(obj, segments, value, change))


def _set_slot(obj: Any, segments: list[str], value: Value, change: Change) -> str | None:
    index = int(segments[0]) if segments[0].isascii() and segments[0].isdigit() else -1
    if not 0 <= index < len(obj.material_slots):
        return GONE
    slot = obj.material_slots[index]
    try:
        if segments[1:] == ["link"] and value in LINKS:
            if slot.link != value:
                slot.link = value
        elif segments[1:] == ["material"] and slot.link == "OBJECT":
            material = to_reference(value, change.resolve)
            if slot.material != material:
                slot.material = material
        else:
            return BAD_VALUE
    except REFUSED:
        return BAD_VALUE
    return None
