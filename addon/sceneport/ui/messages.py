"""What the panel says first: refusals with what the user can do about them, and the last notice."""

from __future__ import annotations

from typing import Any

import bpy

from .. import live, places
from . import flow
from .text import draw_text

_NOTICE_ICONS = {"info": "INFO", "warning": "ERROR", "error": "ERROR"}


def draw_messages(layout: Any, context: bpy.types.Context) -> None:
    """Nothing where all is well."""
    for code, message in _refusals().items():
        box = layout.box()
        draw_text(box, message, "ERROR")
        _draw_remedy(box, context, code)
    session = live.session
    if session is not None and session.notices:
        notice = session.notices[-1]
        draw_text(layout.box(), notice["message"], _NOTICE_ICONS.get(notice["level"], "INFO"))


def _refusals() -> dict[str, str]:
    """What was refused here and by the companion, by code: each once."""
    error = live.status()["error"]
    found = {error["code"]: error["message"]} if error else {}
    if flow.state.error is not None:
        found[flow.state.error.code] = flow.state.error.message
    return found


def _draw_remedy(box: Any, context: bpy.types.Context, code: str) -> None:
    """What helps, where it is one step away."""
    addon = context.preferences.addons.get(places.PACKAGE)
    if code == "unknown-server":
        box.operator("sceneport.join_and_trust", text="The Code Is Right: Join")
    elif code == "unreachable" and context.window_manager.sceneport.invite:
        box.operator("sceneport.test", text="Test the Ways", icon="VIEWZOOM")
    elif code == "offline-mode":
        box.operator("screen.userpref_show", text="Open Preferences", icon="PREFERENCES").section = "SYSTEM"
    elif code == "no-node" and addon is not None:
        box.prop(addon.preferences, "node_path", text="")
