"""A script on the three-port wire that encrypts with CurveZMQ, driven by lines of JSON."""

import pickle
import uuid

import zmq

from driven import drive

SNAPSHOT, SERVER_SNAPSHOT, LOGIN, NODE = 7, 8, 9, 2


class Script:
    """A client without the classes of the library: sockets only."""

    def connect(self, port: int, user: str, server_key: str) -> str:
        self.user = user
        identity = uuid.uuid4().bytes
        self.command, self.data = (self.socket(port + offset, identity, server_key) for offset in (0, 1))
        login = {"AUTH_TYPE": "CLIENT", "AUTH_ID": user, "S_PWD": None, "A_PWD": None, "VERSION": "0.9.10"}
        return self.ask(LOGIN, login)

    def socket(self, port: int, identity: bytes, server_key: str) -> zmq.Socket:
        socket = zmq.Context.instance().socket(zmq.DEALER)
        socket.identity = identity
        socket.linger = 0
        if server_key:
            socket.curve_publickey, socket.curve_secretkey = zmq.curve_keypair()
            socket.curve_serverkey = server_key.encode()
        socket.rcvtimeo = 2000
        socket.connect(f"tcp://127.0.0.1:{port}")
        return socket

    def ask(self, kind: int, data, answer_kind=None):
        """Sends a command; the data of the answer of its kind, or None when none comes."""
        self.command.send_multipart([pickle.dumps(kind, 4), self.user.encode(), pickle.dumps(data, 4)])
        while True:
            try:
                number, _, answer = self.command.recv_multipart()
            except zmq.Again:
                return None
            if pickle.loads(number) == kind:
                return pickle.loads(answer)

    def fill(self, size: int) -> str:
        """Fills the session with one node of `size` bytes; its id."""
        node = str(uuid.uuid4())
        self.ask(SERVER_SNAPSHOT, {"STATE": "INIT", "SIZE": 1, "NODES": [node]})
        content = {"uuid": node, "type_id": "Item", "content": bytes(range(256)) * (size // 256)}
        parts = [pickle.dumps(NODE, 4), node.encode(), b"COMMON", pickle.dumps([], 4), pickle.dumps(content, 4)]
        self.ask(SERVER_SNAPSHOT, {"STATE": "SET", "DATA": parts})
        return node

    def get(self, node: str) -> int:
        """The bytes of a node that is fetched as a joining client does."""
        self.ask(SNAPSHOT, {"STATE": "REQUEST_INIT"})
        answer = self.ask(SNAPSHOT, {"STATE": "GET", "ID": node})
        return len(pickle.loads(answer["DATA"][4])["content"])

    def write(self, node: str, size: int) -> dict:
        content = {"uuid": node, "type_id": "Item", "content": b"x" * size}
        self.data.send_multipart(
            [pickle.dumps(NODE, 4), node.encode(), b"COMMON", pickle.dumps([], 4), pickle.dumps(content, 4)]
        )
        return {}

    def hear(self) -> int:
        """The bytes of the next node that someone else has changed."""
        return len(pickle.loads(self.data.recv_multipart()[4])["content"])


if __name__ == "__main__":
    drive(Script())
