"""The folders of this machine that the add-on writes to."""

from __future__ import annotations

from pathlib import Path

import bpy

PACKAGE = __package__


def data_folder() -> Path:
    """Where backups, logs, the cache and hosted sessions are: as the preferences say, else in Blender's folder."""
    named = str(preference("data_folder", ""))
    folder = Path(bpy.path.abspath(named)) if named else _users_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def links_folder() -> Path:
    """Where links are left that were opened outside Blender; the preferences cannot move it."""
    return _users_folder() / "links"


def preference(name: str, default: object) -> object:
    """A preference of the add-on; `default` where the add-on runs without having been installed."""
    addon = bpy.context.preferences.addons.get(PACKAGE)
    return getattr(addon.preferences, name, default) if addon is not None else default


def _users_folder() -> Path:
    if PACKAGE.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(PACKAGE, create=True))
    return Path(bpy.utils.user_resource("DATAFILES", path="sceneport", create=True))
