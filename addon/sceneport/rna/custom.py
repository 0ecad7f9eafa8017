"""Custom properties of a datablock, as `custom/<name>` (groups as deeper paths); RNA does not know their types."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import bpy

from .failures import BAD_VALUE, GONE, TOO_LARGE
from .limits import LIST_LENGTH, NESTING, PATH_BYTES, STRING_BYTES
from .references import Ident, Resolve
from .segments import decode, encode
from .table import REFUSED, read_reference
from .values import Value, text, to_float, to_int, to_text, typed_number

PREFIX = "custom/"
LONGEST_CHARACTER = 4
"""Bytes of a character in UTF-8, at most; more than base64 makes of a byte."""
HIDDEN = ("_", "sp_")
"""Beginnings of names that are somebody's own business."""


def is_shared(datablock: Any, name: str) -> bool:
    """Whether a custom property of this name crosses: not one that code has registered, nor one of an add-on."""
    return not name.startswith(HIDDEN) and name not in datablock.bl_rna.properties


def read_custom(datablock: Any, ident: Ident, out: dict[str, Value]) -> None:
    """Adds every custom property to `out`; leaves out what has no form as a value, and empty groups."""
    for name in datablock.keys():
        if is_shared(datablock, name):
            _read(datablock[name], PREFIX + encode(name), ident, out, 1)


def _read(value: Any, path: str, ident: Ident, out: dict[str, Value], depth: int) -> None:
    if len(path) > PATH_BYTES:
        return
    if hasattr(value, "to_dict"):
        if depth < NESTING:
            for name in value.keys():
                _read(value[name], f"{path}/{encode(name)}", ident, out, depth + 1)
    elif value is None or isinstance(value, bpy.types.ID):
        shown, reference = read_reference(value, ident)
        if shown:
            out[path] = reference
    elif hasattr(value, "typecode"):
        if len(value) <= LIST_LENGTH:
            out[path] = [_scalar(part) for part in value]
    elif isinstance(value, (bool, int, float, str, bytes)):
        if not isinstance(value, (str, bytes)) or len(value) <= STRING_BYTES // LONGEST_CHARACTER:
            out[path] = _scalar(value)


def _scalar(value: Any) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return typed_number(value)
    if isinstance(value, bytes):
        return {"b": b64encode(value).decode("ascii")}
    return text(value)


def write_custom(datablock: Any, path: str, value: Value, resolve: Resolve) -> str | None:
    """Sets the custom property of a path; returns a code of `failures` when it was left as it was."""
    names = [decode(segment) for segment in path.split("/")[1:]]
    if not names or len(names) > NESTING or not is_shared(datablock, names[0]) or not all(names):
        return BAD_VALUE
    if isinstance(value, (str, list)) and len(value) > (STRING_BYTES if isinstance(value, str) else LIST_LENGTH):
        return TOO_LARGE
    try:
        converted = _convert(value, resolve)
        group = datablock
        for name in names[:-1]:
            if not hasattr(group.get(name), "to_dict"):
                group[name] = {}
            group = group[name]
        if converted is None:
            if names[-1] in group:
                del group[names[-1]]
        elif not _is_now(group.get(names[-1]), converted):
            group[names[-1]] = converted
    except REFUSED:
        return BAD_VALUE
    return None


def _is_now(current: Any, converted: Any) -> bool:
    if hasattr(current, "typecode"):
        return isinstance(converted, list) and [_scalar(v) for v in current] == [_scalar(v) for v in converted]
    return type(current) is type(converted) and not isinstance(converted, float) and current == converted


def _convert(value: Value, resolve: Resolve) -> Any:
    if isinstance(value, list):
        parts = [_convert(part, resolve) for part in value]
        if len({type(part) for part in parts}) > 1 or any(type(part) not in (bool, int, float) for part in parts):
            raise TypeError("not a list of one sort of numbers")
        return parts
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return to_text(value)
    if isinstance(value, dict) and len(value) == 1:
        if "i" in value:
            return to_int(value)
        if "f" in value:
            return to_float(value)
        if "b" in value:
            if len(value["b"]) > STRING_BYTES:
                raise ValueError("too long")
            return b64decode(to_text(value["b"]), validate=True)
        if "ref" in value:
            return resolve(to_text(value["ref"]))
    raise TypeError("not a typed value")


def unset_custom(datablock: Any, path: str) -> str | None:
    """Removes the custom property of a path, and the groups above it that become empty."""
    names = [decode(segment) for segment in path.split("/")[1:]]
    if not names or not is_shared(datablock, names[0]):
        return BAD_VALUE
    groups = [datablock]
    for name in names[:-1]:
        inner = groups[-1].get(name)
        if not hasattr(inner, "to_dict"):
            return GONE
        groups.append(inner)
    for group, name in zip(reversed(groups), reversed(names), strict=False):
        if name in group:
            del group[name]
        if group is datablock or len(group.keys()) > 0:
            break
    return None
