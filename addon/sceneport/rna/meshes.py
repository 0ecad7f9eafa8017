"""Mesh: materials, layers and geometry as they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import mesh_fields as fields
from .arrays import DTYPES, Array
from .references import Ident
from .segments import encode
from .table import read_reference
from .values import Value, text

GROUP = "geometry"
COLOURS = {"color_attributes/active": "active_color_index", "color_attributes/render": "render_color_index"}
"""Paths of the chosen colour attributes, and the RNA names of their places in the list."""
SHARED_INTERNAL = (".sculpt_face_set", ".sculpt_mask", ".hide_vert", ".hide_edge", ".hide_poly")
"""Attributes of Blender's own that are the user's work."""


def generic_attributes(mesh: Any) -> list[Any]:
    """The attributes that are shown as items: neither built-in arrays, nor UV layers, nor Blender's own marks."""
    uv = {layer.name for layer in mesh.uv_layers}
    return [
        attribute
        for attribute in mesh.attributes
        if (not attribute.name.startswith(".") or attribute.name in SHARED_INTERNAL)
        and attribute.name not in fields.RESERVED
        and attribute.name not in uv
        and attribute.data_type in fields.ELEMENTS
    ]


def read_mesh(mesh: Any, ident: Ident, out: dict[str, Value], items: dict[str, list]) -> None:
    """Adds the items of a mesh and their properties."""
    items["materials"] = [[str(index), 0] for index in range(len(mesh.materials))]
    for index, material in enumerate(mesh.materials):
        shown, reference = read_reference(material, ident)
        if shown:
            out[f"materials/{index}/material"] = reference
    items["uv_layers"] = []
    for layer in mesh.uv_layers:
        handle = encode(layer.name)
        items["uv_layers"].append([handle, 0])
        out[f"uv_layers/{handle}/name"] = text(layer.name)
        out[f"uv_layers/{handle}/active_render"] = layer.active_render
    items["attributes"] = []
    for attribute in generic_attributes(mesh):
        handle = encode(attribute.name)
        items["attributes"].append([handle, 0])
        out[f"attributes/{handle}/name"] = text(attribute.name)
        out[f"attributes/{handle}/data_type"] = attribute.data_type
        out[f"attributes/{handle}/domain"] = attribute.domain
    for path, index_name in COLOURS.items():
        index = getattr(mesh.color_attributes, index_name)
        if 0 <= index < len(mesh.color_attributes):
            out[path] = {"item": f"attributes/{encode(mesh.color_attributes[index].name)}"}
    if mesh.use_auto_texspace:
        out.pop("texspace_location", None)
        out.pop("texspace_size", None)


def read_geometry(mesh: Any) -> Iterator[Array]:
    """The arrays of the group `geometry`, one bulk call each. Not in edit mode: Blender's own arrays are stale then."""
    for field in fields.FIELDS.values():
        values = fields.read_field(mesh, field)
        if values is not None:
            yield _array(field.path, field.dtype, field.width, values, field in fields.TOPOLOGY)
    for name in [layer.name for layer in mesh.uv_layers]:
        values = read_uv(mesh, name)
        yield _array(f"uv_layers/{encode(name)}/uv", "f4", 2, values)
    for name in [attribute.name for attribute in generic_attributes(mesh)]:
        attribute = mesh.attributes.get(name)
        if attribute is not None:
            _, dtype, width = fields.ELEMENTS[attribute.data_type]
            values = fields.read_data(attribute.data, attribute.data_type, fields.count(mesh, attribute.domain))
            yield _array(f"attributes/{encode(name)}/data", dtype, width, values)


def _array(path: str, dtype: str, width: int, values: Any, topology: bool = False) -> Array:
    size = len(values) // width
    return Array(GROUP, path, dtype, (size,) if width == 1 else (size, width), topology, values)


def uv_data(layer: Any) -> tuple[Any, str]:
    """The collection and the property that hold the coordinates of a UV layer."""
    return (layer.uv, "vector") if hasattr(layer, "uv") else (layer.data, "uv")


def read_uv(mesh: Any, name: str) -> Any:
    """The coordinates of a UV layer in one row."""
    data, prop = uv_data(mesh.uv_layers[name])
    values = np.empty(len(mesh.loops) * 2, DTYPES["f4"])
    data.foreach_get(prop, values)
    return values


def counts_of(mesh: Any) -> dict[str, int]:
    """Sizes that say cheaply whether the geometry can be what it was."""
    sizes = {name: len(getattr(mesh, name)) for name in fields.DOMAINS.values()}
    return {**sizes, "uv_layers": len(mesh.uv_layers), "attributes": len(mesh.attributes)}
