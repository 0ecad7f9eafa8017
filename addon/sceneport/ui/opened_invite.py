"""What is said about an invite that was opened outside Blender. All of it is anybody's text."""

from __future__ import annotations

import textwrap
from typing import Any

from ..invites import Invite

WIDTH = 380
"""Of the dialog, pixels at scale 1."""

_COLUMNS = 60
_MOST_CHARACTERS = 44
_MOST_ADDRESSES = 3

OCCUPIED = (
    "An invite was opened, and this Blender is in a session already or about to host one. Leave that first, then press "
    "Join: the panel keeps the invite."
)
BROKEN = (
    "A link was opened that is no invite, or a part of it is missing. Copy the whole invite, paste it in the panel and "
    "press Join, or ask the host for another."
)
UNREAD = "Nothing was joined: an invite had only just been opened. It stands in the panel; press Join there."


def draw_invite(layout: Any, invite: Invite) -> None:
    """The question: which session it is, where, and what becomes of the open file."""
    layout.label(text="A link invites you. Join this session?", icon="QUESTION")
    box = layout.box().column(align=True)
    _draw_fact(box, "Session", _shortened(invite.session, from_end=False))
    for number, address in enumerate(invite.addresses[:_MOST_ADDRESSES]):
        _draw_fact(box, "" if number else "Server", _shortened(address, from_end=True))
    more = len(invite.addresses) - _MOST_ADDRESSES
    if more > 0:
        _draw_fact(box, "", f"and {more} more")
    if invite.relays:
        _draw_fact(box, "Relay", _shortened(invite.relays[0], from_end=True))
    draw_lines(layout, "Join only if you know who has sent it. Your open file is backed up first.", "INFO")


def draw_lines(layout: Any, text: str, icon: str) -> None:
    """A text in as many lines as the dialog needs, with an icon before the first."""
    column = layout.column(align=True)
    column.scale_y = 0.9
    for line in textwrap.wrap(text, _COLUMNS):
        column.label(text=line, icon=icon)
        icon = "BLANK1"


def _draw_fact(layout: Any, name: str, value: str) -> None:
    row = layout.split(factor=0.22)
    row.label(text=name)
    row.label(text=value)


def _shortened(text: str, from_end: bool) -> str:
    """What can be seen of it; of an address the end is kept, which says whose it is."""
    seen = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    if len(seen) <= _MOST_CHARACTERS:
        return seen
    return f"…{seen[1 - _MOST_CHARACTERS :]}" if from_end else f"{seen[: _MOST_CHARACTERS - 1]}…"
