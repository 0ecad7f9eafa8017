"""Bulk data of collections of many like elements (vertices, corners, attribute values): one array each."""

from __future__ import annotations

import base64
from typing import Any

import bpy
import numpy

SCALAR_TYPES = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}
DTYPES = {"BOOLEAN": numpy.bool_, "INT": numpy.int32, "FLOAT": numpy.float32, "ENUM": numpy.int32}


def read_array(collection: Any, prop: bpy.types.Property) -> dict[str, Any]:
    """All values of one property of all elements, as exact bytes with dtype, width and count."""
    count = len(collection)
    if prop.type == "STRING":
        return {"strings": [as_text(getattr(element, prop.identifier)) for element in collection]}
    width = prop.array_length if prop.type != "ENUM" and prop.is_array else 1
    values = numpy.zeros(count * width, DTYPES[prop.type])
    collection.foreach_get(prop.identifier, values)
    if prop.type == "FLOAT":
        values[numpy.isnan(values)] = numpy.float32("nan")
    return packed(values, width)


def packed(values: numpy.ndarray, width: int) -> dict[str, Any]:
    """An array as it is written to a dump."""
    data = base64.b64encode(values.tobytes()).decode()
    return {"dtype": values.dtype.name, "width": width, "count": values.size // width, "data": data}


def as_text(value: str | bytes) -> str:
    """String attributes are text on some versions and bytes on others."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def unpacked(array: dict[str, Any]) -> numpy.ndarray:
    """The values of a dumped array: one row per element."""
    if "strings" in array:
        return numpy.array(array["strings"], dtype=object).reshape(-1, 1)
    values = numpy.frombuffer(base64.b64decode(array["data"]), array["dtype"])
    return values.reshape(-1, array["width"])
