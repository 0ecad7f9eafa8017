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
    split = layout.split(factor=0.4)
    name = split.row()
    name.alignment = "RIGHT"
    name.label(text="Invites")
    column, system = split.column(), registrar()
    if system is None:
        column.label(text="A click cannot open them here: paste them in the panel")
        return
    program = system.registered_program()
    if program is None:
        column.operator("sceneport.register_links", text="Open Invites with This Blender", icon="LINKED")
    elif system.is_registered(command()):
        row = column.row()
        row.label(text="A click opens them in this Blender", icon="CHECKMARK")
        row.operator("sceneport.unregister_links", text="Remove", icon="X")
    else:
        moved = program == bpy.app.binary_path
        text = "The add-on has moved: a click leads nowhere" if moved else f"A click opens them in {program}"
        column.label(text=text, icon="ERROR" if moved else "INFO")
        row = column.row()
        row.operator("sceneport.register_links", text="Use This Blender", icon="LINKED")
        row.operator("sceneport.unregister_links", text="Remove", icon="X")
