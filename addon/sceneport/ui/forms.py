"""What the panel shows outside a session: who you are, joining, hosting."""

from __future__ import annotations

from typing import Any

import bpy

from .. import live, places
from .text import draw_text

_MAP_PORT = (
    "The router of your home is asked to let others in, to this session and nothing else. "
    "That is taken back when the session ends."
)
_INVITE_STARTS = ("sceneport:", "https:")


def draw_forms(layout: Any, context: bpy.types.Context) -> None:
    """Name and colour, and the ways into a session; there is no second one to host."""
    _draw_user(layout, context)
    form = context.window_manager.sceneport
    _draw_join(layout, form)
    if live.server is None:
        _draw_host(layout, context, form)


def draw_own_file(layout: Any) -> None:
    """After a session that ended without being left: what shall be open."""
    box = layout.box()
    draw_text(box, "The session is over for you. Your own file was saved before it.", "INFO")
    column = box.column(align=True)
    column.operator("sceneport.own_file", text="Back to My File", icon="LOOP_BACK").file = "back"
    column.operator("sceneport.own_file", text="Keep This as a New File", icon="FILE_NEW").file = "keep"


def _draw_user(layout: Any, context: bpy.types.Context) -> None:
    addon = context.preferences.addons.get(places.PACKAGE)
    if addon is None:
        return
    column = _box(layout, "You")
    row = column.row(align=True)
    row.prop(addon.preferences, "user_name", **_placeholder(live.user_name()))
    swatch = row.row(align=True)
    swatch.scale_x = 0.4
    swatch.prop(addon.preferences, "colour", text="")


def _draw_join(layout: Any, form: Any) -> None:
    column = _box(layout, "Join a Session")
    row = column.row(align=True)
    row.prop(form, "invite")
    row.operator("sceneport.paste_invite", text="", icon="PASTEDOWN")
    if form.invite and not form.invite.strip().startswith(_INVITE_STARTS):
        column.prop(form, "password")
    row = _main_button(column, "sceneport.join", "Join")
    row.operator("sceneport.test", text="", icon="VIEWZOOM")


def _draw_host(layout: Any, context: bpy.types.Context, form: Any) -> None:
    column = _box(layout, "Host a Session")
    column.prop(form, "session")
    column.prop(form, "port")
    column.prop(form, "host_password")
    addon = context.preferences.addons.get(places.PACKAGE)
    if addon is not None:
        row = column.row()
        row.use_property_split = False
        row.prop(addon.preferences, "map_port")
        if addon.preferences.map_port:
            draw_text(column, _MAP_PORT, "INFO")
    _main_button(column, "sceneport.host", "Host")


def _placeholder(text: str) -> dict[str, str]:
    """What an empty field shows, in a Blender that can show it."""
    return {"placeholder": text} if bpy.app.version >= (4, 1, 0) else {}


def _box(layout: Any, title: str) -> Any:
    box = layout.box()
    box.use_property_split = True
    box.use_property_decorate = False
    column = box.column()
    column.label(text=title)
    return column


def _main_button(column: Any, operator: str, text: str) -> Any:
    row = column.row(align=True)
    row.scale_y = 1.2
    row.operator(operator, text=text)
    return row
