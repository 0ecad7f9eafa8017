"""A real client of the releases that name commands as with four ports and have three, driven by lines of JSON."""

import collections
import collections.abc
import json
import time

from driven import drive

# The library is older than Python 3.10, which took this name away.
collections.MutableMapping = collections.abc.MutableMapping

from replication import porcelain
from replication.constants import STATE_ACTIVE, STATE_INITIAL, STATE_LOBBY, UP
from replication.data import DataTranslationProtocol, ReplicatedDatablock
from replication.interface import Session
from replication.repository import Repository


class Item:
    """A datablock of a program that is not Blender: a dict."""

    def __init__(self, content: dict) -> None:
        self.content = content


class ReplicatedItem(ReplicatedDatablock):
    """How the library carries an :class:`Item`: always whole."""

    def _construct(self, data=None):
        return Item({})

    def _dump(self, instance=None) -> dict:
        return json.loads(json.dumps(instance.content))

    def _load(self, data=None, target=None) -> None:
        target.content = data

    def resolve(self) -> None:
        self.instance = Item({})

    def resolve_deps(self) -> list:
        return []


class Client:
    """One session of the library."""

    def __init__(self) -> None:
        self.session = Session()
        self.reason = None
        self.session.register("on_exit")(self._exit)
        protocol = DataTranslationProtocol()
        protocol.register_type(Item, ReplicatedItem)
        self.repository = Repository(data_protocol=protocol)

    def _exit(self, reason) -> None:
        self.reason = reason["reason"] if isinstance(reason, dict) else reason

    def connect(self, port: int, user: str, admin_password=None, timeout=5000) -> dict:
        if hasattr(porcelain, "remote_add"):
            self.repository.username = user
            porcelain.remote_add(self.repository, "origin", "127.0.0.1", port)
            self.session.connect(repository=self.repository, timeout=timeout, password=admin_password)
            return {}
        self.session.connect(
            repository=self.repository,
            id=user,
            address="127.0.0.1",
            port=port,
            timeout=timeout,
            password=admin_password,
        )
        return {}

    def wait(self, state: str, seconds: float = 15) -> dict:
        """Listens until the session is in a state, or has ended."""
        wanted = {"lobby": STATE_LOBBY, "active": STATE_ACTIVE, "ended": STATE_INITIAL}[state]
        end = time.monotonic() + seconds
        while self.number() not in (wanted, STATE_INITIAL):
            if time.monotonic() > end:
                raise TimeoutError(f"the client is in state {self.number()}")
            self.session.listen(20)
        return self.state()

    def number(self) -> int:
        state = self.session.state
        return state["STATE"] if isinstance(state, dict) else state

    def state(self) -> dict:
        users = self.session.online_users
        return {
            "active": self.number() == STATE_ACTIVE,
            "lobby": self.number() == STATE_LOBBY,
            "ended": self.number() == STATE_INITIAL,
            "reason": self.reason,
            "users": {
                name: {key: value for key, value in user.items() if key != "metadata"} for name, user in users.items()
            },
            "metadata": {name: repr(user["metadata"]) for name, user in users.items()},
        }

    def listen(self, seconds: float) -> dict:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.number() != STATE_INITIAL:
            self.session.listen(10)
        return {}

    def add(self, contents: list) -> list:
        return [porcelain.add(self.repository, Item(content)) for content in contents]

    def init(self) -> dict:
        self.session.init()
        return {}

    def publish(self, uuid: str) -> dict:
        self.session.commit(uuid)
        self.session.push(uuid)
        return {}

    def change(self, uuid: str, content: dict) -> dict:
        node = self.repository.get_node(uuid)
        node.instance = Item(content)
        node.state = UP
        return self.publish(uuid)

    def remove(self, uuid: str) -> dict:
        self.session.remove(uuid, remove_dependencies=False)
        return {}

    def lock(self, uuids: list, owner=None) -> dict:
        for uuid in uuids:
            self.session.change_owner(uuid, owner or self.session.id)
        return {}

    def kick(self, user: str) -> dict:
        self.session.kick(user)
        return {}

    def metadata(self, fields: dict) -> dict:
        self.session.update_user_metadata(fields)
        return {}

    def nodes(self) -> dict:
        return {
            uuid: {"owner": node.owner, "data": node.data} for uuid, node in self.repository.object_store.items()
        }

    def leave(self) -> dict:
        self.session.disconnect()
        return {}


if __name__ == "__main__":
    drive(Client())
