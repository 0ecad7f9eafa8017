"""Cases inside Blender: each prints one line, `CASE ok TITLE` or `CASE FAIL TITLE: REASON`, read by the tests outside."""

from __future__ import annotations

import traceback
from typing import Callable


def run_case(title: str, case: Callable[[], None]) -> None:
    """Runs a case and prints its line; an exception is the failure of the case."""
    try:
        case()
        print(f"CASE ok {title}")
    except Exception as error:
        traceback.print_exc()
        print(f"CASE FAIL {title}: {error}".replace("\n", " "))
