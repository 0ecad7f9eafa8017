"""What Blender shows of a datablock (COMPANION.md V2, V3): its properties, sets and lists, and its arrays."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

import bpy

from . import camera_images, images, mesh_trust, meshes, node_trees, objects
from .arrays import Array
from .custom import read_custom
from .kinds import kind_of
from .links import read_links
from .node_interface import read_interface
from .references import Ident
from .shells import subtype_of
from .table import table_of
from .values import Value

ARRAY_LISTS = meshes.ARRAY_LISTS
"""Collections whose items decide which arrays there are, or what is in them."""
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


def read_pieces(datablock: Any, paths: Container[str] | None = None) -> Iterator[Array | None]:
    """The arrays of a datablock, or those of these paths, one bulk call each: the caller may stop between two.

    None stands for a call that has shown that there is no array to speak of.
    """
    if isinstance(datablock, bpy.types.Mesh):
        yield from meshes.read_geometry(datablock, paths)
    elif isinstance(datablock, bpy.types.Image):
        yield from (array for array in images.read_data(datablock) if paths is None or array.path in paths)


def read_arrays(datablock: Any, paths: Container[str] | None = None) -> Iterator[Array]:
    """The arrays of a datablock, or those of these paths, in one go."""
    return (array for array in read_pieces(datablock, paths) if array is not None)


def sizes(datablock: Any) -> dict[str, int]:
    """How long the arrays are that a datablock of this kind always has, by path, without reading them."""
    return meshes.sizes_of(datablock) if isinstance(datablock, bpy.types.Mesh) else {}


def is_topology(path: str) -> bool:
    """Whether the other arrays of the group only make sense with this one (V3)."""
    return path in meshes.TOPOLOGY_PATHS


def paths_to_read_again(datablock: Any, whole: bool, arrays: list[Array]) -> set[str]:
    """The arrays that may not be what they were ordered to be, after `arrays` were applied with the counts as before,
    or as all of the group (`whole`)."""
    if isinstance(datablock, bpy.types.Mesh):
        return mesh_trust.paths_to_read_again(datablock, whole, arrays)
    return set(images.GROUPS)
