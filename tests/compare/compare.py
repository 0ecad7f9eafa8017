"""Compares two dumps leaf by leaf and array by array.

Usage: compare.py EXPECTED ACTUAL prints the report.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Iterator

import numpy
from bulk import unpacked


@dataclass
class Tally:
    """How much of one kind arrived: leaves and arrays are counted apart."""

    leaves: int = 0
    intact_leaves: int = 0
    arrays: int = 0
    intact_arrays: int = 0

    def add(self, other: Tally) -> None:
        """Adds another tally to this one."""
        for name in vars(other):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def shares(self) -> dict[str, float]:
        """The intact shares, between 0 and 1; of nothing, all is intact."""
        return {
            "leaves": self.intact_leaves / self.leaves if self.leaves else 1.0,
            "arrays": self.intact_arrays / self.arrays if self.arrays else 1.0,
        }


@dataclass
class Comparison:
    """The tallies per kind and the differences: (kind, name, path, what differs)."""

    kinds: dict[str, Tally] = field(default_factory=dict)
    differences: list[tuple[str, str, str, str]] = field(default_factory=list)

    def total(self) -> Tally:
        """The tally over all kinds."""
        total = Tally()
        for tally in self.kinds.values():
            total.add(tally)
        return total


MISSING = {"missing": True}


def compare_dumps(expected: dict[str, Any], actual: dict[str, Any]) -> Comparison:
    """Matches datablocks by kind and name. What only one side has differs, with every leaf it has."""
    comparison = Comparison()
    for kind in {**expected["datablocks"], **actual["datablocks"]}:
        tally = comparison.kinds.setdefault(kind, Tally())
        pairs = both(expected["datablocks"].get(kind, {}), actual["datablocks"].get(kind, {}))
        for name, one, other in pairs:
            if one is MISSING or other is MISSING:
                side = "arrived though nobody made it" if one is MISSING else "did not arrive"
                comparison.differences.append((kind, name, "", side))
            empty = {"leaves": {}, "arrays": {}}
            compared = compare_datablock(empty if one is MISSING else one, empty if other is MISSING else other)
            tally.add(compared[0])
            if one is not MISSING and other is not MISSING:
                comparison.differences.extend((kind, name, path, what) for path, what in compared[1])
    return comparison


def compare_datablock(expected: dict[str, Any], actual: dict[str, Any]) -> tuple[Tally, list[tuple[str, str]]]:
    """Tallies one datablock and lists its differing paths."""
    tally = Tally()
    differences = []
    for path, one, other in both(expected["leaves"], actual["leaves"]):
        tally.leaves += 1
        if same_value(one, other):
            tally.intact_leaves += 1
        else:
            differences.append((path, f"{brief(one)} became {brief(other)}"))
    for path, one, other in both(expected["arrays"], actual["arrays"]):
        tally.arrays += 1
        what = array_difference(one, other)
        if what is None:
            tally.intact_arrays += 1
        else:
            differences.append((path, what))
    return tally, differences


def both(one: dict[str, Any], other: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Each key of either dictionary with its two values."""
    for key in {**one, **other}:
        yield key, one.get(key, MISSING), other.get(key, MISSING)


def same_value(one: Any, other: Any) -> bool:
    """Equality that tells 1, 1.0 and true apart; JSON text is exact for the floats of a dump."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def array_difference(one: dict[str, Any], other: dict[str, Any]) -> str | None:
    """What differs between two arrays, or None."""
    if one is MISSING or other is MISSING:
        return "the array did not arrive" if other is MISSING else "the array was not there"
    if one == other:
        return None
    if "sha256" in one or "sha256" in other:
        return "other pixels"
    first, second = unpacked(one), unpacked(other)
    if first.shape != second.shape or first.dtype != second.dtype:
        return f"{first.dtype}{list(first.shape)} became {second.dtype}{list(second.shape)}"
    rows = numpy.flatnonzero((first != second).any(axis=1))
    example = f"; first at {rows[0]}: {first[rows[0]]} became {second[rows[0]]}" if rows.size else ""
    return f"{rows.size} of {len(first)} elements differ{example}"


def brief(value: Any) -> str:
    """A value in at most 60 characters."""
    text = "nothing" if value is MISSING else json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def path_pattern(path: str) -> str:
    """A path with the names of its elements left out, to group differences."""
    return re.sub(r"\[[^\]]*\]", "[]", path)


def report(comparison: Comparison) -> str:
    """The shares per kind and overall, and the differences grouped by kind and path pattern."""
    lines = []
    for kind, tally in [*comparison.kinds.items(), ("all", comparison.total())]:
        shares = tally.shares()
        lines.append(
            f"{kind:<11} {shares['leaves']:8.3%} of {tally.leaves} properties, "
            f"{shares['arrays']:8.3%} of {tally.arrays} arrays intact"
        )
    groups = Counter((kind, path_pattern(path)) for kind, _, path, _ in comparison.differences)
    for (kind, pattern), count in groups.most_common():
        example = next(
            (name, path, what)
            for other, name, path, what in comparison.differences
            if (other, path_pattern(path)) == (kind, pattern)
        )
        lines.append(f"  {count} x {kind} {pattern or '(the datablock)'}: {example[0]}: {example[2]}")
    return "\n".join(lines)


def compare_files(expected: str, actual: str) -> dict[str, Any]:
    """Compares two dump files: {"leaves", "arrays"} are the intact shares, "report" is for people."""
    dumps = []
    for path in (expected, actual):
        with open(path, encoding="utf-8") as file:
            dumps.append(json.load(file))
    comparison = compare_dumps(*dumps)
    total = comparison.total()
    return {
        **total.shares(),
        "tally": vars(total),
        "differences": len(comparison.differences),
        "report": report(comparison),
    }


if __name__ == "__main__":
    print(compare_files(*sys.argv[1:])["report"])
