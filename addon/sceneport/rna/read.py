"""What Blender shows of a datablock (COMPANION.md V2, V3): its properties, sets and lists, and its arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from . import camera_images, images, meshes, node_trees, objects
from .arrays import Array
from .custom import read_custom
from .kinds import kind_of
from .links import read_links
from .node_interface import read_interface
from .references import Ident
from .shells import subtype_of
from .table import table_of
from .values import Value

NODE_OWNERS = (bpy.types.Material, bpy.types.World, bpy.types.Light)


def read_block(datablock: Any, ident: Ident) -> dict[str, Any]:
    """`set`, `sets` and `items` of a datablock, all of it. `ident` gives the ids of what it refers to."""
    values: dict[str, Value] = {}
    sets: dict[str, list[str]] = {}
    items: dict[str, list] = {}
    kind = kind_of(datablock)
    if kind is None:
        raise TypeError(f"{datablock!r} is not replicated")
    if kind.shell:
        subtype = subtype_of(datablock)
        return {"set": {} if subtype is None else {"type": subtype}, "sets": sets, "items": items}
    table_of("kinds", datablock.bl_rna.identifier).read(datablock, ident, values)
    read_custom(datablock, ident, values)
    if kind.type == "Object":
        objects.read_object(datablock, ident, values, items)
    elif kind.type == "Mesh":
        meshes.read_mesh(datablock, ident, values, items)
    elif kind.type == "Collection":
        sets.update(read_links(datablock, ident))
    elif kind.type == "Scene":
        sets.update({f"collection/{name}": ids for name, ids in read_links(datablock.collection, ident).items()})
    elif kind.type == "Camera":
        camera_images.read_camera_images(datablock, ident, values, items)
    elif kind.type == "Image":
        images.read_image(datablock, values)
    elif isinstance(datablock, NODE_OWNERS) and datablock.node_tree is not None:
        node_trees.read_tree(datablock.node_tree, node_trees.EMBEDDED, ident, values, items)
    elif kind.type == "NodeTree":
        values["type"] = datablock.bl_idname
        read_interface(datablock, ident, values, items)
        node_trees.read_tree(datablock, node_trees.GROUP, ident, values, items)
    return {"set": values, "sets": sets, "items": items}


def groups(datablock: Any) -> tuple[str, ...]:
    """The groups of arrays that a datablock of this kind has; complete when `read_arrays` has ended (V4)."""
    kind = kind_of(datablock)
    return {"Mesh": (meshes.GROUP,), "Image": images.GROUPS}.get(kind.type if kind else "", ())


def read_arrays(datablock: Any) -> Iterator[Array]:
    """The arrays of a datablock, one bulk call each, so that the caller can stop between two of them."""
    if isinstance(datablock, bpy.types.Mesh):
        yield from meshes.read_geometry(datablock)
    elif isinstance(datablock, bpy.types.Image):
        yield from images.read_data(datablock)


def counts(datablock: Any) -> dict[str, int]:
    """Sizes of the arrays of a datablock, without reading them."""
    if isinstance(datablock, bpy.types.Mesh):
        return meshes.counts_of(datablock)
    if isinstance(datablock, bpy.types.Image):
        return images.counts_of(datablock)
    return {}
