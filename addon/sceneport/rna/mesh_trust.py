"""Which arrays of a mesh must be read again after others were written, because they may not be as ordered (O4).

Blender keeps most arrays bit for bit; reading them only to see that takes as long as writing them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import mesh_fields as fields
from . import meshes
from .arrays import Array

_ROUNDED = set() if fields.MODERN else {"crease_edge", "crease_vert", "bevel_weight_edge", "bevel_weight_vert"}
"""Arrays that Blender keeps in fewer bits than they have, or not at all."""
_TEXT = (fields.ELEMENTS["STRING"][1], (fields.ELEMENTS["STRING"][2],))
"""dtype and width of an array of strings, of which Blender only keeps what is valid."""


def paths_to_read_again(mesh: Any, whole: bool, arrays: list[Array]) -> set[str]:
    """Of a mesh that has just been given these arrays, without a change of counts unless all of them (`whole`)."""
    again = {array.path for array in arrays if not _is_kept(array)}
    if whole:
        # Built-in arrays that were not among them have their defaults now; layers are what Blender made of them.
        written = {array.path for array in arrays}
        again.update(path for path, _ in meshes.layers(mesh) if path not in written)
    return again


def _is_kept(array: Array) -> bool:
    if array.path in _ROUNDED or (array.dtype, tuple(array.shape[1:])) == _TEXT:
        return False
    field = fields.FIELDS.get(array.path)
    # An optional array that is nothing but defaults is not shown by Blender.
    return field is None or field.required or bool(np.frombuffer(array.data, np.uint8).any())
