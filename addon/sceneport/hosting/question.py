"""A question to the program `sceneport`, answered in the background."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from .program import OWN_VARIABLES


class Question:
    """Runs the program once, without making the caller wait, and reads the JSON that it prints."""

    def __init__(self, command: Sequence[str], timeout_seconds: float, said: str = "") -> None:
        """`command` begins with Node and the program. It is ended when it takes longer than `timeout_seconds`.

        `said` is its standard input: what is in `command` can be read by everyone on this machine.
        """
        self.done = False
        self.answer: Any = None
        """The field `value` of what was printed; None where there is none."""
        self.error: Any = None
        """The field `error` of what was printed; None where there is none."""
        self._timeout_seconds = timeout_seconds
        threading.Thread(target=self._ask, args=(list(command), said), name="sceneport-question", daemon=True).start()

    def _ask(self, command: list[str], said: str) -> None:
        try:
            ended = subprocess.run(
                command,
                input=said.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: value for name, value in os.environ.items() if name not in OWN_VARIABLES},
                timeout=self._timeout_seconds,
                creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
                check=False,
            )
            said: Any = json.loads(ended.stdout)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            said = None
        if isinstance(said, dict):
            self.answer, self.error = said.get("value"), said.get("error")
        self.done = True
