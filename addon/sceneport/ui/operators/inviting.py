"""Invites of every kind, for administrators."""

from __future__ import annotations

import bpy

from ... import live
from .. import flow, invites
from .outcome import ask_first, outcome

_HOUR_MS = 60 * 60 * 1000
_VALID_MS = {
    "ever": None,
    "hour": _HOUR_MS,
    "day": 24 * _HOUR_MS,
    "week": 7 * 24 * _HOUR_MS,
    "month": 30 * 24 * _HOUR_MS,
}


class SCENEPORT_OT_invite(bpy.types.Operator):
    """Make an invite for others: as what, for how long and how often"""

    bl_idname = "sceneport.invite"
    bl_label = "Sceneport: New Invite"

    role: bpy.props.EnumProperty(
        name="As",
        items=(
            ("editor", "Editor", "May change the scene"),
            ("viewer", "Viewer", "May look, and be seen"),
            ("admin", "Admin", "May also remove users and invite others"),
        ),
    )
    valid: bpy.props.EnumProperty(
        name="Valid",
        items=(
            ("ever", "Until Taken Back", "It has no end of its own"),
            ("hour", "For an Hour", "Who is in by then may stay"),
            ("day", "For a Day", "Who is in by then may stay"),
            ("week", "For a Week", "Who is in by then may stay"),
            ("month", "For 30 Days", "Who is in by then may stay"),
        ),
    )
    uses: bpy.props.IntProperty(
        name="Uses", description="How often it lets somebody in; 0: any number of times", min=0, max=1_000_000
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.is_in_session() and invites.is_admin()

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return ask_first(self, context, "New Invite", "Copy")

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        self.layout.use_property_split = True
        for name in ("role", "valid", "uses"):
            self.layout.prop(self, name)

    def execute(self, context: bpy.types.Context) -> set[str]:
        done = outcome(self, lambda: invites.make(self.role, _VALID_MS[self.valid], self.uses or None))
        if done == {"FINISHED"}:
            self.report({"INFO"}, "The invite goes to the clipboard.")
        return done


class SCENEPORT_OT_revoke_invite(bpy.types.Operator):
    """Take this invite back. Who has come in with it stays"""

    bl_idname = "sceneport.revoke_invite"
    bl_label = "Sceneport: Take Invite Back"

    invite: bpy.props.StringProperty(name="Invite", options={"SKIP_SAVE", "HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.is_in_session() and invites.is_admin()

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return ask_first(self, context, "Take the Invite Back", "Take Back")

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        self.layout.label(text="Nobody else will come in with this invite.", icon="QUESTION")

    def execute(self, context: bpy.types.Context) -> set[str]:
        return outcome(self, lambda: invites.take_back(self.invite))


class SCENEPORT_OT_show_qr_code(bpy.types.Operator):
    """Show the invite as a QR code, to be photographed; or hide it"""

    bl_idname = "sceneport.show_qr_code"
    bl_label = "Sceneport: Show QR Code"

    link: bpy.props.StringProperty(name="Link", options={"SKIP_SAVE", "HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return live.session is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        return outcome(self, lambda: invites.show_code(self.link))


CLASSES = (SCENEPORT_OT_invite, SCENEPORT_OT_revoke_invite, SCENEPORT_OT_show_qr_code)
