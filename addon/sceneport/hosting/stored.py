"""Which sessions are stored already where this Blender would host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .program import OWN_VARIABLES

_FOLDER = "sessions"
_TIMEOUT_SECONDS = 30


class StoredSession(NamedTuple):
    """One session of the data folder."""

    name: str
    datablocks: int
    changed: float | None
    """When it was last changed, seconds since 1970; None where the program does not tell."""


class StoredSessions:
    """Asks the program for the sessions of a data folder, without making the caller wait."""

    def __init__(self, command: Sequence[str], data: Path) -> None:
        """`command` begins with Node and the program."""
        self._found: list[StoredSession] | None = None
        arguments = [*command, "sessions", "list", "--data", str(data), "--json"]
        threading.Thread(target=self._ask, args=(arguments,), name="sceneport-stored", daemon=True).start()

    def poll(self) -> list[StoredSession] | None:
        """The sessions, as soon as they are known; none where the program does not tell."""
        return self._found

    def _ask(self, arguments: list[str]) -> None:
        try:
            answer = subprocess.run(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: value for name, value in os.environ.items() if name not in OWN_VARIABLES},
                timeout=_TIMEOUT_SECONDS,
                creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
                check=False,
            )
            said = answer.stdout
        except (OSError, subprocess.TimeoutExpired):
            said = b""
        self._found = _read(said)


def are_stored(data: Path) -> bool:
    """Whether anything is stored in a data folder, so that asking is worth while."""
    return any((data / _FOLDER).glob("*.db"))


def _read(said: bytes) -> list[StoredSession]:
    try:
        answer: Any = json.loads(said)
    except ValueError:
        return []
    rows = answer.get("value") if isinstance(answer, dict) else None
    return [
        StoredSession(row["name"], row["datablocks"], _seconds(row.get("changedMs")))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and type(row.get("name")) is str and type(row.get("datablocks")) is int
    ]


def _seconds(milliseconds: Any) -> float | None:
    return milliseconds / 1000 if type(milliseconds) is int else None
