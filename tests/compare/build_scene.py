"""Builds a scene with one of everything of the compared kinds, in any supported Blender.

Usage inside Blender: build_scene.py OUTPUT.blend
"""

from __future__ import annotations

import math
import sys

import bpy
from build_materials import build_materials


def build_scene() -> None:
    """Replaces what is open by the built scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    build_images()
    build_materials()
    build_world()
    build_meshes()
    build_lights()
    build_camera()
    build_empties()
    build_collections()


def add_object(name: str, data: bpy.types.ID | None) -> bpy.types.Object:
    """Makes an object and links it to the scene's own collection."""
    created = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(created)
    return created


def build_images() -> None:
    """A generated, a painted and packed, and a float image."""
    generated = bpy.data.images.new("Generated", 32, 16, alpha=True)
    generated.generated_type = "COLOR_GRID"
    generated.use_fake_user = True
    packed = bpy.data.images.new("Packed", 16, 8)
    packed.pixels = [(index * 7 % 256) / 255 for index in range(16 * 8 * 4)]
    packed.pack()
    packed.alpha_mode = "CHANNEL_PACKED"
    wide = bpy.data.images.new("Float", 8, 8, float_buffer=True)
    wide.pixels = [index / 10 for index in range(8 * 8 * 4)]
    wide.pack()
    wide.colorspace_settings.name = "Non-Color"


def build_world() -> None:
    """A world whose background comes from an image."""
    world = bpy.data.worlds.new("Sky")
    world.use_nodes = True
    tree = world.node_tree
    texture = tree.nodes.new("ShaderNodeTexEnvironment")
    texture.image = bpy.data.images["Float"]
    background = next(node for node in tree.nodes if node.type == "BACKGROUND")
    background.inputs["Strength"].default_value = 0.75
    tree.links.new(texture.outputs["Color"], background.inputs["Color"])
    bpy.context.scene.world = world


def build_meshes() -> None:
    """A grid with all layers that meshes have, a mesh used twice, loose parts, and an empty mesh."""
    side = 6
    points = [(x * 0.5, y * 0.5, math.sin(x + y)) for y in range(side) for x in range(side)]
    faces = [
        (y * side + x, y * side + x + 1, (y + 1) * side + x + 1, (y + 1) * side + x)
        for y in range(side - 1)
        for x in range(side - 1)
    ]
    grid = bpy.data.meshes.new("Grid")
    grid.from_pydata(points, [], faces)
    add_uv_layers(grid)
    add_attributes(grid)
    mark_elements(grid)
    for name in ("Shader", "Plain"):
        grid.materials.append(bpy.data.materials[name])
    holder = add_object("Grid", grid)
    holder.location = (1, 2, 3)
    holder.rotation_mode = "QUATERNION"
    holder.rotation_quaternion = (0.8, 0.6, 0, 0)
    holder.scale = (1, 2, -1)
    add_custom_properties(holder)
    twin = add_object("Grid twin", grid)
    twin.parent = holder
    twin.matrix_parent_inverse = holder.matrix_world.inverted()
    twin.material_slots[1].link = "OBJECT"
    twin.material_slots[1].material = bpy.data.materials["Glass"]
    loose = bpy.data.meshes.new("Loose")
    loose.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 1)], [])
    add_object("Loose", loose).hide_render = True
    add_object("No geometry", bpy.data.meshes.new("Nothing"))


def add_uv_layers(mesh: bpy.types.Mesh) -> None:
    """Two UV layers with different coordinates."""
    for name, factor in (("UVMap", 0.25), ("Second UV", -1.5)):
        layer = mesh.uv_layers.new(name=name)
        layer.data.foreach_set("uv", [index * factor for index in range(len(mesh.loops) * 2)])


def add_attributes(mesh: bpy.types.Mesh) -> None:
    """An attribute of every kind and domain that this Blender has."""
    kinds = bpy.types.Attribute.bl_rna.properties["data_type"].enum_items.keys()
    for kind in kinds:
        for domain in ("POINT", "EDGE", "FACE", "CORNER"):
            try:
                mesh.attributes.new(f"{kind.lower()} {domain.lower()}", kind, domain)
            except (TypeError, RuntimeError):
                continue  # this kind cannot be made from Python
    for attribute in mesh.attributes:
        if " " in attribute.name and not attribute.name.startswith("Second"):
            fill_attribute(attribute)


def fill_attribute(attribute: bpy.types.Attribute) -> None:
    """Gives every element another value."""
    for index, element in enumerate(attribute.data):
        if hasattr(element, "color"):
            element.color = (index % 7 / 7, index % 5 / 5, index % 3 / 3, 1)
        elif hasattr(element, "vector"):
            element.vector = [index + place for place in range(len(element.vector))]
        elif attribute.data_type == "BOOLEAN":
            element.value = index % 2 == 0
        elif attribute.data_type == "STRING":
            element.value = as_stored(f"text {index}")
        elif attribute.data_type == "FLOAT":
            element.value = index * 0.5
        elif attribute.data_type in {"INT", "INT8"}:
            element.value = index % 100


def as_stored(text: str) -> str | bytes:
    """String attributes take text in 3.x and bytes later."""
    return text if bpy.app.version < (4, 0) else text.encode()


def mark_elements(mesh: bpy.types.Mesh) -> None:
    """Seams, sharp edges, smooth faces, materials of faces, hidden elements."""
    for edge in mesh.edges:
        edge.use_seam = edge.index % 2 == 0
        edge.use_edge_sharp = edge.index % 3 == 0
    for polygon in mesh.polygons:
        polygon.material_index = polygon.index % 2
        polygon.use_smooth = polygon.index % 3 == 0
    mesh.vertices[0].hide = True
    if bpy.app.version < (4, 0):
        for edge in mesh.edges:
            edge.crease = edge.index % 5 / 5
            edge.bevel_weight = edge.index % 4 / 4


def add_custom_properties(holder: bpy.types.Object) -> None:
    """A custom property of every type."""
    values = {
        "whole": 3,
        "real": 1.0,
        "truth": True,
        "text": "grüße",
        "bytes": b"\x00\x01\xff",
        "whole array": [1, 2, 3],
        "real array": [1.0, 2.5],
        "group": {"inner": {"deep": [1.0, 2.0]}, "count": 2},
        "list": [{"a": 1}, {"b": 2}],
        "reference": bpy.data.materials["Plain"],
    }
    for name, value in values.items():
        holder[name] = value


def build_lights() -> None:
    """All kinds of lights, one with nodes."""
    for kind in ("POINT", "SUN", "SPOT", "AREA"):
        light = bpy.data.lights.new(kind.title(), kind)
        light.energy = 123
        light.color = (1, 0.5, 0.25)
        add_object(kind.title(), light).location = (len(kind), 0, 4)
    bpy.data.lights["Area"].shape = "ELLIPSE"
    bpy.data.lights["Area"].size_y = 3
    bpy.data.lights["Spot"].spot_size = 1
    bpy.data.lights["Spot"].use_nodes = True


def build_camera() -> None:
    """A camera with depth of field and a background image."""
    camera = bpy.data.cameras.new("Camera")
    camera.lens = 35
    camera.dof.use_dof = True
    camera.dof.focus_object = bpy.data.objects["Grid"]
    camera.show_background_images = True
    background = camera.background_images.new()
    background.image = bpy.data.images["Packed"]
    background.alpha = 0.3
    bpy.context.scene.camera = add_object("Camera", camera)


def build_empties() -> None:
    """An empty that shows an image, and a chain of parents."""
    shown = add_object("Image empty", None)
    shown.empty_display_type = "IMAGE"
    shown.data = bpy.data.images["Packed"]
    child = add_object("Child", None)
    child.parent = bpy.data.objects["Grid twin"]
    child.delta_location = (0, 0, 1)
    child.lock_location = (True, False, True)
    child.color = (1, 0, 0, 0.5)
    child.show_name = True


def build_collections() -> None:
    """Nested collections, an object in two of them, an instance of one, one that nothing links."""
    outer = bpy.data.collections.new("Outer")
    inner = bpy.data.collections.new("Inner")
    bpy.context.scene.collection.children.link(outer)
    outer.children.link(inner)
    outer.objects.link(bpy.data.objects["Sun"])
    inner.objects.link(bpy.data.objects["Sun"])
    inner.instance_offset = (0, 1, 0)
    inner.hide_render = True
    instance = add_object("Instance", None)
    instance.instance_type = "COLLECTION"
    instance.instance_collection = inner


if __name__ == "__main__":
    build_scene()
    bpy.ops.wm.save_as_mainfile(filepath=sys.argv[1])
