"""Renames and removes datablocks."""

from __future__ import annotations

from typing import Any

import bpy

from . import shells
from .kinds import clean_name, kind_of
from .limits import NAME_BYTES


def rename(datablock: Any, name: str) -> str:
    """Gives a datablock this name, or it with a number where it is taken (never taking it from another)."""
    wanted = clean_name(name)
    if datablock.name != wanted:
        datablock.name = _free_name(datablock, wanted)
    return datablock.name


def _free_name(datablock: Any, wanted: str) -> str:
    taken = getattr(bpy.data, kind_of(datablock).collection)
    candidate, number = wanted, 0
    while taken.get(candidate) not in (None, datablock):
        number += 1
        suffix = f".{number:03}"
        stem = wanted.encode()[: NAME_BYTES - len(suffix)].decode("utf-8", "ignore")
        candidate = stem + suffix
    return candidate


def unlink(datablock: Any) -> None:
    """Takes an object or a collection out of every collection, so that nothing shows it any more (O8)."""
    if isinstance(datablock, bpy.types.Object):
        for collection in datablock.users_collection:
            collection.objects.unlink(datablock)
    elif isinstance(datablock, bpy.types.Collection):
        for holder in [*bpy.data.collections, *(scene.collection for scene in bpy.data.scenes)]:
            if datablock.name in holder.children and holder.children[datablock.name] == datablock:
                holder.children.unlink(datablock)


def remove(datablocks: list[Any]) -> list[Any]:
    """Removes datablocks and nothing else; returns those that Blender needs: its last scene.

    Blender removes an object with its data, so objects get stand-in data first.
    """
    scenes = [d for d in datablocks if isinstance(d, bpy.types.Scene)]
    others = [d for d in datablocks if not isinstance(d, bpy.types.Scene)]
    doomed = set(others)
    for datablock in others:
        unlink(datablock)
    for obj in bpy.data.objects:
        if obj.data in doomed and obj not in doomed and obj.type != "EMPTY":
            obj.data = shells.make_placeholder(obj.type)
    bpy.data.batch_remove(others)
    kept = []
    for scene in scenes:
        rest = [other for other in bpy.data.scenes if other != scene]
        if not rest:
            kept.append(scene)
            continue
        for window in (w for manager in bpy.data.window_managers for w in manager.windows):
            if window.scene == scene:
                window.scene = rest[0]
        bpy.data.scenes.remove(scene)
    return kept
