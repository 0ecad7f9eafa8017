"""A bare client of the three-port wire: it joins a session and times the answer to each of its questions for a node.

The real client classes spend more on a question than any server on its answer; here is nothing but the socket.
"""

import json
import pickle
import sys
import time
import uuid

import zmq

SNAPSHOT, LOGIN = 7, 9


class Asker:
    """One command socket, driven by lines of JSON like the other clients of the benchmark."""

    def connect(self, address: str, port: int, name: str, version: str) -> dict:
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.setsockopt(zmq.IDENTITY, uuid.uuid4().bytes)
        self.socket.connect(f"tcp://{address}:{port}")
        self.name = name
        login = {"AUTH_TYPE": "CLIENT", "AUTH_ID": name, "S_PWD": None, "A_PWD": None, "VERSION": version}
        return {"answer": self.ask(LOGIN, login)}

    def ask(self, kind: int, data: dict):
        self.socket.send_multipart([pickle.dumps(kind, 4), self.name.encode(), pickle.dumps(data, 4)])
        while True:
            answer_kind, _, answer = self.socket.recv_multipart()
            if pickle.loads(answer_kind) == kind:
                return answer

    def get(self, rounds: int) -> dict:
        """Asks for every node, `rounds` times; the times of all answers, microseconds."""
        times = []
        for _ in range(rounds):
            catalog = pickle.loads(self.ask(SNAPSHOT, {"STATE": "REQUEST_INIT"}))["CATALOG"]
            for node in reversed(catalog):
                started = time.perf_counter()
                self.ask(SNAPSHOT, {"STATE": "GET", "ID": node})
                times.append((time.perf_counter() - started) * 1e6)
        times.sort()
        return {"p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}


def main() -> None:
    asker = Asker()
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "exit":
            break
        print(json.dumps(getattr(asker, command.pop("do"))(**command), default=repr), flush=True)


if __name__ == "__main__":
    main()
