"""The program `sceneport` (one JavaScript file), and how it is started."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import SceneportError
from .node import find_node

OWN_VARIABLES = ("SCENEPORT_PROGRAM", "SCENEPORT_NODE")
"""Variables of the environment that are for the add-on; to the program they mean nothing."""

_BUNDLED_PROGRAM = Path(__file__).resolve().parents[1] / "program" / "sceneport.mjs"


def find_program() -> Path:
    """The program: what the add-on was packed with, else SCENEPORT_PROGRAM. Raises SceneportError `internal`."""
    named = os.environ.get("SCENEPORT_PROGRAM")
    if _BUNDLED_PROGRAM.exists():
        return _BUNDLED_PROGRAM
    if named and Path(named).is_file():
        return Path(named)
    raise SceneportError("internal", "This add-on is not complete. Install it again from the zip file.")


def command(preferred_node: str, *arguments: str) -> list[str]:
    """The command line of the program. Raises SceneportError `no-node` or `internal`."""
    return [str(find_node(preferred_node)), str(find_program()), *arguments]
