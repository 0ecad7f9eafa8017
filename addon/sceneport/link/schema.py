"""Small checkers from which the shapes of messages are built (rule L3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .framing import MalformedMessage

Check = Callable[[Any], None]

MAX_NESTING = 16
MAX_TEXT_CHARACTERS = 1024 * 1024
MAX_LIST_ITEMS = 1_000_000

_ID = re.compile(r"[0-9a-f]{32}\Z")


def refuse(reason: str) -> None:
    """Ends the reading of a message: raises MalformedMessage."""
    raise MalformedMessage(reason)


def text(value: Any) -> None:
    """A string of bounded length."""
    if type(value) is not str or len(value) > MAX_TEXT_CHARACTERS:
        refuse("a text is expected")


def boolean(value: Any) -> None:
    """True or false."""
    if type(value) is not bool:
        refuse("true or false is expected")


def natural(value: Any) -> None:
    """An integer from 0 to 2**53 - 1."""
    if type(value) is not int or not 0 <= value < 2**53:
        refuse("a natural number is expected")


def number(value: Any) -> None:
    """An integer or a float; framing has already refused what is not finite."""
    if type(value) not in (int, float):
        refuse("a number is expected")


def datablock_id(value: Any) -> None:
    """32 lower-case hexadecimal digits."""
    if type(value) is not str or _ID.match(value) is None:
        refuse("an id is expected")


def value(candidate: Any) -> None:
    """Any JSON of bounded size and nesting."""
    _bounded(candidate, 0)


def _bounded(candidate: Any, depth: int) -> None:
    if depth > MAX_NESTING:
        refuse("a value is nested too deeply")
    if isinstance(candidate, str):
        text(candidate)
    elif isinstance(candidate, (list, dict)):
        if len(candidate) > MAX_LIST_ITEMS:
            refuse("a value is too long")
        for inner in candidate.values() if isinstance(candidate, dict) else candidate:
            _bounded(inner, depth + 1)


def constant(*allowed: Any) -> Check:
    """One of `allowed`, of the same type."""

    def check(candidate: Any) -> None:
        if not any(type(candidate) is type(one) and candidate == one for one in allowed):
            refuse("a word of the conversation is expected")

    return check


def nullable(inner: Check) -> Check:
    """Null, or what `inner` accepts."""

    def check(candidate: Any) -> None:
        if candidate is not None:
            inner(candidate)

    return check


def list_of(inner: Check, exactly: int | None = None) -> Check:
    """A list of bounded length of what `inner` accepts."""

    def check(candidate: Any) -> None:
        if type(candidate) is not list or len(candidate) > MAX_LIST_ITEMS:
            refuse("a list is expected")
        if exactly is not None and len(candidate) != exactly:
            refuse(f"a list of {exactly} is expected")
        for item in candidate:
            inner(item)

    return check


def map_of(inner: Check, key: Check = text) -> Check:
    """An object of bounded size whose keys and values are accepted."""

    def check(candidate: Any) -> None:
        if type(candidate) is not dict or len(candidate) > MAX_LIST_ITEMS:
            refuse("an object is expected")
        for name, item in candidate.items():
            key(name)
            inner(item)

    return check


def record(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """An object with all `required` and any of the `optional` fields. A field of another name is never looked at."""
    fields = {**required, **(optional or {})}

    def check(candidate: Any) -> None:
        if type(candidate) is not dict:
            refuse("an object is expected")
        for name in required:
            if name not in candidate:
                refuse(f"{name} is missing")
        for name, item in candidate.items():
            if name in fields:
                fields[name](item)

    return check


def one_of(field: str, shapes: dict[str, Check]) -> Check:
    """A record whose `field` tells which of `shapes` it has."""

    def check(candidate: Any) -> None:
        if type(candidate) is not dict:
            refuse("an object is expected")
        kind = candidate.get(field)
        if type(kind) is not str or kind not in shapes:
            refuse(f"an unknown {field}")
        shapes[kind](candidate)

    return check
