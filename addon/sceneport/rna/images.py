"""Image: the bytes of its file, and pixels that are in no file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import bpy
import numpy as np

from .arrays import Array, flat
from .change import Change
from .failures import BAD_ARRAY, BAD_FILE, TOO_LARGE, Failure
from .image_files import HEAD_BYTES, extension_of, size_of
from .limits import FILE_BYTES, IMAGE_PIXELS, IMAGE_SIDE
from .values import Value

FILE = "file"
PIXELS = "pixels"
GROUPS = (FILE, PIXELS)


def read_image(image: Any, out: dict[str, Value]) -> None:
    """Adds the kind of the file, where there is one that crosses."""
    if image.source != "FILE":
        return
    packed = image.packed_file
    extension = extension_of(packed.data[:HEAD_BYTES] if packed is not None else _read_disk(image, HEAD_BYTES))
    if extension is not None:
        out["file_extension"] = extension


def read_data(image: Any) -> Iterator[Array]:
    """The bytes of the file as they are, packed or on this machine's disk; and the pixels once they were painted on."""
    if image.source == "FILE":
        packed = image.packed_file
        data = packed.data if packed is not None else _read_disk(image, FILE_BYTES + 1)
        if extension_of(data[:HEAD_BYTES]) is not None and len(data) <= FILE_BYTES:
            yield Array(FILE, FILE, "u1", (len(data),), False, np.frombuffer(data, np.uint8))
    if image.is_dirty and image.has_data and image.source in ("FILE", "GENERATED"):
        width, height = image.size
        channels = image.channels
        if 0 < width * height <= IMAGE_PIXELS:
            values = _read_pixels(image)
            yield Array(PIXELS, PIXELS, "f4" if image.is_float else "u1", (width * height, channels), False, values)


def _read_disk(image: Any, size: int) -> bytes:
    """Up to `size` first bytes of the user's own file; nothing where it cannot be read."""
    path = bpy.path.abspath(image.filepath, library=image.library)
    if not image.filepath or not os.path.isfile(path):
        return b""
    try:
        with open(path, "rb") as file:
            return file.read(size)
    except OSError:
        return b""


def _read_pixels(image: Any) -> np.ndarray:
    values = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
    image.pixels.foreach_get(values)
    return values if image.is_float else np.rint(values * 255.0).astype(np.uint8)


def check(image: Any, change: Change) -> None:
    """Refuses a generated image of more pixels than Blender is made to hold."""
    size = [change.set.get(name, getattr(image, name)) for name in ("generated_width", "generated_height")]
    if all(isinstance(side, (int, float)) for side in size) and size[0] * size[1] > IMAGE_PIXELS:
        for name in ("generated_width", "generated_height"):
            if change.set.pop(name, None) is not None:
                change.fail(name, TOO_LARGE)


def apply_data(image: Any, group: str, arrays: list[Array]) -> list[Failure]:
    """Packs the bytes of a file into the image, or paints all pixels; without any, goes back to what lies below."""
    if not arrays:
        if group == PIXELS and image.is_dirty:
            read_again(image)
        return []
    row = flat(arrays[0])
    if len(arrays) != 1 or arrays[0].path != group or row is None:
        return [Failure(array.path, BAD_ARRAY) for array in arrays]
    code = _pack(image, row) if group == FILE else _paint(image, arrays[0], row)
    return [] if code is None else [Failure(group, code)]


def _pack(image: Any, row: np.ndarray) -> str | None:
    if row.nbytes > FILE_BYTES:
        return TOO_LARGE
    data = row.tobytes()
    size = size_of(data)
    if row.dtype != np.uint8 or size is None:
        return BAD_FILE
    if not 0 < size[0] <= IMAGE_SIDE or not 0 < size[1] <= IMAGE_SIDE or size[0] * size[1] > IMAGE_PIXELS:
        return TOO_LARGE
    image.pack(data=data, data_len=len(data))
    image.filepath_raw = ""
    read_again(image)
    return None


def read_again(image: Any) -> None:
    """Makes Blender forget the pixels that it holds, so that it reads or generates them again.

    An undo brings back the file of an image, and Blender goes on showing the pixels from before.
    """
    kind = image.source if image.source != "GENERATED" or image.packed_file is None else "FILE"
    image.source = "GENERATED" if kind == "FILE" else "FILE"
    image.source = kind


def _paint(image: Any, array: Array, row: np.ndarray) -> str | None:
    width, height = image.size
    shape = (width * height, image.channels)
    if tuple(array.shape) != shape or array.dtype != ("f4" if image.is_float else "u1"):
        return BAD_ARRAY
    image.pixels.foreach_set(row if image.is_float else row.astype(np.float32) / np.float32(255.0))
    image.update()
    return None


def apply_data_range(image: Any, group: str, offset: int, data: Any) -> list[Failure]:
    """Overwrites bytes of the file or of the pixels."""
    current = next((array for array in read_data(image) if array.group == group), None)
    raw = np.frombuffer(data, np.uint8)
    if current is None or offset < 0 or offset + raw.nbytes > memoryview(current.data).nbytes:
        return [Failure(group, BAD_ARRAY)]
    values = np.array(current.data)
    values.view(np.uint8)[offset : offset + raw.nbytes] = raw
    return apply_data(image, group, [current._replace(data=values)])
