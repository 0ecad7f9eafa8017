"""Reads a rich scene and every scene of the folder SCENES, builds each in an empty file, and reads it again."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))

import blender_support as support  # noqa: E402
from blender_rich import build_rich_scene  # noqa: E402

SCENES = Path(os.environ.get("SCENES", support.ROOT.parent / "shared" / "scenes"))


def round_trip(name: str) -> None:
    """The open file, through values, into an empty file: nothing may be different."""
    began = time.perf_counter()
    before = support.snapshot()
    read = time.perf_counter()
    support.start()
    ready = time.perf_counter()
    for scene in list(bpy.data.scenes)[1:]:
        bpy.data.scenes.remove(scene)
    bpy.data.scenes[0].name = next(id for id in before if id.startswith("Scene:")).removeprefix("Scene:")
    failures = support.build(before)
    applied = time.perf_counter()
    bpy.context.view_layer.update()
    after = support.snapshot()
    different = support.differences(before, after)
    values = sum(len(block["set"]) + len(block["arrays"]) for block in before.values())
    milliseconds = f"read {1e3 * (read - began):.0f} ms, apply {1e3 * (applied - ready):.0f} ms"
    share = 100 * (1 - len(different) / values)
    print(f"{name}: {len(before)} datablocks, {values} values, {share:.2f} % intact, {milliseconds}")
    lines = [f"{id} {failure.path}: {failure.code}" for id, failure in failures] + different
    if lines:
        raise AssertionError(f"{len(lines)} differences: " + "; ".join(sorted(lines)[:12]))


def open_scene(path: Path) -> bool:
    """Opens a file without running anything in it; False where the file is newer than this Blender."""
    try:
        written = header_version(path)
        if written <= bpy.app.version[:2]:
            bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)
            written = tuple(bpy.data.version[:2])
    except RuntimeError:
        written = (99, 0)
    if written > bpy.app.version[:2]:
        print(f"{path.name} is left out: it needs a newer Blender")
    return written <= bpy.app.version[:2]


def header_version(path: Path) -> tuple[int, int]:
    """Major and minor version in the header of a file; 0.0 where it is compressed."""
    with path.open("rb") as file:
        found = re.match(rb"BLENDER(?:\d\d-\d\dv(\d\d)(\d\d)|[-_][vV](\d)(\d\d))", file.read(17))
    return tuple(int(part) for part in found.groups() if part is not None) if found else (0, 0)


def main() -> None:
    support.start()
    build_rich_scene()
    support.case("[V2] a rich scene arrives as it was", lambda: round_trip("rich"))
    for path in sorted(SCENES.glob("*.blend")) if SCENES.is_dir() else []:
        if open_scene(path):
            support.case(f"[V2] {path.name} arrives as it was", lambda path=path: round_trip(path.name))
    support.finish()


main()
