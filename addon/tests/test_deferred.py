"""Rules O2 and V5: references that were ordered before their datablock was there."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.watch.cache import Entry  # noqa: E402
from sceneport.watch.deferred import Deferred  # noqa: E402


def nothing_there(_identifier: str) -> bool:
    return False


class Waiting(unittest.TestCase):
    def setUp(self) -> None:
        self.deferred = Deferred()
        self.deferred.note(
            "owner", {"set": {"parent": {"ref": "p"}}, "sets": {"objects": ["m", "n"]}}, lambda one: one == "n"
        )

    def test_overlay(self) -> None:
        """[V5] the null and the missing member that Blender shows meanwhile are not handed over"""
        shown = Entry("Object", "O", {"parent": None}, {"objects": ["n"]})
        self.deferred.overlay("owner", shown)
        self.assertEqual(shown.set, {"parent": {"ref": "p"}})
        self.assertEqual(shown.sets, {"objects": ["n", "m"]})

    def test_come(self) -> None:
        """[O2] it is set when its datablock comes, once"""
        self.assertEqual(
            self.deferred.come({"p", "m"}),
            {"owner": {"set": {"parent": {"ref": "p"}}, "sets": {"objects": ["m"]}}},
        )
        self.assertEqual(self.deferred.come({"p", "m"}), {})

    def test_users_choice(self) -> None:
        """[V5] what the user has set himself meanwhile no longer waits"""
        shown = Entry("Object", "O", {"parent": {"ref": "other"}}, {})
        self.deferred.overlay("owner", shown)
        self.assertEqual(shown.set, {"parent": {"ref": "other"}})
        self.assertEqual(self.deferred.come({"p"}), {})

    def test_kept(self) -> None:
        """[O2] an object goes on showing the data that it had while other data waits, until the user gives it yet others"""
        self.deferred.note("owner", {"set": {"data": {"ref": "d"}}}, nothing_there)
        for _ in range(2):
            shown = Entry("Object", "O", {"data": {"ref": "before"}}, {})
            self.deferred.overlay("owner", shown)
            self.assertEqual(shown.set, {"data": {"ref": "d"}})
        shown = Entry("Object", "O", {"data": {"ref": "users"}}, {})
        self.deferred.overlay("owner", shown)
        self.assertEqual(shown.set, {"data": {"ref": "users"}})
        self.assertEqual(self.deferred.come({"d"}), {})

    def test_beside(self) -> None:
        """[O2] what Blender only takes beside a reference waits with it, and goes with it"""
        beside = {"parent_type": "BONE", "parent_bone": "Hand"}
        self.deferred.note("owner", {"set": {"parent_type": "BONE", "parent_bone": "Arm"}}, nothing_there)
        self.deferred.note("owner", {"set": {"parent_bone": "Hand"}}, nothing_there)
        shown = Entry("Object", "O", {"parent": None, "parent_type": "OBJECT", "parent_bone": ""}, {})
        self.deferred.overlay("owner", shown)
        self.assertEqual(shown.set, {"parent": {"ref": "p"}, **beside})
        self.assertEqual(self.deferred.come({"p"})["owner"]["set"], {"parent": {"ref": "p"}, **beside})
        self.assertEqual(self.deferred.come({"p"}), {})

    def test_beside_users_choice(self) -> None:
        """[V5] with a parent that the user has set himself, nothing beside it waits"""
        self.deferred.note("owner", {"set": {"parent_type": "BONE"}}, nothing_there)
        shown = Entry("Object", "O", {"parent": {"ref": "other"}, "parent_type": "OBJECT"}, {})
        self.deferred.overlay("owner", shown)
        self.assertEqual(shown.set, {"parent": {"ref": "other"}, "parent_type": "OBJECT"})

    def test_later_order(self) -> None:
        """[O2] a later order for the same path stands over what waits"""
        self.deferred.note("owner", {"set": {"parent": None}, "sets": {"objects": []}}, nothing_there)
        self.assertEqual(self.deferred.come({"p", "m"}), {})


if __name__ == "__main__":
    unittest.main()
