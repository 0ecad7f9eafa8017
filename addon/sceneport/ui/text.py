"""Text in the sidebar, which is narrow and does not wrap by itself."""

from __future__ import annotations

from typing import Any

import blf
import bpy

_MARGINS = 92
"""What tabs, frames and the icon take of the width, in pixels at scale 1."""
_FONT = 0


def draw_text(layout: Any, text: str, icon: str = "BLANK1") -> None:
    """Draws a text in as many lines as the region needs, with an icon before the first. Nothing where it is empty."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    for line in _wrap(text):
        column.label(text=line, icon=icon)
        icon = "BLANK1"


def _wrap(text: str) -> list[str]:
    preferences = bpy.context.preferences
    scale, points = preferences.system.ui_scale, preferences.ui_styles[0].widget.points
    blf.size(_FONT, points * scale) if bpy.app.version >= (4, 0, 0) else blf.size(_FONT, points * scale, 72)
    region = bpy.context.region
    available = (region.width if region is not None else 0) - _MARGINS * scale
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and blf.dimensions(_FONT, longer)[0] <= available:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
