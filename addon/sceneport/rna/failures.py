"""What is not applied, and why: a path and a code of ERRORS.md (COMPANION.md O4)."""

from typing import NamedTuple

BAD_ARRAY = "bad-array"
"""Counts, indices, offsets or sizes do not fit together (O9)."""
BAD_FILE = "bad-file"
"""The bytes of a file are not of the kind that they are said to be (G2)."""
BAD_VALUE = "bad-value"
"""Blender cannot take this value here: wrong type, not in the enumeration, or a circle."""
GONE = "gone"
"""The item that the path names is not there."""
TOO_LARGE = "too-large"
"""More than Blender is made to hold (G3)."""
INTERRUPTED = "interrupted"
"""The user did something before the order was carried out to its end (O4)."""
READ_ONLY = "not-allowed"
"""The datablock is linked or overridden (G4)."""
UNSUPPORTED = "unsupported"
"""This Blender has no such property or kind (G1)."""


class Failure(NamedTuple):
    """One path of a datablock that was left as it was."""

    path: str
    code: str
