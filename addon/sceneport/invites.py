"""What an invite names (rule I1 of docs/PROTOCOL.md), so that the user is shown it before anything is joined."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from .errors import SceneportError

_INVITE = re.compile(r"(?:sceneport|https)://([^/?#]+)/([^?#]*)(?:\?([^#]*))?(?:#(.*))?")
_ADDRESS = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
_CODE = re.compile(r"[a-z2-7]{52}")
_TOKEN = re.compile(r"[a-z2-7]{26}")
_MOST_PLACES = 16
_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What may stand around a link: white space as the program knows it, which Python does not quite."""
_BROKEN_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


class Invite(NamedTuple):
    """What is shown of an invite; each address as it is written there."""

    session: str
    addresses: list[str]
    relays: list[str]


def read_invite(link: str) -> Invite:
    """Reads the link. Raises SceneportError `bad-invite` where it is not one, or not whole."""
    found = _INVITE.fullmatch(link.strip(_SPACE))
    if found is None:
        raise _refusal()
    hosts, session, query, token = found.groups()
    fields = parse_qsl(query or "", keep_blank_values=True)
    codes = [value for name, value in fields if name == "code"]
    relays = [value for name, value in fields if name == "relay"]
    addresses = hosts.split(",") + [value for name, value in fields if name == "at"]
    if not all(map(_is_address, [*addresses, *relays])) or not codes or not _CODE.fullmatch(codes[0]):
        raise _refusal()
    if max(len(addresses), len(relays)) > _MOST_PLACES:
        raise _refusal()
    if token is not None and not _TOKEN.fullmatch(token):
        raise _refusal()
    return Invite(_decode(session), addresses, relays)


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    return found is not None and (found[1] is None or 1 <= int(found[1]) <= 65535)


def _decode(session: str) -> str:
    try:
        name = "" if _BROKEN_ESCAPE.search(session) else unquote(session, errors="strict")
    except UnicodeDecodeError:
        name = ""
    if not name:
        raise _refusal()
    return name


def _refusal() -> SceneportError:
    return SceneportError("bad-invite", "This is no invite, or a part of it is missing. Copy the whole link again.")
