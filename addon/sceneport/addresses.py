"""The machines that an invite or an address leads to."""

from __future__ import annotations

import ipaddress
import re

from .errors import SceneportError
from .invites import read_invite

_PORT = re.compile(r":\d*$")


def hosts_of(target: str) -> list[str]:
    """The machines that are named, relays too, without ports; an IPv6 address without its brackets.

    Raises SceneportError `bad-invite` for a link that is no invite.
    """
    places = [target.strip()]
    if "://" in target:
        invite = read_invite(target)
        places = invite.addresses + invite.relays
    return [_PORT.sub("", place).strip("[]") for place in places]


def is_this_machine(target: str) -> bool:
    """Whether nothing but this machine is named."""
    try:
        return all(_is_loopback(host) for host in hosts_of(target))
    except SceneportError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
