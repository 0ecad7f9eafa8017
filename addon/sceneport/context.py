"""What needs a window or a view layer, also from a timer that runs when Blender knows of none."""

from __future__ import annotations

from typing import Any

import bpy


def windows() -> list[Any]:
    """The open windows; one without anything to see in `blender -b`."""
    return [window for manager in bpy.data.window_managers for window in manager.windows]


def update_view_layers() -> None:
    """Makes Blender evaluate what has changed, so that its handlers run now."""
    shown = [window.view_layer for window in windows()]
    for layer in shown or [bpy.context.view_layer]:
        if layer is not None:
            layer.update()


def redraw_views() -> None:
    """Every 3D view is drawn again, with its sidebar."""
    for window in windows():
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


def push_undo(message: str) -> bool:
    """A step in Blender's undo history, where Blender can push one now.

    After another file was opened from a timer Blender knows no window until that timer has returned, and lets nobody
    push, undo or redo. Its context is not overridden for that: an operator runs without the lock of Python, and Blender
    3.4 looks an overridden context up in a Python dictionary all the same, which destroys memory beside other threads.
    """
    if not bpy.ops.ed.undo_push.poll():
        return False
    bpy.ops.ed.undo_push(message=message)
    return True


def travel(forwards: bool) -> None:
    """One step back in Blender's undo history, or forwards, where there is one."""
    step = bpy.ops.ed.redo if forwards else bpy.ops.ed.undo
    if step.poll():
        step()
