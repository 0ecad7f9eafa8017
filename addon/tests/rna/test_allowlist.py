"""What the committed tables allow, and which of them a Blender uses."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import pure  # noqa: E402
from rna import allowlist  # noqa: E402

VERSIONS = [(3, 4), (4, 5), (5, 0)]


class Choice(unittest.TestCase):
    def test_version(self) -> None:
        """[G1] a Blender without a table of its own uses that of the nearest older one"""
        chosen = [allowlist.choose(VERSIONS, version) for version in ((3, 4), (3, 6), (4, 5), (4, 9), (5, 2), (3, 3))]
        self.assertEqual(chosen, [(3, 4), (3, 4), (4, 5), (4, 5), (5, 0), (3, 4)])

    def test_committed(self) -> None:
        """[G1] there is a table for the first Blender of every generation"""
        found = {path.name for path in (pure.FOLDER / "allowlist").glob("*.json")}
        self.assertLessEqual({f"allowlist-{major}.{minor}.json" for major, minor in VERSIONS}, found)


class Content(unittest.TestCase):
    def test_no_paths(self) -> None:
        """[G2] no table has a path of the file system, a script, or what only one window shows"""
        for version in VERSIONS:
            for struct, path, row in rows(version):
                with self.subTest(version=version, struct=struct, path=path):
                    self.assertNotIn("PATH", row.get("subtype", ""))
                    self.assertNotRegex(
                        path, r"filepath|(^|/)script|bytecode|(^|/)active_|(?<!settings/)\bname$|(^|/)(select|tag)$"
                    )

    def test_types(self) -> None:
        """[G1] every row has a type that can be read and written, and references lead to replicated kinds"""
        for version in VERSIONS:
            kinds = allowlist.load(version)["kinds"].keys() | {"ID", "NodeTree"}
            for struct, path, row in rows(version):
                with self.subTest(version=version, struct=struct, path=path):
                    self.assertIn(row["type"], TYPES)
                    if row["type"] == "POINTER":
                        self.assertIn(row["kind"], kinds)

    def test_order(self) -> None:
        """[O2] a property stands before those that it changes"""
        for version in VERSIONS:
            paths = list(allowlist.load(version)["kinds"]["Object"])
            for first, then in (("rotation_mode", "rotation_euler"), ("parent", "parent_type"), ("data", "scale")):
                self.assertLess(paths.index(first), paths.index(then))


TYPES = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM", "POINTER", "ColorRamp", "CurveMapping"}


def rows(version: tuple[int, int]) -> list[tuple[str, str, allowlist.Row]]:
    """Struct, path and row of a whole table."""
    sections = allowlist.load(version).items()
    tables = [table for name, section in sections if name != "version" for table in section.items()]
    return [(struct, path, row) for struct, table in tables for path, row in table.items()]


if __name__ == "__main__":
    unittest.main()
