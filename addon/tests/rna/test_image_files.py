"""Kinds and sizes of image files, from their first bytes."""

from __future__ import annotations

import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import pure  # noqa: E402, F401
from rna.image_files import extension_of, size_of  # noqa: E402

FILES = {
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480),
    "bmp": b"BM" + bytes(16) + struct.pack("<ii", 640, -480),
    "jpg": b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 480, 640),
    "tif": b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHHHII", 2, 256, 3, 1, 640, 0, 257, 4, 1, 480),
    "exr": b"v/1\x01\2\0\0\0dataWindow\0box2i\0\x10\0\0\0" + struct.pack("<iiii", -10, 0, 629, 479),
    "hdr": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 480 +X 640\n",
    "webp": b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\x7f\x02\0" + b"\xdf\x01\0",
}


class Files(unittest.TestCase):
    def test_kinds(self) -> None:
        """[G2] tells files apart by their first bytes"""
        for extension, data in FILES.items():
            self.assertEqual(extension_of(data), extension)
        for data in (b"", b"#!/bin/sh", b"<svg>", b"RIFF\0\0\0\0WAVE", b"BLENDER-v304", b"%PDF", b"GIF89a"):
            self.assertIsNone(extension_of(data))

    def test_sizes(self) -> None:
        """[G3] knows how many pixels a file says it has before Blender opens it"""
        for extension, data in FILES.items():
            self.assertEqual(size_of(data), (640, 480), extension)

    def test_broken(self) -> None:
        """[G2] refuses a file that ends before it says how large it is"""
        for extension, data in FILES.items():
            self.assertIsNone(size_of(data[:12]), extension)
        self.assertIsNone(size_of(b"\xff\xd8\xff\xe0\0\0" * 4))


if __name__ == "__main__":
    unittest.main()
