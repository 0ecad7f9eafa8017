"""What is shown, on its way to the companion: numbered, and remembered until it is stored (rules J9, J10, J12)."""

from __future__ import annotations

from typing import Any

from .watch.cache import Block, Entry
from .watch.unstored import UNDONE, Unstored


class Shows:
    """Decides what becomes of a show. While there is no companion that could hear it, only its places are kept."""

    def __init__(self) -> None:
        self._unstored = Unstored()
        self.heard = True
        """False from the death of a companion until everything has been shown to the next."""

    def forget(self) -> None:
        """Another file, or another session."""
        self._unstored.forget()
        self.heard = True

    def stored(self, show: int) -> None:
        """Everything up to this show is on the companion's disk."""
        self._unstored.stored(show)

    def marks(self, identifier: str) -> Block:
        """What of a datablock is the user's and not stored."""
        return self._unstored.marks(identifier)

    def take(self, header: dict[str, Any], before: dict[str, Entry]) -> dict[str, Any] | None:
        """The show as it is sent; None while nobody hears it. `before`: what its datablocks were when last shown."""
        if header["reason"] == "again":
            return self._take_again(header)
        number = self._unstored.note(header, before)
        return {**header, "show": number} if self.heard else None

    def _take_again(self, header: dict[str, Any]) -> dict[str, Any]:
        if not header["done"]:
            return header
        self.heard = True
        gone = self._unstored.gone()
        undone = [identifier for identifier, whose in gone.items() if whose == UNDONE]
        return {**header, "gone": list(gone), "undone": undone, "show": self._unstored.next()}
