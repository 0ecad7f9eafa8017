"""Into a session of somebody else, and the question that the first one there is asked."""

from __future__ import annotations

import bpy

from ... import live
from .. import flow
from .outcome import outcome


class SCENEPORT_OT_join(bpy.types.Operator):
    """Join the session of the invite; your open file is backed up first"""

    bl_idname = "sceneport.join"
    bl_label = "Sceneport: Join Session"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.is_free()

    def execute(self, context: bpy.types.Context) -> set[str]:
        form = context.window_manager.sceneport
        if not form.invite.strip():
            self.report({"ERROR"}, "Paste the invite that the host has sent you.")
            return {"CANCELLED"}
        return outcome(self, lambda: flow.join(target=form.invite, password=form.password))


class SCENEPORT_OT_trust(bpy.types.Operator):
    """Join although this server has not been seen before. Compare its code with the host first"""

    bl_idname = "sceneport.join_and_trust"
    bl_label = "Sceneport: Join and Trust This Server"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.is_free()

    def execute(self, context: bpy.types.Context) -> set[str]:
        form = context.window_manager.sceneport
        return outcome(self, lambda: flow.join(target=form.invite, password=form.password, trust_first=True))


class SCENEPORT_OT_begin(bpy.types.Operator):
    """Begin the empty session"""

    bl_idname = "sceneport.begin"
    bl_label = "Sceneport: Begin Session"

    scene: bpy.props.EnumProperty(
        name="With",
        items=(
            ("current", "This Scene", "Everybody gets the file that is open here"),
            ("empty", "An Empty Scene", "Your open file is backed up, and everybody begins with nothing"),
        ),
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return live.session is not None and live.session.asked

    def execute(self, context: bpy.types.Context) -> set[str]:
        live.session.asked = False
        return outcome(self, lambda: flow.ask("choose", scene=self.scene))


class SCENEPORT_OT_paste_invite(bpy.types.Operator):
    """Take the invite from the clipboard"""

    bl_idname = "sceneport.paste_invite"
    bl_label = "Sceneport: Paste Invite"

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.window_manager.sceneport.invite = context.window_manager.clipboard.strip()
        return {"FINISHED"}


CLASSES = (SCENEPORT_OT_join, SCENEPORT_OT_trust, SCENEPORT_OT_begin, SCENEPORT_OT_paste_invite)
