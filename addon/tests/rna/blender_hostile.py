"""Orders that would crash Blender, run code, or reach the file system: refused, and Blender goes on."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

import blender_support as support  # noqa: E402
from blender_rich import build_rich_scene  # noqa: E402
from blender_support import apply, case, codes, evaluate, expect, resolve, rna  # noqa: E402

WRONG: list[Any] = [
    None, True, "x", "\udcff", "a\0b", "x" * 300_000, {"f": "nan"}, {"f": "inf"}, {"f": "evil"}, -(2**40), 2**70, 0.5,
    [], [[]], [None] * 4, [1] * 5000, ["x"] * 3, [[0] * 4] * 4, [[0, [0, 0, 0, 0]]], {"ref": "Mesh:Mesh"}, {"ref": 7},
    {"i": "9" * 30}, {"b": "!"}, {"item": "nodes/x"}, {"item": 3}, {}, {"f": 1, "i": "1"}, float("nan"),
]  # fmt: skip


TREES = ("one", "two")


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
    trees = [bpy.data.node_groups[name] for name in TREES]
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
    for name in TREES:
        bpy.data.node_groups.new(name, "ShaderNodeTree")
    case("[O9] parents, collections and instances in a circle are refused", circles)
    case("[O9] frames, groups and links in a circle are refused", node_circles)
    case("[G1] paths outside the allowlist change nothing", unknown_paths)
    case("[G1] nodes outside the allowlist are not made", node_types)
    case("[G1] lists and sets of a wrong form are survived", broken_items)
    case("[G3] names of any length and content are taken", names)
    case("[G4] linked datablocks are not written", linked)
    case("[O8] removing data keeps the objects that use it", removal)
    case("[G1] every property survives every wrong value", every_property)
    support.finish()


main()
