"""What needs a window or a view layer, also from a timer that runs when Blender knows of none."""

from __future__ import annotations

import contextlib
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


def push_undo(message: str) -> None:
    """A step in Blender's undo history."""
    with _some_window():
        bpy.ops.ed.undo_push(message=message)


def travel(forwards: bool) -> None:
    """One step back in Blender's undo history, or forwards, where there is one."""
    step = bpy.ops.ed.redo if forwards else bpy.ops.ed.undo
    with _some_window():
        if step.poll():
            step()


def _some_window() -> contextlib.AbstractContextManager[Any]:
    """After another file was opened from a timer Blender knows no window by itself.

    The context is overridden only then: an operator runs without the lock of Python, and Blender 3.4 looks an
    overridden context up in a Python dictionary without taking it. With threads beside it, that destroys memory.
    """
    first = next(iter(windows()), None)
    if first is None or bpy.app.background or bpy.context.window is not None:
        return contextlib.nullcontext()
    return bpy.context.temp_override(window=first)
