"""Applies what is ordered (COMPANION.md O2), everything checked first. Nothing received is evaluated (G1)."""

from __future__ import annotations

from typing import Any

import bpy

from . import camera_images, images, mesh_apply, mesh_items, meshes, node_apply, objects
from .arrays import Array
from .change import Change
from .custom import PREFIX, unset_custom, write_custom
from .failures import BAD_ARRAY, READ_ONLY, UNSUPPORTED, Failure
from .kinds import KINDS, clean_name, kind_of
from .links import write_links
from .node_interface import SIDES, apply_interface
from .node_trees import EMBEDDED, GROUP
from .references import Resolve
from .table import table_of
from .values import Value

SPECIAL = {
    "Object": ("type", "data", "material_slots/"),
    "Mesh": ("materials/", "uv_layers/", "attributes/", "color_attributes/"),
    "NodeTree": ("type", f"{GROUP}/", *SIDES),
    "Material": ("node_tree/",),
    "World": ("node_tree/",),
    "Light": ("node_tree/",),
    "Image": ("file_extension",),
    "Camera": (f"{camera_images.ROOT}/",),
}
"""Beginnings of paths that are not rows of a table, by kind."""
SETS = {
    "Collection": {"objects": "objects", "children": "children"},
    "Scene": {"collection/objects": "objects", "collection/children": "children"},
}


def create(type: str, name: str, set: dict[str, Value], resolve: Resolve = lambda id: None) -> Any:
    """A new datablock; None where this Blender cannot make one. Only what decides how it is made is taken from `set`.

    An object whose data `resolve` does not know has stand-in data until `data` is set.
    """
    kind = KINDS.get(type)
    return None if kind is None else kind.make(clean_name(name), set, resolve)


def apply_set(
    datablock: Any,
    set: dict[str, Value],
    unset: list[str],
    sets: dict[str, list[str]],
    items: dict[str, list],
    resolve: Resolve,
) -> list[Failure]:
    """Sets and unsets properties, and makes sets and lists what is ordered; returns what was left as it was.

    A reference that `resolve` does not know becomes null, the data of an object stays; neither is a failure.
    """
    kind = kind_of(datablock)
    if datablock.library is not None or datablock.override_library is not None or kind is None:
        return [Failure(path, READ_ONLY) for path in [*set, *unset, *sets, *items]]
    if kind.shell:
        return []
    change = Change(dict(set), list(unset), sets, items, resolve, [])
    if kind.type == "Object":
        objects.apply_object(datablock, change)
    if kind.type == "Image":
        images.check(datablock, change)
    _properties(datablock, kind.type, change)
    for path, name in SETS.get(kind.type, {}).items():
        if path in sets:
            holder = datablock.collection if kind.type == "Scene" else datablock
            change.failures.extend(write_links(holder, name, path, sets[path], resolve))
    if kind.type == "Mesh":
        mesh_items.apply_mesh_items(datablock, change)
    elif kind.type == "Object":
        objects.apply_slots(datablock, change)
    elif kind.type == "Camera":
        camera_images.apply_camera_images(datablock, change)
    elif kind.type == "NodeTree":
        apply_interface(datablock, change)
        node_apply.apply_tree(datablock, GROUP, change)
    elif "node_tree/" in SPECIAL.get(kind.type, ()):
        _node_tree(datablock, change)
    return change.failures


def _node_tree(datablock: Any, change: Change) -> None:
    """The tree is there as soon as it has been used once, also where it is not used now."""
    if datablock.node_tree is None:
        if EMBEDDED not in change.items:
            return
        datablock.use_nodes = True
        datablock.use_nodes = change.set.get("use_nodes") is True
    node_apply.apply_tree(datablock.node_tree, EMBEDDED, change)


def _properties(datablock: Any, kind: str, change: Change) -> None:
    """Plain and custom properties, those of the table in its order."""
    special = SPECIAL.get(kind, ())
    table = table_of("kinds", datablock.bl_rna.identifier)
    if "type" in table.properties and "type" in change.set:
        change.fail("type", table.write(datablock, "type", change.set["type"], change.resolve))
        datablock = _fresh(datablock)
        table = table_of("kinds", datablock.bl_rna.identifier)
    for path in change.unset:
        if path.startswith(PREFIX):
            change.fail(path, unset_custom(datablock, path))
        elif path in table.properties:
            change.fail(path, table.unset(datablock, path))
    for path in table.properties:
        if path in change.set:
            change.fail(path, table.write(datablock, path, change.set[path], change.resolve))
    for path, value in change.set.items():
        if path.startswith(PREFIX):
            change.fail(path, write_custom(datablock, path, value, change.resolve))
        elif path not in table.properties and not path.startswith(special or ("\0",)):
            change.fail(path, UNSUPPORTED)


def _fresh(datablock: Any) -> Any:
    """The datablock as its class is now: the type of a light changes it, which an older reference does not notice."""
    return getattr(bpy.data, kind_of(datablock).collection)[datablock.name]


def apply_arrays(datablock: Any, group: str, whole: bool, arrays: list[Array]) -> list[Failure]:
    """Replaces arrays of one group; with `whole`, those not listed go. All or nothing when they do not fit (O9)."""
    if isinstance(datablock, bpy.types.Mesh) and group == meshes.GROUP and not datablock.is_editmode:
        return mesh_apply.apply_geometry(datablock, whole, arrays)
    if isinstance(datablock, bpy.types.Image) and group in images.GROUPS:
        return images.apply_data(datablock, group, arrays)
    return [Failure(array.path, BAD_ARRAY) for array in arrays]


def apply_range(datablock: Any, group: str, path: str, offset: int, data: Any) -> list[Failure]:
    """Overwrites bytes of one array from `offset`."""
    if isinstance(datablock, bpy.types.Mesh) and group == meshes.GROUP and not datablock.is_editmode:
        return mesh_apply.apply_geometry_range(datablock, path, offset, data)
    if isinstance(datablock, bpy.types.Image) and group in images.GROUPS:
        return images.apply_data_range(datablock, group, offset, data)
    return [Failure(path, BAD_ARRAY)]
