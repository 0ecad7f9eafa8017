"""The places that an invite or an address names."""

from __future__ import annotations

import ipaddress
import re

_INVITE = re.compile(r"(?:sceneport|https)://([^/?#]+)")
_RELAY = re.compile(r"[?&]relay=([^&#]+)")
_PORT = re.compile(r":\d*$")


def hosts_of(target: str) -> list[str]:
    """The machines that are named, relays too, without ports; an IPv6 address without its brackets."""
    invite = _INVITE.match(target.strip())
    places = invite[1].split(",") + _RELAY.findall(target) if invite is not None else [target.strip()]
    return [_PORT.sub("", place).strip("[]") for place in places]


def is_this_machine(target: str) -> bool:
    """Whether nothing but this machine is named."""
    return all(_is_loopback(host) for host in hosts_of(target))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
