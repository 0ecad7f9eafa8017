"""What the panel has under way: hosting and joining without ever making Blender wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import bpy

from .. import live
from ..errors import SceneportError
from ..files import Backup
from ..hosting.server import Listening
from ..hosting.stored import StoredSession, StoredSessions
from ..requests import Reply


class Wanted(NamedTuple):
    """What shall be hosted."""

    session_name: str
    port: int
    password: str | None


@dataclass
class _State:
    error: SceneportError | None = None
    """The last refusal."""
    joining: Reply | None = None
    """A join that has not been answered."""
    pending: list[tuple[Reply, Callable[[Any], None]]] = field(default_factory=list)
    """Other requests whose refusal the user wants to know, and what to do with their answers."""
    wanted: Wanted | None = None
    """What shall be hosted, while it is not known whether it is stored already, and while the user is asked."""
    listing: StoredSessions | None = None
    stored: StoredSession | None = None
    """The session of the wanted name that is stored already: the user is asked whether to continue it."""
    after_listening: Callable[[Listening], None] | None = None
    """What to do as soon as the hosted server is ready."""
    after_leaving: Callable[[], None] | None = None
    leaving: Reply | None = None
    backup: Backup | None = None
    """The user's own file, while what is open comes from a session."""


state = _State()


def is_in_session() -> bool:
    """Whether the open file is in a session."""
    return live.session is not None and live.session.watching and not live.session.interrupted


def is_free() -> bool:
    """Whether the user is neither in a session nor on the way into one."""
    return not is_in_session() and state.joining is None


def attempt(action: Callable[[], Any]) -> bool:
    """Does something that may be refused; the refusal is shown in the panel. Whether it was not refused."""
    state.error = None
    try:
        action()
    except SceneportError as error:
        state.error = error
        return False
    return True


def host(session_name: str, port: int, password: str) -> None:
    """Starts the server and joins it as soon as it listens; asks before where a session of this name is stored."""
    live.check_online_access(None)
    state.wanted = Wanted(session_name, port, password or None)
    state.listing = live.stored_sessions()
    if state.listing is None:
        _start_wanted()


def host_stored() -> None:
    """The answer to the question: continues the stored session."""
    _start_wanted()


def host_new(session_name: str) -> None:
    """The other answer: begins a session of another name."""
    state.stored = None
    if state.wanted is not None:
        host(session_name, state.wanted.port, state.wanted.password or "")


def do_not_host() -> None:
    """The third answer."""
    state.wanted = state.stored = None


def _start_wanted() -> None:
    wanted, state.wanted, state.stored = state.wanted, None, None
    if wanted is not None:
        live.start_server(wanted.session_name, wanted.port, wanted.password)
        state.after_listening = lambda _: join_hosted()


def _stored_is_known() -> None:
    found = state.listing.poll() if state.listing is not None else None
    if found is None or state.wanted is None:
        return
    state.listing = None
    same = [one for one in found if one.name == state.wanted.session_name and one.datablocks > 0]
    if same:
        state.stored = same[0]
    else:
        _start_wanted()


def join_hosted() -> None:
    """Starts to join the hosted session, as its administrator. Raises SceneportError."""
    join(target=live.server.listening.invite, admin_password=live.server.admin_password)


def join(target: str, **options: Any) -> None:
    """Starts to join. Raises SceneportError."""
    live.check_online_access(target)
    state.joining = live.join(target, **options)
    if bpy.data.filepath:
        # What is open is the user's own again, not what an earlier session has left.
        state.backup = None


def ask(kind: str, then: Callable[[Any], None] = lambda _: None, **fields: Any) -> None:
    """A request whose refusal is shown when it comes; `then` is done with its answer. Raises SceneportError."""
    if live.session is None:
        raise SceneportError("not-online", "There is no session.")
    state.pending.append((live.session.request(kind, **fields), then))


def leave(afterwards: Callable[[], None] | None = None) -> None:
    """Starts to leave; `afterwards` is done when that is answered."""
    if live.session is not None:
        state.leaving = live.session.leave()
        state.after_leaving = afterwards


def step() -> None:
    """Goes on with whatever has an answer now. Called after every tick."""
    attempt_quietly(_stored_is_known)
    attempt_quietly(_hear_server)
    attempt_quietly(_answers)


def attempt_quietly(action: Callable[[], Any]) -> None:
    """Does something that may be refused, keeping an older message where it is not."""
    try:
        action()
    except SceneportError as error:
        state.error = error


def _hear_server() -> None:
    try:
        listening = live.listening()
    except SceneportError:
        state.after_listening = None
        raise
    if listening is not None and state.after_listening is not None:
        action, state.after_listening = state.after_listening, None
        action(listening)


def _answers() -> None:
    session = live.session
    if session is not None and session.hands.backup is not None:
        # What an earlier session has left is no file of the user's: the one from before it is.
        state.backup, session.hands.backup = state.backup or session.hands.backup, None
    if state.joining is not None and state.joining.done:
        reply, state.joining = state.joining, None
        reply.value()
    if state.leaving is not None and state.leaving.done:
        action, state.after_leaving, state.leaving = state.after_leaving, None, None
        if action is not None:
            action()
    done = [one for one in state.pending if one[0].done]
    state.pending = [one for one in state.pending if not one[0].done]
    for reply, then in done:
        attempt_quietly(lambda reply=reply, then=then: then(reply.value()))
