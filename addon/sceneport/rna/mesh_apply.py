"""Mesh: applies items and geometry, after everything about them has been checked."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from . import mesh_fields as fields
from . import meshes
from .arrays import Array, flat
from .failures import BAD_ARRAY, GONE, Failure
from .mesh_check import are_materials, is_sound
from .segments import decode, encode

FEW = 64
"""Up to this many elements are written one by one."""


def apply_geometry(mesh: Any, whole: bool, arrays: list[Array]) -> list[Failure]:
    """Makes the mesh have these arrays; with `whole`, those that are not among them become default, layers zero."""
    given = {array.path: array for array in arrays}
    rows = {path: flat(array) for path, array in given.items()}
    if any(row is None for row in rows.values()):
        return [Failure(path, BAD_ARRAY) for path, row in rows.items() if row is None]
    structure = {f.path: rows[f.path] if f.path in rows else fields.read_field(mesh, f) for f in _STRUCTURE}
    sizes = _sizes(structure)
    wrong = _misfits(mesh, given, rows, sizes)
    if wrong:
        return wrong
    if (
        not rows.keys().isdisjoint(f.path for f in fields.TOPOLOGY)
        or len(structure["position"]) != len(mesh.vertices) * 3
    ):
        vertices = len(structure["position"]) // 3
        if not is_sound(vertices, *(structure[f.path] for f in fields.TOPOLOGY)):
            return [Failure(f.path, BAD_ARRAY) for f in fields.TOPOLOGY]
    fresh = any(fields.count(mesh, domain) != size for domain, size in sizes.items())
    if fresh:
        _resize(mesh, sizes)
        rows = {**rows, **structure}
    for field in fields.FIELDS.values():
        if field.path in rows:
            fields.write_field(mesh, field, rows[field.path])
        elif whole and not field.required and (not fresh or field.inverted):
            # New elements have the defaults of Blender, of which an inverted field is the opposite.
            fields.write_field(mesh, field, None)
    missing = []
    for path, row in rows.items():
        if path not in fields.FIELDS and not _write_layer(mesh, path, row):
            missing.append(Failure(path, GONE))
    if whole:
        for path, _ in meshes.layers(mesh):
            if path not in rows:
                dtype, width, domain = _form(mesh, path)
                _write_layer(mesh, path, np.zeros(fields.count(mesh, domain) * width, fields.DTYPES[dtype]))
    finish(mesh)
    return missing


_STRUCTURE = (fields.POSITION, *fields.TOPOLOGY)


def _sizes(structure: dict[str, np.ndarray]) -> dict[str, int]:
    return {
        "POINT": len(structure["position"]) // 3,
        "EDGE": len(structure["edge_vertices"]) // 2,
        "CORNER": len(structure["corner_vertex"]),
        "FACE": len(structure["face_offset"]),
    }


def _misfits(mesh: Any, given: dict[str, Array], rows: dict[str, np.ndarray], sizes: dict[str, int]) -> list[Failure]:
    """The arrays whose type, width or length is not what the mesh will need."""
    failures = []
    for path, array in given.items():
        form = _form(mesh, path)
        if form is None:
            continue
        dtype, width, domain = form
        shape = (sizes[domain],) if width == 1 else (sizes[domain], width)
        if array.dtype != dtype or tuple(array.shape) != shape:
            failures.append(Failure(path, BAD_ARRAY))
        elif path == "material_index" and not are_materials(rows[path]):
            failures.append(Failure(path, BAD_ARRAY))
    return failures


def _form(mesh: Any, path: str) -> tuple[str, int, str] | None:
    """dtype, width and domain of an array of this mesh; None where there is no such array."""
    field = fields.FIELDS.get(path)
    if field is not None:
        return field.dtype, field.width, field.domain
    collection, handle, last = (path.split("/") + ["", ""])[:3]
    if (collection, last) == ("uv_layers", "uv"):
        return ("f4", 2, "CORNER") if decode(handle) in mesh.uv_layers else None
    if (collection, last) == ("attributes", "data"):
        for attribute in meshes.generic_attributes(mesh):
            if encode(attribute.name) == handle:
                return (*fields.ELEMENTS[attribute.data_type][1:], attribute.domain)
    return None


def _resize(mesh: Any, sizes: dict[str, int]) -> None:
    """Gives the mesh new elements; layers stay, empty. Shape keys go when they would have the wrong length."""
    uv = [(layer.name, layer.active_render) for layer in mesh.uv_layers]
    attributes = [(a.name, a.data_type, a.domain) for a in meshes.generic_attributes(mesh)]
    colours = {name: getattr(mesh.color_attributes, name) for name in meshes.COLOURS.values()}
    if mesh.shape_keys is not None and len(mesh.vertices) != sizes["POINT"]:
        for user in bpy.data.objects:
            if user.data == mesh:
                user.shape_key_clear()
                break
    mesh.clear_geometry()
    mesh.vertices.add(sizes["POINT"])
    mesh.edges.add(sizes["EDGE"])
    mesh.loops.add(sizes["CORNER"])
    mesh.polygons.add(sizes["FACE"])
    for name, _ in uv:
        if name not in mesh.uv_layers:
            mesh.uv_layers.new(name=name, do_init=False)
    for name, render in uv:
        if render:
            mesh.uv_layers[name].active_render = True
    for name, type, domain in attributes:
        if name not in mesh.attributes:
            mesh.attributes.new(name, type, domain)
    for name, index in colours.items():
        if 0 <= index < len(mesh.color_attributes):
            setattr(mesh.color_attributes, name, index)


def _write_layer(mesh: Any, path: str, row: np.ndarray) -> bool:
    """Writes an array of a UV layer or an attribute; False where there is none."""
    if _form(mesh, path) is None:
        return False
    collection, handle, _ = path.split("/")
    if collection == "uv_layers":
        data, prop = meshes.uv_data(mesh.uv_layers[decode(handle)])
        data.foreach_set(prop, row)
    else:
        attribute = mesh.attributes[decode(handle)]
        fields.write_data(attribute.data, attribute.data_type, row)
    return True


def finish(mesh: Any) -> None:
    """Makes Blender compute what follows from the arrays: bounds, normals, loose edges."""
    if len(mesh.vertices):
        first = mesh.vertices[0]
        first.co = first.co
    mesh.update(calc_edges_loose=True)


def apply_geometry_range(mesh: Any, path: str, offset: int, data: Any) -> list[Failure]:
    """Overwrites bytes of one array from `offset`; the result is checked like a whole array."""
    if _form(mesh, path) is None:
        return [Failure(path, GONE)]
    dtype, width, domain = _form(mesh, path)
    raw = np.frombuffer(data, np.uint8)
    element = fields.DTYPES[dtype].itemsize * width
    if offset < 0 or offset + raw.nbytes > fields.count(mesh, domain) * element:
        return [Failure(path, BAD_ARRAY)]
    if path == "position" and offset % element == 0 and raw.nbytes % element == 0 and raw.nbytes <= FEW * element:
        for index, place in enumerate(raw.view(np.float32).reshape(-1, 3), offset // element):
            mesh.vertices[index].co = place
        mesh.update()
        return []
    current = _read(mesh, path, domain, dtype, width)
    current.view(np.uint8)[offset : offset + raw.nbytes] = raw
    shape = (len(current) // width,) if width == 1 else (len(current) // width, width)
    is_topology = path in meshes.TOPOLOGY_PATHS
    return apply_geometry(mesh, False, [Array(meshes.GROUP, path, dtype, shape, is_topology, current)])


def _read(mesh: Any, path: str, domain: str, dtype: str, width: int) -> np.ndarray:
    """The present values of an array, zeros where they are default."""
    if path in fields.FIELDS:
        values = fields.read_field(mesh, fields.FIELDS[path])
        return np.zeros(fields.count(mesh, domain) * width, fields.DTYPES[dtype]) if values is None else values
    collection, handle, _ = path.split("/")
    if collection == "uv_layers":
        return meshes.read_uv(mesh, decode(handle))
    attribute = mesh.attributes[decode(handle)]
    return fields.read_data(attribute.data, attribute.data_type, fields.count(mesh, domain))
