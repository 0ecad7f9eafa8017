"""Every action of the panel, to be found by searching as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from .. import files, live
from . import flow


def _is_in_session(_context: Any = None) -> bool:
    return live.session is not None and live.session.watching


def _outcome(operator: bpy.types.Operator, action: Callable[[], Any]) -> set[str]:
    if flow.attempt(action):
        return {"FINISHED"}
    operator.report({"ERROR"}, flow.state.message)
    return {"CANCELLED"}


class SCENEPORT_OT_join(bpy.types.Operator):
    """Join the session of the invite; your open file is backed up first"""

    bl_idname = "sceneport.join"
    bl_label = "Sceneport: Join Session"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return not _is_in_session() and flow.state.joining is None

    def execute(self, context: bpy.types.Context) -> set[str]:
        form = context.window_manager.sceneport
        if not form.invite.strip():
            self.report({"ERROR"}, "Paste the invite that the host has sent you.")
            return {"CANCELLED"}
        return _outcome(self, lambda: flow.join(target=form.invite, password=form.password))


class SCENEPORT_OT_trust(bpy.types.Operator):
    """Join although this server has not been seen before. Compare its code with the host first"""

    bl_idname = "sceneport.join_and_trust"
    bl_label = "Sceneport: Join and Trust This Server"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return SCENEPORT_OT_join.poll(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        form = context.window_manager.sceneport
        return _outcome(self, lambda: flow.join(target=form.invite, password=form.password, trust_first=True))


class SCENEPORT_OT_host(bpy.types.Operator):
    """Start a server on this machine and invite others"""

    bl_idname = "sceneport.host"
    bl_label = "Sceneport: Host Session"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        free = live.server is None and flow.state.wanted is None
        return free and not _is_in_session() and flow.state.joining is None

    def execute(self, context: bpy.types.Context) -> set[str]:
        form = context.window_manager.sceneport
        return _outcome(self, lambda: flow.host(form.session.strip() or "main", form.port, form.host_password))


class SCENEPORT_OT_host_stored(bpy.types.Operator):
    """Continue the stored session, or begin another one"""

    bl_idname = "sceneport.host_stored"
    bl_label = "Sceneport: Continue Stored Session"

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
        return context.window_manager.invoke_props_dialog(self)

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        self.layout.prop(self, "session")

    def execute(self, context: bpy.types.Context) -> set[str]:
        name = self.session.strip()
        if self.how == "new" and not name:
            self.report({"ERROR"}, "The new session needs a name.")
            return {"CANCELLED"}
        answers = {"continue": flow.host_stored, "new": lambda: flow.host_new(name), "cancel": flow.do_not_host}
        return _outcome(self, answers[self.how])


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
        return _outcome(self, lambda: flow.ask("choose", scene=self.scene))


class SCENEPORT_OT_leave(bpy.types.Operator):
    """Leave the session"""

    bl_idname = "sceneport.leave"
    bl_label = "Sceneport: Leave Session"

    file: bpy.props.EnumProperty(
        name="File",
        items=(
            ("back", "Back to My File", "The file that was open before, with what was not saved in it"),
            ("keep", "Keep This as a New File", "What is open stays open, as a file without a name"),
        ),
    )
    server: bpy.props.EnumProperty(
        name="Server",
        items=(
            ("end", "End for All", "The server is stopped; everything is stored and can be continued"),
            ("keep", "Keep Hosting", "The others go on; the server ends when this Blender is closed"),
        ),
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return live.session is not None and not live.session.ended

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if flow.state.backup is None and live.server is None:
            return self.execute(context)
        if bpy.app.version < (4, 1, 0):
            return context.window_manager.invoke_props_dialog(self)
        return context.window_manager.invoke_props_dialog(self, title="Leave the Session", confirm_text="Leave")

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        if flow.state.backup is not None:
            self.layout.label(text="What shall be open here afterwards?")
            self.layout.column().prop(self, "file", expand=True)
        if live.server is not None:
            self.layout.label(text="What shall become of the session that you host?")
            self.layout.column().prop(self, "server", expand=True)

    def execute(self, context: bpy.types.Context) -> set[str]:
        backup, flow.state.backup = flow.state.backup, None
        back, end = self.file == "back" and backup is not None, self.server == "end" and live.server is not None

        def afterwards() -> None:
            if end:
                live.end_server()
            if back:
                files.restore(backup)

        return _outcome(self, lambda: flow.leave(afterwards))


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


class SCENEPORT_OT_return(bpy.types.Operator):
    """Join the session again that this Blender hosts; your open file is backed up first"""

    bl_idname = "sceneport.return"
    bl_label = "Sceneport: Return to Hosted Session"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return SCENEPORT_OT_join.poll(context) and live.server is not None and live.server.listening is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        return _outcome(self, flow.join_hosted)


class SCENEPORT_OT_paste_invite(bpy.types.Operator):
    """Take the invite from the clipboard"""

    bl_idname = "sceneport.paste_invite"
    bl_label = "Sceneport: Paste Invite"

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.window_manager.sceneport.invite = context.window_manager.clipboard.strip()
        return {"FINISHED"}


class SCENEPORT_OT_copy_invite(bpy.types.Operator):
    """Copy the invite, to be sent to others"""

    bl_idname = "sceneport.copy_invite"
    bl_label = "Sceneport: Copy Invite"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return live.server is not None and live.server.listening is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.window_manager.clipboard = live.server.listening.invite
        self.report({"INFO"}, "The invite is in the clipboard.")
        return {"FINISHED"}


class SCENEPORT_OT_kick(bpy.types.Operator):
    """Remove a user from the session"""

    bl_idname = "sceneport.kick"
    bl_label = "Sceneport: Kick User"

    user: bpy.props.IntProperty(name="User", options={"SKIP_SAVE"})
    reason: bpy.props.StringProperty(name="Reason")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return any(user["me"] and user["role"] == "admin" for user in live.status()["users"])

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return _outcome(self, lambda: flow.ask("kick", user=self.user, reason=self.reason))


class _OnSelection:
    """What locking and unlocking share."""

    request = ""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return _is_in_session() and bool(context.selected_objects)

    def execute(self, context: bpy.types.Context) -> set[str]:
        identity = live.session.identity
        chosen = {identity.ident(one) for scene_object in context.selected_objects for one in _parts(scene_object)}
        return _outcome(self, lambda: flow.ask(self.request, ids=sorted(one for one in chosen if one is not None)))


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


CLASSES = (
    SCENEPORT_OT_join,
    SCENEPORT_OT_trust,
    SCENEPORT_OT_host,
    SCENEPORT_OT_host_stored,
    SCENEPORT_OT_begin,
    SCENEPORT_OT_leave,
    SCENEPORT_OT_end,
    SCENEPORT_OT_return,
    SCENEPORT_OT_paste_invite,
    SCENEPORT_OT_copy_invite,
    SCENEPORT_OT_kick,
    SCENEPORT_OT_lock,
    SCENEPORT_OT_unlock,
)
