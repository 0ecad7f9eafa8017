"""Sceneport: several people in one Blender scene at once."""

from __future__ import annotations

bl_info = {
    "name": "Sceneport",
    "author": "The Sceneport authors",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "3D View > Sidebar > Sceneport",
    "description": "Several people in one scene at once, over the internet, encrypted, with nothing lost",
    "category": "System",
}


def register() -> None:
    """Makes the panel, the operators and the preferences known to Blender."""
    from . import registration

    registration.register()


def unregister() -> None:
    """Leaves the session, ends the companion and takes everything back that `register` did."""
    from . import registration

    registration.unregister()
