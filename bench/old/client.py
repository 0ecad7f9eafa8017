"""One client of the old server for the benchmark: the real `replication` classes, driven by lines of JSON.

Reads a command a line on standard input and answers each with one line of JSON on standard output. It runs in a
virtual environment of its own, so that nothing of it is needed, or can be imported, anywhere else.
"""

import json
import struct
import sys
import threading
import time

from replication import porcelain
from replication.constants import STATE_ACTIVE, STATE_INITIAL, STATE_LOBBY
from replication.interface import Session
from replication.protocol import DataTranslationProtocol, ReplicatedDatablock
from replication.repository import Repository


class Item:
    """A datablock of the benchmark: some bytes."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.uuid = None


class ReplicatedItem(ReplicatedDatablock):
    """How the library carries an :class:`Item`: whole, as an artist's datablock is carried."""

    is_root = True
    use_delta = False

    @staticmethod
    def construct(data: dict) -> Item:
        return Item(data["content"])

    @staticmethod
    def dump(datablock: Item) -> dict:
        return {"content": datablock.content}

    @staticmethod
    def load(data: dict, datablock: Item) -> None:
        datablock.content = data["content"]

    @staticmethod
    def resolve(data: dict) -> None:
        return None

    @staticmethod
    def resolve_deps(datablock: Item) -> list:
        return []


def content_of(index: int, size: int) -> bytes:
    """Bytes that do not compress, the same for the same index."""
    state = (index + 1) * 2654435761 % 2**32
    words = []
    for _ in range((size + 3) // 4):
        state = (1664525 * state + 1013904223) % 2**32
        words.append(state)
    return struct.pack(f"<{len(words)}I", *words)[:size]


class Client:
    """One session of the library, listened to until something is reached."""

    def __init__(self) -> None:
        self.session = Session()
        self.repository: Repository | None = None
        self.updates = 0
        self.latencies_ms: list[float] = []

    def connect(self, address: str, port: int, name: str, admin: bool) -> dict:
        protocol = DataTranslationProtocol()
        protocol.register_implementation(Item, ReplicatedItem)
        self.repository = Repository(rdp=protocol, username=name)
        password = "admin" if admin else None
        porcelain.remote_add(self.repository, "origin", address, port, admin_password=password)
        self.started = time.perf_counter()
        self.session.connect(self.repository, timeout=600_000, admin_password=password)
        return {}

    def init(self, count: int, size: int) -> dict:
        self.listen_until(lambda: self.session.state == STATE_LOBBY)
        for index in range(count):
            porcelain.add(self.repository, Item(content_of(index, size)))
        self.session.init()
        self.listen_until(lambda: self.session.state == STATE_ACTIVE)
        return {}

    def join(self) -> dict:
        self.listen_until(lambda: self.session.state == STATE_ACTIVE)
        return {"seconds": time.perf_counter() - self.started, "datablocks": len(self.repository.object_store)}

    def publish(self, size: int, count: int, per_second: float | None) -> dict:
        node = next(iter(self.repository.object_store.values()))
        rest = content_of(0, size)[16:]
        started = time.perf_counter()
        for number in range(count):
            if per_second is not None:
                time.sleep(max(0, started + number / per_second - time.perf_counter()))
            node.data["content"] = struct.pack("<dQ", time.time(), number) + rest
            self.repository.push(self.repository.remote.data, node)
            self.session.listen(0)
        sent = sum(len(part) for part in node.as_raw_chunks())
        return {"seconds": time.perf_counter() - started, "bytes_each": sent}

    def read(self, count: int, quiet_seconds: float) -> dict:
        """Listens until `count` updates came, or none for a while; the first 16 bytes hold the time of sending."""
        started = None
        last = time.perf_counter()
        original = self.repository.do_commit

        def note(update) -> None:
            nonlocal started, last
            original(update)
            last = time.perf_counter()
            started = started or last
            self.updates += 1
            (sent,) = struct.unpack_from("<d", update.data["content"])
            self.latencies_ms.append((time.time() - sent) * 1000)

        self.repository.do_commit = note
        while self.updates < count and (started is None or time.perf_counter() - last < quiet_seconds):
            self.session.listen(50)
        self.repository.do_commit = original
        self.latencies_ms.sort()
        return {
            "updates": self.updates,
            "seconds": last - (started or last),
            "p50_ms": percentile(self.latencies_ms, 0.5),
            "p99_ms": percentile(self.latencies_ms, 0.99),
        }

    def listen_until(self, reached) -> None:
        while not reached():
            if self.session.state == STATE_INITIAL:
                raise RuntimeError("the old server let the client go")
            self.session.listen(50)


def percentile(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def main() -> None:
    client = Client()
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "exit":
            break
        try:
            answer = getattr(client, command.pop("do"))(**command)
        except Exception as error:  # the other side prints it with the row it belongs to
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)
    if client.repository is not None and client.session.state != STATE_INITIAL:
        client.session.disconnect()
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join(1)


if __name__ == "__main__":
    main()
