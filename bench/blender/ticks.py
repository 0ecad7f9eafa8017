"""How long the add-on keeps Blender's main thread busy: one line `TICKS {json}` for each kind of work.

Runs inside a Blender; the companion is played by the script. Every tick is measured in the time that the main thread
itself computed (`time.thread_time`) and in the time that passed. Blender's own evaluation of an edit happens before
the ticks and is not counted; that of an order happens within them and is.

Usage: ticks.py [WORK ...]; without a name, everything.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "addon" / "tests"))

import bpy  # noqa: E402
import numpy as np  # noqa: E402
from harness import BUDGET_SECONDS, Play, fresh_file, new_id  # noqa: E402
from sceneport.link.framing import parse_frame, read_frame  # noqa: E402
from sceneport.watch import identity  # noqa: E402

OBJECTS = 2000
IDLE_TICKS = 400
MESHES = {"100k": 316, "1M": 1000}
"""Vertices on each side of a square."""


class Measured(Play):
    """A session whose ticks are measured. Buffers that arrive are not kept."""

    def __init__(self) -> None:
        self.measured: list[tuple[float, float]] = []
        super().__init__()

    def _read(self) -> None:
        while (frame := read_frame(self._stream.read)) is not None:
            self.messages.append((parse_frame(frame)[0], []))

    def tick(self) -> None:
        """One tick, in seconds of computing and of waiting."""
        computed, passed = time.thread_time(), time.perf_counter()
        self.session.tick(BUDGET_SECONDS)
        self.measured.append((time.thread_time() - computed, time.perf_counter() - passed))

    def work(self, name: str, rounds: int, act: Callable[[int], None]) -> None:
        """Does something, lets Blender evaluate it, and ticks until everything of it has been handed over."""
        self.until(lambda: self.session.settled)
        self.measured.clear()
        totals = []
        for number in range(rounds):
            before = len(self.measured)
            act(number)
            bpy.context.view_layer.update()
            self.tick()
            self.until(lambda: self.session.settled)
            totals.append(sum(computed for computed, _ in self.measured[before:]))
        self.report(name, totals)

    def ordered(self, name: str, rounds: int, order: Callable[[int], Any]) -> None:
        """Orders something and ticks until it has been answered."""
        self.until(lambda: self.session.settled)
        self.measured.clear()
        totals = []
        for number in range(rounds):
            before = len(self.measured)
            order(number)
            totals.append(sum(computed for computed, _ in self.measured[before:]))
        self.report(name, totals)

    def report(self, name: str, totals: list[float]) -> None:
        """One line; `wholeMs` is the main thread's time for one round of the work, over all its ticks."""
        computed = [one * 1e3 for one, _ in self.measured]
        passed = [one * 1e3 for _, one in self.measured]
        result = {
            "work": name,
            "ticks": len(computed),
            "medianMs": round(statistics.median(computed), 2),
            "longestMs": round(max(computed), 2),
            "longestPassedMs": round(max(passed), 2),
            "wholeMs": round(statistics.median(totals) * 1e3, 2),
        }
        print(f"TICKS {json.dumps(result)}", flush=True)


def many_objects(play: Measured) -> None:
    """Nothing to do, and one object moved, among many."""
    mesh = bpy.data.meshes["Cube"]
    for number in range(OBJECTS):
        one = bpy.data.objects.new(f"Object.{number:04}", mesh if number % 2 else mesh.copy())
        one.location = (number % 50, number // 50, 0)
        bpy.context.collection.objects.link(one)
    play.hand_over()
    play.work("idle, 2000 objects", IDLE_TICKS, lambda number: None)
    play.work("move 1 of 2000 objects", 60, lambda number: _move(number))
    cube = bpy.data.objects["Object.0001"].sceneport_id
    place = lambda number: {"op": "set", "id": cube, "set": {"location": [number, 0, 0]}}  # noqa: E731
    play.ordered("order: move 1 of 2000", 60, lambda number: play.order(place(number), push=False))
    bpy.ops.ed.undo_push(message="moved")
    play.work("undo, 2000 objects", 1, lambda number: bpy.ops.ed.undo())


def _move(number: int) -> None:
    bpy.data.objects["Object.0000"].location.x = number + 0.5


def large_mesh(size: str) -> Callable[[Measured], None]:
    """One vertex of a large mesh, moved here and by an order, and the mesh whole."""

    def measure(play: Measured) -> None:
        mesh = grid(MESHES[size])
        rounds = 10 if size == "100k" else 3
        play.measured.clear()
        play.hand_over()
        play.report(f"hand over a mesh of {size}", [sum(computed for computed, _ in play.measured)])

        def move(number: int) -> None:
            mesh.vertices[number].co.z = 1.0 + number
            mesh.update()

        play.work(f"move 1 vertex of {size}", rounds, move)
        identifier = mesh.sceneport_id
        one = {"op": "range", "id": identifier, "group": "geometry", "path": "position", "offset": 12, "buffer": 0}

        def overwrite(number: int) -> None:
            play.order(one, push=False, buffers=[np.array([0, 0, number + 0.5], np.float32).tobytes()])

        play.ordered(f"order: 1 vertex of {size}", rounds, overwrite)
        play.ordered(f"order: create a mesh of {size}", 1, lambda number: _create(play, mesh))
        bpy.ops.ed.undo_push(message="before")
        bpy.ops.ed.undo_push(message="after")
        play.work(f"undo beside a mesh of {size}", 1, lambda number: bpy.ops.ed.undo())

    return measure


def _create(play: Measured, mesh: bpy.types.Mesh) -> None:
    from sceneport.rna import read_arrays
    from sceneport.watch.reading import array_header

    arrays = list(read_arrays(mesh))
    identifier = new_id()
    operations = [
        {"op": "create", "id": identifier, "type": "Mesh", "name": "Ordered"},
        {"op": "set", "id": identifier, "items": {"uv_layers": [["UVMap", 0]], "materials": [], "attributes": []}},
        {
            **{"op": "arrays", "id": identifier, "group": "geometry", "whole": True},
            "arrays": [array_header(one, index) for index, one in enumerate(arrays)],
        },
    ]
    play.order(*operations, buffers=[one.data.tobytes() for one in arrays])


def grid(side: int) -> bpy.types.Mesh:
    """A square of side × side vertices with a UV layer, shown by one object."""
    mesh = bpy.data.meshes.new("Grid")
    x, y = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    places = np.stack([x, y, np.zeros_like(x)], axis=-1).astype(np.float32)
    first = (x[:-1, :-1] * side + y[:-1, :-1]).reshape(-1)
    corners = np.stack([first, first + side, first + side + 1, first + 1], axis=-1).astype(np.int32)
    mesh.vertices.add(side * side)
    mesh.vertices.foreach_set("co", places.reshape(-1))
    mesh.loops.add(corners.size)
    mesh.loops.foreach_set("vertex_index", corners.reshape(-1))
    mesh.polygons.add(len(corners))
    mesh.polygons.foreach_set("loop_start", np.arange(0, corners.size, 4, dtype=np.int32))
    if not mesh.polygons[0].loop_total:
        mesh.polygons.foreach_set("loop_total", np.full(len(corners), 4, np.int32))
    mesh.update(calc_edges=True)
    mesh.uv_layers.new(name="UVMap")
    bpy.context.collection.objects.link(bpy.data.objects.new("Grid", mesh))
    bpy.context.view_layer.update()
    return mesh


def main() -> None:
    identity.register()
    works = {"objects": many_objects, "100k": large_mesh("100k"), "1M": large_mesh("1M")}
    for name in sys.argv[1:] or works:
        fresh_file()
        play = Measured()
        try:
            works[name](play)
        finally:
            play.close()


main()
