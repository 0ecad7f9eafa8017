"""Files of images: told apart by their first bytes, and how many pixels they say they have (COMPANION.md G2, G3)."""

from __future__ import annotations

import struct
from typing import Any

MAGIC = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "tif": (b"II*\0", b"MM\0*"),
    "exr": (b"v/1\x01",),
    "hdr": (b"#?RADIANCE", b"#?RGBE"),
    "bmp": (b"BM",),
    "webp": (b"RIFF",),
}
"""First bytes of every kind of file that crosses, by its extension."""
HEAD_BYTES = 4096


def extension_of(head: bytes) -> str | None:
    """The extension for a file with these first bytes; None for a kind that does not cross."""
    for extension, beginnings in MAGIC.items():
        if head.startswith(beginnings) and (extension != "webp" or head[8:12] == b"WEBP"):
            return extension
    return None


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height that a file says it has; None where it is broken."""
    extension = extension_of(data[:HEAD_BYTES])
    try:
        return _SIZES[extension](data) if extension else None
    except (struct.error, ValueError, IndexError, KeyError):
        return None


def _png(data: bytes) -> tuple[int, int]:
    return struct.unpack_from(">II", data, 16)


def _bmp(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<ii", data, 18)
    return abs(width), abs(height)


def _jpeg(data: bytes) -> tuple[int, int]:
    place = 2
    while True:
        marker, length = struct.unpack_from(">HH", data, place)
        if marker >> 8 != 0xFF:
            raise ValueError("no marker")
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        place += 2 + length


def _tiff(data: bytes) -> tuple[int, int]:
    order = "<" if data[:2] == b"II" else ">"
    (place,) = struct.unpack_from(order + "I", data, 4)
    (entries,) = struct.unpack_from(order + "H", data, place)
    found: dict[int, int] = {}
    for index in range(entries):
        tag, kind, _ = struct.unpack_from(order + "HHI", data, place + 2 + 12 * index)
        if tag in (256, 257):
            (found[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, place + 10 + 12 * index)
    return found[256], found[257]


def _exr(data: bytes) -> tuple[int, int]:
    name = b"dataWindow\0box2i\0"
    place = data.index(name, 0, HEAD_BYTES * 16) + len(name) + 4
    left, top, right, bottom = struct.unpack_from("<iiii", data, place)
    return right - left + 1, bottom - top + 1


def _hdr(data: bytes) -> tuple[int, int]:
    lines = data[:HEAD_BYTES].split(b"\n\n", 1)[1].split(b"\n", 1)[0].split()
    return int(lines[3]), int(lines[1])


def _webp(data: bytes) -> tuple[int, int]:
    form = data[12:16]
    if form == b"VP8X":
        return _u24(data, 24) + 1, _u24(data, 27) + 1
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _u24(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 3], "little")


_SIZES: dict[str, Any] = {
    "png": _png,
    "jpg": _jpeg,
    "tif": _tiff,
    "exr": _exr,
    "hdr": _hdr,
    "bmp": _bmp,
    "webp": _webp,
}
