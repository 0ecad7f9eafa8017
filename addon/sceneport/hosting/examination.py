"""A test of the ways to a server, and of this machine as one: what `sceneport doctor` finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import SceneportError
from .question import Question

_TIMEOUT_SECONDS = 90
"""The program itself ends a test after a minute."""


class Finding(NamedTuple):
    """What one check has found, in the program's own words."""

    state: str
    """`well`, `failed` or `unknown`."""
    text: str
    remedy: str
    """What the user can do where it failed; else empty."""


class FindingGroup(NamedTuple):
    """Checks that belong together, such as those of one address."""

    title: str
    findings: list[Finding]


class Examination:
    """Tests side by side, without making the caller wait."""

    def __init__(self, command: Sequence[str], target: str, machine: Sequence[str] = ()) -> None:
        """`command` begins with Node and the program. `target` is an invite or an address.

        `machine` is what is typed behind `sceneport doctor` for this machine to be tested too.
        """
        doctor = [*command, "doctor", "--json"]
        self._questions = [Question([*doctor, "-"], _TIMEOUT_SECONDS, said=target)]
        if machine:
            self._questions.append(Question([*doctor, *machine], _TIMEOUT_SECONDS))

    def poll(self) -> list[FindingGroup] | None:
        """What all tests have found, as soon as all have ended. Raises SceneportError where one could not be made."""
        if not all(question.done for question in self._questions):
            return None
        return [group for question in self._questions for group in _groups(question)]


def _groups(question: Question) -> list[FindingGroup]:
    if isinstance(question.answer, list):
        return [_group(one) for one in question.answer if isinstance(one, dict)]
    error = question.error if isinstance(question.error, dict) else {}
    raise SceneportError(str(error.get("code", "internal")), str(error.get("message", "The test could not be made.")))


def _group(fields: dict[str, Any]) -> FindingGroup:
    found = fields.get("findings")
    return FindingGroup(
        str(fields.get("title", "")),
        [
            Finding(str(one.get("state")), str(one.get("text", "")), str(one.get("remedy", "")))
            for one in (found if isinstance(found, list) else ())
            if isinstance(one, dict)
        ],
    )
