"""The way of a link from the operating system into one Blender."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.system_links import mailbox, opener  # noqa: E402

LINK = "sceneport://host.example/main?code=abc#token"
HOSTILE = (
    "",
    "https://host.example/main",
    "--python-expr",
    " sceneport://host.example",
    "sceneport://host.example/main\nsecond line",
    "sceneport://host.example/\x1b[2J",
    "sceneport://host.example/a b",
    "sceneport://host.example/\u202e",
    "sceneport://host.example/\udcff",
    "sceneport:" + "a" * opener.MOST_CHARACTERS,
)
STARTED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from sceneport.system_links import mailbox
link = mailbox.take(Path(sys.argv[2]))
Path(sys.argv[3]).write_text(link)
"""


def make_older(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


class Links(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "links"
        self.refuse_to_start = [str(Path(folder.name) / "no-blender")]

    def left(self) -> list[str]:
        return os.listdir(self.folder)

    def test_taken_once(self) -> None:
        """A link goes to exactly one of many that want it, and nothing of it stays"""
        for _ in range(20):
            opener.put(self.folder, LINK)
            start, taken = threading.Barrier(8), []

            def want(start: threading.Barrier = start, taken: list[str] = taken) -> None:
                start.wait()
                link = mailbox.take(self.folder)
                if link is not None:
                    taken.append(link)

            threads = [threading.Thread(target=want) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(taken, [LINK])
            self.assertEqual(self.left(), [])

    def test_private(self) -> None:
        """Nobody else can read a link while it waits"""
        path = opener.put(self.folder, LINK)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o700)
        mailbox.remove(self.folder)
        self.assertFalse(self.folder.exists())
        mailbox.remove(self.folder)
        self.assertIsNone(mailbox.take(self.folder))

    def test_stale(self) -> None:
        """A link that is older than a minute, or of a time to come, is removed and never taken"""
        for age in (opener.KEPT_SECONDS + 1, -3600):
            path = opener.put(self.folder, LINK)
            make_older(path, age)
            self.assertIsNone(mailbox.take(self.folder))
            self.assertEqual(self.left(), [])

    def test_left_to_others(self) -> None:
        """One that cannot join leaves a link to others for a while"""
        path = opener.put(self.folder, LINK)
        self.assertIsNone(mailbox.take(self.folder, least_age_seconds=30))
        make_older(path, 31)
        self.assertEqual(mailbox.take(self.folder, least_age_seconds=30), LINK)

    def test_hostile(self) -> None:
        """What is no link goes on as nothing, and no Blender is started for it"""
        for link in HOSTILE:
            with self.subTest(link[:40]):
                self.assertFalse(opener.is_acceptable(link))
                handing = threading.Thread(target=opener.hand_over, args=(self.folder, link, self.refuse_to_start))
                handing.start()
                taken = None
                while taken is None:
                    taken = mailbox.take(self.folder)
                handing.join()
                self.assertEqual(taken, "")
        self.assertFalse(opener.hand_over(self.folder, "https://host.example", self.refuse_to_start))
        self.assertEqual(self.left(), [])

    def test_forged_file(self) -> None:
        """What others have written into the folder is checked again"""
        self.folder.mkdir()
        for content in (b"\xff\xfe", b"sceneport://a b", b"sceneport:" + b"a" * 5000):
            (self.folder / "forged.link").write_bytes(content)
            self.assertEqual(mailbox.take(self.folder), "")
        self.assertEqual(self.left(), [])

    def test_no_files(self) -> None:
        """A folder and a link of the file system are neither read nor in the way"""
        waiting, elsewhere = opener.put(self.folder, LINK), self.folder.parent / "elsewhere"
        elsewhere.write_text(LINK)
        (self.folder / "folder.link").mkdir()
        (self.folder / "symbolic.link").symlink_to(elsewhere)
        make_older(self.folder / "folder.link", opener.KEPT_SECONDS + 1)
        self.assertEqual(mailbox.take(self.folder), LINK)
        self.assertIsNone(mailbox.take(self.folder))
        self.assertFalse(waiting.exists())
        self.assertTrue(elsewhere.exists())

    def test_starts(self) -> None:
        """Where no Blender runs one is started, and takes the link"""
        report = self.folder.parent / "report"
        os.mkfifo(report)
        addon = str(Path(__file__).resolve().parents[1])
        start = [sys.executable, "-c", STARTED, addon, str(self.folder), str(report)]
        self.assertTrue(opener.hand_over(self.folder, LINK, start))
        self.assertEqual(report.read_text(), LINK)
        self.assertEqual(self.left(), [])

    def test_arguments(self) -> None:
        """Anything but a folder and one link is refused"""
        for arguments in ([], [str(self.folder)], [str(self.folder), LINK, "--python-expr"]):
            self.assertEqual(opener.main(arguments, "blender"), 2)
        self.assertFalse(self.folder.exists())

    def test_alone(self) -> None:
        """The opener needs nothing of the add-on: Blender runs it as a file"""
        code = f"import runpy; runpy.run_path({opener.__file__!r}, run_name='opener')"
        subprocess.run([sys.executable, "-I", "-c", code], check=True)


if __name__ == "__main__":
    unittest.main()
