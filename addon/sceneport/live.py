"""What this Blender has going on: one conversation with a companion, and at most one hosted server.

The scripting interface and the panel both work through this module; nothing in it waits.
"""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import bpy

from . import places
from .addresses import is_this_machine
from .errors import SceneportError
from .hosting import program
from .hosting.examination import Examination
from .hosting.server import HostedServer, Listening
from .hosting.stored import StoredSessions, are_stored
from .requests import Reply
from .session import Session
from .status import OFFLINE

session: Session | None = None
server: HostedServer | None = None

DEFAULT_COLOUR = (0.3, 0.6, 1.0)
DEFAULT_BUDGET_MS = 8.0


def status() -> dict[str, Any]:
    """The last `status` of the companion."""
    return OFFLINE if session is None else session.status


def tick() -> None:
    """One round of the session, within the budget of the preferences."""
    if session is not None:
        session.tick(float(places.preference("budget_ms", DEFAULT_BUDGET_MS)) / 1000.0)


def join(
    target: str,
    user: str | None = None,
    password: str | None = None,
    admin_password: str | None = None,
    code: str | None = None,
    trust_first: bool = False,
    scene: str | None = None,
) -> Reply:
    """Asks the companion to join (rule J1), starting it where none runs. Raises SceneportError."""
    return _running_session().join(
        {
            "target": target.strip(),
            "user": user or user_name(),
            "colour": list(places.preference("colour", DEFAULT_COLOUR)),
            "password": password or None,
            "adminPassword": admin_password or None,
            "code": code or None,
            "trustFirst": trust_first,
            "scene": scene,
            "data": str(places.data_folder() / "companion"),
        }
    )


def start_server(
    session_name: str,
    port: int,
    password: str | None = None,
    data: str | None = None,
    relay: str | None = None,
    map_port: bool | None = None,
) -> HostedServer:
    """Starts hosting, in the place of a server that runs already.

    `relay` and `map_port` are those of the preferences where they are None.

    Raises SceneportError.
    """
    global server
    if server is not None:
        end_server()
    folder = Path(data) if data else _server_folder()
    maps_port = places.preference("map_port", False) if map_port is None else map_port
    command = program.command(
        str(places.preference("node_path", "")),
        *("serve", "--json", "--port", str(port), "--parent-stdin"),
        *("--data", str(folder), "--session", session_name),
        *_relay_arguments(relay),
        *(["--map-port"] if maps_port else []),
    )
    server = HostedServer(command, folder, places.data_folder() / "logs" / "server.log", password)
    return server


def stored_sessions() -> StoredSessions | None:
    """Begins to list what is stored where this Blender hosts; None where nothing is. Raises SceneportError."""
    folder = _server_folder()
    if not are_stored(folder):
        return None
    return StoredSessions(program.command(str(places.preference("node_path", ""))), folder)


def examine(target: str, *machine: str) -> Examination:
    """Begins to test the ways of an invite or an address, and by `machine` this machine. Raises SceneportError."""
    return Examination(program.command(str(places.preference("node_path", ""))), target, machine)


def end_server() -> None:
    """Ends the hosted session for all."""
    global server
    if server is not None:
        server.end()
        server = None


def listening() -> Listening | None:
    """How to join the hosted server, once it is ready; None where nothing is hosted. Raises SceneportError."""
    global server
    if server is None:
        return None
    try:
        return server.poll()
    except SceneportError:
        server = None
        raise


def abandon() -> None:
    """After an error of the add-on itself: ends the conversation, and says so in the panel."""
    if session is not None:
        session.fail("internal", "Something went wrong in the add-on. Join again: what was handed over is kept.")


def shut_down() -> None:
    """Ends everything that was started; what was handed over stays on disk."""
    global session
    if session is not None:
        session.close()
        session.wait_for_end(timeout_seconds=10.0)
        session = None
    end_server()


def user_name() -> str:
    """The name from the preferences, else that of the account."""
    return str(places.preference("user_name", "")) or getpass.getuser()


def check_online_access(target: str | None) -> None:
    """Blender's own switch for add-ons that use the network; this machine alone may always be joined.

    `target` is None for hosting, which is for others. Raises SceneportError `offline-mode`.
    """
    if getattr(bpy.app, "online_access", True) or bpy.app.background:
        return
    if target is None or not is_this_machine(target):
        raise SceneportError(
            "offline-mode",
            "Blender is set to work offline. Switch on Preferences > System > Network > Allow Online Access.",
        )


def _relay_arguments(relay: str | None) -> list[str]:
    place = str(places.preference("relay", "")) if relay is None else relay
    return ["--relay", place.strip()] if place.strip() else []


def _server_folder() -> Path:
    return places.data_folder() / "server"


def _running_session() -> Session:
    global session
    if session is None or session.ended:
        command = program.command(str(places.preference("node_path", "")), "connect", "--stdio")
        try:
            session = Session(command, places.data_folder())
        except OSError as error:
            raise SceneportError("companion-stopped", f"The program could not be started: {error}") from error
    return session
