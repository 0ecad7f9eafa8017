"""A companion without a mind: a real process on real pipes that passes every message to and from a loopback socket.

The test on the other end of the socket plays the companion. Usage: scripted_companion.py PORT
"""

from __future__ import annotations

import os
import socket
import sys
import threading


def copy(read, write, end) -> None:
    while data := read(65536):
        write(data)
    end()


def main() -> None:
    link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    down = threading.Thread(
        target=copy,
        args=(link.recv, lambda data: (sys.stdout.buffer.write(data), sys.stdout.buffer.flush()), lambda: os._exit(0)),
        daemon=True,
    )
    down.start()
    copy(sys.stdin.buffer.read1, link.sendall, link.close)


if __name__ == "__main__":
    main()
