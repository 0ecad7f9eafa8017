"""Where each Blender keeps the built-in arrays of a mesh, and the bulk calls that read and write them.

From 4.0 on they are attributes; a call on `mesh.attributes[...]` in the storage type is up to a hundred times faster
than one on `mesh.vertices`. Before, they are fields of the elements, where unsigned integers take the fast path.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import bpy
import numpy as np

from .arrays import DTYPES

MODERN = bpy.app.version >= (4, 0, 0)
"""Whether topology, sharpness, seams and weights are attributes."""
OFFSETS_ONLY = bpy.types.MeshPolygon.bl_rna.properties["loop_total"].is_readonly
"""Whether the size of a face follows from the start of the next one."""


class Field(NamedTuple):
    """One built-in array: its path, form, element, and where it is before and since it became an attribute.

    `inverted`: the old field says the opposite. `required`: it is always shown; others only where not all default.
    `layer`: the property of the mesh that says, before, whether there is such an array; empty where none says so.
    """

    path: str
    dtype: str
    width: int
    domain: str
    attribute: str
    attribute_type: str
    collection: str
    field: str
    inverted: bool = False
    required: bool = False
    layer: str = ""


POSITION = Field("position", "f4", 3, "POINT", "position", "FLOAT_VECTOR", "vertices", "co", required=True)
EDGE_VERTICES = Field("edge_vertices", "u4", 2, "EDGE", ".edge_verts", "INT32_2D", "edges", "vertices", required=True)
CORNER_VERTEX = Field("corner_vertex", "u4", 1, "CORNER", ".corner_vert", "INT", "loops", "vertex_index", required=True)
CORNER_EDGE = Field("corner_edge", "u4", 1, "CORNER", ".corner_edge", "INT", "loops", "edge_index", required=True)
FACE_OFFSET = Field("face_offset", "u4", 1, "FACE", "", "", "polygons", "loop_start", required=True)

TOPOLOGY = (EDGE_VERTICES, CORNER_VERTEX, CORNER_EDGE, FACE_OFFSET)
OPTIONAL = (
    Field("sharp_edge", "b1", 1, "EDGE", "sharp_edge", "BOOLEAN", "edges", "use_edge_sharp"),
    Field("sharp_face", "b1", 1, "FACE", "sharp_face", "BOOLEAN", "polygons", "use_smooth", inverted=True),
    Field("uv_seam", "b1", 1, "EDGE", "uv_seam", "BOOLEAN", "edges", "use_seam"),
    Field("material_index", "i4", 1, "FACE", "material_index", "INT", "polygons", "material_index"),
    Field("crease_edge", "f4", 1, "EDGE", "crease_edge", "FLOAT", "edges", "crease", layer="has_crease_edge"),
    Field("crease_vert", "f4", 1, "POINT", "crease_vert", "FLOAT", "", ""),
    Field(
        *("bevel_weight_edge", "f4", 1, "EDGE", "bevel_weight_edge", "FLOAT", "edges", "bevel_weight"),
        layer="has_bevel_weight_edge",
    ),
    Field(
        *("bevel_weight_vert", "f4", 1, "POINT", "bevel_weight_vert", "FLOAT", "vertices", "bevel_weight"),
        layer="has_bevel_weight_vertex",
    ),
)
FIELDS = {field.path: field for field in (POSITION, *TOPOLOGY, *OPTIONAL)}
RESERVED = {field.attribute for field in FIELDS.values() if field.attribute}
"""Names of attributes that are shown as built-in arrays."""

DOMAINS = {"POINT": "vertices", "EDGE": "edges", "FACE": "polygons", "CORNER": "loops"}

ELEMENTS = {
    "FLOAT": ("value", "f4", 1),
    "INT": ("value", "i4", 1),
    "FLOAT_VECTOR": ("vector", "f4", 3),
    "FLOAT_COLOR": ("color", "f4", 4),
    "BYTE_COLOR": ("color_srgb", "u1", 4),
    "BOOLEAN": ("value", "b1", 1),
    "FLOAT2": ("vector", "f4", 2),
    "INT8": ("value", "i1", 1),
    "INT16_2D": ("value", "i2", 2),
    "INT32_2D": ("value", "i4", 2),
    "QUATERNION": ("value", "f4", 4),
    "FLOAT4X4": ("value", "f4", 16),
    "STRING": ("value", "u1", 256),
}
"""Of each type of attribute that crosses: the property with the value, dtype and width."""


def count(mesh: Any, domain: str) -> int:
    """How many elements the mesh has."""
    return len(getattr(mesh, DOMAINS[domain]))


def read_data(data: Any, type: str, size: int) -> np.ndarray:
    """All values of an attribute in one row, in the storage type."""
    name, dtype, width = ELEMENTS[type]
    if type == "STRING":
        return _read_strings(data, size, width)
    if type == "BYTE_COLOR":
        floats = np.empty(size * width, np.float32)
        data.foreach_get(name, floats)
        return np.rint(floats * 255.0).astype(np.uint8)
    values = np.empty(size * width, DTYPES[dtype])
    data.foreach_get(name, values)
    return values


def write_data(data: Any, type: str, values: np.ndarray) -> None:
    """Sets all values of an attribute from one row in the storage type."""
    if type == "STRING":
        _write_strings(data, values)
        return
    if type == "BYTE_COLOR":
        values = values.astype(np.float32) / np.float32(255.0)
    data.foreach_set(ELEMENTS[type][0], values)


def _read_strings(data: Any, size: int, width: int) -> np.ndarray:
    """Each string as its length in one byte, the bytes, and zeros. Blender has no bulk call for strings."""
    rows = np.zeros((size, width), np.uint8)
    for row, element in zip(rows, data, strict=True):
        value = element.value
        raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
        row[0] = len(raw)
        row[1 : 1 + len(raw)] = np.frombuffer(raw, np.uint8)
    return rows.reshape(-1)


def _write_strings(data: Any, values: np.ndarray) -> None:
    for row, element in zip(values.reshape(len(data), -1), data, strict=True):
        raw = row[1 : 1 + row[0]].tobytes()
        element.value = raw if isinstance(element.value, bytes) else raw.decode("utf-8", "replace")


def read_field(mesh: Any, field: Field) -> np.ndarray | None:
    """All values of a built-in array in one row; None where every element has the default."""
    size = count(mesh, field.domain)
    attribute = mesh.attributes.get(field.attribute) if field.attribute else None
    if attribute is not None and attribute.data_type == field.attribute_type and len(attribute.data) == size:
        values = read_data(attribute.data, field.attribute_type, size).view(DTYPES[field.dtype])
    elif field.required or _has_old_field(mesh, field):
        values = np.empty(size * field.width, DTYPES[field.dtype])
        getattr(mesh, field.collection).foreach_get(field.field, values)
        if field.inverted:
            np.logical_not(values, out=values)
    else:
        return None
    return values if field.required or values.any() else None


def _has_old_field(mesh: Any, field: Field) -> bool:
    """Whether the values are in the elements, where they may differ from the default."""
    if MODERN or not field.collection or field.path == "material_index":
        return False
    return not field.layer or getattr(mesh, field.layer, True)


def write_field(mesh: Any, field: Field, values: np.ndarray | None) -> None:
    """Sets all values of a built-in array; None: every element to the default. Sizes must fit."""
    stored = field.attribute and (MODERN or field.path == "material_index")
    attribute = mesh.attributes.get(field.attribute) if stored else None
    if values is None:
        if stored and attribute is not None:
            mesh.attributes.remove(attribute)
            return
        if stored or not field.collection or read_field(mesh, field) is None:
            return
        values = np.zeros(count(mesh, field.domain) * field.width, DTYPES[field.dtype])
    if stored:
        if attribute is None:
            if not len(values):
                # A mesh without elements is as good without the array.
                return
            mesh.attributes.new(field.attribute, field.attribute_type, field.domain)
            attribute = mesh.attributes[field.attribute]
        signed = values.view(np.int32) if field.dtype == "u4" else values
        write_data(attribute.data, field.attribute_type, signed)
    elif field.collection:
        raw = np.logical_not(values) if field.inverted else values
        getattr(mesh, field.collection).foreach_set(field.field, raw)
        if field is FACE_OFFSET and not OFFSETS_ONLY:
            ends = np.append(values[1:], np.uint32(count(mesh, "CORNER")))
            mesh.polygons.foreach_set("loop_total", ends - values)
