"""What the panel shows of the server that this Blender hosts."""

from __future__ import annotations

import time
from typing import Any

from .. import live
from ..hosting.stored import StoredSession
from . import flow
from .invite_list import draw_code_button
from .text import draw_text

_ICONS = {"open": "CHECKMARK", "waiting": "SORTTIME", "closed": "ERROR"}


def draw_hosted(layout: Any) -> None:
    """The invite, the port and who can reach it; and the way back for a host who has left the session."""
    listening = live.server.listening
    column = layout.box().column()
    column.label(text=f"Hosting on Port {listening.port}", icon="NETWORK_DRIVE")
    row = column.row(align=True)
    row.scale_y = 1.2
    row.operator("sceneport.copy_invite", text="Copy Invite", icon="COPYDOWN").link = listening.invite
    draw_code_button(row, listening.invite)
    for place in live.server.reach:
        draw_text(column, f"{place.place}: {place.text}", _ICONS.get(place.state, "DOT"))
    column.operator("sceneport.test", text="Test the Ways", icon="VIEWZOOM").hosted = True
    if flow.is_free():
        column.operator("sceneport.return", text="Return to the Session", icon="LOOP_BACK")
        column.operator("sceneport.end_server", text="End for All", icon="CANCEL")


def draw_stored(layout: Any, stored: StoredSession) -> None:
    """The question what to do with a session that is stored already under the name that is to be hosted."""
    text = f"“{stored.name}” is stored here already: {stored.datablocks} datablocks"
    if stored.changed is not None:
        text += time.strftime(", last changed on %Y-%m-%d at %H:%M", time.localtime(stored.changed))
    draw_text(layout, f"{text}.", "QUESTION")
    column = layout.column(align=True)
    column.scale_y = 1.2
    column.operator("sceneport.host_stored", text="Continue It", icon="FILE_REFRESH").how = "continue"
    column.operator("sceneport.host_stored", text="New Session", icon="FILE_NEW").how = "new"
    layout.operator("sceneport.host_stored", text="Cancel", icon="X").how = "cancel"
