"""A hosted server as a real child process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.errors import SceneportError  # noqa: E402
from sceneport.hosting.examination import Examination  # noqa: E402
from sceneport.hosting.server import HostedServer  # noqa: E402
from sceneport.hosting.stored import StoredSessions, are_stored  # noqa: E402

WAIT_SECONDS = 30

SERVER = """
import json, os, sys
said = [os.environ["SCENEPORT_SESSION_PASSWORD"], os.environ["SCENEPORT_ADMIN_PASSWORD"]]
print(json.dumps({"event": "listening", "port": 1234, "code": "abc", "invite": "/".join(said)}), flush=True)
sys.stdin.read()
"""


REACH = """
import json, sys
place = {"place": "relay.example", "state": "waiting", "text": "soon"}
print(json.dumps({"event": "listening", "port": 1, "code": "abc", "invite": "i"}), flush=True)
print(json.dumps({"event": "reach", "places": [place, place]}), flush=True)
print(json.dumps({"event": "reach", "places": [{**place, "state": "open", "text": "from everywhere"}, 5, {}]}), flush=True)
sys.stdin.read()
"""


class Hosting(unittest.TestCase):
    def start(self, source: str) -> HostedServer:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        server = HostedServer([sys.executable, "-c", source], Path(folder.name), Path(folder.name) / "server.log", "secret")
        self.addCleanup(server.end)
        return server

    def wait(self, server: HostedServer) -> object:
        deadline = time.monotonic() + WAIT_SECONDS
        while (listening := server.poll()) is None:
            self.assertLess(time.monotonic(), deadline)
        return listening

    def test_listening(self) -> None:
        """A hosted server says how it can be joined, has its passwords from the environment, and ends with us"""
        server = self.start(SERVER)
        self.assertEqual(self.wait(server), (1234, "abc", f"secret/{server.admin_password}"))
        self.assertNotEqual(server.admin_password, self.start(SERVER).admin_password)
        server.end()
        with self.assertRaises(SceneportError):
            server.poll()

    def test_reach(self) -> None:
        """Where a hosted server is reached is what it said last; what is no such thing is left out"""
        server = self.start(REACH)
        self.wait(server)
        deadline = time.monotonic() + WAIT_SECONDS
        while len(server.reach) != 1:
            server.poll()
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(server.reach, [("relay.example", "open", "from everywhere")])

    def test_failure(self) -> None:
        """A server that cannot start is reported with what it said"""
        server = self.start("import sys; sys.exit('the port is taken')")
        with self.assertRaises(SceneportError) as refused:
            self.wait(server)
        self.assertEqual(refused.exception.code, "internal")

    def test_refusal(self) -> None:
        """Why a server does not start is told with its code and in words for the panel"""
        server = self.start("import sys; sys.exit('sceneport: Choose another with --port. (port-taken)')")
        with self.assertRaises(SceneportError) as refused:
            self.wait(server)
        self.assertEqual(refused.exception.code, "port-taken")
        self.assertNotIn("--port", refused.exception.message)


LISTING = """
import json, sys
assert sys.argv[1:4] == ["sessions", "list", "--data"] and sys.argv[5] == "--json"
print(json.dumps({"value": [{"name": "main", "datablocks": 12, "changedMs": 1000500}, {"name": 5}]}))
"""


DOCTOR = """
import json, sys
assert sys.argv[1:3] == ["doctor", "--json"]
tested = sys.stdin.read() if sys.argv[3] == "-" else sys.argv[3]
if tested == "nonsense":
    print(json.dumps({"error": {"code": "bad-request", "message": "That is no address."}}))
    sys.exit(2)
finding = {"state": "failed", "text": f"{tested} is closed.", "remedy": "Open it."}
print(json.dumps({"value": [{"title": "here", "findings": [{"state": "well", "text": "Good."}, finding, 5]}, 7]}))
sys.exit(1)
"""


class Test(unittest.TestCase):
    def examine(self, target: str, *machine: str) -> list:
        examination = Examination([sys.executable, "-c", DOCTOR], target, machine)
        deadline = time.monotonic() + WAIT_SECONDS
        while (found := examination.poll()) is None:
            self.assertLess(time.monotonic(), deadline)
        return found

    def test_findings(self) -> None:
        """What tests have found comes when all have ended, in their order, with what to do"""
        first, second = self.examine("a", "b")
        self.assertEqual(first, ("here", [("well", "Good.", ""), ("failed", "a is closed.", "Open it.")]))
        self.assertEqual(second.findings[1].text, "b is closed.")

    def test_hidden(self) -> None:
        """[I2] the invite that is tested stands in no command line, which everyone on the machine can read"""
        with mock.patch.object(subprocess, "run", wraps=subprocess.run) as run:
            self.examine("sceneport://host.example/main#token", "--port", "1")
        for call in run.call_args_list:
            self.assertNotIn("token", " ".join(call.args[0]))

    def test_refused(self) -> None:
        """A test that cannot be made is refused with the words of the program"""
        with self.assertRaises(SceneportError) as refused:
            self.examine("a", "nonsense")
        self.assertEqual(refused.exception.code, "bad-request")


class Stored(unittest.TestCase):
    def ask(self, data: Path, source: str) -> list:
        sessions = StoredSessions([sys.executable, "-c", source], data)
        deadline = time.monotonic() + WAIT_SECONDS
        while (found := sessions.poll()) is None:
            self.assertLess(time.monotonic(), deadline)
        return found

    def test_stored(self) -> None:
        """What is stored where a host would begin is known with its size and its last change"""
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            self.assertFalse(are_stored(data))
            (data / "sessions").mkdir()
            (data / "sessions" / "one.db").write_bytes(b"")
            self.assertTrue(are_stored(data))
            self.assertEqual(self.ask(data, LISTING), [("main", 12, 1000.5)])
            self.assertEqual(self.ask(data, "print('what?')"), [])


if __name__ == "__main__":
    unittest.main()
