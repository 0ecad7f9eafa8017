"""Node trees: changes a tree in place, in the order in which nodes decide what their parts can be.

Nodes first, then their own properties (which make and unmake sockets), then values of sockets, frames, places, links.
"""

from __future__ import annotations

from typing import Any

import bpy

from .allowlist import load
from .change import Change
from .failures import BAD_VALUE, GONE, TOO_LARGE, UNSUPPORTED
from .kinds import clean_name
from .limits import ITEMS
from .node_links import apply_links
from .node_sockets import nodes_of, sockets_of
from .node_trees import node_table, socket_table
from .references import to_reference
from .segments import decode, encode
from .table import REFUSED, table_of
from .values import Value

Nodes = dict[str, Any]
"""The node of each handle of the order."""
Parts = dict[str, dict[str, Value]]
"""Values by the path below the node, by handle."""


def apply_tree(tree: Any, root: str, change: Change) -> None:
    """Makes the tree whose nodes have the path `root` what is ordered of it."""
    parts: Parts = {}
    for _path, segments, value in change.below(root + "/"):
        parts.setdefault(segments[0], {})["/".join(segments[1:])] = value
    places = {handle: list(node.location) for handle, node in nodes_of(tree).items()}
    nodes = _make_nodes(tree, root, parts, change)
    for handle, _values in parts.items():
        if handle not in nodes:
            change.fail(f"{root}/{handle}", GONE)
    for handle, node in nodes.items():
        _set_properties(tree, node, f"{root}/{handle}/", parts.get(handle, {}), change)
    for handle, rest in ((segments[0], "/".join(segments[1:])) for _, segments in change.unset_below(root + "/")):
        if handle in nodes:
            _unset(nodes[handle], rest)
    for handle, node in nodes.items():
        _set_parent(node, root, handle, nodes, parts.get(handle, {}), change)
    _set_places(root, nodes, parts, places, change)
    apply_links(tree, root, nodes, parts, change)


def _make_nodes(tree: Any, root: str, parts: Parts, change: Change) -> Nodes:
    """Removes and adds nodes until the tree has those of the order; returns them by handle."""
    nodes = nodes_of(tree)
    listed = change.items.get(root)
    if listed is None:
        return nodes
    handles = change.handles(root, ITEMS)
    if handles is None:
        change.fail(root, TOO_LARGE)
        return nodes
    for handle in list(nodes):
        wanted = parts.get(handle, {}).get("type", nodes[handle].bl_idname)
        if handle not in handles or wanted != nodes[handle].bl_idname:
            tree.nodes.remove(nodes.pop(handle))
    for handle in handles:
        if handle not in nodes:
            node = _make_node(tree, f"{root}/{handle}", parts.get(handle, {}), change)
            if node is not None:
                nodes[handle] = node
    return nodes


def _make_node(tree: Any, path: str, values: dict[str, Value], change: Change) -> Any:
    type = values.get("type")
    if (
        not isinstance(type, str)
        or type == "Node"
        or type not in load(bpy.app.version[:2])["nodes"]
        or not hasattr(bpy.types, type)
    ):
        change.fail(f"{path}/type", UNSUPPORTED)
        return None
    try:
        node = tree.nodes.new(type)
    except REFUSED:
        change.fail(f"{path}/type", UNSUPPORTED)
        return None
    node.name = clean_name(decode(path.rpartition("/")[2]))
    return node


def _set_properties(tree: Any, node: Any, prefix: str, values: dict[str, Value], change: Change) -> None:
    """The name, the properties of its type, those of every node but its place, and the sockets."""
    name = values.get("name")
    if isinstance(name, str) and node.name != (wanted := clean_name(name) if name else ""):
        node.name = wanted
    for table in (node_table(node.bl_idname), table_of("nodes", "Node")):
        for path in table.properties:
            if path == "node_tree" and _makes_circle(tree, values.get(path), change):
                change.fail(prefix + path, BAD_VALUE)
            elif path in values and path != "location":
                change.fail(prefix + path, table.write(node, path, values[path], change.resolve))
    sides = ("inputs", "outputs")
    sockets = {side: {encode(name): socket for name, socket in sockets_of(node, side).items()} for side in sides}
    for path, value in values.items():
        side, _, rest = path.partition("/")
        if side in sockets:
            identifier, _, name = rest.partition("/")
            change.fail(prefix + path, _set_socket(sockets[side].get(identifier), name, value, change))
        elif not _is_known(node, path):
            change.fail(prefix + path, UNSUPPORTED)


def _makes_circle(tree: Any, value: Value, change: Change) -> bool:
    """Whether a node of `tree` that shows the group of `value` would make the tree part of itself."""
    waiting, seen = [_reference(value, change)], set()
    while waiting:
        group = waiting.pop()
        if group == tree:
            return True
        if group is not None and group not in seen:
            seen.add(group)
            waiting += [getattr(node, "node_tree", None) for node in group.nodes]
    return False


def _reference(value: Value, change: Change) -> Any:
    try:
        group = to_reference(value, change.resolve)
    except TypeError:
        return None
    return group if isinstance(group, bpy.types.NodeTree) else None


def _is_known(node: Any, path: str) -> bool:
    own, common = node_table(node.bl_idname), table_of("nodes", "Node")
    return path in ("type", "name", "parent") or path in own.properties or path in common.properties


def _set_socket(socket: Any, name: str, value: Value, change: Change) -> str | None:
    if socket is None:
        return GONE
    if name == "links":
        return None
    if name == "hide":
        if not isinstance(value, bool):
            return BAD_VALUE
        if socket.hide != value:
            socket.hide = value
        return None
    return socket_table(socket).write(socket, name, value, change.resolve)


def _unset(node: Any, path: str) -> None:
    side, _, rest = path.partition("/")
    identifier, _, name = rest.partition("/")
    if path == "parent":
        node.parent = None
    elif side in ("inputs", "outputs"):
        for found, socket in sockets_of(node, side).items():
            if encode(found) == identifier and name == "hide":
                socket.hide = False
    elif path != "name":
        for table in (node_table(node.bl_idname), table_of("nodes", "Node")):
            if path in table.properties:
                table.unset(node, path)


def _set_parent(node: Any, root: str, handle: str, nodes: Nodes, values: dict[str, Value], change: Change) -> None:
    if "parent" not in values:
        return
    value = values["parent"]
    item = value.get("item") if isinstance(value, dict) else None
    parent = nodes.get(item.removeprefix(root + "/")) if isinstance(item, str) else None
    above = parent
    while above is not None and above != node:
        above = above.parent
    if (
        parent is not None
        and parent.bl_idname != "NodeFrame"
        or above is not None
        or value is not None
        and parent is None
    ):
        change.fail(f"{root}/{handle}/parent", BAD_VALUE if parent is not None else GONE)
    elif node.parent != parent:
        node.parent = parent


def _set_places(root: str, nodes: Nodes, parts: Parts, places: dict[str, list], change: Change) -> None:
    """Sets places from the outermost frame inwards; who is not moved keeps its place in its frame.

    Some Blenders keep the place in the tree instead, so that moving a frame or changing it moves what they call
    the place of the nodes in it.
    """
    common = table_of("nodes", "Node")
    for handle, node in sorted(nodes.items(), key=lambda entry: _depth(entry[1])):
        ordered = parts.get(handle, {}).get("location")
        place = ordered if ordered is not None else places.get(handle)
        if place is not None:
            code = common.write(node, "location", place, change.resolve)
            change.fail(f"{root}/{handle}/location", code if ordered is not None else None)


def _depth(node: Any) -> int:
    depth = 0
    while node.parent is not None:
        node, depth = node.parent, depth + 1
    return depth
