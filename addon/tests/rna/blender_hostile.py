"""Orders that would crash Blender, run code, or reach the file system: refused, and Blender goes on."""

from __future__ import annotations

import os
import random
import re
import struct
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import blender_support as support  # noqa: E402
from blender_rich import build_rich_scene  # noqa: E402
from blender_support import case, resolve, rna  # noqa: E402

WRONG: list[Any] = [
    None, True, "x", "\udcff", "a\0b", "x" * 300_000, {"f": "nan"}, {"f": "inf"}, {"f": "evil"}, -(2**40), 2**70, 0.5,
    [], [[]], [None] * 4, [1] * 5000, ["x"] * 3, [[0] * 4] * 4, [[0, [0, 0, 0, 0]]], {"ref": "Mesh:Mesh"}, {"ref": 7},
    {"i": "9" * 30}, {"b": "!"}, {"item": "nodes/x"}, {"item": 3}, {}, {"f": 1, "i": "1"}, float("nan"),
]  # fmt: skip


def apply(datablock: Any, **parts: Any) -> list[rna.Failure]:
    """One order for one datablock; parts that are left out are empty."""
    empty = {"set": {}, "unset": [], "sets": {}, "items": {}}
    return rna.apply_set(datablock, **{**empty, **parts}, resolve=resolve)


def codes(failures: list[rna.Failure]) -> list[str]:
    return sorted({failure.code for failure in failures})


def expect(actual: Any, wanted: Any) -> None:
    if actual != wanted:
        raise AssertionError(f"{actual!r} instead of {wanted!r}")


def geometry(mesh: Any) -> dict[str, rna.Array]:
    return {array.path: array for array in rna.read_arrays(mesh)}


def evaluate() -> None:
    """Makes Blender use everything."""
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    for instance in graph.object_instances:
        if instance.object.type == "MESH":
            len(instance.object.data.loop_triangles)


def refused_geometry(name: str, change: Any) -> None:
    """Changes one array of a sound mesh, which must then be refused and leave the mesh as it was."""

    def body() -> None:
        mesh = bpy.data.meshes["Mesh"]
        before = support.shown("Mesh", mesh)
        arrays = geometry(mesh)
        path, array = change(arrays)
        failures = rna.apply_arrays(mesh, "geometry", True, [*({**arrays, path: array}).values()])
        expect(codes(failures), ["bad-array"])
        expect(support.shown("Mesh", mesh)["arrays"], before["arrays"])
        evaluate()

    case(f"[O9] {name} is refused and nothing is changed", body)


def with_values(path: str, edit: Any) -> Any:
    def change(arrays: dict[str, rna.Array]) -> tuple[str, rna.Array]:
        values = np.array(arrays[path].data)
        return path, arrays[path]._replace(data=edit(values))

    return change


def fill(value: int) -> Any:
    return lambda values: np.full_like(values, value)


def bad_arrays() -> None:
    refused_geometry("a corner of a vertex that is not there", with_values("corner_vertex", fill(999_999)))
    refused_geometry("a corner of a negative vertex", with_values("corner_vertex", fill(2**32 - 5)))
    refused_geometry("a corner of an edge that is not there", with_values("corner_edge", fill(999_999)))
    refused_geometry("a corner on a wrong edge", with_values("corner_edge", fill(0)))
    refused_geometry("an edge of a vertex that is not there", with_values("edge_vertices", fill(999_999)))
    refused_geometry("a face that starts behind the corners", with_values("face_offset", fill(500_000)))
    refused_geometry("faces in falling order", with_values("face_offset", lambda values: np.array(values[::-1])))
    refused_geometry("a face without corners", with_values("face_offset", fill(0)))
    refused_geometry("a negative material", lambda arrays: material(arrays, -1))
    refused_geometry("a truth value of two", lambda a: ("sharp_face", a["sharp_face"]._replace(data=b"\2\2")))
    refused_geometry("more bytes than elements", lambda a: ("position", a["position"]._replace(data=bytes(400))))
    refused_geometry("two billion vertices in no bytes", lambda a: huge(a, (2**31 - 1, 3)))
    refused_geometry("a negative shape", lambda a: huge(a, (-1, 3)))
    refused_geometry("an unknown dtype", lambda a: ("position", a["position"]._replace(dtype="O8")))
    refused_geometry("another dtype", lambda a: ("position", a["position"]._replace(dtype="u4")))
    refused_geometry("fewer vertices than corners use", lambda a: shorter(a, "position", 3))
    refused_geometry("fewer corners than the layers have", lambda a: shorter(a, "corner_vertex", 4))
    refused_geometry("a UV layer that is too short", lambda a: shorter(a, "uv_layers/UVMap/uv", 2))


def material(arrays: dict[str, rna.Array], value: int) -> tuple[str, rna.Array]:
    size = arrays["face_offset"].shape[0]
    values = np.full(size, value, np.int32)
    return "material_index", rna.Array("geometry", "material_index", "i4", (size,), False, values)


def huge(arrays: dict[str, rna.Array], shape: tuple[int, int]) -> tuple[str, rna.Array]:
    return "position", arrays["position"]._replace(shape=shape, data=b"")


def shorter(arrays: dict[str, rna.Array], path: str, size: int) -> tuple[str, rna.Array]:
    array = arrays[path]
    width = len(array.data) // array.shape[0]
    return path, array._replace(shape=(size, *array.shape[1:]), data=np.array(array.data[: size * width]))


def ranges() -> None:
    mesh = bpy.data.meshes["Mesh"]
    before = support.shown("Mesh", mesh)["arrays"]
    for path, offset, data in (
        ("position", -4, bytes(4)),
        ("position", 10_000, bytes(4)),
        ("position", 0, bytes(100_000)),
        ("corner_vertex", 0, b"\xff\xff\xff\xff"),
        ("face_offset", 0, b"\1\0\0\0"),
    ):
        expect(codes(rna.apply_range(mesh, "geometry", path, offset, data)), ["bad-array"])
    expect(codes(rna.apply_range(mesh, "geometry", "attributes/none/data", 0, bytes(4))), ["gone"])
    expect(support.shown("Mesh", mesh)["arrays"], before)


def random_geometry() -> None:
    """Random damage to arrays: each is refused, or Blender can work with what came out."""
    dice = random.Random(7)
    mesh = bpy.data.meshes["Mesh"]
    sound = list(geometry(mesh).values())
    refused = 0
    for _ in range(300):
        damaged = [array._replace(data=np.array(array.data)) for array in sound]
        for _ in range(dice.randint(1, 3)):
            raw = dice.choice(damaged).data.view(np.uint8)
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        refused += bool(rna.apply_arrays(mesh, "geometry", dice.random() < 0.5, damaged))
        evaluate()
    print(f"{refused} of 300 damaged meshes refused")
    expect(rna.apply_arrays(mesh, "geometry", True, sound), [])


def edit_mode() -> None:
    mesh = bpy.data.meshes["Mesh"]
    arrays = list(geometry(mesh).values())
    bpy.context.view_layer.objects.active = bpy.data.objects["Cube/1"]
    bpy.ops.object.mode_set(mode="EDIT")
    failures = rna.apply_arrays(mesh, "geometry", True, arrays)
    bpy.ops.object.mode_set(mode="OBJECT")
    expect(codes(failures), ["bad-array"])


def every_property() -> None:
    """Every path of every kind with every wrong value, once for all items: no exception, no crash."""
    tried: set[str] = set()
    for type, datablock in list(support.datablocks()):
        block = rna.read_block(datablock, support.ident)
        patterns = {f"{type} {re.sub('(nodes|uv_layers|attributes)/[^/]*', '*', path)}": path for path in block["set"]}
        for path in [path for pattern, path in patterns.items() if pattern not in tried]:
            for value in WRONG:
                apply(datablock, set={path: value})
            apply(datablock, unset=[path])
        tried |= patterns.keys()
        evaluate()
    print(f"{len(tried)} paths with {len(WRONG)} wrong values each")


def circles() -> None:
    objects = [bpy.data.objects.new(name, None) for name in "abc"]
    for obj in objects:
        bpy.context.scene.collection.objects.link(obj)
    a, b, c = objects
    expect(apply(b, set={"parent": {"ref": "Object:a"}}), [])
    expect(apply(c, set={"parent": {"ref": "Object:b"}}), [])
    expect(codes(apply(a, set={"parent": {"ref": "Object:c"}})), ["bad-value"])
    expect(codes(apply(a, set={"parent": {"ref": "Object:a"}})), ["bad-value"])
    outer, inner = (bpy.data.collections.new(name) for name in ("outer", "inner"))
    bpy.context.scene.collection.children.link(outer)
    expect(apply(outer, sets={"children": ["Collection:inner"]}), [])
    expect(codes(apply(inner, sets={"children": ["Collection:outer"]})), ["bad-value"])
    expect(codes(apply(inner, sets={"children": ["Collection:inner"]})), ["bad-value"])
    expect(apply(inner, sets={"objects": ["Object:a"]}), [])
    expect(
        codes(apply(a, set={"instance_type": "COLLECTION", "instance_collection": {"ref": "Collection:outer"}})),
        ["bad-value"],
    )
    expect(apply(b, set={"instance_type": "COLLECTION", "instance_collection": {"ref": "Collection:outer"}}), [])
    expect(codes(apply(inner, sets={"objects": ["Object:a", "Object:b"]})), ["bad-value"])
    evaluate()


def node_circles() -> None:
    trees = [bpy.data.node_groups.new(name, "ShaderNodeTree") for name in ("one", "two")]
    use = {"nodes/G/type": "ShaderNodeGroup"}
    items = {"nodes": [["G", 0]]}
    expect(apply(trees[0], set={**use, "nodes/G/node_tree": {"ref": "NodeTree:two"}}, items=items), [])
    expect(
        codes(apply(trees[1], set={**use, "nodes/G/node_tree": {"ref": "NodeTree:one"}}, items=items)), ["bad-value"]
    )
    expect(
        codes(apply(trees[1], set={**use, "nodes/G/node_tree": {"ref": "NodeTree:two"}}, items=items)), ["bad-value"]
    )
    frames = {"nodes/F/type": "NodeFrame", "nodes/H/type": "NodeFrame", "nodes/F/parent": {"item": "nodes/H"}}
    items = {"nodes": [["F", 0], ["H", 0]]}
    expect(apply(trees[1], set=frames, items=items), [])
    expect(codes(apply(trees[1], set={"nodes/H/parent": {"item": "nodes/F"}})), ["bad-value"])
    expect(codes(apply(trees[1], set={"nodes/H/parent": {"item": "nodes/H"}})), ["bad-value"])
    nodes = {"nodes/M/type": "ShaderNodeMath", "nodes/N/type": "ShaderNodeMath"}
    items = {"nodes": [["M", 0], ["N", 0]]}
    own = {"nodes/M/inputs/Value/links": [[{"item": "nodes/M"}, "Value"]]}
    expect(codes(apply(trees[1], set={**nodes, **own}, items=items)), ["bad-value"])
    ring = {
        "nodes/M/inputs/Value/links": [[{"item": "nodes/N"}, "Value"]],
        "nodes/N/inputs/Value/links": [[{"item": "nodes/M"}, "Value"]],
    }
    apply(trees[1], set=ring)
    evaluate()


def unknown_paths() -> None:
    obj, image = bpy.data.objects["Cube/1"], bpy.data.images["Packed"]
    paths = [
        "__class__",
        "bl_rna/identifier",
        "animation_data/action",
        "name",
        "library",
        "modifiers/x/type",
        "data/name",
    ]
    before = rna.read_block(obj, support.ident)
    expect(codes(apply(obj, set={path: "evil" for path in paths})), ["unsupported"])
    expect(
        codes(apply(obj, set={"custom/sp_id": "x", "custom/_RNA_UI": "x", "custom/cycles": "x", "custom/": "x"})),
        ["bad-value"],
    )
    expect(rna.read_block(obj, support.ident), before)
    expect(
        codes(apply(image, set={"filepath": "/etc/passwd", "filepath_raw": "//x", "packed_file": None})),
        ["unsupported"],
    )
    expect(image.filepath, "")


def node_types() -> None:
    tree = bpy.data.node_groups["one"]
    for type in (
        "Node",
        "ShaderNode",
        "ShaderNodeCustomGroup",
        "CompositorNodeOutputFile",
        "__import__",
        None,
        7,
        ["x"],
    ):
        failures = apply(tree, set={"nodes/X/type": type}, items={"nodes": [["X", 0]]})
        if "unsupported" not in codes(failures):
            raise AssertionError(f"{type!r}: {failures}")
    apply(tree, set={"nodes/S/type": "ShaderNodeScript"}, items={"nodes": [["S", 0]]})
    script = {
        "nodes/S/mode": "EXTERNAL",
        "nodes/S/filepath": "/tmp/x.osl",
        "nodes/S/bytecode": "x",
        "nodes/S/script": None,
    }
    expect(codes(apply(tree, set=script)), ["unsupported"])


def broken_items() -> None:
    mesh, tree = bpy.data.meshes["Mesh"], bpy.data.node_groups["one"]
    for entries in ([["x"]], [[7, 0]], [3], [[]], [[None, None]], "text", {"a": 1}, [["a", 0]] * 5000):
        for datablock, path in (
            (mesh, "uv_layers"),
            (mesh, "attributes"),
            (mesh, "materials"),
            (tree, "nodes"),
            (tree, "interface/inputs"),
        ):
            apply(datablock, items={path: entries})
    for ids in ([7], [None], "text", [["x"]], {"a": 1}, 5):
        apply(bpy.data.collections["Inner"], sets={"objects": ids, "children": ids})
    evaluate()


def names() -> None:
    for name in ("x" * 300, "é" * 200, "a\0b", "a\udcff", "", "a/b"):
        made = rna.create("Object", name, {}, resolve)
        expect(len(made.name.encode()) <= 63 and "\0" not in made.name, True)
        rna.rename(made, name)
    first, second = (rna.create("Mesh", name, {}, resolve) for name in ("first", "second"))
    rna.rename(second, "first")
    expect((first.name, second.name), ("first", "first.001"))


def removal() -> None:
    mesh = rna.create("Mesh", "doomed", {}, resolve)
    obj = rna.create("Object", "survivor", {"type": "MESH", "data": {"ref": "Mesh:doomed"}}, resolve)
    bpy.context.scene.collection.objects.link(obj)
    expect(obj.data, mesh)
    rna.remove([mesh])
    expect((bpy.data.objects["survivor"].type, "doomed" in bpy.data.meshes), ("MESH", False))
    expect(rna.read_block(obj, support.ident)["set"]["data"], None)
    again = rna.create("Mesh", "doomed", {}, resolve)
    expect(apply(obj, set={"data": {"ref": "Mesh:doomed"}}), [])
    expect((obj.data, [m.name for m in bpy.data.meshes if "placeholder" in m.name]), (again, []))
    expect(rna.remove(list(bpy.data.scenes)), [bpy.data.scenes[0]])


def png(width: int, height: int) -> bytes:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def image_files() -> None:
    image = rna.create("Image", "hostile", {}, resolve)

    def order(data: bytes) -> list[str]:
        array = rna.Array("file", "file", "u1", (len(data),), False, data)
        return codes(rna.apply_arrays(image, "file", True, [array]))

    expect(order(b"#!/bin/sh\n"), ["bad-file"])
    expect(order(b""), ["bad-file"])
    expect(order(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ["bad-file"])
    expect(order(png(60_000, 60_000)), ["too-large"])
    expect(order(b"\xff\xd8\xff\xe0"), ["bad-file"])
    expect(order(b"II*\0\xff\xff\xff\xff"), ["bad-file"])
    expect(image.packed_file, None)
    expect(order(png(8, 8)), [])
    len(image.pixels)
    expect(codes(apply(image, set={"generated_width": 65_536, "generated_height": 65_536})), ["too-large"])
    expect(codes(apply(image, set={"generated_width": 16_384, "generated_height": 16_384})), ["too-large"])


def pixels() -> None:
    image = bpy.data.images["Painted"]
    for dtype, shape, data in (("u1", (4, 4), bytes(16)), ("f4", (32, 4), bytes(512)), ("u1", (10**9, 4), b"")):
        array = rna.Array("pixels", "pixels", dtype, shape, False, data)
        expect(codes(rna.apply_arrays(image, "pixels", True, [array])), ["bad-array"])
    expect(codes(rna.apply_range(image, "pixels", "pixels", 10**9, bytes(4))), ["bad-array"])


def linked() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "library.blend")
        bpy.data.libraries.write(path, {bpy.data.collections["Inner"]})
        with bpy.data.libraries.load(path, link=True) as (source, target):
            target.collections = source.collections
        collection = target.collections[0]
        expect(
            (rna.is_replicated(collection), codes(apply(collection, set={"hide_render": True}))),
            (False, ["not-allowed"]),
        )


def main() -> None:
    support.start()
    build_rich_scene()
    bad_arrays()
    case("[O9] a range outside an array is refused", ranges)
    case("[O9] randomly damaged meshes never crash Blender", random_geometry)
    case("[O9] geometry is refused in edit mode", edit_mode)
    case("[O9] parents, collections and instances in a circle are refused", circles)
    case("[O9] frames, groups and links in a circle are refused", node_circles)
    case("[G1] paths outside the allowlist change nothing", unknown_paths)
    case("[G1] nodes outside the allowlist are not made", node_types)
    case("[G1] lists and sets of a wrong form are survived", broken_items)
    case("[G2] only files of images are packed", image_files)
    case("[G3] pixels of another size are refused", pixels)
    case("[G3] names of any length and content are taken", names)
    case("[G4] linked datablocks are not written", linked)
    case("[O8] removing data keeps the objects that use it", removal)
    case("[G1] every property survives every wrong value", every_property)
    support.finish()


main()
