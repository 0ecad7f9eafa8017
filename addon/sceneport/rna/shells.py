"""Data of objects that does not cross yet: its type and name do, so that the object has its type everywhere.

A *placeholder* stands in for the data of an object while that data is not there: an object without data is an empty,
and Blender never turns an empty into anything else.
"""

from __future__ import annotations

import uuid
from typing import Any

import bpy

PLACEHOLDER = "sp_placeholder"

_DATA = {
    "MESH": "Mesh",
    "LIGHT": "Light",
    "CAMERA": "Camera",
    "ARMATURE": "Armature",
    "LATTICE": "Lattice",
    "META": "MetaBall",
    "SPEAKER": "Speaker",
    "CURVE": "Curve",
    "SURFACE": "Curve",
    "FONT": "Curve",
    "LIGHT_PROBE": "LightProbe",
    "VOLUME": "Volume",
    "CURVES": "Curves",
    "POINTCLOUD": "PointCloud",
    "GPENCIL": "GreasePencil",
    "GREASEPENCIL": "GreasePencilv3" if hasattr(bpy.types, "GreasePencilv3") else "GreasePencil",
}
TYPES = {type: _DATA[type] for type in bpy.types.Object.bl_rna.properties["type"].enum_items.keys() if type in _DATA}
"""The kind of data of each `Object.type` of this Blender but `EMPTY`."""

_COLLECTIONS = {
    "Armature": "armatures",
    "Lattice": "lattices",
    "MetaBall": "metaballs",
    "Speaker": "speakers",
    "Curve": "curves",
    "LightProbe": "lightprobes",
    "Volume": "volumes",
    "Curves": "hair_curves",
    "PointCloud": "pointclouds",
    "GreasePencil": "grease_pencils",
    "GreasePencilv3": "grease_pencils_v3",
}
COLLECTIONS = {kind: collection for kind, collection in _COLLECTIONS.items() if kind in TYPES.values()}
"""The kinds of data of which only type and name cross, and where `bpy.data` keeps them."""

CURVE_TYPES = {"Curve": "CURVE", "SurfaceCurve": "SURFACE", "TextCurve": "FONT"}
PROBE_TYPES = {
    "CUBEMAP": "CUBE",
    "GRID": "GRID",
    "PLANAR": "PLANAR",
    "SPHERE": "SPHERE",
    "PLANE": "PLANE",
    "VOLUME": "VOLUME",
}
"""What `lightprobes.new` calls each `LightProbe.type`."""


def subtype_of(data: Any) -> str | None:
    """The property `type` of a shell, where its kind has several."""
    identifier = data.bl_rna.identifier
    return CURVE_TYPES.get(identifier) or (data.type if identifier == "LightProbe" else None)


def make_shell(kind: str, name: str, subtype: str | None) -> Any:
    """New data of a kind of `COLLECTIONS`, or None where this Blender cannot make it."""
    collection = getattr(bpy.data, COLLECTIONS[kind], None)
    if collection is None or not hasattr(collection, "new"):
        return None
    if kind == "Curve":
        return collection.new(name, subtype if subtype in CURVE_TYPES.values() else "CURVE")
    if kind == "LightProbe":
        return _make_probe(name, PROBE_TYPES.get(subtype))
    return collection.new(name)


def _make_probe(name: str, wanted: str | None) -> Any:
    """A light probe, of the first kind that this Blender has where it does not have the wanted one."""
    for type in (wanted, "SPHERE", "CUBE"):
        try:
            return bpy.data.lightprobes.new(name, type)
        except TypeError:
            continue
    return None


def make_placeholder(object_type: str) -> Any:
    """Stand-in data for an object of this type, or None where it can only be an empty.

    No two Blenders give theirs the same name, because one that the user works on becomes a datablock of the session.
    """
    kind = TYPES.get(object_type)
    name = f"{PLACEHOLDER} {uuid.uuid4().hex[:8]}"
    if kind == "Mesh":
        data = bpy.data.meshes.new(name)
    elif kind == "Light":
        data = bpy.data.lights.new(name, "POINT")
    elif kind == "Camera":
        data = bpy.data.cameras.new(name)
    elif kind is None:
        return None
    else:
        data = make_shell(kind, name, object_type)
    if data is not None:
        data[PLACEHOLDER] = True
    return data


def is_placeholder(datablock: Any) -> bool:
    """Whether a datablock only stands in for another: it is never shown, until the user renames or works on it."""
    return datablock.name.startswith(PLACEHOLDER) and datablock.get(PLACEHOLDER) == 1 and not _is_worked_on(datablock)


def _is_worked_on(data: Any) -> bool:
    """Whether the user has made something of a stand-in mesh; from then on it has an id, also when it is empty again."""
    is_known = bool(getattr(data, "sceneport_id", ""))
    return isinstance(data, bpy.types.Mesh) and (is_known or len(data.vertices) > 0 or len(data.materials) > 0)


def drop_placeholder(data: Any) -> None:
    """Removes stand-in data that nothing uses any more."""
    if data is not None and is_placeholder(data) and not _is_used(data):
        bpy.data.batch_remove((data,))


def drop_unused_placeholders() -> bool:
    """Removes all stand-in data that nothing uses any more, which undo brings back and objects leave behind; whether any."""
    collections = ["meshes", "lights", "cameras", *COLLECTIONS.values()]
    found = [data for name in collections for data in getattr(bpy.data, name, ()) if is_placeholder(data)]
    unused = [data for data in found if not _is_used(data)]
    bpy.data.batch_remove(unused)
    return bool(unused)


def _is_used(data: Any) -> bool:
    """Whether anything refers to the data; Blender counts one user too many for a new grease pencil."""
    return data.users > 0 and (data.users > 1 or bool(bpy.data.user_map(subset=(data,))[data]))
