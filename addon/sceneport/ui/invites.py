"""Which invites the session has: making, listing, taking back, and showing one as a QR code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import bpy

from .. import live
from . import flow
from .qr_icon import icon_of


@dataclass
class _State:
    listed: list[dict[str, Any]] = field(default_factory=list)
    """The invites of the session as the server last told them (rule J1)."""
    links: dict[str, str] = field(default_factory=dict)
    """Links of invites that were made here, by id: the server tells each once."""
    listed_for: object = None
    """The session and its users when the list was asked for: who comes in may have used an invite."""
    shown: str | None = None
    """The link that is shown as a QR code."""
    icon: int = 0
    """The QR code of it, or 0: it is not there yet."""


state = _State()


def is_admin() -> bool:
    """Whether the user may make invites."""
    return any(user["me"] and user["role"] == "admin" for user in live.status()["users"])


def make(role: str, valid_ms: int | None, uses: int | None) -> None:
    """Makes an invite, to be found in the clipboard as soon as it is there. Raises SceneportError."""
    flow.ask("invite", then=_made, role=role, validMs=valid_ms, maxUses=uses)


def take_back(invite: str) -> None:
    """Nobody else comes in with the invite of this id. Raises SceneportError."""
    if state.shown == state.links.get(invite):
        state.shown = None
    flow.ask("revoke", then=lambda _: _list(), id=invite)


def show_code(link: str) -> None:
    """Shows the QR code of a link, or hides it where it is shown. Raises SceneportError."""
    if state.shown == link:
        state.shown = None
        return
    flow.ask("qr-code", then=_drawn, text=link)
    state.shown, state.icon = link, 0


def step() -> None:
    """Lists the invites anew when others have come or gone. Called after every tick."""
    status = live.status()
    wanted = (live.session, status["session"], [user["number"] for user in status["users"]])
    if status["state"] != "online" or not is_admin():
        state.listed, state.listed_for = [], None
    elif wanted != state.listed_for:
        state.listed_for = wanted
        _list()


def _list() -> None:
    flow.ask("invites", then=_listed)


def _listed(invites: Any) -> None:
    state.listed = sorted(invites, key=lambda invite: invite["createdMs"], reverse=True)


def _made(invite: Any) -> None:
    state.links[invite["id"]] = invite["link"]
    bpy.context.window_manager.clipboard = invite["link"]
    _list()


def _drawn(rows: Any) -> None:
    state.icon = icon_of(rows)
