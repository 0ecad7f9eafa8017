"""Reads each given scene twice: what a second reading shows otherwise could not be compared.

Usage inside Blender: read_scenes.py BLEND_FILE ...
"""

from __future__ import annotations

import os
import sys

from cases import run_case
from compare import compare_dumps
from introspect import dump
from scene_files import open_scene


def open_and_dump(path: str) -> dict:
    """The dump of a scene that was just opened."""
    open_scene(path)
    return dump()


def read_twice(path: str) -> None:
    """Both readings show the same, and something."""
    first = open_and_dump(path)
    comparison = compare_dumps(first, open_and_dump(path))
    assert comparison.total().leaves > 0, "nothing was read"
    assert comparison.differences == [], comparison.differences


if __name__ == "__main__":
    for scene in sys.argv[1:]:
        run_case(f"reads {os.path.basename(scene)}", lambda: read_twice(scene))
