"""What the panel shows of the invites of the session."""

from __future__ import annotations

import time
from typing import Any

from . import invites
from .invite_words import describe, is_valid
from .text import draw_text

_CODE_SCALE = 11.0
_MOST_SHOWN = 12


def draw_invites(layout: Any) -> None:
    """A button that makes one, and those that let people in; of those made here the link too."""
    layout.operator("sceneport.invite", text="New Invite", icon="ADD")
    now = time.time()
    valid = [invite for invite in invites.state.listed if is_valid(invite, now)]
    for invite in valid[:_MOST_SHOWN]:
        _draw_invite(layout, invite)
    if len(valid) > _MOST_SHOWN:
        layout.label(text=f"{len(valid) - _MOST_SHOWN} older ones", icon="BLANK1")


def draw_code_button(row: Any, link: str) -> None:
    """A button that shows the QR code of a link, or hides it."""
    row.operator("sceneport.show_qr_code", text="", icon="TEXTURE").link = link


def draw_code(layout: Any) -> None:
    """The QR code of a link, where one is to be shown."""
    if invites.state.shown is None or not invites.state.icon:
        return
    box = layout.box()
    row = box.row()
    row.label(text="Photograph to Join")
    row.operator("sceneport.show_qr_code", text="", icon="X", emboss=False).link = invites.state.shown
    box.template_icon(icon_value=invites.state.icon, scale=_CODE_SCALE)


def _draw_invite(layout: Any, invite: dict[str, Any]) -> None:
    link = invites.state.links.get(invite["id"])
    column = layout.column(align=True)
    column.scale_y = 0.85
    row = column.row()
    row.label(text=invite["role"].capitalize(), icon="LINKED")
    if link is not None:
        row.operator("sceneport.copy_invite", text="", icon="COPYDOWN", emboss=False).link = link
        draw_code_button(row, link)
    row.operator("sceneport.revoke_invite", text="", icon="X", emboss=False).invite = invite["id"]
    draw_text(column, describe(invite))
