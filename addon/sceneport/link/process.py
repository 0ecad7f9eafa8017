"""The companion as a child process, and the two threads that carry bytes to and from it (rules L4, L5)."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from . import log_file
from .framing import Buffer, Frame, MalformedMessage, TornMessage, read_frame

PIPE_BYTES = 1024 * 1024


class Ended:
    """The last thing that arrives: the stream has ended, with a reason where the bytes were malformed."""

    def __init__(self, malformed: str | None) -> None:
        self.malformed = malformed


class CompanionProcess:
    """Starts a program and exchanges frames with it without ever making the caller wait.

    Frames arrive in `arrived` in their order, the last entry being `Ended`. The threads move bytes only: whatever
    takes time in Python is done by the one who takes them out.
    """

    def __init__(self, command: Sequence[str], log_path: Path) -> None:
        """Raises OSError where the program cannot be started."""
        self.arrived: queue.SimpleQueue[Frame | Ended] = queue.SimpleQueue()
        self._outgoing: queue.SimpleQueue[list[Buffer] | None] = queue.SimpleQueue()
        self._queued_bytes = 0
        self._lock = threading.Lock()
        self._child = start_child(command)
        self._log = log_file.collect(self._child.stderr, log_path)
        self._reader = threading.Thread(target=self._read, name="sceneport-reader", daemon=True)
        self._writer = threading.Thread(target=self._write, name="sceneport-writer", daemon=True)
        self._reader.start()
        self._writer.start()

    @property
    def queued_bytes(self) -> int:
        """Bytes handed over to the writer that the companion has not taken yet."""
        return self._queued_bytes

    def send(self, pieces: list[Buffer]) -> None:
        """Queues one frame. The pieces must not change any more."""
        with self._lock:
            self._queued_bytes += sum(memoryview(piece).nbytes for piece in pieces)
        self._outgoing.put(pieces)

    def close(self) -> None:
        """Lets the companion end by itself: its standard input ends once what is queued is written."""
        self._outgoing.put(None)

    def wait(self, timeout_seconds: float) -> int | None:
        """The exit status, or None where the companion still runs after the timeout."""
        try:
            return self._child.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """Ends the companion at once (rule L3, and where it does not end by itself)."""
        self._child.kill()
        self.close()

    def join_log(self, timeout_seconds: float) -> None:
        """Waits until everything the companion said to people is in the log."""
        self._log.join(timeout_seconds)

    @property
    def pid(self) -> int:
        """The process id of the companion."""
        return self._child.pid

    def _read(self) -> None:
        stream = self._child.stdout
        malformed = None
        with stream:
            try:
                while (frame := read_frame(stream.read)) is not None:
                    self.arrived.put(frame)
            except TornMessage:
                # It was killed while it spoke: what it had begun to say is as if it had not been said.
                pass
            except MalformedMessage as error:
                malformed = str(error)
        self.arrived.put(Ended(malformed))

    def _write(self) -> None:
        stream = self._child.stdin
        try:
            while (pieces := self._outgoing.get()) is not None:
                for piece in pieces:
                    stream.write(piece)
                if self._outgoing.empty():
                    stream.flush()
                with self._lock:
                    self._queued_bytes -= sum(memoryview(piece).nbytes for piece in pieces)
            stream.close()
        except OSError:
            # The companion is gone: the reader says so, and what was queued cannot be said to anybody.
            return


def start_child(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A child with three pipes, without a window of its own on Windows. Raises OSError."""
    hidden = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    return subprocess.Popen(
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=PIPE_BYTES,
        creationflags=hidden,
    )
