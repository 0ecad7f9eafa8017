"""Leaf values as JSON that is exact: float bits are kept, NaN is one value, types are told apart."""

from __future__ import annotations

import base64
import math
from typing import Any

import bpy


def exact(value: Any) -> Any:
    """A scalar, or a nested sequence of scalars, of an RNA property."""
    if isinstance(value, float):
        return exact_float(value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return [exact(item) for item in value]


def exact_float(value: float) -> Any:
    """A float; what JSON cannot carry and minus zero are written as words."""
    if math.isnan(value):
        return {"float": "nan"}
    if math.isinf(value) or (value == 0 and math.copysign(1, value) < 0):
        return {"float": repr(value)}
    return value


def reference(datablock: bpy.types.ID, kind: str) -> dict[str, Any]:
    """A pointer to a datablock: its kind and name."""
    return {"ref": [kind, datablock.name]}


def custom_property(value: Any) -> Any:
    """A custom property with its type, which plain JSON would lose."""
    if isinstance(value, bpy.types.ID):
        return {"type": "ID", "value": [type(value).__name__, value.name]}
    if hasattr(value, "typecode"):
        return {"type": f"array {value.typecode}", "value": [exact(item) for item in value]}
    if hasattr(value, "to_dict"):
        return {"type": "group", "value": {key: custom_property(value[key]) for key in value.keys()}}
    if isinstance(value, list):
        return {"type": "list", "value": [custom_property(item) for item in value]}
    return {"type": type(value).__name__, "value": exact(value)}
