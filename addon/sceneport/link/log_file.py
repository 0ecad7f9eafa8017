"""Keeps what a child process says on its standard error, within bounds."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import BinaryIO

MAX_LOG_BYTES = 1024 * 1024


def collect(source: BinaryIO, path: Path) -> threading.Thread:
    """Copies `source` to the file `path` until it ends, in a thread of its own.

    When the file has reached MAX_LOG_BYTES it becomes `<path>.old`, replacing the one before, and a new one begins.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    thread = threading.Thread(target=_copy, args=(source, path), name="sceneport-log", daemon=True)
    thread.start()
    return thread


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a log, fewer where there are not so many; none where there is no log."""
    if not path.exists():
        return []
    return path.read_text("utf-8", "replace").splitlines()[-count:]


def _copy(source: BinaryIO, path: Path) -> None:
    written = path.stat().st_size if path.exists() else 0
    log = path.open("ab")
    with source:
        for line in source:
            if written + len(line) > MAX_LOG_BYTES:
                log.close()
                path.replace(path.with_name(path.name + ".old"))
                log = path.open("wb")
                written = 0
            log.write(line)
            log.flush()
            written += len(line)
    log.close()
