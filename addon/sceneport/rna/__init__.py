"""Reads datablocks of Blender and applies what is ordered, by value alone: no session, no handlers, no timers."""

from .apply import apply_arrays, apply_range, apply_set, create
from .arrays import Array
from .failures import Failure
from .kinds import KINDS, Kind, is_replicated, kind_of
from .lifetime import remove, rename, unlink
from .read import paths_to_read_again, read_arrays, read_block, sizes
from .values import same

__all__ = [
    "KINDS",
    "Array",
    "Failure",
    "Kind",
    "apply_arrays",
    "apply_range",
    "apply_set",
    "create",
    "is_replicated",
    "kind_of",
    "paths_to_read_again",
    "read_arrays",
    "read_block",
    "remove",
    "rename",
    "same",
    "sizes",
    "unlink",
]
