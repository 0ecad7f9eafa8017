"""Measures reading and applying: one line per measurement, nothing is asserted about time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import blender_support as support  # noqa: E402
from blender_rich import build_rich_scene  # noqa: E402
from blender_support import resolve, rna  # noqa: E402

SIDE = 316


def measure(name: str, body: Callable[[], object], rounds: int) -> None:
    """Prints the shortest of several runs."""
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        body()
        best = min(best, time.perf_counter() - began)
    print(f"TIME {name}: {best * 1e3:.3f} ms", flush=True)


def grid() -> bpy.types.Mesh:
    """A square of about 100,000 vertices with a UV layer."""
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=SIDE - 1, y_subdivisions=SIDE - 1, calc_uvs=True)
    return bpy.context.object.data


def main() -> None:
    support.start()
    build_rich_scene()
    for id in ("Object:Cube/1", "Camera:Camera", "Light:AREA", "Material:Own", "World:World", "Mesh:Mesh"):
        datablock = resolve(id)
        measure(f"read {id}", lambda datablock=datablock: rna.read_block(datablock, support.ident), 50)
    block = rna.read_block(resolve("Object:AREA"), support.ident)
    whole = (block["set"], [], block["sets"], block["items"], resolve)
    measure("apply a whole object, unchanged", lambda: rna.apply_set(resolve("Object:AREA"), *whole), 50)
    places = iter(range(10**6))
    move = lambda: rna.apply_set(resolve("Object:AREA"), {"location": [next(places), 0, 0]}, [], {}, {}, resolve)  # noqa: E731
    measure("apply a place", move, 50)
    mesh = grid()
    print(f"mesh of {len(mesh.vertices)} vertices")
    arrays = list(rna.read_arrays(mesh))
    measure("read its arrays", lambda: list(rna.read_arrays(mesh)), 5)
    measure("apply them, unchanged counts", lambda: rna.apply_arrays(mesh, "geometry", True, arrays), 3)
    empty = bpy.data.meshes.new("empty")
    empty.uv_layers.new(name="UVMap")

    def build() -> None:
        empty.clear_geometry()
        empty.uv_layers.new(name="UVMap", do_init=False)
        rna.apply_arrays(empty, "geometry", True, arrays)

    measure("build it from nothing", build, 3)
    one = np.array([1, 2, 3], np.float32).tobytes()
    measure("apply one vertex", lambda: rna.apply_range(mesh, "geometry", "position", 1200, one), 5)
    many = np.zeros(3000, np.float32).tobytes()
    measure("apply a thousand vertices", lambda: rna.apply_range(mesh, "geometry", "position", 1200, many), 5)
    support.finish()


main()
