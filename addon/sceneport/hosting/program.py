"""Finds Node and the program `sceneport` (one JavaScript file)."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ..errors import SceneportError

LEAST_VERSION = (22, 13)

OWN_VARIABLES = ("SCENEPORT_PROGRAM", "SCENEPORT_NODE")
"""Variables of the environment that are for the add-on; to the program they mean nothing."""

_HERE = Path(__file__).resolve().parents[1]
_BUNDLED_PROGRAM = _HERE / "program" / "sceneport.mjs"
_BUNDLED_NODE = _HERE / "program" / ("node.exe" if sys.platform == "win32" else "node")
_VERSION = re.compile(r"v(\d+)\.(\d+)\.")

_REMEDY = "Install it from nodejs.org, or name the program here or in the preferences of the add-on."
NO_NODE = f"Sceneport needs Node.js 22.13 or newer, which was not found. {_REMEDY}"


def find_program() -> Path:
    """The program: what the add-on was packed with, else SCENEPORT_PROGRAM. Raises SceneportError `internal`."""
    named = os.environ.get("SCENEPORT_PROGRAM")
    if _BUNDLED_PROGRAM.exists():
        return _BUNDLED_PROGRAM
    if named and Path(named).is_file():
        return Path(named)
    raise SceneportError("internal", "This add-on is not complete. Install it again from the zip file.")


def find_node(preferred: str = "") -> Path:
    """Node, from SCENEPORT_NODE, the path in the preferences, the add-on itself, or the search path, in this order.

    A Node that was named and is too old or none at all is refused rather than passed over. Raises SceneportError
    `no-node` with what the user can do.
    """
    named = os.environ.get("SCENEPORT_NODE") or preferred
    if named:
        return _checked(Path(named))
    if _BUNDLED_NODE.exists():
        return _BUNDLED_NODE
    found = shutil.which("node")
    if found is None:
        raise SceneportError("no-node", NO_NODE)
    return _checked(Path(found))


def command(preferred_node: str, *arguments: str) -> list[str]:
    """The command line of the program. Raises SceneportError `no-node` or `internal`."""
    return [str(find_node(preferred_node)), str(find_program()), *arguments]


def version_of(text: str) -> tuple[int, int] | None:
    """Major and minor of what `node --version` says; None for what no Node says."""
    match = _VERSION.match(text)
    return (int(match[1]), int(match[2])) if match else None


def _checked(path: Path) -> Path:
    version = _version(path)
    if version is None:
        raise SceneportError("no-node", f"{path} is not Node.js. {NO_NODE}")
    if version < LEAST_VERSION:
        raise SceneportError(
            "no-node",
            f"Sceneport needs Node.js 22.13 or newer. The one at {path} is {version[0]}.{version[1]}. {_REMEDY}",
        )
    return path


@functools.lru_cache(maxsize=8)
def _version(path: Path) -> tuple[int, int] | None:
    hidden = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    try:
        answer = subprocess.run(
            [str(path), "--version"], capture_output=True, text=True, timeout=10, creationflags=hidden, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return version_of(answer.stdout)
