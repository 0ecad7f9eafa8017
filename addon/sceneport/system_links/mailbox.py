"""The folder through which links come to the Blenders that run: each link is a file, and goes to one of them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from .opener import KEPT_SECONDS, MOST_CHARACTERS, SUFFIX, is_acceptable

_CLOCKS_DIFFER_SECONDS = 5.0


def take(folder: Path, least_age_seconds: float = 0.0) -> str | None:
    """The next link, which is nobody else's then; empty where it cannot be an invite. None where there is none.

    `least_age_seconds`: younger ones are left to others. What is too old is removed.
    """
    for path, age_seconds in _files(folder):
        if not -_CLOCKS_DIFFER_SECONDS <= age_seconds <= KEPT_SECONDS:
            path.unlink(missing_ok=True)
        elif path.suffix == SUFFIX and age_seconds >= least_age_seconds and (own := _claim(path)) is not None:
            return _read(own)
    return None


def remove(folder: Path) -> None:
    """Takes the folder away with what nobody has taken."""
    for path, _ in _files(folder):
        path.unlink(missing_ok=True)
    if folder.is_dir():
        folder.rmdir()


def _files(folder: Path) -> list[tuple[Path, float]]:
    """Each file with its age in seconds, the oldest first. What is none, such as a pipe to wait at, is left alone."""
    now, found = time.time(), []
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return []
    for entry in entries:
        try:
            if entry.is_file(follow_symlinks=False):
                found.append((Path(entry.path), now - entry.stat(follow_symlinks=False).st_mtime))
        except FileNotFoundError:
            continue
    return sorted(found, key=lambda one: -one[1])


def _claim(path: Path) -> Path | None:
    """Of all who try, one can rename it."""
    own = path.with_suffix(f".{os.getpid()}")
    try:
        path.rename(own)
    except OSError:
        return None
    return own


def _read(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MOST_CHARACTERS + 1)
    path.unlink()
    link = content.decode("ascii", "replace")
    return link if is_acceptable(link) else ""
