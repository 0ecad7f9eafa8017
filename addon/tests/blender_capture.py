"""What the add-on hands over: identity, duplicates, renames, deletions, quiet. Runs inside Blender."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bpy  # noqa: E402
from harness import Play, run  # noqa: E402


def named(blocks: dict, name: str, type_name: str = "Object") -> dict:
    found = [one for one in blocks.values() if one.get("name") == name and one.get("type") == type_name]
    assert len(found) == 1, (name, len(found))
    return found[0]


def shows_everything(play: Play) -> None:
    """[J4] a hand-over shows every datablock whole, with its arrays, and says when it is done"""
    blocks = play.hand_over()
    cube, mesh, scene = named(blocks, "Cube"), named(blocks, "Cube", "Mesh"), named(blocks, "Scene", "Scene")
    assert cube["full"] and cube["set"]["data"] == {"ref": mesh["id"]}
    assert [one["path"] for one in mesh["arrays"]] and mesh["groups"] == ["geometry"]
    assert len(scene["sets"]["collection/children"]) == 1


def shows_differences(play: Play) -> None:
    """[V2] a datablock that was handed over is shown by what differs"""
    cube = named(play.hand_over(), "Cube")
    since = len(play.messages)
    bpy.data.objects["Cube"].location.x = 3.5
    show = play.wait_for("show", since, reason="edit")
    assert show["blocks"] == [{"id": cube["id"], "set": {"location": [3.5, 0.0, 0.0]}}], show["blocks"]


def stays_quiet(play: Play) -> None:
    """[V1] what has not changed is not shown again"""
    play.hand_over()
    play.settle()
    since = len(play.messages)
    play.settle()
    assert not play.blocks(since), play.blocks(since)


def duplicates(play: Play) -> None:
    """[V2] a duplicate is a datablock of its own, and the original keeps its id"""
    before = play.hand_over()
    cube = named(before, "Cube")
    since = len(play.messages)
    bpy.ops.object.select_all(action="DESELECT")
    original = bpy.data.objects["Cube"]
    original.select_set(True)
    bpy.context.view_layer.objects.active = original
    bpy.ops.object.duplicate()
    play.settle()
    blocks = play.blocks(since)
    copy, mesh = named(blocks, "Cube.001"), named(blocks, "Cube.001", "Mesh")
    assert copy["id"] not in before and mesh["id"] not in before
    assert copy["set"]["data"] == {"ref": mesh["id"]}
    assert cube["id"] not in blocks
    assert bpy.data.objects["Cube"].sceneport_id == cube["id"]
    assert not play.gone(since)


def renames(play: Play) -> None:
    """[N5] a renamed datablock is the same datablock under another name"""
    blocks = play.hand_over()
    cube, mesh = named(blocks, "Cube"), named(blocks, "Cube", "Mesh")
    since = len(play.messages)
    bpy.data.objects["Cube"].name = "Box"
    bpy.data.meshes["Cube"].name = "Box mesh"
    play.settle()
    shown = play.blocks(since)
    assert shown[cube["id"]]["name"] == "Box" and shown[mesh["id"]]["name"] == "Box mesh", shown
    assert not play.gone(since)


def deletes(play: Play) -> None:
    """[V7] a datablock is gone when it is no longer in the file, and not before"""
    blocks = play.hand_over()
    cube, mesh = named(blocks, "Cube"), named(blocks, "Cube", "Mesh")
    since = len(play.messages)
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    play.settle()
    assert play.gone(since) == [cube["id"]]
    bpy.data.meshes.remove(bpy.data.meshes["Cube"])
    play.settle()
    assert play.gone(since) == [cube["id"], mesh["id"]]


def finds_what_is_not_reported(play: Play) -> None:
    """[V1] a custom property, which Blender does not report, is found"""
    cube = named(play.hand_over(), "Cube")
    since = len(play.messages)
    bpy.data.objects["Cube"]["mass"] = 2.5
    play.until(lambda: cube["id"] in play.blocks(since))
    assert any("mass" in path for path in play.blocks(since)[cube["id"]]["set"])


def shows_single_arrays(play: Play) -> None:
    """[V4] moved vertices are shown as the one array that differs, other topology as the whole group"""
    mesh = named(play.hand_over(), "Cube", "Mesh")
    since = len(play.messages)
    bpy.data.meshes["Cube"].vertices[0].co.x = 9
    bpy.data.meshes["Cube"].update()
    play.settle()
    block = play.blocks(since)[mesh["id"]]
    assert "groups" not in block and len(block["arrays"]) == 1, block
    since = len(play.messages)
    bpy.data.meshes["Cube"].vertices.add(1)
    bpy.data.meshes["Cube"].update()
    play.settle()
    block = play.blocks(since)[mesh["id"]]
    assert block["groups"] == ["geometry"] and len(block["arrays"]) > 3, block


def shows_positions_ahead(play: Play) -> None:
    """[V4] moved vertices are shown before the other arrays of the mesh have been read"""
    mesh = bpy.data.meshes["Cube"]
    identifier = named(play.hand_over(), "Cube", "Mesh")["id"]
    since = len(play.messages)
    mesh.vertices[0].co.x = 5
    mesh.uv_layers[0].data[0].uv = (0.5, 0.25)
    mesh.update()
    play.settle()
    shown = [
        [one["path"] for one in block["arrays"]]
        for header, _ in play.messages[since:]
        if header["type"] == "show"
        for block in header["blocks"]
        if block["id"] == identifier
    ]
    assert shown == [["position"], ["uv_layers/UVMap/uv"]], shown


def edit_mode(play: Play) -> None:
    """[B1] a mesh in edit mode is busy, and is read when edit mode ends, before it is said to be free"""
    mesh = named(play.hand_over(), "Cube", "Mesh")
    since = len(play.messages)
    bpy.context.view_layer.objects.active = bpy.data.objects["Cube"]
    bpy.ops.object.mode_set(mode="EDIT")
    busy = play.wait_for("busy", since)
    assert busy["blocks"] == {mesh["id"]: "arrays"}, busy
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.subdivide()
    bpy.ops.object.mode_set(mode="OBJECT")
    play.wait_for("busy", since, blocks={})
    kinds = [header["type"] for header, _ in play.messages[since:]]
    assert "groups" in play.blocks(since)[mesh["id"]]
    assert kinds.index("show") < len(kinds) - 1 and kinds[-1] == "busy", kinds


def opens_another_file(play: Play) -> None:
    """[J6] opening another file leaves the session, and nothing of that file is handed over"""
    play.hand_over()
    since = len(play.messages)
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    play.wait_for("leave", since)
    bpy.data.objects["Cube"].location.x = 1
    for _ in range(5):
        play.tick()
    assert not play.session.watching and not play.blocks(since)


run(
    [
        shows_everything,
        shows_differences,
        stays_quiet,
        duplicates,
        renames,
        deletes,
        finds_what_is_not_reported,
        shows_single_arrays,
        shows_positions_ahead,
        edit_mode,
        opens_another_file,
    ]
)
