"""The user's file: backed up before a session, opened again after it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import bpy

_FOLDER = "backups"


def back_up(data_folder: Path) -> Path:
    """Saves what is open, unsaved work included, beside everything else; the open file stays what it was.

    Paths in the copy are as in the open file, because `restore` opens it in that one's place.
    """
    folder = data_folder / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(bpy.data.filepath).stem) or "untitled"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"{name}-{stamp}.blend"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{stamp}-{number}.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, relative_remap=False, check_existing=False)
    return path


def open_empty() -> None:
    """An unsaved file with nothing in it but a scene."""
    bpy.ops.wm.read_homefile(use_empty=True)


def restore(backup: Path) -> None:
    """Opens a backup in the place of the file that it was made of: saving goes there, as if it had never been left."""
    bpy.ops.wm.recover_auto_save(filepath=str(backup))
