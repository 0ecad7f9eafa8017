"""Paths of COMPANION.md N1: segments between slashes, handles percent-encoded."""

from urllib.parse import quote, unquote


def encode(name: str) -> str:
    """One path segment from a name of Blender's; only `A-Za-z0-9_.-` stay as they are."""
    return quote(name, safe="").replace("~", "%7E")


def decode(segment: str) -> str:
    """The name in one path segment."""
    return unquote(segment, errors="replace")
