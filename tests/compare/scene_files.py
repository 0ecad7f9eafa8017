"""Opens scenes as tests do: scripts of the file are never run."""

from __future__ import annotations

import bpy


def open_scene(path: str) -> None:
    """Opens a file; the memory of undo then begins with it."""
    bpy.ops.wm.open_mainfile(filepath=path, use_scripts=False)
    bpy.ops.ed.undo_push(message="Open")
