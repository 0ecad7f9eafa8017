"""Rule L6: requests to the companion and their one answer each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import SceneportError

Answered = Callable[["Reply"], None]


class Reply:
    """The answer to a request, once it is there."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.done = False
        self.error: SceneportError | None = None
        self._value: Any = None

    def value(self) -> Any:
        """What was answered. Raises the refusal as a SceneportError."""
        if self.error is not None:
            raise self.error
        return self._value

    def succeed(self, value: Any = None) -> Reply:
        """It was carried out."""
        self.done = True
        self._value = value
        return self

    def refuse(self, code: str, message: str) -> None:
        """It was not."""
        self.done = True
        self.error = SceneportError(code, message)


class Requests:
    """What is under way."""

    def __init__(self) -> None:
        self._last = 0
        self._open: dict[int, Reply] = {}

    def add(self, kind: str) -> tuple[int, Reply]:
        """A number for a new request, and where its answer will be."""
        self._last += 1
        reply = self._open[self._last] = Reply(kind)
        return self._last, reply

    def answer(self, header: dict[str, Any]) -> None:
        """Takes in a `result`; one that nobody asked for is of no interest."""
        reply = self._open.pop(header["request"], None)
        if reply is None:
            return
        error = header.get("error")
        if header["ok"]:
            reply.succeed(header.get("value"))
        elif error is not None:
            reply.refuse(error["code"], error["message"])
        else:
            reply.refuse("bad-message", "The companion refused without saying why.")

    def refuse_all(self, code: str, message: str) -> None:
        """Nobody will answer any more."""
        for reply in self._open.values():
            reply.refuse(code, message)
        self._open.clear()
