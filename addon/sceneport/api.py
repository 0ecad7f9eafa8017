"""The scripting interface: for pipelines and tests. Every function may be called in `blender -b` and from the GUI.

`host` and `join` wait, pumping, until the session is open and shown, or raise SceneportError(code, message). Where no
timers run (`blender -b`, Blender as a module) `pump` must be called from time to time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from . import live
from .errors import SceneportError
from .requests import Reply

__all__ = [
    "SceneportError",
    "digest",
    "flush",
    "host",
    "join",
    "leave",
    "lock",
    "pump",
    "status",
    "unlock",
    "wait_for",
]

TIMEOUT_SECONDS = 60.0
PUMP_PERIOD_SECONDS = 0.005


def host(
    session: str = "main",
    port: int = 0,
    password: str | None = None,
    user: str | None = None,
    scene: str | None = "current",
    data: str | None = None,
    relay: str | None = None,
    map_port: bool | None = None,
) -> dict[str, Any]:
    """Starts a server as a child of this Blender and joins it; the result is {"invite", "port", "code"}.

    `port` 0 picks a free one; `data` is the server's folder. `relay` is a relay by which
    others reach it; None: that of the preferences, empty: none. `map_port` asks the router to open a port; None: as the
    preferences say. `scene` "current" or "empty" begins a new session with
    the open file or with nothing; None goes on with a stored session, or begins with the open file.
    """
    deadline = time.monotonic() + TIMEOUT_SECONDS
    live.start_server(session, port, password, data, relay, map_port)
    _wait(lambda: live.listening() is not None, deadline)
    listening = live.listening()
    try:
        _join_and_wait(
            deadline,
            "current",
            target=listening.invite,
            user=user,
            admin_password=live.server.admin_password,
            scene=scene,
        )
    except SceneportError:
        live.end_server()
        raise
    return {"invite": listening.invite, "port": listening.port, "code": listening.code}


def join(invite_or_address: str, **options: Any) -> None:
    """Joins a session, backing the open file up first. `options` are those of `live.join`.

    `scene` "current" or "empty" publishes into an empty session and raises `already-initialised` on any other; None
    joins whatever is there.
    """
    _join_and_wait(time.monotonic() + TIMEOUT_SECONDS, "empty", target=invite_or_address, **options)


def leave() -> None:
    """Leaves the session, sending what is pending if the server can be reached. The open file stays as it is."""
    if live.session is not None:
        _answer(live.session.leave(), time.monotonic() + TIMEOUT_SECONDS)


def pump(seconds: float = 0) -> None:
    """One round of receiving, applying, detecting and handing over; rounds for so long where `seconds` is given."""
    until = time.monotonic() + seconds
    live.tick()
    while time.monotonic() < until:
        time.sleep(PUMP_PERIOD_SECONDS)
        live.tick()


def flush(timeout: float = TIMEOUT_SECONDS) -> None:
    """Pumps until all local changes, those that Blender does not report included, are acknowledged.

    Raises TimeoutError.
    """
    session = _session()
    deadline = time.monotonic() + timeout
    session.look_at_everything()
    _wait(lambda: session.settled, deadline, TimeoutError)
    # What was handed over is counted by the first answer, and the status that says so is here before the second.
    answers = 0
    while answers < 2:
        reply = session.request("digest")
        _wait(lambda: reply.done, deadline, TimeoutError)
        if reply.error is not None and reply.error.code == "companion-stopped" and not session.ended:
            # Another one is on its way: what it is told is counted from the start.
            _wait(lambda: session.settled, deadline, TimeoutError)
            answers = 0
        else:
            reply.value()
            answers += 1
    _wait(lambda: session.settled and session.status["pending"] == 0, deadline, TimeoutError)


def wait_for(seq: int, timeout: float = TIMEOUT_SECONDS) -> None:
    """Pumps until this Blender shows the session as of event `seq` or later. Raises TimeoutError."""
    session = _session()
    _wait(lambda: session.status["seq"] >= seq and session.settled, time.monotonic() + timeout, TimeoutError)


def status() -> dict[str, Any]:
    """The state of the session: see docs/COMPANION.md, rule J2, with the names in the manner of Python."""
    now = live.status()
    progress = now["progress"]
    return {
        "state": now["state"],
        "seq": now["seq"],
        "pending": now["pending"],
        "progress": {
            "datablocks": progress["datablocks"],
            "datablocks_total": progress["datablocksTotal"],
            "bytes": progress["bytes"],
            "bytes_total": progress["bytesTotal"],
        },
        "users": [
            {
                "name": user["name"],
                "number": user["number"],
                "role": user["role"],
                "rtt_ms": user.get("rttMs"),
                "way": user.get("way"),
                "me": user["me"],
            }
            for user in now["users"]
        ],
        "error": now["error"],
    }


def lock(ids: Iterable[Any]) -> None:
    """Takes datablocks, so that nobody else can change them. Raises `not-owner` where another has one of them."""
    _answer(_session().request("lock", ids=_identifiers(ids)), time.monotonic() + TIMEOUT_SECONDS)


def unlock(ids: Iterable[Any]) -> None:
    """Gives datablocks back. Raises `not-owner` where another has one of them."""
    _answer(_session().request("unlock", ids=_identifiers(ids)), time.monotonic() + TIMEOUT_SECONDS)


def digest() -> dict[str, Any]:
    """{"seq", "hex"} of the session as this Blender's companion holds it."""
    return _answer(_session().request("digest"), time.monotonic() + TIMEOUT_SECONDS)


def _join_and_wait(deadline: float, scene_if_empty: str, **options: Any) -> None:
    reply = live.join(**options)
    session = _session()
    while not reply.done:
        if session.asked:
            session.asked = False
            session.request("choose", scene=scene_if_empty)
        _wait(lambda: reply.done or session.asked, deadline)
    reply.value()
    _wait(lambda: session.settled, deadline)


def _session() -> Any:
    if live.session is None:
        raise SceneportError("not-online", "There is no session; host or join one first.")
    return live.session


def _identifiers(ids: Iterable[Any]) -> list[str]:
    found = [_session().identity.ident(datablock) for datablock in ids]
    return [identifier for identifier in found if identifier is not None]


def _answer(reply: Reply, deadline: float, timed_out: type[Exception] | None = None) -> Any:
    _wait(lambda: reply.done, deadline, timed_out)
    return reply.value()


def _wait(done: Callable[[], bool], deadline: float, timed_out: type[Exception] | None = None) -> None:
    """Pumps until `done`. Raises `timed-out`, or `timed_out` where it is given."""
    live.tick()
    while not done():
        if time.monotonic() > deadline:
            if timed_out is not None:
                raise timed_out("it took too long")
            raise SceneportError("timed-out", "It took too long.")
        time.sleep(PUMP_PERIOD_SECONDS)
        live.tick()
