"""How an action of the panel ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from .. import flow


def outcome(operator: bpy.types.Operator, action: Callable[[], Any]) -> set[str]:
    """Does it. Where it is refused, the user is told why, at the mouse and in the panel."""
    if flow.attempt(action):
        return {"FINISHED"}
    operator.report({"ERROR"}, flow.state.error.message)
    return {"CANCELLED"}


def ask_first(
    operator: bpy.types.Operator, context: bpy.types.Context, title: str, button: str, width: int = 300
) -> set[str]:
    """Opens the dialog of an operator; Blender before 4.1 writes its label and OK instead of title and button."""
    manager = context.window_manager
    if bpy.app.version < (4, 1, 0):
        return manager.invoke_props_dialog(operator, width=width)
    return manager.invoke_props_dialog(operator, width=width, title=title, confirm_text=button)
