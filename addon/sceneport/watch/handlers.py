"""Blender's own signals: depsgraph, undo and redo, file load. They only set hints; the tick does the work."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..rna import kinds
from .hints import Hints

_current: Hints | None = None


def connect(hints: Hints) -> None:
    """Lets the handlers write into `hints`, until the next `connect` or `disconnect`."""
    global _current
    if _current is None:
        for name, handler in _HANDLERS:
            getattr(bpy.app.handlers, name).append(handler)
    _current = hints


def disconnect() -> None:
    """Takes the handlers out of Blender."""
    global _current
    if _current is None:
        return
    _current = None
    for name, handler in _HANDLERS:
        handlers = getattr(bpy.app.handlers, name)
        if handler in handlers:
            handlers.remove(handler)


@persistent
def _depsgraph_changed(_scene: Any, depsgraph: Any) -> None:
    hints = _current
    if hints is None or hints.guarded:
        return
    updates = depsgraph.updates
    # Whatever comes or goes is reported as its scene or its collection, or as nothing at all.
    hints.perhaps_stirred |= len(updates) == 0
    for update in updates:
        original = update.id.original
        if original.is_embedded_data:
            hints.embedded.add(original.as_pointer())
            hints.perhaps_stirred = True
            continue
        identifier = original.sceneport_id
        if not identifier:
            hints.stirred |= kinds.is_replicated(original)
            continue
        hints.perhaps_stirred |= isinstance(original, (bpy.types.Scene, bpy.types.Collection))
        hints.properties.add(identifier)
        if update.is_updated_transform:
            hints.moved.add(identifier)
        if update.is_updated_geometry or not (update.is_updated_transform or update.is_updated_shading):
            hints.arrays.add(identifier)


@persistent
def _undone(*_arguments: Any) -> None:
    _travelled(forwards=False)


@persistent
def _redone(*_arguments: Any) -> None:
    _travelled(forwards=True)


def _travelled(forwards: bool) -> None:
    if _current is not None:
        _current.undone = True
        _current.forwards = forwards


@persistent
def _loaded(*_arguments: Any) -> None:
    if _current is not None and not _current.guarded:
        _current.loaded = True


_HANDLERS = (
    ("depsgraph_update_post", _depsgraph_changed),
    ("undo_post", _undone),
    ("redo_post", _redone),
    ("load_post", _loaded),
)
