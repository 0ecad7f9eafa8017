"""The order in which datablocks are handed over: what others may need comes first."""

from __future__ import annotations

from collections.abc import Iterable

from ..rna import kinds
from .identity import Identity

_PLACES = {name: place for place, name in enumerate(kinds.KINDS)}


def in_order(identifiers: Iterable[str], identity: Identity) -> list[str]:
    """Those of `identifiers` that are in the file, in the order of the kinds."""
    alive = identity.alive
    return sorted((one for one in identifiers if one in alive), key=lambda one: (_PLACES[alive[one].type], one))
