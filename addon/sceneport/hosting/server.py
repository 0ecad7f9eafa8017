"""The server that this Blender hosts: a child that goes on when the user leaves the session, and ends with Blender."""

from __future__ import annotations

import json
import os
import queue
import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import SceneportError
from ..link import log_file
from .program import OWN_VARIABLES

_LOG_SECONDS = 1.0
"""For how long the last words of a server that has ended are waited for."""
_REFUSAL = re.compile(r"sceneport: (?P<message>.*) \((?P<code>[a-z-]+)\)$")
"""How the program says why it ends."""
_IN_BLENDER = {"port-taken": "Another program uses this port. Choose another one; 0 picks a free one."}
"""What the program says in words of the command line."""


class Listening(NamedTuple):
    """How the server can be joined."""

    port: int
    code: str
    invite: str


class ReachPlace(NamedTuple):
    """A place by which others reach the server, or would, in the server's own words."""

    place: str
    state: str
    """`open`, `waiting` or `closed`."""
    text: str


class HostedServer:
    """`sceneport serve` as a child. It says when it listens and where it is reached, and ends when its standard input ends."""

    def __init__(self, command: Sequence[str], data_folder: Path, log_path: Path, password: str | None = None) -> None:
        """Raises SceneportError `internal` where it cannot be started."""
        environment = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
        self.admin_password = secrets.token_urlsafe(24)
        """With it the host is an administrator; nobody else is told."""
        environment["SCENEPORT_ADMIN_PASSWORD"] = self.admin_password
        if password:
            environment["SCENEPORT_SESSION_PASSWORD"] = password
        self.data_folder = data_folder
        self.listening: Listening | None = None
        self.reach: list[ReachPlace] = []
        self._log_path = log_path
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        try:
            self._child = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
            )
        except OSError as error:
            raise SceneportError("internal", f"The server could not be started: {error}") from error
        self._log = log_file.collect(self._child.stderr, log_path)
        threading.Thread(target=self._read, name="sceneport-server", daemon=True).start()

    def poll(self) -> Listening | None:
        """How to join, as soon as it is known. Raises SceneportError once the server has ended: its refusal, or `internal`."""
        while not self._lines.empty():
            event = _event(self._lines.get())
            if event.get("event") == "listening":
                self.listening = _listening(event)
            elif event.get("event") == "reach":
                self.reach = _reach(event)
        if self._child.poll() is not None:
            self._log.join(_LOG_SECONDS)
            raise _refusal(log_file.last_lines(self._log_path, 2))
        return self.listening

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._child.pid

    def end(self, timeout_seconds: float = 10.0) -> None:
        """Ends the session for all: the server is asked to stop, and stopped where it does not."""
        self._child.stdin.close()
        try:
            self._child.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _read(self) -> None:
        with self._child.stdout as stream:
            for line in stream:
                self._lines.put(line)


def _refusal(said: list[str]) -> SceneportError:
    """Why the server has ended, from the last lines that it said."""
    refused = _REFUSAL.match(said[-1]) if said else None
    if refused is None:
        return SceneportError("internal", f"The server has ended. {' '.join(said)}".strip())
    code = refused["code"]
    return SceneportError(code, _IN_BLENDER.get(code, refused["message"]))


def _event(line: bytes) -> dict[str, Any]:
    try:
        event: Any = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _listening(event: dict[str, Any]) -> Listening | None:
    port, code, invite = event.get("port"), event.get("code"), event.get("invite")
    if type(port) is not int or type(code) is not str or type(invite) is not str:
        return None
    return Listening(port, code, invite)


def _reach(event: dict[str, Any]) -> list[ReachPlace]:
    places = event.get("places")
    if not isinstance(places, list):
        return []
    fields = [tuple(one.get(name) for name in ReachPlace._fields) for one in places if isinstance(one, dict)]
    return [ReachPlace(*texts) for texts in fields if all(type(text) is str for text in texts)]
