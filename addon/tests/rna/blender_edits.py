"""Small orders on what is there already: only what is ordered changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import blender_support as support  # noqa: E402
from blender_rich import build_rich_scene  # noqa: E402
from blender_support import apply, case, expect, resolve, rna  # noqa: E402
from rna import shells  # noqa: E402


def order(datablock: Any, **parts: Any) -> None:
    """One order, of which everything must be applied."""
    expect(apply(datablock, **parts), [])


def changes_only(id: str, body: Callable[[Any], None], wanted: dict[str, Any]) -> None:
    """Runs `body` on a datablock; exactly the paths of `wanted` may be different afterwards, and as it says."""
    datablock = resolve(id)
    before = rna.read_block(datablock, support.ident)["set"]
    body(datablock)
    after = rna.read_block(resolve(id), support.ident)["set"]
    paths = {path for path in before.keys() | after.keys() if not rna.same(before.get(path, "-"), after.get(path, "-"))}
    found = {path: after.get(path, "-") for path in paths}
    if not rna.same(found, wanted):
        raise AssertionError(f"{found} instead of {wanted}")


def numbers() -> None:
    values = {"location": [1, {"f": "-0"}, 2], "pass_index": 3.0, "color": [1, 0.5, 0.25, 1]}
    shown = {"location": [1.0, {"f": "-0"}, 2.0], "pass_index": 3, "color": [1.0, 0.5, 0.25, 1.0]}
    changes_only("Object:AREA", lambda obj: order(obj, set=values), shown)


def clamped() -> None:
    changes_only("Camera:Camera", lambda camera: order(camera, set={"lens": -5}), {"lens": 1.0})


def custom() -> None:
    values = {"custom/new": {"f": 2}, "custom/group/inner/value": {"i": "3"}, "custom/list": [{"i": "1"}]}
    changes_only("Object:Cube/1", lambda obj: order(obj, set=values), {**values, "custom/new": {"f": 2.0}})
    gone = ["custom/new", "custom/group/inner/value", "custom/group/name"]
    changes_only("Object:Cube/1", lambda obj: order(obj, unset=gone), {path: "-" for path in gone})
    expect("group" in resolve("Object:Cube/1"), False)


def light_type() -> None:
    order(resolve("Light:SPOT"), set={"type": "AREA", "shape": "DISK", "size": 7})
    block = rna.read_block(resolve("Light:SPOT"), support.ident)["set"]
    expect([block[path] for path in ("type", "shape", "size")], ["AREA", "DISK", 7.0])


def missing_references() -> None:
    before = resolve("Object:Child").data
    order(resolve("Object:Child"), set={"parent": {"ref": "Object:not here"}, "data": {"ref": "Camera:not here"}})
    expect((resolve("Object:Child").parent, resolve("Object:Child").data), (None, before))
    order(resolve("Object:Child"), set={"parent": {"ref": "Object:Cube/1"}})
    expect(resolve("Object:Child").parent, resolve("Object:Cube/1"))


def sets() -> None:
    inner = resolve("Collection:Inner")
    order(inner, sets={"objects": ["Object:AREA", "Object:not here"]})
    expect([obj.name for obj in inner.objects], ["AREA"])
    order(inner, sets={"objects": ["Object:AREA", "Object:Child"]})
    expect(sorted(obj.name for obj in inner.objects), ["AREA", "Child"])


def layers() -> None:
    mesh = resolve("Mesh:Mesh")
    kept = {array.path: array for array in rna.read_arrays(mesh)}
    items = rna.read_block(mesh, support.ident)["items"]
    added = {"attributes/new/data_type": "INT", "attributes/new/domain": "FACE", "attributes/new/name": "Neu"}
    order(mesh, set=added, items={"attributes": [*items["attributes"], ["new", 0]]})
    values = np.array([4, 5], np.int32)
    rna.apply_arrays(mesh, "geometry", False, [rna.Array("geometry", "attributes/Neu/data", "i4", (2,), False, values)])
    expect([element.value for element in mesh.attributes["Neu"].data], [4, 5])
    order(mesh, set={"uv_layers/UVMap/name": "Renamed"})
    order(mesh, items={"uv_layers": [["Renamed", 0]], "attributes": items["attributes"]})
    expect([layer.name for layer in mesh.uv_layers], ["Renamed"])
    arrays = {array.path: array for array in rna.read_arrays(mesh)}
    expect(arrays["uv_layers/Renamed/uv"].data.tolist(), kept["uv_layers/UVMap/uv"].data.tolist())
    expect("attributes/Neu/data" in arrays, False)
    other = [p for p in arrays if p in kept and arrays[p].data.tobytes() != kept[p].data.tobytes()]
    expect(other, [])


def ranges() -> None:
    mesh = resolve("Mesh:Mesh")
    arrays = {array.path: array for array in rna.read_arrays(mesh)}
    for path in (
        "position",
        "uv_layers/Renamed/uv",
        "attributes/a%20FLOAT/data",
        "sharp_edge",
        "attributes/Corner%20colour/data",
    ):
        wanted = np.array(arrays[path].data).view(np.uint8)
        piece = bytes([1, 1]) if arrays[path].dtype in ("b1", "u1") else np.array([0.5], np.float32).tobytes()
        wanted[4 : 4 + len(piece)] = np.frombuffer(piece, np.uint8)
        expect(rna.apply_range(mesh, "geometry", path, 4, piece), [])
        after = next(array for array in rna.read_arrays(mesh) if array.path == path)
        expect(after.data.tobytes(), wanted.tobytes())


def odd_places() -> None:
    """Buffers lie back to back, so that floats may begin anywhere."""
    mesh = resolve("Mesh:Mesh")
    array = next(array for array in rna.read_arrays(mesh) if array.path == "position")
    wanted = (np.array(array.data) + 1).tobytes()
    shifted = memoryview(b"?" + wanted)[1:]
    expect(rna.apply_arrays(mesh, "geometry", False, [array._replace(data=shifted)]), [])
    after = next(array for array in rna.read_arrays(mesh) if array.path == "position")
    expect(after.data.tobytes(), wanted)


def object_types() -> None:
    """An object has its type before its data is there, and keeps it when the data comes."""
    empties = []
    for type, kind in shells.TYPES.items():
        obj = rna.create("Object", f"typed {type}", {"type": type, "data": {"ref": f"{kind}:later"}}, resolve)
        bpy.context.scene.collection.objects.link(obj)
        if obj.type != type:
            empties.append(type)
            continue
        data = rna.create(kind, "later", {"type": type if kind == "Curve" else "POINT"}, resolve)
        expect(rna.read_block(obj, support.ident)["set"]["data"], None)
        order(obj, set={"data": {"ref": f"{kind}:later"}})
        expect((obj.type, obj.data, obj.data.name), (type, data, "later"))
        rna.remove([obj, data])
    expect([data for data in bpy.data.user_map() if data.name.startswith("sp_")], [])
    print(f"become empties: {empties}")


def fewer_faces() -> None:
    """Other topology in place of the old: layers stay, and have the length of the new."""
    mesh = resolve("Mesh:Mesh")
    forms = {
        "position": ("f4", (3, 3), np.array([0, 0, 0, 1, 0, 0, 0, 1, 0], np.float32)),
        "edge_vertices": ("u4", (3, 2), np.array([0, 1, 1, 2, 2, 0], np.uint32)),
        "corner_vertex": ("u4", (3,), np.arange(3, dtype=np.uint32)),
        "corner_edge": ("u4", (3,), np.arange(3, dtype=np.uint32)),
        "face_offset": ("u4", (1,), np.zeros(1, np.uint32)),
        "sharp_face": ("b1", (1,), np.ones(1, np.bool_)),
    }
    arrays = [rna.Array("geometry", path, dtype, shape, False, data) for path, (dtype, shape, data) in forms.items()]
    before = rna.read_block(mesh, support.ident)
    expect(rna.apply_arrays(mesh, "geometry", True, arrays), [])
    expect(rna.read_block(mesh, support.ident), before)
    shapes = {array.path: array.shape for array in rna.read_arrays(mesh)}
    expect({path: shape for path, shape in shapes.items() if path in forms}, {p: form[1] for p, form in forms.items()})
    expect("sharp_edge" in shapes, False)
    expect(shapes["uv_layers/Renamed/uv"], (3, 2))
    expect(mesh.validate(), False)


def nodes() -> None:
    material = resolve("Material:Own")
    tree = material.node_tree
    items = rna.read_block(material, support.ident)["items"]["node_tree/nodes"]
    prefix = "node_tree/nodes/Math/"
    link = [[{"item": "node_tree/nodes/Value"}, "Value"]]
    changes_only(
        "Material:Own",
        lambda m: order(m, set={prefix + "operation": "ADD", prefix + "inputs/Value/links": link}),
        {prefix + "operation": "ADD", prefix + "inputs/Value/links": link},
    )
    # What links to a node that is gone reads as null.
    none = {prefix + "inputs/Value/links": None}
    changes_only("Material:Own", lambda m: order(m, set=none), {prefix + "inputs/Value/links": "-"})
    order(material, set={prefix + "inputs/Value/links": link})
    changes_only(
        "Material:Own", lambda m: order(m, unset=[prefix + "inputs/Value/links"]), {prefix + "inputs/Value/links": "-"}
    )
    hint = dict(items)["Math"]
    order(material, set={prefix + "name": "Rechnen"})
    expect(dict(rna.read_block(material, support.ident)["items"]["node_tree/nodes"])["Rechnen"], hint)
    rest = [
        entry for entry in rna.read_block(material, support.ident)["items"]["node_tree/nodes"] if entry[0] != "Rechnen"
    ]
    count = len(tree.nodes)
    order(material, items={"node_tree/nodes": rest})
    expect((len(tree.nodes), "Rechnen" in tree.nodes), (count - 1, False))
    key = "node_tree/nodes/key"
    made = {f"{key}/type": "ShaderNodeMath", f"{key}/name": "Neu", f"{key}/inputs/Value/links": link}
    order(material, set=made, items={"node_tree/nodes": [*rest, ["key", 0]]})
    expect(tree.nodes["Neu"].inputs[0].links[0].from_node.name, "Value")


def frames() -> None:
    """Moving a frame moves the nodes in it: what they call their place stays."""
    path = "node_tree/nodes/Outer%2Fframe/location"
    changes_only("Material:Own", lambda m: order(m, set={path: [-300, 40]}), {path: [-300.0, 40.0]})


def group_interface() -> None:
    tree = resolve("NodeTree:A outer")
    shown = rna.read_block(tree, support.ident)["items"]["interface/inputs"]
    expect([handle for handle, _ in shown], ["Value", "Value%231", "%C3%9C"])
    wanted = [shown[2], ["new", 0], shown[0]]
    made = {"interface/inputs/new/socket_type": "NodeSocketFloat", "interface/inputs/new/name": "Neu"}
    order(tree, set=made, items={"interface/inputs": wanted})
    after = rna.read_block(tree, support.ident)["items"]["interface/inputs"]
    expect([handle for handle, _ in after], ["%C3%9C", "Neu", "Value"])


def painting() -> None:
    image = resolve("Image:Painted")
    expect(rna.apply_range(image, "pixels", "pixels", 4, bytes([255, 0, 255, 0])), [])
    array = next(array for array in rna.read_arrays(image) if array.group == "pixels")
    expect(array.data[4:8].tolist(), [255, 0, 255, 0])
    packed = resolve("Image:Packed")
    packed.pixels[0] = 1.0 - packed.pixels[0]
    expect([array.group for array in rna.read_arrays(packed)], ["file", "pixels"])
    expect(rna.apply_arrays(packed, "pixels", True, []), [])
    expect([array.group for array in rna.read_arrays(packed)], ["file"])


def main() -> None:
    support.start()
    build_rich_scene()
    case("[M5] numbers that JSON cannot carry, and whole numbers as floats, are taken", numbers)
    case("[O4] a clamped value is shown as what it became", clamped)
    case("[O2] custom properties are set, changed and removed", custom)
    case("[O2] a light gets another type and the properties of it", light_type)
    case("[O2] a reference to what is not there reads as null, data stays", missing_references)
    case("[N3] a collection holds what is ordered", sets)
    case("[N2] layers are added, renamed and removed, the others keep their values", layers)
    case("[O2] a range overwrites bytes of any array", ranges)
    case("[L1] arrays are taken from any place of the body", odd_places)
    case("[O2] objects have their type without their data", object_types)
    case("[O2] another topology replaces the old and keeps the layers", fewer_faces)
    case("[N2] nodes are added, renamed, removed and linked in place", nodes)
    case("[O2] a moved frame takes its nodes along", frames)
    case("[N2] inputs of a group are added, removed and moved", group_interface)
    case("[O2] pixels are painted and taken back", painting)
    support.finish()


main()
