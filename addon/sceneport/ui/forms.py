"""What the panel shows outside a session: who you are, joining, hosting."""

from __future__ import annotations

from typing import Any

import bpy

from .. import places

_INVITE_STARTS = ("sceneport:", "https:")


def draw_forms(layout: Any, context: bpy.types.Context) -> None:
    """Name and colour, and the two ways into a session."""
    _draw_user(layout, context)
    form = context.window_manager.sceneport
    _draw_join(layout, form)
    _draw_host(layout, form)


def _draw_user(layout: Any, context: bpy.types.Context) -> None:
    addon = context.preferences.addons.get(places.PACKAGE)
    if addon is None:
        return
    split = layout.split(factor=0.8, align=True)
    split.prop(addon.preferences, "user_name", text="", icon="USER")
    split.prop(addon.preferences, "colour", text="")


def _draw_join(layout: Any, form: Any) -> None:
    column = _box(layout, "Join a Session")
    row = column.row(align=True)
    row.prop(form, "invite", text="", icon="LINKED")
    row.operator("sceneport.paste_invite", text="", icon="PASTEDOWN")
    if form.invite and not form.invite.strip().startswith(_INVITE_STARTS):
        column.prop(form, "password")
    _main_button(column, "sceneport.join", "Join")


def _draw_host(layout: Any, form: Any) -> None:
    column = _box(layout, "Host a Session")
    column.prop(form, "session")
    column.prop(form, "port")
    column.prop(form, "host_password")
    _main_button(column, "sceneport.host", "Host")


def _box(layout: Any, title: str) -> Any:
    box = layout.box()
    box.use_property_split = True
    box.use_property_decorate = False
    column = box.column()
    column.label(text=title)
    return column


def _main_button(column: Any, operator: str, text: str) -> None:
    row = column.row()
    row.scale_y = 1.2
    row.operator(operator, text=text)
