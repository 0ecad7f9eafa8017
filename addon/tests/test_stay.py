"""Rules J9 and J11: how a stay begins, goes on with other companions, and is given up."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.requests import Reply  # noqa: E402
from sceneport.stay import DELAYS_SECONDS, Stay  # noqa: E402

OPTIONS = {"target": "host", "user": "Ann", "data": "folder", "scene": "current"}


class Companion:
    """One that is started and asked, and does what the test says."""

    def __init__(self) -> None:
        self.listens = True
        self.joins: list[dict] = []
        self.replies: list[Reply] = []

    def start_again(self) -> bool:
        self.listens = True
        return True

    def request(self, kind: str, **fields: object) -> Reply:
        self.joins.append(fields)
        self.replies.append(Reply(kind))
        return self.replies[-1]


class Return(unittest.TestCase):
    def setUp(self) -> None:
        self.now = 0.0
        self.companion = Companion()
        self.stay = Stay(self.companion, OPTIONS, clock=lambda: self.now)
        self.stay.enter()

    def die(self) -> None:
        self.companion.listens = False
        self.stay.companion_died()

    def test_fields(self) -> None:
        """[J9] the joins of a stay have one id, and say what Blender was known to show"""
        self.companion.replies[0].succeed()
        self.stay.seq = 7
        self.die()
        self.stay.step()
        first, again = self.companion.joins
        self.assertEqual((first["scene"], again["scene"], again["target"]), ("current", None, "host"))
        self.assertEqual((first["stay"]["again"], again["stay"]["again"], again["stay"]["seq"]), (False, True, 7))
        self.assertEqual(first["stay"]["id"], again["stay"]["id"])

    def test_delays(self) -> None:
        """[J11] companions that die on the way are replaced more and more slowly, then it is given up"""
        waited = []
        error = None
        while error is None and len(waited) < 20:
            self.die()
            started = self.now
            while error is None and not self.companion.listens:
                error = self.stay.step()
                self.now += 0.25 if error is None and not self.companion.listens else 0
            waited.append(self.now - started)
        self.assertEqual(waited, [*DELAYS_SECONDS, 0.0])
        self.assertEqual(error.code, "companion-stopped")
        self.assertTrue(self.stay.interrupted and not self.stay.is_away)
        self.assertIsNotNone(self.stay.come_back(), "the user joins again")
        self.assertFalse(self.stay.interrupted)

    def test_refusals(self) -> None:
        """[J11] a refusal that may pass is tried again for as long as it takes, another ends it"""
        self.die()
        self.stay.step()
        for _ in range(20):
            self.companion.replies[-1].refuse("unreachable", "")
            self.assertIsNone(self.stay.step())
            self.assertTrue(self.stay.is_away)
            self.now += DELAYS_SECONDS[-1]
            self.assertIsNone(self.stay.step())
        self.companion.replies[-1].refuse("kicked", "")
        self.assertEqual(self.stay.step().code, "kicked")
        self.assertTrue(self.stay.interrupted)

    def test_back(self) -> None:
        """[J11] who is back begins to count anew"""
        for _ in range(len(DELAYS_SECONDS) * 2):
            self.die()
            self.assertIsNone(self.stay.step())
            self.companion.replies[-1].succeed()
            self.assertIsNone(self.stay.step())
            self.assertFalse(self.stay.is_away)

    def test_began(self) -> None:
        """[J11] before the first join is answered there is nothing to come back to"""
        self.assertFalse(self.stay.began)
        self.companion.replies[0].succeed()
        self.assertTrue(self.stay.began)
        self.assertTrue(self.stay.is_of({**OPTIONS, "scene": None}))
        self.assertFalse(self.stay.is_of({**OPTIONS, "user": "Ben"}))


if __name__ == "__main__":
    unittest.main()
