"""Installs the packed add-on the way users do."""

from __future__ import annotations

import bpy


def install(path: str) -> str:
    """Installs and enables the zip as this Blender takes it; answers the name of the module."""
    return _install_extension(path) if bpy.app.version >= (4, 2) else _install_legacy(path)


def _install_legacy(path: str) -> str:
    bpy.ops.preferences.addon_install(filepath=path)
    bpy.ops.preferences.addon_enable(module="sceneport")
    return "sceneport"


def _install_extension(path: str) -> str:
    bpy.ops.extensions.package_install_files(filepath=path, repo="user_default", enable_on_install=True)
    return "bl_ext.user_default.sceneport"
