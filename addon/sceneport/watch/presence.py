"""Rule J8: where this user is looking, what is selected, and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import bpy

from .. import context
from ..link.framing import Buffer
from .identity import Identity

PERIOD_SECONDS = 0.05
MAX_SELECTED = 256


class Presence:
    """Says it when it has changed, at most 20 times a second; nothing in a Blender without windows."""

    def __init__(self, identity: Identity, clock: Callable[[], float] = time.monotonic) -> None:
        self._identity = identity
        self._clock = clock
        self._last: dict[str, Any] | None = None
        self._next = 0.0

    def say(self, send: Callable[[dict[str, Any], list[Buffer]], None]) -> None:
        """Sends the presence where it is time and it differs from the last."""
        if bpy.app.background or self._clock() < self._next:
            return
        self._next = self._clock() + PERIOD_SECONDS
        now = self._now()
        if now is not None and now != self._last:
            self._last = now
            send({"type": "presence", **now}, [])

    def _now(self) -> dict[str, Any] | None:
        windows = context.windows()
        if not windows:
            return None
        window = windows[0]
        view = None
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                view = [list(row) for row in area.spaces.active.region_3d.view_matrix.inverted()]
                break
        layer = window.view_layer
        active = layer.objects.active
        selected = [self._identity.ident(one) for one in layer.objects.selected[:MAX_SELECTED]]
        return {
            "view": view,
            "selection": [one for one in selected if one is not None],
            "mode": active.mode if active is not None else "OBJECT",
            "scene": self._identity.ident(window.scene),
            "frame": window.scene.frame_current,
        }
