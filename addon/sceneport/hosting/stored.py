"""Which sessions are stored already where this Blender would host."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .question import Question

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
        self._question = Question([*command, "sessions", "list", "--data", str(data), "--json"], _TIMEOUT_SECONDS)

    def poll(self) -> list[StoredSession] | None:
        """The sessions, as soon as they are known; none where the program does not tell."""
        return _read(self._question.answer) if self._question.done else None


def are_stored(data: Path) -> bool:
    """Whether anything is stored in a data folder, so that asking is worth while."""
    return any((data / _FOLDER).glob("*.db"))


def _read(rows: Any) -> list[StoredSession]:
    return [
        StoredSession(row["name"], row["datablocks"], _seconds(row.get("changedMs")))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and type(row.get("name")) is str and type(row.get("datablocks")) is int
    ]


def _seconds(milliseconds: Any) -> float | None:
    return milliseconds / 1000 if type(milliseconds) is int else None
