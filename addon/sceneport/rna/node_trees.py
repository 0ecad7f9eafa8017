"""Node trees, in materials, worlds and lights or as node groups, as they are shown.

A link is the property `links` of the socket that it ends in, so that two people can wire two sockets at once.
Nodes are listed by name: Blender moves the node that one clicks to the end of its own list.
"""

from __future__ import annotations

import zlib
from typing import Any

import bpy

from .node_sockets import handle_of, nodes_of, sockets_of
from .references import Ident
from .segments import encode
from .table import Table, table_of
from .values import Value, text

EMBEDDED = "node_tree/nodes"
GROUP = "nodes"
"""The path of the nodes in a datablock that has a tree, and in one that is a tree."""
OUTPUT_VALUES = {"ShaderNodeValue", "ShaderNodeRGB", "ShaderNodeNormal"}
"""Nodes whose outputs hold a value of the user's."""


def read_tree(tree: Any, root: str, ident: Ident, out: dict[str, Value], items: dict[str, list]) -> None:
    """Adds the nodes of a tree, their properties, sockets and links, under the path `root`."""
    nodes = sorted(nodes_of(tree).items())
    items[root] = [[handle, hint_of(node)] for handle, node in nodes]
    common = table_of("nodes", "Node")
    ends: dict[int, tuple[str, str]] = {}
    for handle, node in nodes:
        prefix = f"{root}/{handle}/"
        out[prefix + "type"] = node.bl_idname
        out[prefix + "name"] = text(node.name)
        if node.parent is not None:
            out[prefix + "parent"] = {"item": f"{root}/{handle_of(node.parent)}"}
        common.read(node, ident, out, prefix)
        node_table(node.bl_idname).read(node, ident, out, prefix)
        for side in ("inputs", "outputs") if _crosses(node, ident) else ():
            values = side == "inputs" or node.bl_idname in OUTPUT_VALUES
            for name, socket in sockets_of(node, side).items():
                path = f"{prefix}{side}/{encode(name)}/"
                ends[socket.as_pointer()] = (path, name)
                if values:
                    socket_table(socket).read(socket, ident, out, path)
                if socket.hide:
                    out[path + "hide"] = True
    _read_links(tree, root, ends, out)


def hint_of(node: Any) -> int:
    """Tells a node that was renamed from a new one (N2). Blender gives a new node the address of one that is gone."""
    return zlib.crc32(f"{node.as_pointer()} {node.bl_idname}".encode()) or 1


def _crosses(node: Any, ident: Ident) -> bool:
    """Whether the sockets of a node can be anywhere else: not those of a group that does not cross."""
    group = getattr(node, "node_tree", None)
    return group is None or ident(group) is not None


def _read_links(tree: Any, root: str, ends: dict[int, tuple[str, str]], out: dict[str, Value]) -> None:
    for link in tree.links:
        target, source = ends.get(link.to_socket.as_pointer()), ends.get(link.from_socket.as_pointer())
        if target is not None and source is not None:
            item = {"item": f"{root}/{handle_of(link.from_node)}"}
            muted = [True] if link.is_muted else []
            out.setdefault(target[0] + "links", []).append([item, source[1], *muted])


def node_table(type: str) -> Table:
    """The properties that only nodes of this type have; none for a type that does not cross."""
    return table_of("nodes", type if hasattr(bpy.types, type) else "NodeGroupOutput")


def socket_table(socket: Any) -> Table:
    """The value of a socket, where its type has one; of a socket of an interface, all that it says."""
    return table_of("sockets", socket.bl_rna.identifier)
