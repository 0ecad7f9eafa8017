"""Registers everything with Blender, and takes it back."""

from __future__ import annotations

import atexit

from . import live
from .ui import arriving, operators, overlay, panel, preferences, qr_icon, timer
from .watch import handlers, identity

_CLASSES = (*preferences.CLASSES, *operators.CLASSES, *panel.CLASSES)


def register() -> None:
    """Called by Blender when the add-on is switched on."""
    import bpy

    identity.register()
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    panel.register()
    qr_icon.register()
    timer.start()
    arriving.start()
    overlay.start()
    atexit.register(live.shut_down)


def unregister() -> None:
    """Called by Blender when the add-on is switched off, and when Blender quits."""
    import bpy

    atexit.unregister(live.shut_down)
    live.shut_down()
    overlay.stop()
    arriving.stop()
    timer.stop()
    handlers.disconnect()
    qr_icon.unregister()
    panel.unregister()
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
    identity.unregister()
