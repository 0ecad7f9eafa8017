"""Typed values and paths, without Blender."""

from __future__ import annotations

import math
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import pure  # noqa: E402, F401
from rna import segments, values  # noqa: E402


class Numbers(unittest.TestCase):
    def test_carried(self) -> None:
        """[M5] writes what JSON cannot carry as a typed value, and nothing else"""
        carried = [values.number(n) for n in (1.5, 0.0, -0.0, math.inf, -math.inf, math.nan, 1e-45)]
        self.assertEqual(carried, [1.5, 0.0, {"f": "-0"}, {"f": "inf"}, {"f": "-inf"}, {"f": "nan"}, 1e-45])
        self.assertEqual(math.copysign(1.0, carried[1]), 1.0)

    def test_typed(self) -> None:
        """[M5] always writes the type where RNA does not know it"""
        self.assertEqual(values.typed_number(1.0), {"f": 1.0})
        self.assertEqual(values.typed_number(-0.0), {"f": "-0"})

    def test_read(self) -> None:
        """[M5] reads whole numbers as floats and floats without a fraction as integers"""
        self.assertEqual([values.to_float(v) for v in (1, 1.5, {"f": 2}, {"f": "inf"})], [1.0, 1.5, 2.0, math.inf])
        self.assertEqual(math.copysign(1.0, values.to_float({"f": "-0"})), -1.0)
        self.assertTrue(math.isnan(values.to_float({"f": "nan"})))
        self.assertEqual([values.to_int(v) for v in (1, 2.0, {"i": "-9007199254740993"})], [1, 2, -9007199254740993])

    def test_refused(self) -> None:
        """[G1] refuses what is no number"""
        for value in (True, None, "1", [], {}, {"f": "1"}, {"f": "evil"}, {"f": 1, "i": "1"}, math.nan, {"f": None}):
            with self.subTest(value=value), self.assertRaises((TypeError, ValueError)):
                values.to_float(value)
        for value in (True, None, "1", 1.5, math.inf, {"i": 1}, {"i": "x"}, {"i": "9" * 30}):
            with self.subTest(value=value), self.assertRaises((TypeError, ValueError, OverflowError)):
                values.to_int(value)

    def test_same(self) -> None:
        """[M5] knows one number from another, and a number from a truth value"""
        pairs = [
            (1, 1.0),
            ([1, [2.0]], [1.0, [2]]),
            ({"f": "nan"}, {"f": "nan"}),
            (None, None),
            ({"i": "1"}, {"i": "1"}),
        ]
        for a, b in pairs:
            self.assertTrue(values.same(a, b), (a, b))
        pairs = [
            (1, True),
            (0, False),
            (1, {"f": 1}),
            ([1], [1, 2]),
            (None, 0),
            (0, None),
            ("1", 1),
            (0.0, {"f": "-0"}),
        ]
        for a, b in pairs:
            self.assertFalse(values.same(a, b), (a, b))


class Text(unittest.TestCase):
    def test_shown(self) -> None:
        """[L3] shows a name with broken UTF-8 as text that can be sent"""
        self.assertEqual(values.text("aü\udcff").encode(), "aü\ufffd".encode())

    def test_refused(self) -> None:
        """[G1] refuses strings that Blender cannot hold"""
        for value in ("a\0b", "\udcff", 7, None, []):
            with self.subTest(value=value), self.assertRaises((TypeError, ValueError)):
                values.to_text(value)

    def test_segments(self) -> None:
        """[N1] writes any name as one segment of a path and back"""
        for name, segment in (
            ("a/b", "a%2Fb"),
            ("Größe", "Gr%C3%B6%C3%9Fe"),
            ("A_b.c-1", "A_b.c-1"),
            ("~@%", "%7E%40%25"),
        ):
            self.assertEqual(segments.encode(name), segment)
            self.assertEqual(segments.decode(segment), name)


if __name__ == "__main__":
    unittest.main()
