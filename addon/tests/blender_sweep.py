"""What Blender changes without a word is found by looking at everything, a few datablocks at a time. Runs inside Blender."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bpy  # noqa: E402
from harness import Play, run  # noqa: E402


def finds_properties(play: Play) -> None:
    """[D3] a property that has silently become another one than the companion knows is found"""
    play.hand_over()
    play.settle()
    since = len(play.messages)
    cube = bpy.data.objects["Cube"]
    unseen(play, lambda: setattr(cube, "hide_render", True))
    show = play.wait_for("show", since, reason="edit")
    assert show["blocks"] == [{"id": cube.sceneport_id, "set": {"hide_render": True}}], show["blocks"]


def finds_arrays(play: Play) -> None:
    """[D3] so is an array, and only it is handed over"""
    play.hand_over()
    play.settle()
    since = len(play.messages)
    mesh = bpy.data.meshes["Cube"]
    coordinates = [0.0] * (len(mesh.vertices) * 3)
    unseen(play, lambda: mesh.vertices.foreach_set("co", coordinates))
    show = play.wait_for("show", since, reason="edit")
    (block,) = show["blocks"]
    assert block["id"] == mesh.sceneport_id and [one["path"] for one in block["arrays"]] == ["position"], block


def unseen(play: Play, change) -> None:
    """Changes something so that nothing is reported of it."""
    hints = play.session._hints
    hints.guarded = True
    change()
    bpy.context.view_layer.update()
    hints.guarded = False
    assert not hints.any


run([finds_properties, finds_arrays])
