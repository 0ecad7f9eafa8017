"""A QR code as an icon: the only picture that a panel of Blender can draw."""

from __future__ import annotations

from typing import Any

import bpy.utils.previews
import numpy

_PIXELS = 4
"""For each module of the code: so much that it stays sharp when it is drawn larger."""
_WHITE, _BLACK = -1, -(1 << 24)
"""Red, green, blue and opacity in one number of 32 bits, the red lowest."""
_NAME = "qr"

_icons: Any = None


def icon_of(rows: list[str]) -> int:
    """The number of the icon of a code, its rows from above, `1` for dark. It takes the place of the one before."""
    _icons.clear()
    dark = numpy.array([[module == "1" for module in row] for row in reversed(rows)])
    pixels = numpy.where(dark.repeat(_PIXELS, axis=0).repeat(_PIXELS, axis=1), _BLACK, _WHITE).astype(numpy.int32)
    preview = _icons.new(_NAME)
    preview.image_size = pixels.shape[::-1]
    preview.image_pixels.foreach_set(pixels.ravel())
    return preview.icon_id


def register() -> None:
    """Makes room for icons."""
    global _icons
    _icons = bpy.utils.previews.new()


def unregister() -> None:
    """Gives it back."""
    global _icons
    bpy.utils.previews.remove(_icons)
    _icons = None
