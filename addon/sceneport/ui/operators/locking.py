"""Keeping what is selected for oneself."""

from __future__ import annotations

import bpy

from ... import live
from .. import flow
from .outcome import outcome


class _OnSelection:
    """What locking and unlocking share."""

    request = ""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.is_in_session() and bool(context.selected_objects)

    def execute(self, context: bpy.types.Context) -> set[str]:
        identity = live.session.identity
        chosen = {identity.ident(one) for scene_object in context.selected_objects for one in _parts(scene_object)}
        return outcome(self, lambda: flow.ask(self.request, ids=sorted(one for one in chosen if one is not None)))


def _parts(scene_object: bpy.types.Object) -> list[bpy.types.ID]:
    return [scene_object] if scene_object.data is None else [scene_object, scene_object.data]


class SCENEPORT_OT_lock(_OnSelection, bpy.types.Operator):
    """Nobody else can change the selected objects until you unlock them"""

    bl_idname = "sceneport.lock"
    bl_label = "Sceneport: Lock Selection"
    request = "lock"


class SCENEPORT_OT_unlock(_OnSelection, bpy.types.Operator):
    """Everybody can change the selected objects again"""

    bl_idname = "sceneport.unlock"
    bl_label = "Sceneport: Unlock Selection"
    request = "unlock"


CLASSES = (SCENEPORT_OT_lock, SCENEPORT_OT_unlock)
