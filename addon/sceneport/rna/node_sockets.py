"""Names of nodes and of their sockets that mean the same in every Blender.

Blender numbers the sockets of a node group in the order in which they were made, so each Blender has other numbers:
there, and at the ends of the group inside it, a socket goes by its name, with a number where the name occurs again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .segments import encode
from .values import text

NAMED = {"ShaderNodeGroup", "NodeGroupInput", "NodeGroupOutput"}
VIRTUAL = "NodeSocketVirtual"


def nodes_of(tree: Any) -> dict[str, Any]:
    """The nodes of a tree by handle; of two nodes of one name only the first, which AOV outputs of 3.4 can have."""
    found: dict[str, Any] = {}
    for node in tree.nodes:
        found.setdefault(handle_of(node), node)
    return found


def handle_of(node: Any) -> str:
    """The handle of a node: its name, or its type where it has none (AOV outputs of 3.4 call that of the AOV so)."""
    return encode(node.name or node.bl_idname)


def numbered(names: Iterable[str]) -> list[str]:
    """The names, those that occur again with `#1`, `#2` …"""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        again = seen.get(name, 0)
        seen[name] = again + 1
        result.append(f"{name}#{again}" if again else name)
    return result


def sockets_of(node: Any, side: str) -> dict[str, Any]:
    """The sockets of one side of a node (`inputs` or `outputs`) by the name under which they cross."""
    sockets = [socket for socket in getattr(node, side) if socket.bl_idname != VIRTUAL]
    if node.bl_idname in NAMED:
        return dict(zip(numbered(text(socket.name) or "-" for socket in sockets), sockets, strict=False))
    return {text(socket.identifier): socket for socket in sockets}
