"""What a user does with mouse and keyboard, in the first window of Blender."""

from __future__ import annotations

from typing import Any

import bpy

TAB_BELOW_TOP = 176
"""How far below the top of the sidebar the tab of the add-on is, after those of Blender itself."""


def first_window() -> bpy.types.Window:
    return bpy.data.window_managers[0].windows[0]


def view_3d(region_type: str = "WINDOW") -> tuple[bpy.types.Area, bpy.types.Region]:
    """The 3D view and one of its regions."""
    area = next(one for one in first_window().screen.areas if one.type == "VIEW_3D")
    return area, next(one for one in area.regions if one.type == region_type)


def over_view() -> Any:
    """A context as if the mouse were in the 3D view."""
    area, region = view_3d()
    return bpy.context.temp_override(window=first_window(), area=area, region=region)


def press(operator: str, fields: dict[str, Any] | None = None) -> set[str]:
    """What a button of the panel does. The answer has RUNNING_MODAL where a dialog was opened."""
    module, name = operator.split(".")
    with over_view():
        return getattr(getattr(bpy.ops, module), name)("INVOKE_DEFAULT", **(fields or {}))


def key(name: str, ctrl: bool = False, shift: bool = False, aside: int = 0) -> None:
    """One real key stroke with the mouse in the middle of the window, `aside` pixels to the right of where it usually is.

    There the 3D view is, or a dialog over it, or the file browser in its place.
    """
    window = first_window()
    place = {"x": window.width // 3 + aside, "y": window.height // 2}
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", **place)
    window.event_simulate(type=name, value="PRESS", ctrl=ctrl, shift=shift, **place)
    window.event_simulate(type=name, value="RELEASE", ctrl=ctrl, shift=shift, **place)


def click(x: int, y: int) -> None:
    """One real click at a place of the window."""
    window = first_window()
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    window.event_simulate(type="LEFTMOUSE", value="PRESS", x=x, y=y)
    window.event_simulate(type="LEFTMOUSE", value="RELEASE", x=x, y=y)


def open_sidebar() -> None:
    """Shows the sidebar of the 3D view."""
    area, _ = view_3d()
    area.spaces.active.show_region_ui = True


def open_tab() -> None:
    """Opens the tab of the add-on, once the sidebar has been drawn."""
    _, region = view_3d("UI")
    if bpy.app.version >= (4, 3, 0):
        region.active_panel_category = "Sceneport"
    else:
        click(region.x + region.width - 12, region.y + region.height - TAB_BELOW_TOP)
