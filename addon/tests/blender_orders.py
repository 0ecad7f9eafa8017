"""How the add-on carries out orders. Runs inside Blender."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bpy  # noqa: E402
from harness import Play, new_id, run  # noqa: E402


def id_of(datablock: bpy.types.ID) -> str:
    return datablock.sceneport_id


def new_object(play: Play, name: str) -> tuple[str, str]:
    """Orders an object with a mesh of one triangle into the scene; the ids of both."""
    mesh, scene_object = new_id(), new_id()
    collection = bpy.data.collections["Collection"]
    members = [id_of(one) for one in collection.objects]
    arrays, buffers = triangle()
    play.order(
        {"op": "create", "id": mesh, "type": "Mesh", "name": name, "set": {}},
        {"op": "arrays", "id": mesh, "group": "geometry", "whole": True, "arrays": arrays},
        {
            "op": "create",
            "id": scene_object,
            "type": "Object",
            "name": name,
            "set": {"type": "MESH", "data": {"ref": mesh}},
        },
        {"op": "set", "id": id_of(collection), "sets": {"objects": [*members, scene_object]}},
        buffers=buffers,
    )
    return scene_object, mesh


def triangle() -> tuple[list[dict], list[bytes]]:
    """The arrays of a mesh of one triangle, as the companion orders them: what is topology the add-on knows."""
    mesh = bpy.data.meshes.new("pattern")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    ordered = arrays_of(mesh)
    bpy.data.meshes.remove(mesh)
    return ordered


def arrays_of(mesh: Any, without: str = "") -> tuple[list[dict], list[bytes]]:
    """The arrays of a mesh as they are ordered, but for those whose path begins so."""
    from sceneport.rna.read import read_arrays

    headers, buffers = [], []
    for array in read_arrays(mesh):
        if without and array.path.startswith(without):
            continue
        headers.append(
            {
                "group": array.group,
                "path": array.path,
                "dtype": array.dtype,
                "shape": list(array.shape),
                "topology": False,
                "buffer": len(buffers),
            }
        )
        buffers.append(bytes(memoryview(array.data)))
    return headers, buffers


def no_echo(play: Play) -> None:
    """[O3] what an order changed is never shown as the user's edit"""
    play.hand_over()
    since = len(play.messages)
    scene_object, mesh = new_object(play, "Remote")
    assert bpy.data.objects["Remote"].data == bpy.data.meshes["Remote"]
    assert len(bpy.data.meshes["Remote"].polygons) == 1
    play.order({"op": "set", "id": scene_object, "set": {"location": [1, 2, 3]}}, push=False)
    play.order({"op": "rename", "id": scene_object, "name": "Renamed"}, push=False)
    play.settle()
    assert not play.blocks(since), play.blocks(since)
    assert bpy.data.objects["Renamed"].location.y == 2


def layers_and_arrays(play: Play) -> None:
    """[O4] what an ordered list makes of the arrays is told once and never shown as the user's edit"""
    play.hand_over()
    since = len(play.messages)
    mesh = id_of(bpy.data.meshes["Cube"])
    for names in (["UVMap", "Second"], ["Second"]):
        applied = play.order({"op": "set", "id": mesh, "items": {"uv_layers": [[name, 0] for name in names]}})
        block = next(one for one in applied["shown"] if one["id"] == mesh)
        shown = [array["path"] for array in block.get("arrays", ()) if array["path"].startswith("uv_layers/")]
        # The array of a layer that goes is known to go with it.
        assert shown == ([f"uv_layers/{name}/uv" for name in names] if len(names) == 2 else []), block
    play.settle()
    assert not play.blocks(since), play.blocks(since)


def layer_without_array(play: Play) -> None:
    """[O2] a layer whose array is not among those of a whole group is the same in every Blender: zero"""
    play.hand_over()
    mesh = bpy.data.meshes["Cube"]
    arrays, buffers = arrays_of(mesh, without="uv_layers/")
    applied = play.order(
        {"op": "arrays", "id": id_of(mesh), "group": "geometry", "whole": True, "arrays": arrays}, buffers=buffers
    )
    assert not any(tuple(corner.uv) != (0, 0) for corner in mesh.uv_layers["UVMap"].data), "it kept what it had"
    paths = [array["path"] for array in applied["shown"][0]["arrays"]]
    assert "uv_layers/UVMap/uv" in paths, paths


def names_set_free(play: Play) -> None:
    """[N5] what is deleted leaves its name to what comes in the same order"""
    play.hand_over()
    cube, other = id_of(bpy.data.objects["Cube"]), new_id()
    applied = play.order(
        {"op": "delete", "id": cube}, {"op": "create", "id": other, "type": "Object", "name": "Cube", "set": {}}
    )
    assert id_of(bpy.data.objects["Cube"]) == other, applied


def applied_as_ordered(play: Play) -> None:
    """[O4] applied says what came out otherwise, and nothing of what came out as ordered"""
    play.hand_over()
    cube = id_of(bpy.data.objects["Cube"])
    applied = play.order({"op": "set", "id": cube, "set": {"location": [1, 2, 3]}}, push=False)
    assert applied["shown"] == [] and applied["failed"] == [], applied
    camera = id_of(bpy.data.cameras["Camera"])
    applied = play.order({"op": "set", "id": camera, "set": {"lens": 0.25}}, push=False)
    assert applied["shown"] == [{"id": camera, "set": {"lens": 1.0}}], applied
    applied = play.order({"op": "set", "id": new_id(), "set": {"lens": 1}}, push=False)
    assert [one["code"] for one in applied["failed"]] == ["gone"], applied


def names_made_unique(play: Play) -> None:
    """[N5] a name that Blender made unique is told once and never sent as an edit"""
    play.hand_over()
    since = len(play.messages)
    empty = new_id()
    applied = play.order({"op": "create", "id": empty, "type": "Object", "name": "Cube", "set": {}})
    block = next(one for one in applied["shown"] if one["id"] == empty)
    assert block["name"] == "Cube.001", block
    play.settle()
    assert not play.blocks(since)


def later_data(play: Play) -> None:
    """[O2] an object keeps its data until the ordered data comes, which is told of neither before nor then"""
    play.hand_over()
    since = len(play.messages)
    cube, mesh = id_of(bpy.data.objects["Cube"]), new_id()
    applied = play.order({"op": "set", "id": cube, "set": {"data": {"ref": mesh}}})
    assert applied["shown"] == [] and bpy.data.objects["Cube"].data == bpy.data.meshes["Cube"], applied
    play.settle()
    play.order({"op": "create", "id": mesh, "type": "Mesh", "name": "Late", "set": {}})
    assert bpy.data.objects["Cube"].data == bpy.data.meshes["Late"]
    play.settle()
    assert not play.blocks(since), play.blocks(since)


def later_references(play: Play) -> None:
    """[O2] a reference to a datablock that is not there yet is set when it comes, and not shown as null before"""
    play.hand_over()
    since = len(play.messages)
    target, member = new_id(), new_id()
    cube = id_of(bpy.data.objects["Cube"])
    collection = bpy.data.collections["Collection"]
    members = [id_of(one) for one in collection.objects]
    first = play.order(
        {"op": "set", "id": cube, "set": {"parent": {"ref": target}}},
        {"op": "set", "id": id_of(collection), "sets": {"objects": [*members, member]}},
    )
    assert first["shown"] == [], first
    play.settle()
    assert not play.blocks(since), play.blocks(since)
    play.order({"op": "create", "id": target, "type": "Object", "name": "Parent", "set": {}})
    play.order({"op": "create", "id": member, "type": "Object", "name": "Member", "set": {}})
    assert bpy.data.objects["Cube"].parent == bpy.data.objects["Parent"]
    assert bpy.data.objects["Member"].name in collection.objects
    play.settle()
    assert not play.blocks(since), play.blocks(since)


def parents_as_ordered(play: Play) -> None:
    """[O2] how an object hangs on its parent is as ordered, whether the parent comes before it, later or in parts"""
    inverse = [[1.0, 0.0, 0.0, 5.0], [0.0, 1.0, 0.0, 6.0], [0.0, 0.0, 1.0, 7.0], [0.0, 0.0, 0.0, 1.0]]
    play.hand_over()
    data, holder, cube = new_id(), new_id(), id_of(bpy.data.objects["Cube"])
    play.order({"op": "create", "id": data, "type": "Armature", "name": "Bones", "set": {}})
    hanging = {
        "parent": {"ref": holder},
        "parent_type": "BONE",
        "parent_bone": "Hand",
        "matrix_parent_inverse": inverse,
    }
    first = play.order({"op": "set", "id": cube, "set": hanging}, push=False)
    assert first["shown"] == [] and first["failed"] == [], first
    made = {"type": "ARMATURE", "data": {"ref": data}}
    come = play.order({"op": "create", "id": holder, "type": "Object", "name": "Holder", "set": made})
    again = play.order({"op": "set", "id": cube, "set": {"parent_bone": "Foot"}}, push=False)
    for applied in (come, again):
        assert cube not in [one["id"] for one in applied["shown"]] and applied["failed"] == [], applied
    hung = bpy.data.objects["Cube"]
    assert (hung.parent.name, hung.parent_type, hung.parent_bone) == ("Holder", "BONE", "Foot"), hung.parent_bone
    assert [list(row) for row in hung.matrix_parent_inverse] == inverse, hung.matrix_parent_inverse


def ranges(play: Play) -> None:
    """[O2] a range overwrites bytes of an array and nothing else"""
    play.hand_over()
    mesh = bpy.data.meshes["Cube"]
    before = [vertex.co.copy() for vertex in mesh.vertices]
    since = len(play.messages)
    positions = next(
        one["path"] for one in play.blocks()[id_of(mesh)]["arrays"] if one["shape"] == [8, 3] and one["dtype"] == "f4"
    )
    applied = play.order(
        {"op": "range", "id": id_of(mesh), "group": "geometry", "path": positions, "offset": 12, "buffer": 0},
        push=False,
        buffers=[struct.pack("<3f", 7, 8, 9)],
    )
    assert applied["failed"] == [] and applied["shown"] == [], applied
    assert tuple(mesh.vertices[1].co) == (7, 8, 9) and mesh.vertices[0].co == before[0]
    play.settle()
    assert not play.blocks(since)


def bad_arrays(play: Play) -> None:
    """[O9] arrays that do not fit together change nothing and are answered with bad-array"""
    play.hand_over()
    mesh = bpy.data.meshes["Cube"]
    arrays, buffers = triangle()
    wrong = [bytes(len(one)) if header["dtype"] != "f4" else one for header, one in zip(arrays, buffers)]
    wrong = [b"\xff" * len(one) if header["dtype"] == "u4" else one for header, one in zip(arrays, wrong)]
    applied = play.order(
        {"op": "arrays", "id": id_of(mesh), "group": "geometry", "whole": True, "arrays": arrays}, buffers=wrong
    )
    assert {one["code"] for one in applied["failed"]} == {"bad-array"}, applied
    assert len(mesh.vertices) == 8


def deletes(play: Play) -> None:
    """[O8] what is deleted is gone from the file and from where it was linked, which the user is not taken to have done"""
    play.hand_over()
    scene_object, mesh = new_object(play, "Remote")
    since = len(play.messages)
    collection = id_of(bpy.data.collections["Collection"])
    applied = play.order({"op": "delete", "id": scene_object}, {"op": "delete", "id": mesh})
    shown = {block["id"]: block for block in applied["shown"]}
    assert scene_object not in shown[collection]["sets"]["objects"], applied
    assert "Remote" not in bpy.data.objects and "Remote" not in bpy.data.meshes
    play.settle()
    assert not play.gone(since) and not play.blocks(since)


def deletes_later(play: Play) -> None:
    """[O8] while an operator may still point at it, what is deleted is out of sight but not removed"""
    play.hand_over()
    cube = bpy.data.objects["Cube"]
    removal = play.session.hands.removal
    removal._is_safe = lambda: False
    play.order({"op": "delete", "id": id_of(cube)})
    hidden = cube.name
    assert hidden in bpy.data.objects and not cube.users_collection
    del removal._is_safe
    play.until(lambda: hidden not in bpy.data.objects)


def arrays_in_edit_mode(play: Play) -> None:
    """[B1] arrays for a mesh in edit mode are refused instead of being lost"""
    play.hand_over()
    mesh = bpy.data.meshes["Cube"]
    bpy.context.view_layer.objects.active = bpy.data.objects["Cube"]
    bpy.ops.object.mode_set(mode="EDIT")
    arrays, buffers = triangle()
    applied = play.order(
        {"op": "arrays", "id": id_of(mesh), "group": "geometry", "whole": True, "arrays": arrays}, buffers=buffers
    )
    assert [one["code"] for one in applied["failed"]] == ["busy"], applied
    bpy.ops.object.mode_set(mode="OBJECT")
    assert len(mesh.vertices) == 8


def budget(play: Play) -> None:
    """[O1] a long order is carried out over several ticks and answered once"""
    play.hand_over()
    ids = [new_id() for _ in range(2000)]
    collection = id_of(bpy.data.collections["Collection"])
    members = [id_of(one) for one in bpy.data.collections["Collection"].objects]
    before = len(play.ticks)
    play.order(
        *({"op": "create", "id": one, "type": "Object", "name": "Many", "set": {"location": [1, 0, 0]}} for one in ids),
        {"op": "set", "id": collection, "sets": {"objects": [*members, *ids]}},
    )
    busy = [tick for tick in play.ticks[before:] if tick > 0.001]
    print(f"TICKS of 2000 creations: {len(busy)}, longest {max(busy) * 1000:.0f} ms")
    assert len(busy) > 3
    assert len(bpy.data.objects) == 2003


def several_slices(play: Play) -> None:
    """[O4] an order of several ticks tells what came of it at the end, not what there was in between"""
    play.hand_over()
    collection, member = new_id(), new_id()
    many = [{"op": "create", "id": new_id(), "type": "Material", "name": "Many", "set": {}} for _ in range(200)]
    applied = play.order(
        {"op": "create", "id": member, "type": "Object", "name": "Member", "set": {"location": [1, 0, 0]}},
        {"op": "create", "id": collection, "type": "Collection", "name": "New", "set": {}},
        *many,
        {"op": "set", "id": collection, "sets": {"objects": [member]}},
        {"op": "set", "id": member, "set": {"parent": {"ref": id_of(bpy.data.objects["Cube"])}}},
    )
    shown = {block["id"]: block for block in applied["shown"]}
    assert "objects" not in shown[collection].get("sets", {}), shown[collection]
    assert "parent" not in shown.get(member, {}).get("set", {}), shown[member]


def opens_empty(play: Play) -> None:
    """[J3] open-empty keeps a copy of the open file, and ends in an unsaved file without a trace of it"""
    cube = bpy.data.objects["Cube"]
    cube.location.x = 42
    since = len(play.messages)
    scene, world = new_id(), new_id()
    play.order({"op": "open-empty"})
    assert bpy.data.filepath == "" and len(bpy.data.objects) == 0 and len(bpy.data.meshes) == 0
    play.order(
        {"op": "create", "id": world, "type": "World", "name": "Sky", "set": {}},
        {"op": "create", "id": scene, "type": "Scene", "name": "Shared", "set": {"world": {"ref": world}}},
    )
    assert [one.name for one in bpy.data.scenes] == ["Shared"] and bpy.data.scenes["Shared"].world is not None
    assert bpy.context.window_manager.windows[0].scene.name == "Shared"
    play.settle()
    assert not play.blocks(since) and not play.gone(since), play.blocks(since)
    backup = play.session.hands.backup
    assert backup.path.exists()
    with bpy.data.libraries.load(str(backup.path)) as (stored, _):
        assert "Cube" in stored.objects


def back_to_my_file(play: Play) -> None:
    """[J6] after a session the file from before can be opened again, unsaved work included"""
    from sceneport import files

    bpy.data.objects["Cube"].location.x = 42
    play.order({"op": "open-empty"})
    play.session.leave()
    files.restore(play.session.hands.backup)
    assert bpy.data.objects["Cube"].location.x == 42 and bpy.data.filepath == ""


def empty_hand_over(play: Play) -> None:
    """[J4] an empty session begins with the one scene of an empty file"""
    play.order({"op": "open-empty"})
    blocks = play.hand_over()
    assert [one["type"] for one in blocks.values()] == ["Scene"], blocks


run(
    [
        no_echo,
        layers_and_arrays,
        layer_without_array,
        names_set_free,
        applied_as_ordered,
        names_made_unique,
        later_data,
        later_references,
        parents_as_ordered,
        ranges,
        bad_arrays,
        deletes,
        deletes_later,
        arrays_in_edit_mode,
        budget,
        several_slices,
        opens_empty,
        back_to_my_file,
        empty_hand_over,
    ]
)
