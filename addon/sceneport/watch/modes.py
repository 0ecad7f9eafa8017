"""Which datablocks the user is working on so that orders would hurt (rules B1, B2)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import bpy

from .. import context
from .identity import Identity

KNOWS_MODAL_OPERATORS = "modal_operators" in bpy.types.Window.bl_rna.properties
"""Whether Blender says which operators wait for the user: from 4.2 on."""

_DRAGGING = ("TRANSFORM_OT_", "VIEW3D_OT_gizmo_tweak", "GIZMOGROUP_OT_gizmo_tweak")
_DATA_MODES = {"EDIT", "SCULPT", "VERTEX_PAINT", "WEIGHT_PAINT", "TEXTURE_PAINT", "EDIT_GPENCIL", "SCULPT_CURVES"}
_DRAG_RESTS_SECONDS = 0.25
_JOBS = ("RENDER", "OBJECT_BAKE")

ARRAYS = "arrays"
ALL = "all"


def is_paused() -> bool:
    """Rule B2: a render or a bake runs."""
    return any(bpy.app.is_job_running(job) for job in _JOBS)


def modal_operator_runs() -> bool:
    """Whether an operator that keeps references to datablocks waits for the user; only known from Blender 4.2 on."""
    return KNOWS_MODAL_OPERATORS and any(len(window.modal_operators) > 0 for window in context.windows())


class Modes:
    """Rule B1: the complete state, each time it is asked for."""

    def __init__(self, identity: Identity, clock: Callable[[], float] = time.monotonic) -> None:
        self._identity = identity
        self._clock = clock
        self._moved: dict[str, float] = {}

    def moved(self, identifiers: set[str]) -> None:
        """Objects that the user has just moved. Where Blender does not say that a drag runs, this must do."""
        if KNOWS_MODAL_OPERATORS or bpy.app.background:
            return
        now = self._clock()
        self._moved.update(dict.fromkeys(identifiers, now))

    def busy(self) -> dict[str, str]:
        """What the user is working on, by id."""
        busy: dict[str, str] = {}
        for scene_object in _objects_in_data_modes():
            self._add(busy, scene_object.data, ARRAYS)
            if scene_object.mode == "TEXTURE_PAINT":
                for image in _painted_images(scene_object):
                    self._add(busy, image, ARRAYS)
        for scene_object in _dragged_objects():
            self._add(busy, scene_object, ALL)
        now = self._clock()
        self._moved = {one: when for one, when in self._moved.items() if now - when < _DRAG_RESTS_SECONDS}
        busy.update(dict.fromkeys(self._moved, ALL))
        return busy

    def _add(self, busy: dict[str, str], datablock: Any, kind: str) -> None:
        identifier = self._identity.ident(datablock) if datablock is not None else None
        if identifier is not None:
            busy[identifier] = kind


def _view_layers() -> list[Any]:
    layers = [window.view_layer for window in context.windows()] or [bpy.context.view_layer]
    return [layer for layer in layers if layer is not None]


def _objects_in_data_modes() -> Iterator[Any]:
    for layer in _view_layers():
        active = layer.objects.active
        if active is None or active.mode not in _DATA_MODES:
            continue
        for scene_object in layer.objects:
            if scene_object.mode in _DATA_MODES:
                yield scene_object


def _dragged_objects() -> Iterator[Any]:
    if not KNOWS_MODAL_OPERATORS:
        return
    for window in context.windows():
        if any(operator.bl_idname.startswith(_DRAGGING) for operator in window.modal_operators):
            for scene_object in window.view_layer.objects.selected:
                yield scene_object


def _painted_images(scene_object: Any) -> Iterator[Any]:
    settings = bpy.context.scene.tool_settings.image_paint
    if settings is not None and settings.canvas is not None:
        yield settings.canvas
    for slot in scene_object.material_slots:
        if slot.material is not None:
            yield from (image for image in slot.material.texture_paint_images if image is not None)
