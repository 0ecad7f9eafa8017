"""The status of a Blender that is in no session (rule J2)."""

from __future__ import annotations

from typing import Any

OFFLINE: dict[str, Any] = {
    "state": "offline",
    "seq": 0,
    "pending": 0,
    "progress": {"datablocks": 0, "datablocksTotal": 0, "bytes": 0, "bytesTotal": 0},
    "users": [],
    "owners": {},
    "session": None,
    "error": None,
}


def offline_because(code: str, message: str) -> dict[str, Any]:
    """The same after a refusal."""
    return {**OFFLINE, "error": {"code": code, "message": message}}
