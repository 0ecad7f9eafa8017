"""One ordered change of a datablock, taken apart path by path."""

from __future__ import annotations

from typing import NamedTuple

from .failures import Failure
from .references import Resolve
from .values import Value


class Change(NamedTuple):
    """What an order says of one datablock, and what could not be applied of it so far."""

    set: dict[str, Value]
    unset: list[str]
    sets: dict[str, list[str]]
    items: dict[str, list]
    resolve: Resolve
    failures: list[Failure]

    def fail(self, path: str, code: str | None) -> None:
        """Notes that a path was left as it was; nothing for None."""
        if code is not None:
            self.failures.append(Failure(path, code))

    def below(self, prefix: str) -> list[tuple[str, list[str], Value]]:
        """Path, segments after the prefix, and value of everything ordered below `prefix`."""
        return [
            (path, path[len(prefix) :].split("/"), value) for path, value in self.set.items() if path.startswith(prefix)
        ]

    def unset_below(self, prefix: str) -> list[tuple[str, list[str]]]:
        """Path and segments after the prefix of everything to be unset below `prefix`."""
        return [(path, path[len(prefix) :].split("/")) for path in self.unset if path.startswith(prefix)]

    def handles(self, collection: str, limit: int) -> list[str] | None:
        """The ordered handles of a collection, without repetitions; None where it stays as it is or is too long."""
        listed = self.items.get(collection)
        if not isinstance(listed, list) or len(listed) > limit:
            return None
        entries = (entry[0] for entry in listed if isinstance(entry, list) and entry)
        return list(dict.fromkeys(handle for handle in entries if isinstance(handle, str) and handle))
