"""The inputs and outputs of a node group; panels do not cross."""

from __future__ import annotations

from typing import Any

from .change import Change
from .failures import BAD_VALUE, GONE, TOO_LARGE, UNSUPPORTED
from .kinds import clean_name
from .limits import ITEMS
from .node_sockets import numbered
from .node_trees import socket_table
from .references import Ident
from .segments import decode, encode
from .table import REFUSED
from .values import Value, text

SIDES = {"interface/inputs": "INPUT", "interface/outputs": "OUTPUT"}


def read_interface(tree: Any, ident: Ident, out: dict[str, Value], items: dict[str, list]) -> None:
    """Adds both lists of sockets with name, type and what their type says."""
    for root, side in SIDES.items():
        sockets = _by_handle(tree, side)
        items[root] = [[handle, 0] for handle in sockets]
        for handle, socket in sockets.items():
            out[f"{root}/{handle}/name"] = text(socket.name)
            out[f"{root}/{handle}/socket_type"] = _type(socket)
            socket_table(socket).read(socket, ident, out, f"{root}/{handle}/")


def apply_interface(tree: Any, change: Change) -> None:
    """Makes both lists hold the ordered sockets in order, then sets what they say."""
    for root, side in SIDES.items():
        sockets = _by_handle(tree, side)
        if root in change.items:
            sockets = _arrange(tree, root, side, sockets, change)
        for path, segments, value in change.below(root + "/"):
            socket = sockets.get(segments[0])
            change.fail(path, GONE if socket is None else _set(socket, "/".join(segments[1:]), value, change))


def _by_handle(tree: Any, side: str) -> dict[str, Any]:
    if hasattr(tree, "interface"):
        sockets = [i for i in tree.interface.items_tree if i.item_type == "SOCKET" and i.in_out == side]
    else:
        sockets = list(tree.inputs if side == "INPUT" else tree.outputs)
    return dict(zip((encode(name) for name in numbered(text(s.name) or "-" for s in sockets)), sockets, strict=False))


def _type(socket: Any) -> str:
    return socket.socket_type if hasattr(socket, "socket_type") else socket.bl_socket_idname


def _arrange(tree: Any, root: str, side: str, sockets: dict[str, Any], change: Change) -> dict[str, Any]:
    handles = change.handles(root, ITEMS)
    if handles is None:
        change.fail(root, TOO_LARGE)
        return sockets
    for handle in list(sockets):
        wanted = change.set.get(f"{root}/{handle}/socket_type", _type(sockets[handle]))
        if handle not in handles or wanted != _type(sockets[handle]):
            _remove(tree, side, sockets.pop(handle))
            sockets = dict(zip(sockets, _in_order(tree, side), strict=False))
    made = []
    for handle in handles:
        if handle not in sockets:
            name = change.set.get(f"{root}/{handle}/name", decode(handle))
            type = change.set.get(f"{root}/{handle}/socket_type")
            if not isinstance(type, str) or not _make(tree, side, clean_name(str(name)), type):
                change.fail(f"{root}/{handle}", UNSUPPORTED)
                continue
            made.append(handle)
    current = dict(zip([*sockets, *made], _in_order(tree, side), strict=False))
    wanted = [handle for handle in handles if handle in current]
    if list(current) != wanted:
        for handle in wanted:
            _move_last(tree, side, list(current).index(handle))
            current = dict(zip([*(h for h in current if h != handle), handle], _in_order(tree, side), strict=False))
    return current


def _in_order(tree: Any, side: str) -> list[Any]:
    return list(_by_handle(tree, side).values())


def _make(tree: Any, side: str, name: str, type: str) -> bool:
    try:
        if hasattr(tree, "interface"):
            tree.interface.new_socket(name, in_out=side, socket_type=type)
        else:
            (tree.inputs if side == "INPUT" else tree.outputs).new(type, name)
    except REFUSED:
        return False
    return True


def _remove(tree: Any, side: str, socket: Any) -> None:
    if hasattr(tree, "interface"):
        tree.interface.remove(socket)
    else:
        (tree.inputs if side == "INPUT" else tree.outputs).remove(socket)


def _move_last(tree: Any, side: str, index: int) -> None:
    if hasattr(tree, "interface"):
        tree.interface.move(_in_order(tree, side)[index], len(tree.interface.items_tree))
    else:
        sockets = tree.inputs if side == "INPUT" else tree.outputs
        sockets.move(index, len(sockets) - 1)


def _set(socket: Any, name: str, value: Value, change: Change) -> str | None:
    if name == "socket_type":
        return None if value == _type(socket) else BAD_VALUE
    if name == "name":
        if not isinstance(value, str):
            return BAD_VALUE
        if socket.name != clean_name(value):
            socket.name = clean_name(value)
        return None
    return socket_table(socket).write(socket, name, value, change.resolve)
