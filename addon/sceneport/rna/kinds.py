"""The replicated kinds of datablocks, in the order in which one may need another."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import bpy

from . import shells
from .limits import NAME_BYTES
from .references import Resolve, to_reference
from .values import Value

SHADER_TREE = "ShaderNodeTree"
LIGHT_TYPES = ("POINT", "SUN", "SPOT", "AREA")


class Kind(NamedTuple):
    """One kind: the RNA identifier of its base class, its collection in `bpy.data`, and how one is made."""

    type: str
    collection: str
    make: Callable[[str, dict[str, Value], Resolve], Any]
    shell: bool = False


def clean_name(name: str) -> str:
    """A name that every Blender keeps as it is: UTF-8, no NUL, at most 63 bytes, not empty."""
    raw = name.replace("\0", "").encode("utf-8", "replace")[:NAME_BYTES]
    return raw.decode("utf-8", "ignore") or "?"


def _new(collection: str) -> Callable[[str, dict[str, Value], Resolve], Any]:
    return lambda name, values, resolve: getattr(bpy.data, collection).new(name)


def _image(name: str, values: dict[str, Value], resolve: Resolve) -> Any:
    return bpy.data.images.new(name, 1, 1, alpha=True, float_buffer=values.get("use_generated_float") is True)


def _group(name: str, values: dict[str, Value], resolve: Resolve) -> Any:
    return bpy.data.node_groups.new(name, SHADER_TREE) if values.get("type") == SHADER_TREE else None


def _light(name: str, values: dict[str, Value], resolve: Resolve) -> Any:
    wanted = values.get("type")
    return bpy.data.lights.new(name, wanted if wanted in LIGHT_TYPES else "POINT")


def _object(name: str, values: dict[str, Value], resolve: Resolve) -> Any:
    wanted = values.get("type")
    if wanted not in shells.TYPES:
        return bpy.data.objects.new(name, None)
    try:
        data = to_reference(values.get("data"), resolve)
    except TypeError:
        data = None
    if data is not None and _fits(data, wanted):
        return bpy.data.objects.new(name, data)
    return bpy.data.objects.new(name, shells.make_placeholder(wanted))


def _fits(data: Any, object_type: str) -> bool:
    kind = kind_of(data)
    if kind is None or kind.type != shells.TYPES[object_type]:
        return False
    return kind.type != "Curve" or shells.subtype_of(data) == object_type


def _shell(kind: str) -> Callable[[str, dict[str, Value], Resolve], Any]:
    return lambda name, values, resolve: shells.make_shell(kind, name, values.get("type"))


KINDS: dict[str, Kind] = {
    kind.type: kind
    for kind in (
        Kind("Image", "images", _image),
        Kind("NodeTree", "node_groups", _group),
        Kind("Material", "materials", _new("materials")),
        Kind("World", "worlds", _new("worlds")),
        Kind("Light", "lights", _light),
        Kind("Camera", "cameras", _new("cameras")),
        Kind("Mesh", "meshes", _new("meshes")),
        *(Kind(type, collection, _shell(type), shell=True) for type, collection in shells.COLLECTIONS.items()),
        Kind("Collection", "collections", _new("collections")),
        Kind("Object", "objects", _object),
        Kind("Scene", "scenes", _new("scenes")),
    )
    if kind.collection in bpy.types.BlendData.bl_rna.properties
}
"""By type, in dependency order: whatever a kind can refer to, but for objects and scenes, comes before it."""


@cache
def _kind_of_class(cls: type) -> Kind | None:
    rna = cls.bl_rna
    while rna is not None:
        if rna.identifier in KINDS:
            return KINDS[rna.identifier]
        rna = rna.base
    return None


def kind_of(datablock: Any) -> Kind | None:
    """The kind of a datablock; None for what is not replicated at all."""
    return _kind_of_class(type(datablock))


def is_replicated(datablock: Any) -> bool:
    """Whether this datablock crosses: of a replicated kind, not linked, overridden, embedded, or made for showing."""
    if (
        kind_of(datablock) is None
        or datablock.library is not None
        or datablock.override_library is not None
        or datablock.is_embedded_data
    ):
        return False
    if isinstance(datablock, bpy.types.Image) and datablock.source == "VIEWER":
        return False
    if isinstance(datablock, bpy.types.NodeTree) and datablock.bl_idname != SHADER_TREE:
        return False
    return not shells.is_placeholder(datablock)
