"""The user's file: backed up before a session, opened again after it."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import NamedTuple

import bpy

_FOLDER = "backups"


class Backup(NamedTuple):
    """A copy of what was open, and where it belongs."""

    path: Path
    original: str
    """The file that was open; empty for one that had never been saved."""
    clean: bool
    """Whether the copy holds nothing that the original does not."""


def back_up(data_folder: Path) -> Backup:
    """Saves what is open, unsaved work included, in a folder of backups; the open file stays what it was."""
    folder = data_folder / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(bpy.data.filepath).stem) or "untitled"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"{name}-{stamp}.blend"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{stamp}-{number}.blend"
    original = bpy.data.filepath
    # In the background Blender does not notice what scripts change.
    clean = bool(original) and not bpy.data.is_dirty and not bpy.app.background
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, check_existing=False)
    return Backup(path, original, clean)


def open_empty() -> None:
    """An unsaved file with nothing in it but a scene; the windows stay as the user has them."""
    bpy.ops.wm.read_homefile(use_empty=True, load_ui=False)


def restore(backup: Backup) -> None:
    """Opens the user's own file again, or its backup where that holds unsaved work.

    What had never been saved is again a file without a name. The windows stay as the user has them.
    """
    if backup.clean and Path(backup.original).exists():
        bpy.ops.wm.open_mainfile(filepath=backup.original, load_ui=False)
    elif backup.original:
        bpy.ops.wm.open_mainfile(filepath=str(backup.path), load_ui=False)
    else:
        bpy.ops.wm.read_homefile(filepath=str(backup.path), load_ui=False)
