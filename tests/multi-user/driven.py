"""Drives a client by lines of JSON: one command a line in, one answer a line out."""

import json
import sys
from typing import Any


def drive(client: Any) -> None:
    """Calls the method that each line names, with the values behind the name, until standard input ends."""
    for line in sys.stdin:
        command, *values = json.loads(line)
        try:
            answer = {"value": getattr(client, command)(*values)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
