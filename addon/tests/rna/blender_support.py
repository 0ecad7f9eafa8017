"""What the scripts of this folder share that run inside Blender: cases, snapshots of a file, and building it anew.

blender -b --factory-startup --python-exit-code 1 -P addon/tests/rna/blender_<what>.py
python addon/tests/rna/blender_<what>.py        (where Blender is the module `bpy`)
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon" / "sceneport"))

import rna  # noqa: E402

Snapshot = dict[str, dict[str, Any]]
_failed: list[str] = []


def case(name: str, body: Callable[[], Any]) -> None:
    """Runs one case and prints its line; an exception is its failure. SCENEPORT_RULE: only where it cites that rule."""
    if (rule := os.environ.get("SCENEPORT_RULE")) is not None and f"[{rule}]" not in name:
        return
    try:
        body()
        print(f"CASE ok {name}", flush=True)
    except Exception as error:  # noqa: BLE001
        _failed.append(name)
        traceback.print_exc()
        print(f"CASE FAIL {name}: {error}".replace("\n", " ")[:2000], flush=True)


def finish() -> None:
    """Ends Blender, with status 1 when a case failed."""
    sys.stdout.flush()
    sys.exit(1 if _failed else 0)


def start() -> None:
    """A file of factory settings with nothing in it but one scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


def datablocks() -> Iterator[tuple[str, Any]]:
    """Type and datablock of everything in the file that crosses, in dependency order."""
    for kind in rna.KINDS.values():
        for datablock in getattr(bpy.data, kind.collection):
            found = rna.kind_of(datablock)
            if found is kind and rna.is_replicated(datablock):
                yield kind.type, datablock


def ident(datablock: Any) -> str | None:
    """An id made of type and name: stable across files, which is enough for a test."""
    kind = rna.kind_of(datablock)
    return f"{kind.type}:{datablock.name}" if kind is not None and rna.is_replicated(datablock) else None


def resolve(id: str) -> Any:
    """The datablock of an id of `ident`."""
    type, _, name = id.partition(":")
    return getattr(bpy.data, rna.KINDS[type].collection).get((name, None))


def snapshot() -> Snapshot:
    """Everything in the file as it is shown, arrays included."""
    return {ident(datablock): shown(type, datablock) for type, datablock in list(datablocks())}


def shown(type: str, datablock: Any) -> dict[str, Any]:
    """One datablock as it is shown, arrays included."""
    arrays = [
        a._replace(data=bytes(memoryview(a.data).cast("B")) if a.shape[0] else b"") for a in rna.read_arrays(datablock)
    ]
    return {"type": type, "name": datablock.name, **rna.read_block(datablock, ident), "arrays": arrays}


def build(wanted: Snapshot) -> list[tuple[str, rna.Failure]]:
    """Makes everything of a snapshot in the open file; returns what could not be applied."""
    failures = []
    for id, block in wanted.items():
        if resolve(id) is None:
            made = rna.create(block["type"], block["name"], block["set"], resolve)
            if made is None:
                failures.append((id, rna.Failure("", "unsupported")))
    for _ in range(3):
        wrong = _fill(wanted)
        if not wrong:
            break
    return failures + wrong


def _fill(wanted: Snapshot) -> list[tuple[str, rna.Failure]]:
    """Applies everything to what is there; repeated where a group has been used before its interface was made."""
    failures = []
    for id, block in wanted.items():
        if resolve(id) is not None:
            failed = rna.apply_set(resolve(id), block["set"], [], block["sets"], block["items"], resolve)
            for group in sorted({array.group for array in block["arrays"]}):
                arrays = [array for array in block["arrays"] if array.group == group]
                failed += rna.apply_arrays(resolve(id), group, True, arrays)
            failures += [(id, failure) for failure in failed]
    return failures


def apply(datablock: Any, **parts: Any) -> list[rna.Failure]:
    """One order for one datablock; parts that are left out are empty."""
    empty = {"set": {}, "unset": [], "sets": {}, "items": {}}
    return rna.apply_set(datablock, **{**empty, **parts}, resolve=resolve)


def codes(failures: list[rna.Failure]) -> list[str]:
    return sorted({failure.code for failure in failures})


def expect(actual: Any, wanted: Any) -> None:
    if actual != wanted:
        raise AssertionError(f"{actual!r} instead of {wanted!r}")


def evaluate() -> None:
    """Makes Blender use everything."""
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    for instance in graph.object_instances:
        if instance.object.type == "MESH":
            len(instance.object.data.loop_triangles)


def differences(a: Snapshot, b: Snapshot) -> list[str]:
    """What `b` does not have as `a` has it, one line each; null may stand for a reference to what does not cross."""
    lines = [f"{id}: only in one file" for id in a.keys() ^ b.keys()]
    for id in a.keys() & b.keys():
        for part in ("set", "sets", "items"):
            left, right = (_without_hints(block[id][part]) if part == "items" else block[id][part] for block in (a, b))
            for path in left.keys() | right.keys():
                outside = path not in left and right[path] is None
                if not outside and not rna.same(left.get(path, "(none)"), right.get(path, "(none)")):
                    lines.append(f"{id} {path}: {left.get(path, '(none)')} {right.get(path, '(none)')}")
        left, right = ({array.path: array for array in block[id]["arrays"]} for block in (a, b))
        for path in left.keys() | right.keys():
            if left.get(path) != right.get(path):
                lines.append(f"{id} {path}: array differs")
    return lines


def _without_hints(items: dict[str, list]) -> dict[str, list]:
    return {path: [handle for handle, _ in entries] for path, entries in items.items()}
