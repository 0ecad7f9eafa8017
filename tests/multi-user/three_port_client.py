"""A real client of the three-port generation, driven by lines of JSON."""

import json
import time

from driven import drive
from replication import porcelain
from replication.constants import STATE_ACTIVE, STATE_INITIAL, STATE_LOBBY, UP
from replication.interface import Session
from replication.protocol import DataTranslationProtocol, ReplicatedDatablock
from replication.repository import Repository


class Item:
    """A datablock of a program that is not Blender: a dict."""

    def __init__(self, content: dict) -> None:
        self.content = content
        self.uuid = None


class ReplicatedItem(ReplicatedDatablock):
    """How the library carries an :class:`Item`: by what has changed in it."""

    is_root = True
    use_delta = True

    @staticmethod
    def construct(data: dict) -> Item:
        return Item({})

    @staticmethod
    def dump(datablock: Item) -> dict:
        return json.loads(json.dumps(datablock.content))

    @staticmethod
    def load(data: dict, datablock: Item) -> None:
        datablock.content = {key: value for key, value in data.items() if key not in ("uuid", "type_id")}

    @staticmethod
    def resolve(data: dict) -> None:
        return None

    @staticmethod
    def resolve_deps(datablock: Item) -> list:
        return []


class Client:
    """One session of the library."""

    def __init__(self) -> None:
        self.session = Session()
        self.repository = None
        self.reason = None
        self.session.register("on_exit")(self._exit)

    def _exit(self, reason) -> None:
        self.reason = reason["reason"] if isinstance(reason, dict) else reason

    def connect(self, port: int, user: str, admin_password=None, server_password=None, timeout=5000) -> dict:
        protocol = DataTranslationProtocol()
        protocol.register_implementation(Item, ReplicatedItem)
        self.repository = Repository(rdp=protocol, username=user)
        porcelain.remote_add(
            self.repository,
            "origin",
            "127.0.0.1",
            port,
            admin_password=admin_password,
            server_password=server_password,
        )
        self.session.connect(
            self.repository, timeout=timeout, admin_password=admin_password, server_password=server_password
        )
        return {}

    def wait(self, state: str, seconds: float = 10) -> dict:
        """Listens until the session is in a state, or has ended."""
        wanted = {"lobby": STATE_LOBBY, "active": STATE_ACTIVE, "ended": STATE_INITIAL}[state]
        end = time.monotonic() + seconds
        while self.session.state not in (wanted, STATE_INITIAL):
            if time.monotonic() > end:
                raise TimeoutError(f"the client is in state {self.session.state}")
            self.session.listen(20)
        return self.state()

    def state(self) -> dict:
        users = {} if self.session.state == STATE_INITIAL else dict(self.repository.remote.online_users)
        return {
            "active": self.session.state == STATE_ACTIVE,
            "lobby": self.session.state == STATE_LOBBY,
            "ended": self.session.state == STATE_INITIAL,
            "reason": self.reason,
            "users": {
                name: {key: value for key, value in user.items() if key != "metadata"} for name, user in users.items()
            },
            "metadata": {name: repr(user["metadata"]) for name, user in users.items()},
        }

    def listen(self, seconds: float) -> dict:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.session.listen(10)
        return {}

    def add(self, contents: list) -> list:
        return [porcelain.add(self.repository, Item(content)) for content in contents]

    def init(self) -> dict:
        self.session.init()
        return {}

    def publish(self, uuid: str) -> dict:
        porcelain.commit(self.repository, uuid)
        porcelain.push(self.repository, "origin", uuid)
        return {}

    def change(self, uuid: str, content: dict) -> dict:
        """Changes a datablock as its user does, and sends the difference."""
        node = self.repository.graph[uuid]
        if node.instance is None:
            node.instance = Item({})
            node.instance.uuid = uuid
        node.instance.content = content
        node.state = UP
        return self.publish(uuid)

    def remove(self, uuid: str) -> dict:
        porcelain.rm(self.repository, uuid, remove_dependencies=False)
        return {}

    def lock(self, uuids: list, owner=None) -> dict:
        porcelain.lock(self.repository, uuids, new_owner=owner)
        return {}

    def unlock(self, uuids: list) -> dict:
        porcelain.unlock(self.repository, uuids)
        return {}

    def kick(self, user: str) -> dict:
        porcelain.kick(self.repository, user)
        return {}

    def metadata(self, fields: dict) -> dict:
        porcelain.update_user_metadata(self.repository, fields)
        return {}

    def nodes(self) -> dict:
        return {
            uuid: {"owner": node.owner, "data": {k: v for k, v in (node.data or {}).items() if k not in ("uuid", "type_id")}}
            for uuid, node in self.repository.graph.items()
        }

    def leave(self) -> dict:
        self.session.disconnect("done")
        return {}


if __name__ == "__main__":
    drive(Client())
