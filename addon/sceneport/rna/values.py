"""Values as JSON carries them: typed where JSON or RNA do not know the type (PROTOCOL.md M5)."""

from __future__ import annotations

from math import copysign, isfinite, isnan
from typing import Any

Value = Any
"""None, bool, int, float, str, a list of values, or a dict with one typed key (`f`, `i`, `b`, `ref`, `item`)."""


def number(value: float) -> Value:
    """A float of Blender's: itself, or `{"f"}` for what JSON cannot carry (infinities, NaN, minus zero)."""
    if value and value - value == 0.0:
        return value
    if value == 0.0:
        return value if copysign(1.0, value) > 0.0 else {"f": "-0"}
    if isnan(value):
        return {"f": "nan"}
    return {"f": "inf" if value > 0.0 else "-inf"}


def typed_number(value: float) -> Value:
    """A float where RNA does not know the type: always `{"f"}`."""
    plain = number(value)
    return plain if isinstance(plain, dict) else {"f": value}


def to_float(value: Value) -> float:
    """The float in a JSON number or in `{"f"}`; raises TypeError or ValueError."""
    if isinstance(value, dict) and value.keys() == {"f"}:
        value = value["f"]
        if isinstance(value, str) and value not in ("nan", "inf", "-inf", "-0"):
            raise ValueError("no such number")
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise TypeError("not a number")
    return float(value)


def to_int(value: Value) -> int:
    """The integer in a JSON number or in `{"i"}`; raises TypeError or ValueError."""
    if isinstance(value, dict) and value.keys() == {"i"} and isinstance(value["i"], str) and len(value["i"]) <= 20:
        return int(value["i"])
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise TypeError("not an integer")
    return int(value)


def to_text(value: Value) -> str:
    """A string that Blender can take; raises TypeError."""
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("not a string")
    value.encode("utf-8")
    return value


def text(value: str) -> str:
    """A string of Blender's with what is not UTF-8 in it replaced."""
    if value.isascii():
        return value
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def same(a: Value, b: Value) -> bool:
    """Whether two values are one: 1 and 1.0 are the same number, True is not 1, a written type counts."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, str) or a is None:
        return a == b
    return isinstance(b, (int, float)) and a == b
