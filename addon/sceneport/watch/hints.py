"""What Blender's handlers noticed since the last look. Only names and ids are kept, never a datablock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Hints:
    """Hints, not truths: what they point at is read and compared."""

    def __init__(self) -> None:
        self.properties: set[str] = set()
        """Ids whose properties may have changed."""
        self.arrays: set[str] = set()
        """Ids whose arrays may have changed."""
        self.embedded: set[int] = set()
        """Addresses of embedded datablocks (node trees, master collections) whose owner may have changed."""
        self.moved: set[str] = set()
        """Ids of objects that were moved; emptied by whoever wants to know."""
        self.stirred = False
        """Datablocks have come, gone or been renamed."""
        self.perhaps_stirred = False
        """They may have: somewhere something was linked or unlinked, or anything else was changed there."""
        self.undone = False
        """An undo or a redo happened: nothing that was known can be relied on."""
        self.forwards = False
        """The last of them was a redo."""
        self.loaded = False
        """Another file was opened."""
        self.guarded = False
        """Rule O3: what happens now is ours and not the user's."""

    @contextmanager
    def guard(self) -> Iterator[None]:
        """For as long as what happens is ours."""
        before, self.guarded = self.guarded, True
        try:
            yield
        finally:
            self.guarded = before

    @property
    def any(self) -> bool:
        """Whether there is something to look at."""
        stirred = self.stirred or self.perhaps_stirred
        return stirred or self.undone or bool(self.properties or self.arrays or self.embedded)

    def everything_known(self) -> None:
        """Forgets all hints, because everything is about to be read anyway."""
        self.properties.clear()
        self.arrays.clear()
        self.embedded.clear()
        self.stirred = self.perhaps_stirred = False
        self.undone = False
