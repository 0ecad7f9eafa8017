"""Plants one difference at a time in the built scene; the comparison must find each, and nothing else.

Usage inside Blender: planted.py BUILT.blend. Prints one line per case.
"""

from __future__ import annotations

import re
import sys
from typing import Callable

import bpy
from cases import run_case
from compare import compare_dumps
from introspect import dump

Case = tuple[str, str, str, Callable[[], None]]


def objects() -> bpy.types.BlendDataObjects:
    """The objects of the open file."""
    return bpy.data.objects


def grid() -> bpy.types.Mesh:
    """The mesh with all layers."""
    return bpy.data.meshes["Grid"]


def shader_node(kind: str) -> bpy.types.Node:
    """A node of the material that has all of them."""
    nodes = bpy.data.materials["Shader"].node_tree.nodes
    return next(node for node in nodes if node.bl_idname == kind)


def move_vertex() -> None:
    grid().vertices[7].co.z += 0.0001


def move_uv() -> None:
    grid().uv_layers["Second UV"].data[3].uv.x += 0.0001


def change_seam() -> None:
    grid().edges[2].use_seam = False


def change_smooth() -> None:
    grid().polygons[0].use_smooth = False


def change_material_index() -> None:
    grid().polygons[4].material_index = 1


def change_color() -> None:
    grid().attributes["float_color corner"].data[5].color = (0.9, 0.9, 0.9, 1)


def change_attribute_value() -> None:
    grid().attributes["int face"].data[1].value = 77


def remove_attribute() -> None:
    grid().attributes.remove(grid().attributes["float edge"])


def change_topology() -> None:
    mesh = bpy.data.meshes["Loose"]
    mesh.clear_geometry()
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 2)], [])


def change_socket() -> None:
    shader_node("ShaderNodeBsdfPrincipled").inputs["Metallic"].default_value = 0.99


def change_node_enum() -> None:
    shader_node("ShaderNodeMath").operation = "DIVIDE"


def change_ramp() -> None:
    shader_node("ShaderNodeValToRGB").color_ramp.elements[1].position += 0.01


def remove_link() -> None:
    tree = bpy.data.materials["Shader"].node_tree
    tree.links.remove(tree.links[0])


def swap_material_slots() -> None:
    materials = grid().materials
    materials[0], materials[1] = materials[1], materials[0]


def retype_custom_property() -> None:
    objects()["Grid"]["real"] = 1


def change_parent() -> None:
    objects()["Child"].parent = objects()["Sun"]


def unlink_from_collection() -> None:
    bpy.data.collections["Inner"].objects.unlink(objects()["Sun"])


def change_pixel() -> None:
    image = bpy.data.images["Packed"]
    image.pixels[17] = 1.0 if image.pixels[17] < 0.5 else 0.0


def change_energy() -> None:
    bpy.data.lights["Area"].energy += 0.001


def rename_object() -> None:
    objects()["Loose"].name = "Lost"


def delete_object() -> None:
    objects().remove(objects()["Point"])


def turn_zero_negative() -> None:
    objects()["Camera"].location.x = -0.0


# title, kind, pattern of the path where the difference must be found, what plants it
CASES: list[Case] = [
    ("a moved vertex", "Mesh", r"vertices\[\]\.co", move_vertex),
    ("one UV coordinate", "Mesh", r"uv_layers\[Second UV\]\.data\[\]\.uv", move_uv),
    ("a seam", "Mesh", r"edges\[\]\.use_seam", change_seam),
    ("a smooth face", "Mesh", r"polygons\[\]\.use_smooth", change_smooth),
    ("the material of a face", "Mesh", r"polygons\[\]\.material_index", change_material_index),
    ("one colour", "Mesh", r"attributes\[float_color corner\]\.data\[\]\.color", change_color),
    ("one attribute value", "Mesh", r"attributes\[int face\]\.data\[\]\.value", change_attribute_value),
    ("a missing attribute", "Mesh", r"attributes\[float edge\]", remove_attribute),
    ("another edge", "Mesh", r"edges\[\]\.vertices", change_topology),
    ("the value of a socket", "Material", r"inputs\[Metallic\]\.default_value", change_socket),
    ("the operation of a node", "Material", r"nodes\[Math\]\.operation", change_node_enum),
    ("a stop of a colour ramp", "Material", r"color_ramp\.elements\[1\]\.position", change_ramp),
    ("a missing node link", "Material", r"node_tree\.links\[", remove_link),
    ("material slots in another order", "Mesh", r"materials\[0\]", swap_material_slots),
    ("the type of a custom property", "Object", r'\["real"\]', retype_custom_property),
    ("another parent", "Object", r"parent", change_parent),
    ("an object unlinked from a collection", "Collection", r"objects\[Sun\]", unlink_from_collection),
    ("one value of one pixel", "Image", r"pixels", change_pixel),
    ("the energy of a light", "Light", r"energy", change_energy),
    ("a renamed object", "Object", r"", rename_object),
    ("a deleted object", "Object", r"", delete_object),
    ("minus zero", "Object", r"location", turn_zero_negative),
]


def main(path: str) -> None:
    bpy.ops.wm.open_mainfile(filepath=path)
    expected = dump()
    run_case("no difference where nothing was planted", lambda: expect_no_difference(expected, path))
    for title, kind, pattern, plant in CASES:
        run_case(f"finds {title}", lambda: expect_difference(expected, path, kind, pattern, plant))


def expect_no_difference(expected: dict, path: str) -> None:
    """The same file opened again is the same."""
    bpy.ops.wm.open_mainfile(filepath=path)
    found = compare_dumps(expected, dump()).differences
    assert found == [], found


def expect_difference(expected: dict, path: str, kind: str, pattern: str, plant: Callable[[], None]) -> None:
    """Opens the file, plants the difference, and looks for it among the differences."""
    bpy.ops.wm.open_mainfile(filepath=path)
    plant()
    bpy.context.view_layer.update()
    found = compare_dumps(expected, dump()).differences
    hits = [one for one in found if one[0] == kind and re.search(pattern, one[2])]
    assert hits, f"not among {found}"


if __name__ == "__main__":
    main(sys.argv[1])
