"""Writes all that RNA shows of the compared datablocks to a JSON file, found by introspection alone.

Usage inside Blender: introspect.py OUTPUT [BLEND_FILE]. Nothing here is shared with the add-on.
The dump is {"version", "datablocks": {kind: {name: {"leaves": {path: value}, "arrays": {path: array}}}}}.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any, Iterator

import bpy
import numpy
from bulk import SCALAR_TYPES, packed, read_array
from exclusions import COMPARED_KINDS, Exclusions, committed_exclusions, kind_of, struct_chain
from values import custom_property, exact, reference

# Pointers to structs that are owned elsewhere: written as the name of what they point to.
STRUCT_REFERENCES = {
    "Node.parent": "name",
    "NodeLink.from_node": "name",
    "NodeLink.to_node": "name",
    "NodeLink.from_socket": "identifier",
    "NodeLink.to_socket": "identifier",
}

# Sceneport marks with it what it puts in the place of an object's data while that is away.
STAND_IN = "sp_placeholder"

# Custom properties in which Blender and add-ons keep settings, and in which Sceneport counts its undo steps.
FOREIGN_CUSTOM_PROPERTIES = {"_RNA_UI", "cycles", "cycles_visibility", "cycles_curves", "sp_steps", STAND_IN}

# The place in these collections is what faces refer to.
ORDERED_COLLECTIONS = {"materials", "material_slots"}


class DatablockReader:
    """Walks one datablock with its embedded node tree or collection; collects leaves and arrays."""

    def __init__(self, exclusions: Exclusions) -> None:
        self._exclusions = exclusions
        self._open: set[tuple[int, str]] = set()
        self.leaves: dict[str, Any] = {}
        self.arrays: dict[str, Any] = {}

    def read(self, struct: Any, path: str) -> None:
        """Reads all properties of a struct below a path; a struct inside itself is cut."""
        key = (struct.as_pointer(), struct.bl_rna.identifier)
        if key in self._open:
            self.leaves[path] = "cycle"
            return
        self._open.add(key)
        for prop in self._properties(struct.bl_rna, struct):
            self._read_property(struct, prop, f"{path}.{prop.identifier}" if path else prop.identifier)
        self._read_custom_properties(struct, path)
        self._open.remove(key)

    def _properties(self, rna: bpy.types.Struct, struct: Any = None) -> Iterator[bpy.types.Property]:
        for prop in rna.properties:
            skipped = prop.identifier == "rna_type" or prop.is_runtime
            skipped = skipped or (prop.identifier == "identifier" and is_group_socket(struct))
            if not skipped and not self._exclusions.leaves_out(rna, prop.identifier):
                yield prop

    def _read_property(self, struct: Any, prop: bpy.types.Property, path: str) -> None:
        value = others_as_none(getattr(struct, prop.identifier))
        if prop.type in SCALAR_TYPES:
            self.leaves[path] = exact(value)
        elif prop.type == "POINTER":
            self._read_pointer(struct, prop, value, path)
        else:
            self._read_collection(value, prop, path)

    def _read_pointer(self, struct: Any, prop: bpy.types.Property, value: Any, path: str) -> None:
        if value is None:
            self.leaves[path] = None
        elif isinstance(value, bpy.types.ID) and not value.is_embedded_data:
            kind = kind_of(value)
            if kind is not None:
                self.leaves[path] = reference(value, kind)
        else:
            name = struct_reference(struct.bl_rna, prop.identifier)
            if name is None:
                self.read(value, path)
            else:
                self.leaves[path] = getattr(value, name)

    def _read_collection(self, collection: Any, prop: bpy.types.Property, path: str) -> None:
        elements = [others_as_none(element) for element in collection if not hangs_on_library(element)]
        elements = [element for element in elements if not is_hidden(element)]
        if is_bulk(elements, path):
            self._read_bulk(collection, elements[0].bl_rna, path)
            return
        for key, element in zip(element_keys(elements, prop), elements):
            if element is None:
                self.leaves[f"{path}[{key}]"] = None
            elif not isinstance(element, bpy.types.ID):
                self.read(element, f"{path}[{key}]")
            elif kind_of(element) is not None:
                self.leaves[f"{path}[{key}]"] = reference(element, kind_of(element))

    def _read_bulk(self, collection: Any, rna: bpy.types.Struct, path: str) -> None:
        for prop in self._properties(rna):
            if prop.type in SCALAR_TYPES:
                self.arrays[f"{path}[].{prop.identifier}"] = read_array(collection, prop)

    def _read_custom_properties(self, struct: Any, path: str) -> None:
        try:
            names = list(struct.keys())
        except TypeError:  # this struct cannot have any
            return
        registered = {prop.identifier for prop in struct.bl_rna.properties}
        for name in names:
            if name not in registered and name not in FOREIGN_CUSTOM_PROPERTIES:
                self.leaves[f'{path}["{name}"]'] = custom_property(struct[name])


def struct_reference(rna: bpy.types.Struct, identifier: str) -> str | None:
    """What names the target of a pointer that refers to a struct, or None where it holds the struct."""
    names = (STRUCT_REFERENCES.get(f"{struct}.{identifier}") for struct in struct_chain(rna))
    return next((name for name in names if name is not None), None)


def is_compared(datablock: bpy.types.ID) -> bool:
    """Whether a datablock is neither of a linked library, which is a later stage, nor a stand-in for data that is away.

    A stand-in that the user works on has an id of the session.
    """
    is_marked = STAND_IN in datablock and datablock.name.startswith(STAND_IN)
    is_stand_in = is_marked and not getattr(datablock, "sceneport_id", "")
    return datablock.library is None and not is_stand_in


def others_as_none(value: Any) -> Any:
    """None for a datablock that is not compared. Everything else as it is."""
    return None if isinstance(value, bpy.types.ID) and not is_compared(value) else value


def hangs_on_library(element: Any) -> bool:
    """Whether a socket or a link belongs to a node group of a linked library: without the library it has none."""
    if isinstance(element, bpy.types.NodeLink):
        return is_linked_group(element.from_node) or is_linked_group(element.to_node)
    return isinstance(element, bpy.types.NodeSocket) and is_linked_group(element.node)


def is_group_socket(struct: Any) -> bool:
    """Whether a struct is a socket of a group node, whose identifier Blender numbers anew in every file."""
    return isinstance(struct, bpy.types.NodeSocket) and is_group(struct.node)


def is_linked_group(node: bpy.types.Node) -> bool:
    """Whether a node shows a node group of a linked library."""
    tree = getattr(node, "node_tree", None)
    return tree is not None and tree.library is not None


def is_hidden(element: Any) -> bool:
    """Whether an element is Blender's own storage (`.select_vert`), which other properties show, or an empty slot for a
    material of the data: Blender leaves one to an object whose data has no materials any more. The positions of no
    vertices are no difference either: Blender lists them for a mesh that was emptied, and not for a new one."""
    if isinstance(element, bpy.types.MaterialSlot):
        return element.link == "DATA" and element.material is None
    if not isinstance(element, bpy.types.Attribute):
        return False
    return element.is_internal or (element.name == "position" and len(element.data) == 0)


def is_bulk(elements: list[Any], path: str) -> bool:
    """Whether elements are plain values without identity (mesh elements, attribute values)."""
    bulk_names = {"vertices", "edges", "loops", "polygons", "data"}
    return len(elements) > 0 and path.rsplit(".", 1)[-1] in bulk_names


def element_keys(elements: list[Any], prop: bpy.types.Property) -> list[str]:
    """What tells the elements of a collection apart: identifier, name or link ends, else the index."""
    for read in (link_ends, socket_key, lambda element: element.identifier, lambda element: element.name):
        try:
            keys = [str(read(element)) for element in elements]
        except AttributeError:
            continue
        if len(set(keys)) == len(keys) and prop.identifier not in ORDERED_COLLECTIONS:
            return keys
    return [str(index) for index in range(len(elements))]


def link_ends(link: bpy.types.NodeLink) -> str:
    """A node link is known by its two ends; their order in the tree says nothing."""
    source = f"{link.from_node.name}/{socket_key(link.from_socket)}"
    return f"{source} -> {link.to_node.name}/{socket_key(link.to_socket)}"


def socket_key(socket: bpy.types.NodeSocket) -> str:
    """What tells a socket apart in its node: Blender numbers the sockets of groups anew in every file, so their name."""
    return socket.name if is_group(socket.node) else socket.identifier


def is_group(node: bpy.types.Node) -> bool:
    """Whether the sockets of a node are those of a node group's interface."""
    return node.bl_idname in {"NodeGroupInput", "NodeGroupOutput"} or getattr(node, "node_tree", None) is not None


def read_pixels(image: bpy.types.Image) -> dict[str, Any]:
    """The pixels of an image as one array: bytes where the image has bytes, else floats."""
    pixels = numpy.zeros(len(image.pixels), numpy.float32)
    image.pixels.foreach_get(pixels)
    if not image.is_float:
        pixels = numpy.rint(pixels * 255).astype(numpy.uint8)
    return {**packed(numpy.zeros(0, pixels.dtype), 1), "count": pixels.size, "sha256": digest(pixels)}


def digest(values: numpy.ndarray) -> str:
    """SHA-256 of an array's bytes."""
    return hashlib.sha256(values.tobytes()).hexdigest()


def read_datablock(datablock: bpy.types.ID, exclusions: Exclusions) -> dict[str, Any]:
    """One datablock as it is written to the dump."""
    reader = DatablockReader(exclusions)
    reader.read(datablock, "")
    if isinstance(datablock, bpy.types.Image):
        reader.arrays["pixels"] = read_pixels(datablock)
    return {"leaves": reader.leaves, "arrays": reader.arrays}


def dump() -> dict[str, Any]:
    """All compared datablocks of the open file."""
    exclusions = committed_exclusions()
    datablocks = {
        kind: {
            datablock.name: read_datablock(datablock, exclusions)
            for datablock in getattr(bpy.data, collection)
            if kind_of(datablock) is not None and is_compared(datablock)
        }
        for kind, collection in COMPARED_KINDS.items()
    }
    return {"version": list(bpy.app.version), "datablocks": datablocks}


def write_dump(path: str) -> None:
    """Writes the dump of the open file."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(dump(), file)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        bpy.ops.wm.open_mainfile(filepath=sys.argv[2], use_scripts=False)
    write_dump(sys.argv[1])
