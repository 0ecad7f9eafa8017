"""Where the others are looking: their view as a pyramid with their name, in their colour (rule J8)."""

from __future__ import annotations

from typing import Any

import blf
import bpy
import gpu
from bpy_extras.view3d_utils import location_3d_to_region_2d
from gpu_extras.batch import batch_for_shader
from mathutils import Matrix, Vector

from .. import live

_CORNERS = [Vector(corner) for corner in ((-0.5, -0.3, -1), (0.5, -0.3, -1), (0.5, 0.3, -1), (-0.5, 0.3, -1))]
_EDGES = [(0, 1), (1, 2), (2, 3), (3, 0), (4, 0), (4, 1), (4, 2), (4, 3)]
_TEXT_SIZE = 13
_TOO_NEAR = 2.0
"""Whoever looks from here as well would only frame what this user sees."""

_handles: list[Any] = []


def start() -> None:
    """From now on it is drawn in every 3D view; nothing happens in a Blender without windows."""
    if bpy.app.background or _handles:
        return
    space = bpy.types.SpaceView3D
    _handles.append(space.draw_handler_add(_draw_views, (), "WINDOW", "POST_VIEW"))
    _handles.append(space.draw_handler_add(_draw_names, (), "WINDOW", "POST_PIXEL"))


def stop() -> None:
    """No more."""
    while _handles:
        bpy.types.SpaceView3D.draw_handler_remove(_handles.pop(), "WINDOW")


def _others() -> list[tuple[str, tuple[float, ...], Matrix]]:
    """Name, colour and view of everybody else who looks at the same scene."""
    session = live.session
    if session is None or not session.watching:
        return []
    scene, here = bpy.context.scene.sceneport_id, bpy.context.region_data.view_matrix.inverted().translation
    result = []
    for user in live.status()["users"]:
        presence = session.others.get(user["number"])
        if presence is None or user["me"] or presence.get("scene") != scene:
            continue
        view, colour = _matrix(presence.get("view")), _colour(user["colour"])
        if view is not None and (view.translation - here).length > _TOO_NEAR:
            result.append((user["name"], colour, view))
    return result


def _matrix(rows: Any) -> Matrix | None:
    try:
        matrix = Matrix(rows)
    except (TypeError, ValueError):
        return None
    return matrix if len(matrix) == 4 and len(matrix[0]) == 4 else None


def _colour(parts: Any) -> tuple[float, ...]:
    if isinstance(parts, list) and len(parts) >= 3 and all(isinstance(part, (int, float)) for part in parts[:3]):
        return (*(min(max(float(part), 0.0), 1.0) for part in parts[:3]), 1.0)
    return (*live.DEFAULT_COLOUR, 1.0)


def _draw_views() -> None:
    shader = gpu.shader.from_builtin("POLYLINE_UNIFORM_COLOR")
    for _, colour, view in _others():
        points = [view @ corner for corner in _CORNERS] + [view.translation]
        batch = batch_for_shader(shader, "LINES", {"pos": points}, indices=_EDGES)
        shader.bind()
        shader.uniform_float("color", colour)
        shader.uniform_float("lineWidth", 2.0)
        shader.uniform_float("viewportSize", (bpy.context.region.width, bpy.context.region.height))
        batch.draw(shader)


def _draw_names() -> None:
    region, view_3d = bpy.context.region, bpy.context.region_data
    for name, colour, view in _others():
        place = location_3d_to_region_2d(region, view_3d, view.translation)
        if place is None:
            continue
        blf.position(0, place.x + 8, place.y + 8, 0)
        blf.size(0, _TEXT_SIZE) if bpy.app.version >= (4, 0, 0) else blf.size(0, _TEXT_SIZE, 72)
        blf.color(0, *colour)
        blf.draw(0, name)
