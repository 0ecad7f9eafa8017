"""An invite of the session in words. Its numbers are the server's, and may be of any size."""

from __future__ import annotations

import time
from typing import Any


def is_valid(invite: dict[str, Any], now: float) -> bool:
    """Whether it lets somebody in at `now`, seconds since 1970."""
    expires, most = invite["expiresMs"], invite["maxUses"]
    return (expires is None or expires > now * 1000) and (most is None or invite["uses"] < most)


def describe(invite: dict[str, Any]) -> str:
    """How often it was used, and until when it may be."""
    uses, most, expires = invite["uses"], invite["maxUses"], invite["expiresMs"]
    times = "once" if uses == 1 else f"{uses} times"
    counts = f"used {times}" if most is None else f"used {uses} of {most}"
    until = "" if expires is None else _moment(expires / 1000)
    return f"{counts}, until {until}" if until else counts


def _moment(seconds: float) -> str:
    """Nothing where it lies beyond what this system has a date for, such as the year 3000 on Windows."""
    try:
        return time.strftime("%d %b %H:%M", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return ""
