"""A real client of the four-port generation, driven by lines of JSON."""

import collections
import collections.abc
import json
import socket
import time

from driven import drive

# The library is older than Python 3.10, which took this name away.
collections.MutableMapping = collections.abc.MutableMapping

from replication.constants import STATE_ACTIVE, STATE_INITIAL, STATE_LOBBY, UP
from replication.data import ReplicatedDataFactory, ReplicatedDatablock
from replication.interface import Session


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

    def is_valid(self) -> bool:
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    """One session of the library. It works in threads and processes of its own: here is only waiting."""

    def __init__(self) -> None:
        factory = ReplicatedDataFactory()
        factory.register_type(Item, ReplicatedItem)
        if hasattr(Session, "configure"):
            self.session = Session()
            self.session.configure(factory=factory)
        else:
            self.session = Session(factory=factory)

    def connect(self, port: int, user: str, admin_password=None, timeout=5000) -> dict:
        self.session.connect(
            id=user,
            address="127.0.0.1",
            port=port,
            ipc_port=free_port(),
            timeout=timeout,
            password=admin_password,
        )
        return {}

    def wait(self, state: str, seconds: float = 15) -> dict:
        wanted = {"lobby": STATE_LOBBY, "active": STATE_ACTIVE, "ended": STATE_INITIAL}[state]
        end = time.monotonic() + seconds
        while self.number() != wanted:
            if time.monotonic() > end:
                raise TimeoutError(f"the client is in state {self.number()}")
            time.sleep(0.02)
        return self.state()

    def number(self) -> int:
        state = self.session.state
        return state["STATE"] if isinstance(state, dict) else state

    def state(self) -> dict:
        return {
            "active": self.number() == STATE_ACTIVE,
            "lobby": self.number() == STATE_LOBBY,
            "ended": self.number() == STATE_INITIAL,
            "users": {
                name: {key: value for key, value in user.items() if key != "metadata"}
                for name, user in self.session.online_users.items()
            },
            "metadata": {name: repr(user["metadata"]) for name, user in self.session.online_users.items()},
        }

    def listen(self, seconds: float) -> dict:
        time.sleep(seconds)
        return {}

    def add(self, contents: list) -> list:
        return [self.session.add(Item(content)) for content in contents]

    def init(self) -> dict:
        self.session.init()
        return {}

    def publish(self, uuid: str) -> dict:
        self.session.commit(uuid)
        self.session.push(uuid)
        return {}

    def change(self, uuid: str, content: dict) -> dict:
        node = self.session.get(uuid=uuid)
        node.instance = Item(content)
        node.state = UP
        return self.publish(uuid)

    def remove(self, uuid: str) -> dict:
        self.session.remove(uuid, remove_dependencies=False)
        return {}

    def lock(self, uuids: list, owner=None) -> dict:
        for uuid in uuids:
            self.session.change_owner(uuid, owner or self.session._id)
        return {}

    def kick(self, user: str) -> dict:
        self.session.kick(user)
        return {}

    def metadata(self, fields: dict) -> dict:
        self.session.update_user_metadata(fields)
        return {}

    def nodes(self) -> dict:
        return {uuid: {"owner": node.owner, "data": node.data} for uuid, node in self.session._graph.items()}

    def leave(self) -> dict:
        self.session.disconnect()
        return {}


if __name__ == "__main__":
    drive(Client())
