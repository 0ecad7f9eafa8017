"""Links of a node tree, ordered per input."""

from __future__ import annotations

from typing import Any

from .change import Change
from .failures import BAD_VALUE, GONE
from .limits import ITEMS
from .node_sockets import sockets_of
from .segments import encode
from .table import REFUSED
from .values import Value


def apply_links(
    tree: Any, root: str, nodes: dict[str, Any], parts: dict[str, dict[str, Value]], change: Change
) -> None:
    """Makes every input that the order names have the ordered links and no other."""
    for (handle, name), sources in _ordered(root, parts, change).items():
        if handle in nodes:
            target = _socket(nodes[handle], "inputs", name)
            code = GONE if target is None else _link(tree, root, nodes, target, sources)
            change.fail(f"{root}/{handle}/inputs/{name}/links", code)


def _ordered(root: str, parts: dict[str, dict[str, Value]], change: Change) -> dict[tuple[str, str], Value]:
    wanted: dict[tuple[str, str], Value] = {}
    for handle, values in parts.items():
        for path, value in values.items():
            side, _, rest = path.partition("/")
            if side == "inputs" and rest.endswith("/links"):
                # Null is what links to a node that does not exist read as (M5).
                wanted[(handle, rest.removesuffix("/links"))] = [] if value is None else value
    for _, segments in change.unset_below(root + "/"):
        if len(segments) == 4 and segments[1] == "inputs" and segments[3] == "links":
            wanted[(segments[0], segments[2])] = []
    return wanted


def _socket(node: Any, side: str, segment: str) -> Any:
    return next((socket for name, socket in sockets_of(node, side).items() if encode(name) == segment), None)


def _link(tree: Any, root: str, nodes: dict[str, Any], target: Any, sources: Value) -> str | None:
    """Links an input to its ordered sources; returns why some of them could not be."""
    if not isinstance(sources, list) or len(sources) > ITEMS:
        return BAD_VALUE
    code, muted = None, {}
    for source in sources:
        output = _output(root, nodes, source)
        if output is None:
            code = GONE
        elif output.node == target.node:
            code = BAD_VALUE
        else:
            muted[output] = source[2:] == [True]
    for link in list(target.links):
        if link.from_socket not in muted:
            tree.links.remove(link)
    linked = [link.from_socket for link in target.links]
    for output in muted:
        if output not in linked:
            try:
                tree.links.new(output, target)
            except REFUSED:
                code = BAD_VALUE
    for link in target.links:
        if link.is_muted != muted.get(link.from_socket, False):
            link.is_muted = not link.is_muted
    return code


def _output(root: str, nodes: dict[str, Any], source: Value) -> Any:
    """The output that one entry of `links` names: [{"item": node}, identifier], with True behind it when muted."""
    if not isinstance(source, list) or not 2 <= len(source) <= 3 or not isinstance(source[0], dict):
        return None
    item, identifier = source[0].get("item"), source[1]
    if not isinstance(item, str) or not isinstance(identifier, str):
        return None
    node = nodes.get(item.removeprefix(root + "/"))
    return None if node is None else _socket(node, "outputs", encode(identifier))
