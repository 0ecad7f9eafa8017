"""The committed tables of what may be read and written, one file per Blender version (COMPANION.md G1)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

Row = dict[str, Any]
"""RNA type, subtype, array length, enumeration and kind of reference of one property."""
FOLDER = Path(__file__).parent


def choose(versions: list[tuple[int, ...]], running: tuple[int, ...]) -> tuple[int, ...]:
    """The newest of `versions` that is not newer than `running`; the oldest where all are newer."""
    older = [version for version in sorted(versions) if version <= running[:2]]
    return older[-1] if older else min(versions)


@cache
def load(running: tuple[int, ...]) -> dict[str, dict[str, dict[str, Row]]]:
    """The sections `kinds`, `nodes` and `sockets` for this version of Blender: struct, path, row."""
    files = {tuple(map(int, path.stem.removeprefix("allowlist-").split("."))): path for path in FOLDER.glob("*.json")}
    with files[choose(list(files), running)].open(encoding="utf-8") as file:
        return json.load(file)
