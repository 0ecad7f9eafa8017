"""Rules L4 and L5 with a real child process."""

from __future__ import annotations

import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.link import log_file  # noqa: E402
from sceneport.link.framing import encode_frame, parse_frame  # noqa: E402
from sceneport.link.process import CompanionProcess, Ended  # noqa: E402

ECHO = """
import sys
sys.stderr.write("for people\\n")
while True:
    data = sys.stdin.buffer.read1(65536)
    if not data:
        break
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
"""

DEAF = "import signal; signal.pause()"

GARBAGE = "import sys; sys.stdout.buffer.write(b'\\xff' * 64); sys.stdout.buffer.flush(); sys.stdin.buffer.read()"

TORN = "import os; os.write(1, bytes([9, 0, 0, 0, 0, 0, 0, 0]) + b'half'); os._exit(1)"

WAIT_SECONDS = 30


class Child(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "companion.log"

    def start(self, program: str) -> CompanionProcess:
        child = CompanionProcess([sys.executable, "-c", program], self.log)
        self.addCleanup(child.wait, WAIT_SECONDS)
        self.addCleanup(child.kill)
        return child

    def test_order(self) -> None:
        """[L5] messages arrive in the order they were sent, however large"""
        child = self.start(ECHO)
        for number in range(20):
            child.send(encode_frame({"number": number}, [bytes([number]) * (number * 100_000)]))
        for number in range(20):
            header, buffers = parse_frame(child.arrived.get(timeout=WAIT_SECONDS))
            self.assertEqual(header["number"], number)
            self.assertEqual(bytes(buffers[0]), bytes([number]) * (number * 100_000))

    def test_deaf(self) -> None:
        """[L5] sending never waits, even for a companion that does not read"""
        child = self.start(DEAF)
        message = encode_frame({"number": 1}, [bytes(10_000_000)])
        sender = threading.Thread(target=child.send, args=[message], daemon=True)
        sender.start()
        sender.join(WAIT_SECONDS)
        self.assertFalse(sender.is_alive())
        self.assertGreater(child.queued_bytes, 0)

    def test_end(self) -> None:
        """[L4] the companion ends when its standard input ends, with everything before it taken"""
        child = self.start(ECHO)
        child.send(encode_frame({"last": True}))
        child.close()
        self.assertEqual(parse_frame(child.arrived.get(timeout=WAIT_SECONDS))[0], {"last": True})
        ended = child.arrived.get(timeout=WAIT_SECONDS)
        self.assertIsInstance(ended, Ended)
        self.assertIsNone(ended.malformed)
        self.assertEqual(child.wait(WAIT_SECONDS), 0)

    def test_malformed(self) -> None:
        """[L3] bytes that are no message end the reading with a reason"""
        child = self.start(GARBAGE)
        ended = child.arrived.get(timeout=WAIT_SECONDS)
        self.assertIsInstance(ended, Ended)
        self.assertEqual(ended.malformed, "the header is too large")

    def test_torn(self) -> None:
        """[J11] a companion that is killed while it speaks has ended, and has not broken a rule"""
        child = self.start(TORN)
        ended = child.arrived.get(timeout=WAIT_SECONDS)
        self.assertIsInstance(ended, Ended)
        self.assertIsNone(ended.malformed)

    def test_log(self) -> None:
        """What the companion says to people is kept in a file of bounded size"""
        self.log.write_bytes(b"x" * log_file.MAX_LOG_BYTES)
        child = self.start(ECHO)
        child.close()
        self.assertEqual(child.wait(WAIT_SECONDS), 0)
        child.join_log(WAIT_SECONDS)
        self.assertEqual(log_file.last_lines(self.log, 3), ["for people"])


if __name__ == "__main__":
    unittest.main()
