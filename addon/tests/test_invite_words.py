"""What the panel says of an invite."""

from __future__ import annotations

import sys
import time
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.ui.invite_words import describe, is_valid  # noqa: E402

NOON = time.mktime((2026, 3, 5, 12, 0, 0, 0, 0, -1))


def invite(**fields: Any) -> dict[str, Any]:
    return {"uses": 1, "maxUses": None, "expiresMs": None, **fields}


class InviteWords(unittest.TestCase):
    def test_described(self) -> None:
        """[I2] how often an invite was used and until when it may be"""
        self.assertEqual(describe(invite()), "used once")
        self.assertEqual(describe(invite(maxUses=3, expiresMs=NOON * 1000)), "used 1 of 3, until 05 Mar 12:00")

    def test_no_date(self) -> None:
        """[I2] a time that no calendar has ends no drawing of the panel"""
        for milliseconds in (1e25, 1e308, 2**70, -1e308):
            self.assertEqual(describe(invite(expiresMs=milliseconds)), "used once")

    def test_valid(self) -> None:
        """[I2] what has ended or was used up lets nobody in"""
        self.assertTrue(is_valid(invite(expiresMs=NOON * 1000 + 1, maxUses=2), NOON))
        self.assertFalse(is_valid(invite(expiresMs=NOON * 1000), NOON))
        self.assertFalse(is_valid(invite(maxUses=1), NOON))


if __name__ == "__main__":
    unittest.main()
