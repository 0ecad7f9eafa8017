"""Which objects and collections a collection holds: sets of datablocks (COMPANION.md N3)."""

from __future__ import annotations

from typing import Any

import bpy

from .failures import BAD_VALUE, Failure
from .kinds import is_replicated
from .references import Ident, Resolve
from .table import REFUSED


def read_links(collection: Any, ident: Ident) -> dict[str, list[str]]:
    """The ids of its objects and of its child collections, sorted: Blender's order cannot be set."""
    return {
        "objects": sorted(filter(None, map(ident, collection.objects))),
        "children": sorted(filter(None, map(ident, collection.children))),
    }


def write_links(collection: Any, name: str, path: str, ids: list[str], resolve: Resolve) -> list[Failure]:
    """Makes `objects` or `children` of a collection hold exactly `ids`, as far as they are there.

    What does not cross (linked, overridden) stays where it is. A circle is refused.
    """
    members = getattr(collection, name)
    wanted_type = bpy.types.Object if name == "objects" else bpy.types.Collection
    present = set(members)
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        return [Failure(path, BAD_VALUE)]
    wanted = {found for found in map(resolve, ids) if isinstance(found, wanted_type)}
    failures: list[Failure] = []
    for member in present - wanted:
        if is_replicated(member):
            members.unlink(member)
    for member in wanted - present:
        if _makes_circle(collection, member):
            failures.append(Failure(path, BAD_VALUE))
            continue
        try:
            members.link(member)
        except REFUSED:
            failures.append(Failure(path, BAD_VALUE))
            continue
        if isinstance(member, bpy.types.Object):
            # Without it Blender 3.4 shades an object in black that is where a new one is, until it is moved.
            member.update_tag(refresh={"OBJECT"})
    return failures


def _makes_circle(collection: Any, member: Any) -> bool:
    start = member if isinstance(member, bpy.types.Collection) else member.instance_collection
    return start is not None and shows(start, collection)


def shows(collection: Any, wanted: Any) -> bool:
    """Whether a collection is `wanted`, or holds or instances it at any depth."""
    seen, waiting = set(), [collection]
    while waiting:
        current = waiting.pop()
        if current == wanted:
            return True
        if current not in seen:
            seen.add(current)
            waiting += current.children
            waiting += [o.instance_collection for o in current.objects if o.instance_collection is not None]
    return False
