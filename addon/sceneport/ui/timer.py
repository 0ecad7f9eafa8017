"""Where Blender has a window, the session is given a tick every few milliseconds."""

from __future__ import annotations

import logging
from typing import Any

import bpy

from .. import context, live
from . import examining, flow, invites

PERIOD_SECONDS = 0.015
IDLE_SECONDS = 0.25

_shown: Any = None

_log = logging.getLogger(__name__)


def start() -> None:
    """From now on the session is ticked; nothing happens in a Blender without windows."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, persistent=True)


def stop() -> None:
    """No more ticks."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def _tick() -> float:
    try:
        live.tick()
        flow.step()
        flow.attempt_quietly(invites.step)
        flow.attempt_quietly(examining.step)
    except Exception:
        # Blender would drop the timer and the session would hang without a word.
        _log.exception("the session is left because of an error in the add-on")
        live.abandon()
    _redraw_when_changed()
    return IDLE_SECONDS if live.session is None and live.server is None else PERIOD_SECONDS


def _redraw_when_changed() -> None:
    """The sidebar is drawn again when what it shows is different."""
    global _shown
    session = live.session
    shown = (
        live.status(),
        flow.state.error,
        flow.state.backup,
        flow.state.joining is None,
        flow.state.stored,
        flow.state.listing is None,
        (invites.state.listed, invites.state.shown, invites.state.icon),
        (examining.state.running is None, examining.state.found),
        live.server is not None and (live.server.listening, live.server.reach),
        session is not None and (session.asked, len(session.notices), session.watching, dict(session.others)),
    )
    if shown == _shown:
        return
    _shown = shown
    context.redraw_views()
