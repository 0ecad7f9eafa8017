"""The row of the preferences about invites that are opened outside Blender."""

from __future__ import annotations

from typing import Any

import bpy

from .. import places
from ..system_links.command import opener_command
from ..system_links.system import registrar


def command() -> list[str]:
    """What the operating system is to run with a link, for this Blender."""
    return opener_command(bpy.app.binary_path, places.links_folder())


def draw_link_handler(layout: Any) -> None:
    """Which Blender opens them, and how that is changed."""
    column = layout.column(heading="Invites")
    system = registrar()
    if system is None:
        column.label(text="A click cannot open them here: paste them in the panel")
        return
    program = system.registered_program()
    row = column.row()
    if program is None:
        row.operator("sceneport.register_links", text="Open Invites with This Blender", icon="LINKED")
    elif system.is_registered(command()):
        row.label(text="A click opens them in this Blender", icon="CHECKMARK")
        row.operator("sceneport.unregister_links", text="Remove", icon="X")
    else:
        here = program == bpy.app.binary_path
        text = "They are opened by an add-on that was moved" if here else f"A click opens them in {program}"
        row.label(text=text, icon="ERROR" if here else "INFO")
        row = column.row()
        row.operator("sceneport.register_links", text="Use This Blender", icon="LINKED")
        row.operator("sceneport.unregister_links", text="Remove", icon="X")
