"""What the operating system starts with a link: hands it to a Blender that runs, else starts one.

Usage: blender -b --factory-startup --python opener.py -- FOLDER LINK. Only Blender itself is sure to be there, so it is
the interpreter as well. The link is anybody's: it is looked at, written to a file, and never part of a command line.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

SUFFIX = ".link"
MOST_CHARACTERS = 4096
KEPT_SECONDS = 60.0
"""A link that is older is taken by nobody."""
RUNNING_SECONDS = 2.0
"""How long a Blender that runs has to take it."""
_LOOK_SECONDS = 0.05


def is_acceptable(link: str) -> bool:
    """Whether this may be an invite: the scheme, a bounded length, and nothing but what an address is made of."""
    return (
        link.startswith("sceneport:")
        and len(link) <= MOST_CHARACTERS
        and all("!" <= character <= "~" for character in link)
    )


def put(folder: Path, link: str) -> Path:
    """Leaves a link in the folder, whole at once and for nobody else to read; answers its file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / (uuid.uuid4().hex + SUFFIX)
    unfinished = path.with_suffix(".part")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(link.encode("ascii"))
    unfinished.rename(path)
    return path


def hand_over(folder: Path, link: str, start: Sequence[str]) -> bool:
    """Whether a Blender has taken it. `start`: the command line of a new one, where none that runs does.

    What cannot be an invite goes on as an empty link: a Blender that runs says so, and none is started for it.
    """
    acceptable = is_acceptable(link)
    path = put(folder, link if acceptable else "")
    try:
        if _is_taken(path, RUNNING_SECONDS):
            return True
        if not acceptable:
            return False
        if not _renew(path):
            return True
        _start(start)
        return _is_taken(path, KEPT_SECONDS)
    finally:
        path.unlink(missing_ok=True)


def _renew(path: Path) -> bool:
    """A Blender that is started needs time: the link is as if it had come now. False where it was taken after all."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _is_taken(path: Path, patience_seconds: float) -> bool:
    deadline = time.monotonic() + patience_seconds
    while path.exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _start(command: Sequence[str]) -> None:
    nothing = subprocess.DEVNULL
    console = getattr(subprocess, "CREATE_NEW_CONSOLE", 0)
    subprocess.Popen(
        command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, creationflags=console
    )


def main(arguments: Sequence[str], program: str) -> int:
    """The exit code: 0 where a Blender has the link. `arguments`: the folder and the link; `program`: Blender."""
    if len(arguments) != 2:
        print("usage: opener.py FOLDER LINK", file=sys.stderr)
        return 2
    folder, link = arguments
    return 0 if hand_over(Path(folder), link, [program]) else 1


if __name__ == "__main__":
    import bpy

    sys.exit(main(sys.argv[sys.argv.index("--") + 1 :], bpy.app.binary_path))
