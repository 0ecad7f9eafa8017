"""What is kept of an array, to know whether it is still the same."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.watch.fingerprint import SMALL_BYTES, Fingerprint  # noqa: E402


class Fingerprints(unittest.TestCase):
    def test_equal(self) -> None:
        """[V1] the same bytes are the same, however large, and others are not"""
        for size in (0, 1, SMALL_BYTES, SMALL_BYTES + 1, 40 * SMALL_BYTES):
            self.assertEqual(Fingerprint(bytes(size)), Fingerprint(bytearray(size)))
            self.assertNotEqual(Fingerprint(bytes(size)), Fingerprint(bytes(size) + b"1"))

    def test_known(self) -> None:
        """[V1] one that has been compared is known"""
        large = Fingerprint(bytes(SMALL_BYTES + 1))
        self.assertEqual(len(large.digest), 32)
        self.assertTrue(large.known and Fingerprint(b"").known)


if __name__ == "__main__":
    unittest.main()
