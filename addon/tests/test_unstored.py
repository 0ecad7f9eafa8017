"""Rules J9, J10 and J12: which places of what was shown are not stored."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.shows import Shows  # noqa: E402
from sceneport.watch.cache import Entry  # noqa: E402
from sceneport.watch.unstored import MOST_SHOWS, Unstored  # noqa: E402


def show(*blocks: dict, reason: str = "edit", gone: tuple[str, ...] = ()) -> dict:
    return {"type": "show", "reason": reason, "blocks": list(blocks), "gone": list(gone), "done": True}


class Places(unittest.TestCase):
    def test_places(self) -> None:
        """[J10] the places of a difference are kept: of lists and sets what came and what left"""
        unstored = Unstored()
        before = Entry("Object", "Cube", {}, {"members": ["a", "b"]}, {"slots": [["One", 1], ["Two", 2]]})
        block = {
            "id": "cube",
            "name": "Box",
            "set": {"x": 1},
            "unset": ["y"],
            "sets": {"members": ["b", "c"]},
            "items": {"slots": [["Two", 2], ["Three", 3]]},
            "arrays": [{"group": "geometry", "path": "position", "buffer": 0}],
            "groups": ["uv"],
        }
        unstored.note(show(block), {"cube": before})
        mine = unstored.marks("cube")["mine"]
        self.assertEqual((mine["whole"], mine["name"], mine["paths"]), (False, True, ["x", "y"]))
        self.assertEqual(mine["sets"], {"members": ["a", "c"]})
        self.assertEqual(sorted(mine["items"]["slots"]), ["One", "Three"])
        self.assertEqual((mine["arrays"], mine["groups"]), ({"geometry": ["position"]}, ["uv"]))
        self.assertEqual(unstored.marks("other"), {})

    def test_stored(self) -> None:
        """[J10] what is stored is forgotten, what came after is not"""
        unstored = Unstored()
        first = unstored.note(show({"id": "cube", "set": {"x": 1}}), {})
        unstored.note(show({"id": "cube", "set": {"y": 1}}), {})
        unstored.stored(first)
        self.assertEqual(unstored.marks("cube")["mine"]["paths"], ["y"])

    def test_bound(self) -> None:
        """[J10] however much is shown, there are not more notes than places"""
        unstored = Unstored()
        for number in range(MOST_SHOWS * 3):
            last = unstored.note(show({"id": "cube", "set": {f"x{number % 5}": 1}}), {})
        self.assertLessEqual(len(unstored._shows), MOST_SHOWS)
        unstored.stored(last - 1)
        self.assertEqual(len(unstored.marks("cube")["mine"]["paths"]), 5)
        unstored.stored(last)
        self.assertEqual(unstored.marks("cube"), {})

    def test_gone(self) -> None:
        """[J12] what is gone is known with who removed it, until it comes back"""
        unstored = Unstored()
        unstored.note(show(gone=("a", "b")), {})
        unstored.note(show(reason="undo", gone=("c",)), {})
        unstored.note(show({"id": "b", "full": True}, reason="undo"), {})
        self.assertEqual(unstored.gone(), {"a": "mine", "c": "undone"})
        self.assertTrue(unstored.marks("b")["undone"]["whole"])


class Hearing(unittest.TestCase):
    def test_numbers(self) -> None:
        """[J9] shows are numbered, of an `again` only its end; [J11] while nobody hears it nothing is sent"""
        shows = Shows()
        self.assertEqual(shows.take(show({"id": "a", "set": {"x": 1}}), {})["show"], 1)
        shows.heard = False
        self.assertIsNone(shows.take(show(gone=("b",)), {}))
        part = {**show(reason="again"), "done": False}
        self.assertNotIn("show", shows.take(part, {}))
        self.assertFalse(shows.heard)
        last = shows.take(show(reason="again"), {})
        self.assertEqual((last["show"], last["gone"], last["undone"]), (3, ["b"], []))
        self.assertTrue(shows.heard)


if __name__ == "__main__":
    unittest.main()
