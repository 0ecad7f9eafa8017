"""The panel "Sceneport" in the sidebar of the 3D view."""

from __future__ import annotations

import textwrap
from typing import Any

import bpy

from .. import live, places
from . import flow
from .preferences import SceneportForm

_COLUMNS = 36

_STATES = {
    "offline": "Not in a session",
    "connecting": "Connecting",
    "joining": "Joining",
    "online": "Online",
    "reconnecting": "The connection is lost; trying again. Your changes are kept.",
}


class SCENEPORT_PT_session(bpy.types.Panel):
    """Host, join, and the state of the session."""

    bl_idname = "SCENEPORT_PT_session"
    bl_label = "Sceneport"
    bl_category = "Sceneport"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        layout = self.layout
        session = live.session
        _draw_messages(layout)
        if session is not None and session.asked:
            _draw_question(layout)
        elif live.status()["state"] != "offline" or flow.state.joining is not None or _is_starting():
            _draw_state(layout)
        else:
            _draw_forms(layout, context)
        if live.server is not None and live.server.listening is not None:
            _draw_hosting(layout)


class SCENEPORT_PT_users(bpy.types.Panel):
    """Who is in the session, and who owns what is selected."""

    bl_idname = "SCENEPORT_PT_users"
    bl_label = "Users"
    bl_category = "Sceneport"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_parent_id = "SCENEPORT_PT_session"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return bool(live.status()["users"])

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        users = live.status()["users"]
        admin = any(user["me"] and user["role"] == "admin" for user in users)
        for user in users:
            _draw_user(self.layout, user, admin)
        row = self.layout.row(align=True)
        row.operator("sceneport.lock", text="Lock", icon="LOCKED")
        row.operator("sceneport.unlock", text="Unlock", icon="UNLOCKED")
        _draw_owners(self.layout, context)


def _is_starting() -> bool:
    return flow.state.after_listening is not None


def _draw_messages(layout: Any) -> None:
    error = live.status()["error"]
    for text in dict.fromkeys(text for text in (flow.state.message, error["message"] if error else "") if text):
        _draw_text(layout.box(), text, "ERROR")
    session = live.session
    if session is not None and session.notices:
        notice = session.notices[-1]
        _draw_text(layout.box(), notice["message"], "INFO" if notice["level"] == "info" else "ERROR")
    if error and error["code"] == "unknown-server":
        layout.operator("sceneport.join_and_trust", text="The Code Is Right: Join")


def _draw_text(layout: Any, text: str, icon: str) -> None:
    column = layout.column(align=True)
    for line in textwrap.wrap(text, _COLUMNS):
        column.label(text=line, icon=icon)
        icon = "BLANK1"


def _draw_question(layout: Any) -> None:
    _draw_text(layout, "The session is empty. What shall it begin with?", "QUESTION")
    layout.operator("sceneport.begin", text="This Scene").scene = "current"
    layout.operator("sceneport.begin", text="An Empty Scene").scene = "empty"


def _draw_state(layout: Any) -> None:
    status = live.status()
    _draw_text(layout, "Starting the server" if _is_starting() else _STATES[status["state"]], "WORLD")
    progress = status["progress"]
    if status["state"] == "joining":
        megabytes = (progress["bytes"] / 1e6, progress["bytesTotal"] / 1e6)
        layout.label(text=f"{progress['datablocks']} of {progress['datablocksTotal']} datablocks")
        layout.label(text=f"{megabytes[0]:.1f} of {megabytes[1]:.1f} MB")
    elif status["pending"]:
        layout.label(text=f"{status['pending']} changes on their way", icon="EXPORT")
    layout.operator("sceneport.leave", text="Leave", icon="QUIT")


def _draw_forms(layout: Any, context: bpy.types.Context) -> None:
    form = context.window_manager.sceneport
    addon = context.preferences.addons.get(places.PACKAGE)
    if addon is not None:
        row = layout.row(align=True)
        row.prop(addon.preferences, "user_name", text="", icon="USER")
        row.prop(addon.preferences, "colour", text="")
    column = layout.box().column()
    column.label(text="Join")
    column.prop(form, "invite", text="", icon="URL")
    if form.invite and not form.invite.startswith(("sceneport:", "https:")):
        column.prop(form, "password")
    column.operator("sceneport.join", text="Join", icon="IMPORT")
    column = layout.box().column()
    column.label(text="Host")
    column.prop(form, "session")
    column.prop(form, "port")
    column.operator("sceneport.host", text="Host", icon="WORLD")


def _draw_hosting(layout: Any) -> None:
    box = layout.box()
    listening = live.server.listening
    box.label(text=f"Hosting on port {listening.port}", icon="COMMUNITY")
    _draw_text(box, "Reachable in your network; from outside only where port forwarding allows it.", "INFO")
    box.operator("sceneport.copy_invite", text="Copy Invite", icon="COPYDOWN")
    if live.session is None or not live.session.watching:
        box.operator("sceneport.end_server", text="End for All", icon="CANCEL")


def _draw_user(layout: Any, user: dict[str, Any], admin: bool) -> None:
    column = layout.column(align=True)
    row = column.row()
    row.label(text=user["name"] + (" (you)" if user["me"] else ""), icon="USER")
    rtt = user.get("rttMs")
    there = [user["role"], f"{rtt:.0f} ms" if rtt is not None else "", _scene_name(user.get("scene"))]
    if user.get("frame") is not None:
        there.append(f"frame {user['frame']:.0f}")
    column.label(text=", ".join(part for part in there if part), icon="BLANK1")
    if admin and not user["me"]:
        row.operator("sceneport.kick", text="", icon="X").user = user["number"]


def _scene_name(scene: Any) -> str:
    if not isinstance(scene, str):
        return ""
    known = live.session.identity.alive.get(scene) if live.session is not None else None
    return known.name if known is not None else ""


def _draw_owners(layout: Any, context: bpy.types.Context) -> None:
    owners = live.status()["owners"]
    names = {user["number"]: user["name"] for user in live.status()["users"]}
    for scene_object in context.selected_objects[:8]:
        number = owners.get(scene_object.sceneport_id)
        if number is not None:
            layout.label(text=f"{scene_object.name}: {names.get(number, 'someone who left')}", icon="LOCKED")


CLASSES = (SCENEPORT_PT_session, SCENEPORT_PT_users)


def register() -> None:
    """What is typed into the panel lives in the window manager."""
    bpy.types.WindowManager.sceneport = bpy.props.PointerProperty(type=SceneportForm)


def unregister() -> None:
    """Takes it away again."""
    del bpy.types.WindowManager.sceneport
