"""Text in the sidebar, which is narrow and does not wrap by itself."""

from __future__ import annotations

import textwrap
from typing import Any

import bpy

_MARGINS = 86
"""What tabs, frames and the icon take of the width, in pixels at scale 1."""
_CHARACTER = 5.8
"""The width of a character of Blender's own font on average, in pixels at scale 1."""
_LEAST_CHARACTERS = 16


def draw_text(layout: Any, text: str, icon: str = "BLANK1") -> None:
    """Draws a text in as many lines as the region needs, with an icon before the first."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    for line in textwrap.wrap(text, _characters()):
        column.label(text=line, icon=icon)
        icon = "BLANK1"


def _characters() -> int:
    region = bpy.context.region
    width = region.width / bpy.context.preferences.system.ui_scale if region is not None else 0
    return max(_LEAST_CHARACTERS, int((width - _MARGINS) / _CHARACTER))
