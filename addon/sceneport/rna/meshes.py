"""Mesh: materials, layers and geometry as they are shown."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from functools import partial
from typing import Any

import bpy
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
ARRAY_LISTS = frozenset({"materials", "uv_layers", "attributes"})
"""Lists that arrays follow: each layer has one, and faces count the materials."""
TOPOLOGY_PATHS = frozenset(field.path for field in fields.TOPOLOGY)
SHARED_INTERNAL = (".sculpt_face_set", ".sculpt_mask", ".hide_vert", ".hide_edge", ".hide_poly")
"""Attributes of Blender's own that are the user's work."""
_UV_IS_VECTOR = "uv" in bpy.types.MeshUVLoopLayer.bl_rna.properties


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


def read_geometry(mesh: Any, paths: Container[str] | None = None) -> Iterator[Array | None]:
    """The arrays of the group `geometry`, or those of these paths, one bulk call each; the positions first.

    None stands for one that turned out to be nothing but defaults. Not in edit mode: Blender's own arrays are stale
    then.
    """
    for field in fields.FIELDS.values():
        if paths is None or field.path in paths:
            values = fields.read_field(mesh, field)
            yield None if values is None else _array(field.path, field.dtype, field.width, values)
    for path, read in layers(mesh):
        if paths is None or path in paths:
            yield read()


def layers(mesh: Any) -> list[tuple[str, Callable[[], Array | None]]]:
    """The paths of the arrays that are not built in, and how each is read: None where it is gone by then."""
    uv = [layer.name for layer in mesh.uv_layers]
    attributes = [attribute.name for attribute in generic_attributes(mesh)]
    return [
        *((f"uv_layers/{encode(name)}/uv", partial(_read_uv_array, mesh, name)) for name in uv),
        *((f"attributes/{encode(name)}/data", partial(_read_attribute, mesh, name)) for name in attributes),
    ]


def _read_uv_array(mesh: Any, name: str) -> Array | None:
    if name not in mesh.uv_layers:
        return None
    return _array(f"uv_layers/{encode(name)}/uv", "f4", 2, read_uv(mesh, name))


def _read_attribute(mesh: Any, name: str) -> Array | None:
    attribute = mesh.attributes.get(name)
    if attribute is None:
        return None
    _, dtype, width = fields.ELEMENTS[attribute.data_type]
    values = fields.read_data(attribute.data, attribute.data_type, fields.count(mesh, attribute.domain))
    return _array(f"attributes/{encode(name)}/data", dtype, width, values)


def _array(path: str, dtype: str, width: int, values: Any) -> Array:
    size = len(values) // width
    return Array(GROUP, path, dtype, (size,) if width == 1 else (size, width), path in TOPOLOGY_PATHS, values)


def uv_data(layer: Any) -> tuple[Any, str]:
    """The collection and the property that hold the coordinates of a UV layer."""
    return (layer.uv, "vector") if _UV_IS_VECTOR else (layer.data, "uv")


def read_uv(mesh: Any, name: str) -> Any:
    """The coordinates of a UV layer in one row."""
    data, prop = uv_data(mesh.uv_layers[name])
    values = np.empty(len(mesh.loops) * 2, DTYPES["f4"])
    data.foreach_get(prop, values)
    return values


def sizes_of(mesh: Any) -> dict[str, int]:
    """How long the arrays are that are always there, without reading them."""
    return {field.path: fields.count(mesh, field.domain) for field in fields.FIELDS.values() if field.required}
