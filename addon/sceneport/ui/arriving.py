"""Links that were opened outside Blender: taken one by one, and the user is asked about each."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

import bpy

from .. import places
from ..system_links import mailbox
from . import flow

PERIOD_SECONDS = 0.5
_BUSY_SECONDS = 0.75
"""How long a Blender that cannot join leaves a link to others that may."""
READING_SECONDS = 0.8
"""No answer is given faster: a key that was meant for something else, as the end of a drag, is none."""

_log = logging.getLogger(__name__)


@dataclass
class _State:
    asked: str | None = None
    """The link that the user is being asked about."""
    asked_at: float = 0.0
    next: str | None = None
    """The last one that has come meanwhile."""


state = _State()


def start() -> None:
    """From now on links are taken; a Blender without windows takes none."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_look):
        bpy.app.timers.register(_look, first_interval=PERIOD_SECONDS, persistent=True)


def stop() -> None:
    """None is taken any more."""
    if bpy.app.timers.is_registered(_look):
        bpy.app.timers.unregister(_look)
    state.asked = state.next = None


def answered() -> None:
    """The user has joined or not, and can be asked about the next one."""
    state.asked = None


def was_read() -> bool:
    """Whether the question has been seen for long enough to be answered."""
    return time.monotonic() - state.asked_at >= READING_SECONDS


def can_join() -> bool:
    """Whether the user is neither in a session, nor on the way into one, nor about to host."""
    return flow.is_free() and flow.state.wanted is None and flow.state.after_listening is None


def _look() -> float:
    try:
        link = mailbox.take(places.links_folder(), 0.0 if can_join() else _BUSY_SECONDS)
        if link is not None and link != state.asked:
            state.next = link
        if state.next is not None and state.asked is None:
            state.asked, state.next, state.asked_at = state.next, None, time.monotonic()
            bpy.ops.sceneport.open_invite("INVOKE_DEFAULT", link=state.asked)
    except Exception:
        # Blender would drop the timer, and no link would ever be taken again.
        _log.exception("a link could not be taken")
        state.asked = None
    return PERIOD_SECONDS
