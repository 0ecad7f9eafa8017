"""References and members that were ordered before their datablock was there (rules O2, V5)."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Any

from .cache import Entry

BESIDE = {"parent": ("parent_type", "parent_bone")}
"""What Blender only takes beside a reference: it waits with it."""
KEEPS = ("data",)
"""What goes on showing what it had while a reference waits, instead of nothing."""


@dataclass
class _Waiting:
    """A reference that waits for its target, and what is shown in its place."""

    target: str
    shown: Any = None
    known: bool = True
    """Whether it is known what is shown: else it is what Blender shows first."""


def target_of(value: Any) -> str | None:
    """The id in a reference, or None for any other value."""
    if type(value) is dict and len(value) == 1:
        target = value.get("ref")
        return target if type(target) is str else None
    return None


class Deferred:
    """What waits: paths of references with what stands beside them, and of sets, by the datablock that has them."""

    def __init__(self) -> None:
        self._references: dict[str, dict[str, _Waiting]] = {}
        self._beside: dict[str, dict[str, Any]] = {}
        self._members: dict[str, dict[str, list[str]]] = {}

    def clear(self) -> None:
        """Nothing waits any more."""
        self._references.clear()
        self._beside.clear()
        self._members.clear()

    def note(self, identifier: str, operation: dict[str, Any], there: Callable[[str], bool]) -> None:
        """Keeps what an operation on `identifier` refers to and is not there yet.

        `there(id)` tells whether a datablock is in the file. What waited before at the same paths is forgotten.
        """
        references = self._references.setdefault(identifier, {})
        members = self._members.setdefault(identifier, {})
        for path in operation.get("unset", ()):
            references.pop(path, None)
        values = operation.get("set", {})
        for path, value in values.items():
            references.pop(path, None)
            target = target_of(value)
            if target is not None and not there(target):
                references[path] = _Waiting(target, known=path not in KEEPS)
        beside = self._beside.setdefault(identifier, {})
        beside.update({path: values[path] for path in _waiting_beside(references) if path in values})
        for path, wanted in operation.get("sets", {}).items():
            members.pop(path, None)
            missing = [one for one in wanted if not there(one)]
            if missing:
                members[path] = missing
        self._tidy(identifier)

    def overlay(self, identifier: str, entry: Entry) -> None:
        """Puts what waits back into what Blender shows; what the user has meanwhile set himself no longer waits."""
        for path, waiting in list(self._references.get(identifier, {}).items()):
            if not waiting.known:
                waiting.shown, waiting.known = entry.set.get(path), True
            if path in entry.set and entry.set[path] == waiting.shown:
                entry.set[path] = {"ref": waiting.target}
            else:
                del self._references[identifier][path]
        self._tidy(identifier)
        entry.set.update(self._beside.get(identifier, {}))
        for path, missing in self._members.get(identifier, {}).items():
            shown = entry.sets.setdefault(path, [])
            shown.extend(one for one in missing if one not in shown)

    def come(self, targets: Container[str]) -> dict[str, dict[str, Any]]:
        """What can be set where `targets` are there: by owner, `set` as it is and `sets` with the new members only."""
        result: dict[str, dict[str, Any]] = {}
        for owner, references in self._references.items():
            for path in [path for path, one in references.items() if one.target in targets]:
                part = result.setdefault(owner, {"set": {}, "sets": {}})
                part["set"][path] = {"ref": references.pop(path).target}
                waited = self._beside.get(owner, {})
                part["set"].update({one: waited[one] for one in BESIDE.get(path, ()) if one in waited})
        for owner, members in self._members.items():
            for path, missing in list(members.items()):
                come = [one for one in missing if one in targets]
                if come:
                    result.setdefault(owner, {"set": {}, "sets": {}})["sets"][path] = come
                    members[path] = [one for one in missing if one not in targets]
                    if not members[path]:
                        del members[path]
        for owner in result:
            self._tidy(owner)
        return result

    def _tidy(self, identifier: str) -> None:
        with_references = _waiting_beside(self._references.get(identifier, ()))
        for path in self._beside.get(identifier, {}).keys() - with_references:
            del self._beside[identifier][path]
        for waiting in (self._references, self._beside, self._members):
            if not waiting.get(identifier, True):
                del waiting[identifier]


def _waiting_beside(references: Iterable[str]) -> set[str]:
    """The paths of what waits with these references."""
    return {path for reference in references for path in BESIDE.get(reference, ())}
