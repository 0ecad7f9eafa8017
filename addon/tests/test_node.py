"""Which Node is taken: named, brought along by the zip, or on the search path."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.errors import SceneportError  # noqa: E402
from sceneport.hosting import node  # noqa: E402

OTHER_SYSTEM = b"\xcf\xfa\xed\xfe" + bytes(60)
"""How a program of a Mac begins."""


@contextlib.contextmanager
def search_path(folder: Path) -> Iterator[None]:
    """Programs are searched in this folder alone, and no variable names a Node."""
    with mock.patch.dict(os.environ, {"PATH": str(folder)}):
        os.environ.pop("SCENEPORT_NODE", None)
        yield


@unittest.skipIf(sys.platform == "win32", "the programs that are written here are shell scripts")
class Finding(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.bundled = self.folder / "program" / "node"
        self.on_path = self.folder / "bin" / "node"
        self.named = self.folder / "named" / "node"
        for path in (self.bundled, self.on_path, self.named):
            path.parent.mkdir()

    def write(self, path: Path, version: str, mode: int = 0o755) -> Path:
        path.write_text(f"#!/bin/sh\necho {version}\n")
        path.chmod(mode)
        return path

    def find(self, preferred: str = "") -> Path:
        with search_path(self.on_path.parent):
            return node.find_node(preferred, self.bundled)

    def refusal(self, preferred: str = "") -> str:
        with self.assertRaises(SceneportError) as refused:
            self.find(preferred)
        self.assertEqual(refused.exception.code, "no-node")
        return refused.exception.message

    def test_versions(self) -> None:
        """Only what says a version of Node is taken for Node"""
        self.assertEqual(node.version_of("v22.13.1\n"), (22, 13))
        self.assertIsNone(node.version_of("Python 3.11.2"))

    def test_order(self) -> None:
        """Named in the preferences before brought along before on the search path"""
        self.write(self.on_path, "v22.13.0")
        self.assertEqual(self.find(), self.on_path)
        self.write(self.bundled, "v24.0.0")
        self.assertEqual(self.find(), self.bundled)
        self.write(self.named, "v22.14.0")
        self.assertEqual(self.find(str(self.named)), self.named)

    def test_variable(self) -> None:
        """A variable of the environment comes before all others"""
        for path in (self.on_path, self.bundled, self.named):
            self.write(path, "v24.0.0")
        with search_path(self.on_path.parent), mock.patch.dict(os.environ, {"SCENEPORT_NODE": str(self.named)}):
            self.assertEqual(node.find_node(str(self.on_path), self.bundled), self.named)

    def test_executable(self) -> None:
        """What Blender has unpacked without the right to run it gets that right"""
        self.write(self.bundled, "v24.0.0", 0o644)
        self.assertEqual(self.find(), self.bundled)
        self.assertTrue(os.access(self.bundled, os.X_OK))

    def test_too_old(self) -> None:
        """A named Node that is too old is refused in words that say what to do, whatever else there is"""
        self.write(self.bundled, "v24.0.0")
        message = self.refusal(str(self.write(self.named, "v22.12.0")))
        self.assertIn("22.13", message)
        self.assertIn("is 22.12", message)
        self.assertIn("preferences", message)

    def test_named_is_none(self) -> None:
        """A named program that is no Node, or not there, is refused with what it said"""
        self.write(self.on_path, "v24.0.0")
        self.assertIn("Python 3.11.2", self.refusal(str(self.write(self.named, "Python 3.11.2"))))
        self.assertIn("nowhere", self.refusal(str(self.folder / "nowhere")))

    def test_old_on_path(self) -> None:
        """A Node on the search path that is too old is named, and nothing at all is said to be missing"""
        self.assertEqual(self.refusal(), node.NO_NODE)
        self.write(self.on_path, "v18.20.4")
        self.assertIn(f"{self.on_path} is 18.20", self.refusal())

    def passed_over(self) -> str:
        """Nothing is found; then one on the search path is taken, with a warning. Answers what the user is told."""
        message = self.refusal()
        self.assertIn("does not run here", message)
        self.assertIn("nodejs.org", message)
        self.write(self.on_path, "v24.0.0")
        with self.assertLogs(node.__name__, logging.WARNING) as log:
            self.assertEqual(self.find(), self.on_path)
        self.assertIn("does not run here", log.output[0])
        return message

    def test_other_machine(self) -> None:
        """A bundled Node of another machine is passed over, and it is said that the zip may be for another system"""
        self.bundled.write_bytes(OTHER_SYSTEM)
        self.assertIn("another system", self.passed_over())

    def test_other_name(self) -> None:
        """The Node of the zip for Windows is known for a wrong one elsewhere"""
        self.bundled.with_name("node.exe").write_bytes(b"MZ" + bytes(60))
        self.assertIn("another system", self.passed_over())

    def test_broken(self) -> None:
        """A bundled Node that starts and fails is passed over with its last words"""
        self.bundled.write_text("#!/bin/sh\necho version GLIBC_2.28 not found >&2\nexit 1\n")
        self.assertIn("GLIBC_2.28 not found", self.passed_over())

    def test_repaired(self) -> None:
        """What failed once is tried again"""
        self.bundled.write_text("#!/bin/sh\nexit 3\n")
        self.assertIn("it ended with 3", self.refusal())
        self.write(self.bundled, "v24.0.0")
        self.assertEqual(self.find(), self.bundled)


if __name__ == "__main__":
    unittest.main()
