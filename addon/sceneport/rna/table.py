"""Compiled rows of the allowlist: reads and writes the plain properties of one RNA struct.

Reading is one C call for all scalars of one sort (`operator.attrgetter`): 0.02 ms for an object. Getting each
property by name took five times as long, and reading what introspection finds fifty times.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import bpy
from mathutils import Matrix

from . import whole
from .allowlist import Row, load
from .failures import BAD_VALUE, GONE, TOO_LARGE, UNSUPPORTED
from .kinds import is_replicated
from .limits import PROPERTY_MAXIMUM, STRING_BYTES
from .references import Ident, Resolve, to_reference
from .shells import is_placeholder
from .values import Value, number, same, text, to_float, to_int, to_text

REFUSED = (TypeError, ValueError, AttributeError, OverflowError, RuntimeError, KeyError, IndexError)
"""What Blender and the conversions raise for a value that cannot be taken."""


class Property(NamedTuple):
    """One row: its path, the name in RNA terms, the names on the way to its struct, and what the allowlist says."""

    path: str
    dotted: str
    owner: tuple[str, ...]
    name: str
    row: Row


def read_reference(target: Any, ident: Ident) -> tuple[bool, Value]:
    """Whether a pointer is shown, and as what: nothing is shown for a datablock that does not cross, null for one
    that does but has no id (it is deleted in the session and still waits to be removed)."""
    if target is None:
        return True, None
    found = None if is_placeholder(target) else ident(target)
    if found is not None:
        return True, {"ref": found}
    return is_placeholder(target) or is_replicated(target), None


def _numbers(vector: Any) -> Value:
    return [_numbers(part) if hasattr(part, "__len__") else number(part) for part in vector]


class Table:
    """The properties of one struct, in the order in which they are written."""

    def __init__(self, rows: dict[str, Row], rna: Any) -> None:
        self.properties = {p.path: p for p in (_property(path, row) for path, row in rows.items()) if _exists(p, rna)}
        self._plain = self._group(lambda row: row["type"] in ("BOOLEAN", "INT") and "length" not in row)
        self._floats = self._group(lambda row: row["type"] == "FLOAT" and "length" not in row)
        self._vectors = self._group(lambda row: row["type"] == "FLOAT" and isinstance(row.get("length"), int))
        self._lists = self._group(lambda row: row["type"] in ("BOOLEAN", "INT") and isinstance(row.get("length"), int))
        self._matrices = self._group(lambda row: isinstance(row.get("length"), list))
        self._enums = self._group(lambda row: row["type"] == "ENUM" and "flag" not in row)
        self._flags = self._group(lambda row: "flag" in row)
        self._texts = self._group(lambda row: row["type"] == "STRING")
        self._references = self._group(lambda row: row["type"] == "POINTER")
        self._wholes = self._group(lambda row: row["type"] in whole.READ)

    def _group(self, wanted: Callable[[Row], bool]) -> tuple[list[str], Callable[[Any], tuple]]:
        paths = [p.path for p in self.properties.values() if wanted(p.row)]
        return paths, _getter([self.properties[path].dotted for path in paths])

    def read(self, struct: Any, ident: Ident, out: dict[str, Value], prefix: str = "") -> None:
        """Adds every property to `out` under `prefix` and its path."""

        def values(group: tuple[list[str], Callable[[Any], tuple]]) -> Any:
            paths, getter = group
            return (
                zip([prefix + path for path in paths] if prefix else paths, getter(struct), strict=False)
                if paths
                else ()
            )

        out.update(values(self._plain))
        for path, value in values(self._floats):
            out[path] = value if value and value - value == 0.0 else number(value)
        for path, value in values(self._vectors):
            out[path] = [part if part and part - part == 0.0 else number(part) for part in value]
        for path, value in values(self._lists):
            out[path] = list(value)
        for path, value in values(self._matrices):
            out[path] = _numbers(value)
        for path, value in values(self._enums):
            if value:
                out[path] = value
        for path, value in values(self._flags):
            out[path] = sorted(value)
        for path, value in values(self._texts):
            out[path] = text(value)
        for path, value in values(self._references):
            shown, reference = read_reference(value, ident)
            if shown:
                out[path] = reference
        for path, value in values(self._wholes):
            if value is not None:
                row = self.properties[path[len(prefix) :]].row
                out[path] = whole.READ[row["type"]](value)

    def write(self, struct: Any, path: str, value: Value, resolve: Resolve) -> str | None:
        """Sets one property; returns a code of `failures` when it was left as it was."""
        prop = self.properties.get(path)
        if prop is None:
            return UNSUPPORTED
        if isinstance(value, (int, float)) and value > PROPERTY_MAXIMUM.get(path, value):
            return TOO_LARGE
        if isinstance(value, str) and len(value) > STRING_BYTES:
            return TOO_LARGE
        owner = _owner(struct, prop)
        if owner is None:
            return GONE
        try:
            if prop.row["type"] in whole.WRITE:
                current = getattr(owner, prop.name)
                if current is not None and not same(whole.READ[prop.row["type"]](current), value):
                    whole.WRITE[prop.row["type"]](current, value)
                return None
            _assign(owner, prop.name, _convert(prop.row, value, resolve))
        except REFUSED:
            return BAD_VALUE
        return None

    def unset(self, struct: Any, path: str) -> str | None:
        """Gives one property the value that RNA calls its default; returns a code as `write` does."""
        prop = self.properties.get(path)
        if prop is None:
            return UNSUPPORTED
        owner = _owner(struct, prop)
        try:
            if owner is not None and prop.row["type"] == "POINTER":
                setattr(owner, prop.name, None)
            elif owner is not None and prop.row["type"] not in whole.WRITE:
                owner.property_unset(prop.name)
        except REFUSED:
            return BAD_VALUE
        return None


def _property(path: str, row: Row) -> Property:
    *owner, name = path.split("/")
    return Property(path, path.replace("/", "."), tuple(owner), name, row)


def _exists(prop: Property, rna: Any) -> bool:
    """Whether the running Blender has this property with the type and the length of the allowlist."""
    for name in prop.owner:
        pointer = rna.properties.get(name)
        if pointer is None or pointer.type != "POINTER":
            return False
        rna = pointer.fixed_type
    found = rna.properties.get(prop.name)
    if found is None:
        return False
    if prop.row["type"] in whole.READ:
        return found.type == "POINTER" and found.fixed_type.identifier == prop.row["type"]
    return found.type == prop.row["type"] and bool(getattr(found, "is_array", False)) == ("length" in prop.row)


def _getter(dotted: list[str]) -> Callable[[Any], tuple]:
    """A function that gets all these attributes at once, always as a tuple."""
    if len(dotted) > 1:
        return attrgetter(*dotted)
    one = attrgetter(dotted[0]) if dotted else None
    return lambda struct: (one(struct),) if one else ()


def _owner(struct: Any, prop: Property) -> Any:
    for name in prop.owner:
        struct = getattr(struct, name, None)
    return struct


def _convert(row: Row, value: Value, resolve: Resolve) -> Any:
    """The value as Blender takes it; raises what `REFUSED` names."""
    kind, length = row["type"], row.get("length")
    if kind == "POINTER":
        return to_reference(value, resolve)
    if "flag" in row:
        return {to_text(part) for part in value}
    one = {"BOOLEAN": _to_bool, "INT": to_int, "FLOAT": to_float, "STRING": to_text, "ENUM": to_text}[kind]
    if length is None:
        return one(value)
    if not isinstance(value, list):
        raise TypeError("not a list")
    if isinstance(length, list):
        if len(value) != length[0] or any(len(line) != length[1] for line in value):
            raise ValueError("wrong size")
        return Matrix([[one(part) for part in line] for line in value])
    return [one(part) for part in value]


def _to_bool(value: Value) -> bool:
    if type(value) is not bool:
        raise TypeError("not a truth value")
    return value


def _assign(owner: Any, name: str, value: Any) -> None:
    """Sets a property unless it has this value: setting calls update functions and wakes the depsgraph."""
    current = getattr(owner, name)
    if isinstance(value, (list, Matrix)):
        if _numbers(current) == _numbers(value):
            return
    elif isinstance(value, float):
        if same(number(current), number(value)):
            return
    elif current == value:
        return
    setattr(owner, name, value)


@cache
def table_of(section: str, identifier: str) -> Table:
    """The table of one struct of a section of the allowlist; empty where there is none."""
    rna = getattr(bpy.types, identifier).bl_rna
    return Table(load(bpy.app.version[:2])[section].get(identifier, {}), rna)
