"""Cases inside Blender: each prints one JSON line, which the tests outside read."""

from __future__ import annotations

import json
import traceback
from typing import Callable


def run_case(title: str, case: Callable[[], None]) -> None:
    """Runs a case and prints its line; an exception is the failure of the case."""
    try:
        case()
        print(json.dumps({"case": title, "ok": True, "message": ""}))
    except Exception:
        print(json.dumps({"case": title, "ok": False, "message": traceback.format_exc()}))
