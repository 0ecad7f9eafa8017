"""The one exception that the scripting interface raises on an expected refusal."""

from __future__ import annotations


class SceneportError(Exception):
    """A refusal with a code of docs/ERRORS.md and a message in the user's words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
