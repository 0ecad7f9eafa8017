"""Rules V2, V4 and N3: what is said about a datablock that was handed over before."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.watch.cache import Entry, Signature, array_changes, difference, merge, same, supersede  # noqa: E402

POSITION, EDGES, UV = ("geometry", "position"), ("geometry", "edges"), ("geometry", "uv")


def arrays(**digests: bytes) -> dict:
    """Signatures of a geometry whose arrays have these contents."""
    return {
        ("geometry", name): Signature("f4", (3, 3), name == "edges", digest) for name, digest in digests.items()
    }


class Difference(unittest.TestCase):
    def test_properties(self) -> None:
        """[V2] what differs is said, what is no longer there is unset, and nothing else"""
        old = Entry("Object", "Cube", {"a": 1.0, "b": [1.0, 2.0], "c": True})
        new = Entry("Object", "Box", {"a": 1.0, "b": [1.0, 3.0], "d": None})
        self.assertEqual(
            difference(old, new), {"name": "Box", "set": {"b": [1.0, 3.0], "d": None}, "unset": ["c"]}
        )
        self.assertEqual(difference(new, new), {})

    def test_types(self) -> None:
        """[V2] true is another value than 1, and 1 is the number 1.0"""
        self.assertFalse(same(True, 1))
        self.assertFalse(same([True], [1]))
        self.assertFalse(same({"f": True}, {"f": 1}))
        self.assertTrue(same(1, 1.0))
        self.assertTrue(same([{"f": 1}], [{"f": 1.0}]))

    def test_sets(self) -> None:
        """[N3] the order of the members of a set is no difference, the order of items is"""
        old = Entry("Collection", "C", {}, {"objects": ["x", "y"]}, {"nodes": [["a", 1], ["b", 2]]})
        turned = Entry("Collection", "C", {}, {"objects": ["y", "x"]}, {"nodes": [["b", 2], ["a", 1]]})
        self.assertEqual(difference(old, turned), {"items": {"nodes": [["b", 2], ["a", 1]]}})
        less = Entry("Collection", "C", {}, {"objects": ["y"]}, {})
        self.assertEqual(difference(old, less), {"sets": {"objects": ["y"]}, "items": {"nodes": []}})

    def test_ordered(self) -> None:
        """[O4] what came out as ordered is no difference"""
        entry = Entry("Object", "Cube", {"a": 1.0, "b": 2.0}, {"s": ["x"]})
        ordered = entry.ordered({"set": {"c": 3.0}, "unset": ["b"], "sets": {"s": []}, "items": {"i": [["a", 0]]}})
        shown = Entry("Object", "Cube", {"a": 1.0, "c": 3.0}, {"s": []}, {"i": [["a", 0]]})
        self.assertEqual(difference(ordered, shown), {})
        self.assertEqual(entry.set, {"a": 1.0, "b": 2.0})

    def test_merge(self) -> None:
        """[O4] a later difference stands over an earlier one"""
        block = {"set": {"a": 1, "b": 2}, "unset": ["c"]}
        merge(block, {"set": {"c": 3}, "unset": ["a"], "name": "N"})
        self.assertEqual(block, {"set": {"b": 2, "c": 3}, "unset": ["a"], "name": "N"})
        merge(block, {"arrays": ["one"], "groups": ["geometry"]})
        self.assertEqual((block["arrays"], block["groups"]), (["one"], ["geometry"]))

    def test_supersede(self) -> None:
        """[O4] what a later part of the order sets is not told as it was before"""
        block = {"name": "N", "set": {"a": 1, "b": 2}, "unset": ["c"], "sets": {"s": []}, "items": {"i": [], "j": []}}
        supersede(block, {"name": "M", "set": {"a": 3}, "unset": ["c"], "sets": {"s": ["x"]}, "items": {"i": []}})
        self.assertEqual(block, {"set": {"b": 2}, "unset": [], "sets": {}, "items": {"j": []}})


class Arrays(unittest.TestCase):
    def test_first(self) -> None:
        """[V4] a group that was never shown is shown whole and complete"""
        self.assertEqual(
            array_changes(None, arrays(position=b"1", edges=b"1")), ([POSITION, EDGES], ["geometry"])
        )

    def test_same(self) -> None:
        """[V1] arrays that have not changed are not shown"""
        self.assertEqual(array_changes(arrays(position=b"1"), arrays(position=b"1")), ([], []))

    def test_single(self) -> None:
        """[V4] an array of the same kind that is no topology is shown alone"""
        old = arrays(position=b"1", edges=b"1", uv=b"1")
        self.assertEqual(array_changes(old, arrays(position=b"2", edges=b"1", uv=b"1")), ([POSITION], []))

    def test_topology(self) -> None:
        """[V4] with another topology, another shape or another array the whole group is shown"""
        old = arrays(position=b"1", edges=b"1")
        whole = ([POSITION, EDGES], ["geometry"])
        self.assertEqual(array_changes(old, arrays(position=b"1", edges=b"2")), whole)
        self.assertEqual(
            array_changes(old, {**arrays(edges=b"1"), POSITION: Signature("f4", (4, 3), False, b"1")})[1], ["geometry"]
        )
        self.assertEqual(
            array_changes(old, arrays(position=b"1", edges=b"1", uv=b"1")), ([POSITION, EDGES, UV], ["geometry"])
        )

    def test_vanished(self) -> None:
        """[V4] a group that is no longer there is complete with nothing in it"""
        self.assertEqual(array_changes(arrays(position=b"1"), {}), ([], ["geometry"]))


if __name__ == "__main__":
    unittest.main()
