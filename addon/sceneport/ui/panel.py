"""The panel "Sceneport" in the sidebar of the 3D view."""

from __future__ import annotations

from typing import Any

import bpy

from .. import live
from . import flow, invites
from .examining import draw_examination
from .forms import draw_forms, draw_own_file
from .hosted import draw_hosted, draw_stored
from .invite_list import draw_code, draw_invites
from .messages import draw_messages
from .preferences import SceneportForm
from .text import draw_text
from .users import draw_locks, draw_users

_STATES = {
    "offline": ("Connecting", "SORTTIME"),
    "connecting": ("Connecting", "SORTTIME"),
    "joining": ("Joining", "IMPORT"),
    "online": ("Online", "CHECKMARK"),
    "reconnecting": ("The connection is lost; trying again. Your changes are kept.", "UNLINKED"),
}


class _InSidebar:
    """Where the panels are."""

    bl_category = "Sceneport"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"


class SCENEPORT_PT_session(_InSidebar, bpy.types.Panel):
    """Host, join, and the state of the session."""

    bl_idname = "SCENEPORT_PT_session"
    bl_label = "Sceneport"

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        draw_messages(self.layout, context)
        draw_code(self.layout)
        if live.session is not None and live.session.asked:
            _draw_question(self.layout)
        elif flow.state.stored is not None:
            draw_stored(self.layout, flow.state.stored)
        elif _is_offline():
            _draw_offline(self.layout, context)
        else:
            _draw_state(self.layout)
            _draw_hosting(self.layout)
        draw_examination(self.layout)


class SCENEPORT_PT_users(_InSidebar, bpy.types.Panel):
    """Who is in the session, and who owns what is selected."""

    bl_idname = "SCENEPORT_PT_users"
    bl_label = "Users"
    bl_parent_id = "SCENEPORT_PT_session"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return live.session is not None and live.session.watching and bool(live.status()["users"])

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        draw_users(self.layout)
        draw_locks(self.layout, context)


class SCENEPORT_PT_invites(_InSidebar, bpy.types.Panel):
    """Who else may come, for administrators."""

    bl_idname = "SCENEPORT_PT_invites"
    bl_label = "Invites"
    bl_parent_id = "SCENEPORT_PT_session"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.is_in_session() and invites.is_admin()

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        draw_invites(self.layout)


def _is_offline() -> bool:
    return live.status()["state"] == "offline" and flow.state.joining is None and not _is_starting()


def _is_starting() -> bool:
    return flow.state.after_listening is not None or flow.state.listing is not None


def _draw_offline(layout: Any, context: bpy.types.Context) -> None:
    if flow.state.backup is not None:
        draw_own_file(layout)
    _draw_hosting(layout)
    draw_forms(layout, context)


def _draw_hosting(layout: Any) -> None:
    if live.server is not None and live.server.listening is not None:
        draw_hosted(layout)


def _draw_question(layout: Any) -> None:
    draw_text(layout, "The session is empty. Begin it with:", "QUESTION")
    column = layout.column(align=True)
    column.scale_y = 1.2
    column.operator("sceneport.begin", text="This Scene", icon="SCENE_DATA").scene = "current"
    column.operator("sceneport.begin", text="An Empty Scene", icon="FILE_NEW").scene = "empty"
    layout.operator("sceneport.leave", text="Leave", icon="QUIT")


def _draw_state(layout: Any) -> None:
    status = live.status()
    text, icon = ("Starting the server", "SORTTIME") if _is_starting() else _STATES[status["state"]]
    if status["state"] == "online" and status["session"]:
        text = f"Online in “{status['session']}”" + (", through a relay" if _is_relayed(status) else "")
    draw_text(layout, text, icon)
    if status["state"] == "joining":
        _draw_progress(layout, status["progress"])
    elif status["pending"]:
        changes = "1 change" if status["pending"] == 1 else f"{status['pending']} changes"
        layout.label(text=f"{changes} on the way", icon="EXPORT")
    layout.operator("sceneport.leave", text="Leave", icon="QUIT")


def _is_relayed(status: dict[str, Any]) -> bool:
    return any(user["me"] and user.get("way") == "relay" for user in status["users"])


def _draw_progress(layout: Any, progress: dict[str, int]) -> None:
    done, total = progress["datablocks"], progress["datablocksTotal"]
    counts = f"{done} of {total} datablocks"
    if hasattr(layout, "progress"):
        layout.progress(factor=done / total if total else 0.0, text=counts)
    else:
        layout.label(text=counts, icon="BLANK1")
    sizes = f"{progress['bytes'] / 1e6:.1f} of {progress['bytesTotal'] / 1e6:.1f} MB"
    layout.label(text=sizes, icon="BLANK1")


CLASSES = (SCENEPORT_PT_session, SCENEPORT_PT_users, SCENEPORT_PT_invites)


def register() -> None:
    """What is typed into the panel lives in the window manager."""
    bpy.types.WindowManager.sceneport = bpy.props.PointerProperty(type=SceneportForm)


def unregister() -> None:
    """Takes it away again."""
    del bpy.types.WindowManager.sceneport
