"""References between datablocks, as ids and as what they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .values import Value

Ident = Callable[[Any], "str | None"]
"""The id of a datablock in the session, or None."""
Resolve = Callable[[str], "Any | None"]
"""The datablock of an id, or None."""


def to_reference(value: Value, resolve: Resolve) -> Any:
    """The datablock that a reference names, or None where it is not there; raises TypeError for another value."""
    if value is None:
        return None
    if isinstance(value, dict) and value.keys() == {"ref"} and isinstance(value["ref"], str):
        return resolve(value["ref"])
    raise TypeError("not a reference")
