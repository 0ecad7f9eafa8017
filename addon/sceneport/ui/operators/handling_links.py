"""Whether a click on an invite, outside Blender, leads here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from ... import places
from ...system_links import mailbox
from ...system_links.system import registrar
from ..link_handler import command


class SCENEPORT_OT_register_links(bpy.types.Operator):
    """A click on an invite, in a chat or a browser, opens it in this Blender, which asks before it joins"""

    bl_idname = "sceneport.register_links"
    bl_label = "Sceneport: Open Invites with This Blender"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return registrar() is not None and bool(bpy.app.binary_path)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return _change(self, lambda system: system.register(command()), "Invites are opened with this Blender.")


class SCENEPORT_OT_unregister_links(bpy.types.Operator):
    """A click on an invite opens no Blender any more; it can still be pasted"""

    bl_idname = "sceneport.unregister_links"
    bl_label = "Sceneport: Do Not Open Invites"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return registrar() is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        def remove(system: Any) -> None:
            system.unregister()
            mailbox.remove(places.links_folder())

        return _change(self, remove, "Invites are not opened with Blender any more.")


def _change(operator: bpy.types.Operator, action: Callable[[Any], None], done: str) -> set[str]:
    try:
        action(registrar())
    except OSError as error:
        operator.report({"ERROR"}, f"The settings of your desktop could not be changed: {error.strerror or error}")
        return {"CANCELLED"}
    operator.report({"INFO"}, done)
    return {"FINISHED"}


CLASSES = (SCENEPORT_OT_register_links, SCENEPORT_OT_unregister_links)
