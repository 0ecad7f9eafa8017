"""Hosting: a server on this machine, its invite, and the way back to it."""

from __future__ import annotations

import bpy

from ... import live
from .. import flow
from .outcome import ask_first, outcome


def _is_hosting(_context: bpy.types.Context) -> bool:
    return live.server is not None and live.server.listening is not None


class SCENEPORT_OT_host(bpy.types.Operator):
    """Start a server on this machine and invite others"""

    bl_idname = "sceneport.host"
    bl_label = "Sceneport: Host Session"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.is_free() and live.server is None and flow.state.wanted is None

    def execute(self, context: bpy.types.Context) -> set[str]:
        form = context.window_manager.sceneport
        return outcome(self, lambda: flow.host(form.session.strip() or "main", form.port, form.host_password))


class SCENEPORT_OT_host_stored(bpy.types.Operator):
    """Continue the stored session, or begin another one"""

    bl_idname = "sceneport.host_stored"
    bl_label = "Sceneport: Continue or Begin Session"

    how: bpy.props.EnumProperty(
        name="How",
        items=(
            ("continue", "Continue It", "Everybody gets the stored scene; your open file is backed up first"),
            ("new", "New Session", "Begin a session of another name; the stored one is kept"),
            ("cancel", "Cancel", "Do not host"),
        ),
    )
    session: bpy.props.StringProperty(name="Name", description="The name of the new session", maxlen=63)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.state.stored is not None

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if self.how != "new":
            return self.execute(context)
        self.session = f"{flow.state.stored.name} 2"
        return ask_first(self, context, "New Session", "Host")

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        self.layout.prop(self, "session")

    def execute(self, context: bpy.types.Context) -> set[str]:
        name = self.session.strip()
        if self.how == "new" and not name:
            self.report({"ERROR"}, "The new session needs a name.")
            return {"CANCELLED"}
        answers = {"continue": flow.host_stored, "new": lambda: flow.host_new(name), "cancel": flow.do_not_host}
        return outcome(self, answers[self.how])


class SCENEPORT_OT_return(bpy.types.Operator):
    """Join the session again that this Blender hosts; your open file is backed up first"""

    bl_idname = "sceneport.return"
    bl_label = "Sceneport: Return to Hosted Session"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.is_free() and _is_hosting(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return outcome(self, flow.join_hosted)


class SCENEPORT_OT_end(bpy.types.Operator):
    """Stop the server that this Blender hosts; everything is stored and can be continued"""

    bl_idname = "sceneport.end_server"
    bl_label = "Sceneport: End Hosted Session for All"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return live.server is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        live.end_server()
        return {"FINISHED"}


class SCENEPORT_OT_copy_invite(bpy.types.Operator):
    """Copy the invite, to be sent to others"""

    bl_idname = "sceneport.copy_invite"
    bl_label = "Sceneport: Copy Invite"

    link: bpy.props.StringProperty(
        name="Link", description="Empty: that of the session you host", options={"SKIP_SAVE", "HIDDEN"}
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        if not self.link and not _is_hosting(context):
            self.report({"ERROR"}, "You host no session.")
            return {"CANCELLED"}
        context.window_manager.clipboard = self.link or live.server.listening.invite
        self.report({"INFO"}, "The invite is in the clipboard.")
        return {"FINISHED"}


CLASSES = (
    SCENEPORT_OT_host,
    SCENEPORT_OT_host_stored,
    SCENEPORT_OT_return,
    SCENEPORT_OT_end,
    SCENEPORT_OT_copy_invite,
)
