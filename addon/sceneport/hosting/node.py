"""Finds Node: the one that was named, the one that the zip brought along, or the one on the search path."""

from __future__ import annotations

import functools
import logging
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ..errors import SceneportError

LEAST_VERSION = (22, 13)

BUNDLED = Path(__file__).resolve().parents[1] / "program" / ("node.exe" if sys.platform == "win32" else "node")
"""Where the zip of a platform has its Node; the other zip has none."""

_FILE_NAMES = ("node", "node.exe")
_VERSION = re.compile(r"v(\d+)\.(\d+)\.")
_REMEDY = (
    "Install the zip of Sceneport that has one for your system, or Node.js from nodejs.org, "
    "or name the program here or in the preferences of the add-on."
)
_NEEDED = "Sceneport needs Node.js 22.13 or newer"
NO_NODE = f"{_NEEDED}, which was not found. {_REMEDY}"

_ANSWER_SECONDS = 30
"""A virus scanner may read a whole new program before it starts for the first time."""

_log = logging.getLogger(__name__)


def find_node(preferred: str = "", bundled: Path = BUNDLED) -> Path:
    """Node, from SCENEPORT_NODE, the path in the preferences, the add-on itself, or the search path, in this order.

    One that was named and cannot be used is refused; one that came along and cannot be used is passed over with a
    warning. Raises SceneportError `no-node` with what the user can do.
    """
    named = os.environ.get("SCENEPORT_NODE") or preferred
    if named:
        return _checked(Path(named))
    passed_over = ""
    if any(bundled.with_name(name).exists() for name in _FILE_NAMES):
        try:
            return _checked_bundled(bundled)
        except SceneportError as error:
            passed_over = error.message
            _log.warning(passed_over)
    try:
        return _on_search_path()
    except SceneportError as error:
        raise SceneportError("no-node", f"{passed_over} {error.message}".strip()) from error


def version_of(text: str) -> tuple[int, int] | None:
    """Major and minor of what `node --version` says; None for what no Node says."""
    match = _VERSION.match(text)
    return (int(match[1]), int(match[2])) if match else None


def _on_search_path() -> Path:
    found = shutil.which("node")
    if found is None:
        raise SceneportError("no-node", NO_NODE)
    return _checked(Path(found))


def _checked(path: Path) -> Path:
    try:
        version = _version(path)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise SceneportError("no-node", f"{path} is not Node.js ({error}). {NO_NODE}") from error
    if version < LEAST_VERSION:
        found = f"The one at {path} is {version[0]}.{version[1]}."
        raise SceneportError("no-node", f"{_NEEDED}. {found} {_REMEDY}")
    return path


def _checked_bundled(path: Path) -> Path:
    try:
        _make_executable(path)
        _version(path)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        here = f"{sys.platform} {platform.machine()}"
        message = f"The Node.js of this zip does not run here; is the zip for another system than {here}? ({error})"
        raise SceneportError("no-node", message) from error
    return path


def _make_executable(path: Path) -> None:
    """Blender unpacks every file without the right to run it. Raises OSError."""
    if not os.access(path, os.X_OK):
        path.chmod(path.stat().st_mode | 0o111)


@functools.lru_cache(maxsize=8)
def _version(path: Path) -> tuple[int, int]:
    """Only answers are remembered. Raises OSError or TimeoutExpired, and ValueError for what is no Node."""
    hidden = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    answer = subprocess.run(
        [str(path), "--version"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_ANSWER_SECONDS,
        creationflags=hidden,
        check=False,
    )
    version = version_of(answer.stdout)
    if version is None:
        said = (answer.stderr or answer.stdout).strip().splitlines()
        raise ValueError(said[-1] if said else f"it ended with {answer.returncode}")
    return version
