"""Arrays, files and pixels that would crash Blender: refused, and nothing is changed."""

from __future__ import annotations

import random
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import blender_support as support  # noqa: E402
from blender_rich import build_rich_scene  # noqa: E402
from blender_support import apply, case, codes, evaluate, expect, resolve, rna  # noqa: E402


def geometry(mesh: Any) -> dict[str, rna.Array]:
    return {array.path: array for array in rna.read_arrays(mesh)}


def refused_geometry(name: str, change: Any) -> None:
    """Changes one array of a sound mesh, which must then be refused and leave the mesh as it was."""

    def body() -> None:
        mesh = bpy.data.meshes["Mesh"]
        before = support.shown("Mesh", mesh)
        arrays = geometry(mesh)
        path, array = change(arrays)
        failures = rna.apply_arrays(mesh, "geometry", True, [*({**arrays, path: array}).values()])
        expect(codes(failures), ["bad-array"])
        expect(support.shown("Mesh", mesh)["arrays"], before["arrays"])
        evaluate()

    case(f"[O9] {name} is refused and nothing is changed", body)


def with_values(path: str, edit: Any) -> Any:
    def change(arrays: dict[str, rna.Array]) -> tuple[str, rna.Array]:
        values = np.array(arrays[path].data)
        return path, arrays[path]._replace(data=edit(values))

    return change


def fill(value: int) -> Any:
    return lambda values: np.full_like(values, value)


def bad_arrays() -> None:
    refused_geometry("a corner of a vertex that is not there", with_values("corner_vertex", fill(999_999)))
    refused_geometry("a corner of a negative vertex", with_values("corner_vertex", fill(2**32 - 5)))
    refused_geometry("a corner of an edge that is not there", with_values("corner_edge", fill(999_999)))
    refused_geometry("a corner on a wrong edge", with_values("corner_edge", fill(0)))
    refused_geometry("an edge of a vertex that is not there", with_values("edge_vertices", fill(999_999)))
    refused_geometry("a face that starts behind the corners", with_values("face_offset", fill(500_000)))
    refused_geometry("faces in falling order", with_values("face_offset", lambda values: np.array(values[::-1])))
    refused_geometry("a face without corners", with_values("face_offset", fill(0)))
    refused_geometry("a negative material", lambda arrays: material(arrays, -1))
    refused_geometry("a truth value of two", lambda a: ("sharp_face", a["sharp_face"]._replace(data=b"\2\2")))
    refused_geometry("more bytes than elements", lambda a: ("position", a["position"]._replace(data=bytes(400))))
    refused_geometry("two billion vertices in no bytes", lambda a: huge(a, (2**31 - 1, 3)))
    refused_geometry("a negative shape", lambda a: huge(a, (-1, 3)))
    refused_geometry("an unknown dtype", lambda a: ("position", a["position"]._replace(dtype="O8")))
    refused_geometry("another dtype", lambda a: ("position", a["position"]._replace(dtype="u4")))
    refused_geometry("fewer vertices than corners use", lambda a: shorter(a, "position", 3))
    refused_geometry("fewer corners than the layers have", lambda a: shorter(a, "corner_vertex", 4))
    refused_geometry("a UV layer that is too short", lambda a: shorter(a, "uv_layers/UVMap/uv", 2))


def material(arrays: dict[str, rna.Array], value: int) -> tuple[str, rna.Array]:
    size = arrays["face_offset"].shape[0]
    values = np.full(size, value, np.int32)
    return "material_index", rna.Array("geometry", "material_index", "i4", (size,), False, values)


def huge(arrays: dict[str, rna.Array], shape: tuple[int, int]) -> tuple[str, rna.Array]:
    return "position", arrays["position"]._replace(shape=shape, data=b"")


def shorter(arrays: dict[str, rna.Array], path: str, size: int) -> tuple[str, rna.Array]:
    array = arrays[path]
    width = len(array.data) // array.shape[0]
    return path, array._replace(shape=(size, *array.shape[1:]), data=np.array(array.data[: size * width]))


def ranges() -> None:
    mesh = bpy.data.meshes["Mesh"]
    before = support.shown("Mesh", mesh)["arrays"]
    for path, offset, data in (
        ("position", -4, bytes(4)),
        ("position", 10_000, bytes(4)),
        ("position", 0, bytes(100_000)),
        ("corner_vertex", 0, b"\xff\xff\xff\xff"),
        ("face_offset", 0, b"\1\0\0\0"),
    ):
        expect(codes(rna.apply_range(mesh, "geometry", path, offset, data)), ["bad-array"])
    expect(codes(rna.apply_range(mesh, "geometry", "attributes/none/data", 0, bytes(4))), ["gone"])
    expect(support.shown("Mesh", mesh)["arrays"], before)


def random_geometry() -> None:
    """Random damage to arrays: each is refused, or Blender can work with what came out."""
    dice = random.Random(7)
    mesh = bpy.data.meshes["Mesh"]
    sound = list(geometry(mesh).values())
    refused = 0
    for _ in range(300):
        damaged = [array._replace(data=np.array(array.data)) for array in sound]
        for _ in range(dice.randint(1, 3)):
            raw = dice.choice(damaged).data.view(np.uint8)
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        refused += bool(rna.apply_arrays(mesh, "geometry", dice.random() < 0.5, damaged))
        evaluate()
    print(f"{refused} of 300 damaged meshes refused")
    expect(rna.apply_arrays(mesh, "geometry", True, sound), [])


def edit_mode() -> None:
    mesh = bpy.data.meshes["Mesh"]
    arrays = list(geometry(mesh).values())
    bpy.context.view_layer.objects.active = bpy.data.objects["Cube/1"]
    bpy.ops.object.mode_set(mode="EDIT")
    failures = rna.apply_arrays(mesh, "geometry", True, arrays)
    bpy.ops.object.mode_set(mode="OBJECT")
    expect(codes(failures), ["bad-array"])


def png(width: int, height: int) -> bytes:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def image_files() -> None:
    image = rna.create("Image", "hostile", {}, resolve)

    def order(data: bytes) -> list[str]:
        array = rna.Array("file", "file", "u1", (len(data),), False, data)
        return codes(rna.apply_arrays(image, "file", True, [array]))

    expect(order(b"#!/bin/sh\n"), ["bad-file"])
    expect(order(b""), ["bad-file"])
    expect(order(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ["bad-file"])
    expect(order(png(60_000, 60_000)), ["too-large"])
    expect(order(b"\xff\xd8\xff\xe0"), ["bad-file"])
    expect(order(b"II*\0\xff\xff\xff\xff"), ["bad-file"])
    expect(image.packed_file, None)
    expect(order(png(8, 8)), [])
    len(image.pixels)
    expect(codes(apply(image, set={"generated_width": 65_536, "generated_height": 65_536})), ["too-large"])
    expect(codes(apply(image, set={"generated_width": 16_384, "generated_height": 16_384})), ["too-large"])


def pixels() -> None:
    image = bpy.data.images["Painted"]
    for dtype, shape, data in (("u1", (4, 4), bytes(16)), ("f4", (32, 4), bytes(512)), ("u1", (10**9, 4), b"")):
        array = rna.Array("pixels", "pixels", dtype, shape, False, data)
        expect(codes(rna.apply_arrays(image, "pixels", True, [array])), ["bad-array"])
    expect(codes(rna.apply_range(image, "pixels", "pixels", 10**9, bytes(4))), ["bad-array"])


def main() -> None:
    support.start()
    build_rich_scene()
    bad_arrays()
    case("[O9] a range outside an array is refused", ranges)
    case("[O9] randomly damaged meshes never crash Blender", random_geometry)
    case("[O9] geometry is refused in edit mode", edit_mode)
    case("[G2] only files of images are packed", image_files)
    case("[G3] pixels of another size are refused", pixels)
    support.finish()


main()
