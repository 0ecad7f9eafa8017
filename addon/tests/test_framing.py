"""Rules L1 and L3 on the golden messages that the TypeScript tests read too."""

from __future__ import annotations

import io
import json
import struct
import sys
import unittest
from pathlib import Path

ADDON = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ADDON))

from sceneport.link.framing import (  # noqa: E402
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    Frame,
    MalformedMessage,
    encode_frame,
    parse_frame,
    read_frame,
)
from sceneport.link.messages import read_down  # noqa: E402

VECTORS = ADDON.parent / "vectors" / "companion"


def vectors(name: str) -> list[dict]:
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def first_frame(data: bytes) -> Frame | None:
    return read_frame(io.BytesIO(data).read)


class Golden(unittest.TestCase):
    def test_bytes(self) -> None:
        """[L1] a message has the bytes of the golden message, and is read back from them"""
        for vector in vectors("messages"):
            with self.subTest(vector["name"]):
                body = bytes.fromhex(vector["body_hex"])
                buffers = []
                offset = 0
                for size in vector["header"].get("buffers", []):
                    buffers.append(body[offset : offset + size])
                    offset += size
                header = {key: value for key, value in vector["header"].items() if key != "buffers"}
                self.assertEqual(b"".join(encode_frame(header, buffers)).hex(), vector["frame_hex"])
                frame = first_frame(bytes.fromhex(vector["frame_hex"]))
                read_header, read_buffers = parse_frame(frame)
                self.assertEqual(read_header, vector["header"])
                self.assertEqual([bytes(buffer) for buffer in read_buffers], buffers)

    def test_down(self) -> None:
        """[L3] every golden message of the companion is accepted"""
        for vector in vectors("messages"):
            if vector["direction"] != "down":
                continue
            with self.subTest(vector["name"]):
                message = read_down(first_frame(bytes.fromhex(vector["frame_hex"])))
                self.assertEqual(message.header, vector["header"])

    def test_malformed(self) -> None:
        """[L3] every malformed message is refused"""
        for vector in vectors("malformed"):
            if vector["direction"] == "up":
                continue
            with self.subTest(vector["name"]), self.assertRaises(MalformedMessage):
                read_down(first_frame(bytes.fromhex(vector["frame_hex"])))


class Stream(unittest.TestCase):
    def test_back_to_back(self) -> None:
        """[L1] messages back to back are read one after the other, and the end between two is the end"""
        data = b"".join(encode_frame({"type": "hand-over"})) + b"".join(encode_frame({"type": "x"}, [b"ab", b""]))
        stream = io.BytesIO(data)
        self.assertEqual(read_frame(stream.read).header, b'{"type":"hand-over"}')
        self.assertEqual(read_frame(stream.read).body, b"ab")
        self.assertIsNone(read_frame(stream.read))

    def test_sizes_before_bytes(self) -> None:
        """[L1] sizes above the limit are refused before a byte behind them is read"""
        for sizes in ((MAX_HEADER_BYTES + 1, 0), (1, MAX_BODY_BYTES + 1)):
            asked: list[int] = []

            def read_exactly(count: int) -> bytes:
                asked.append(count)
                return struct.pack("<II", *sizes)

            with self.subTest(sizes), self.assertRaises(MalformedMessage):
                read_frame(read_exactly)
            self.assertEqual(asked, [8])

    def test_not_finite(self) -> None:
        """[L1] a number that JSON cannot carry is never sent"""
        with self.assertRaises(ValueError):
            encode_frame({"value": float("nan")})

    def test_nesting(self) -> None:
        """[G3] a value that is nested too deeply is refused"""
        for depth in (15, 40, 100_000):
            with self.subTest(depth):
                nested = "[" * depth + "]" * depth
                text = f'{{"type":"result","request":1,"ok":true,"value":{nested}}}'.encode()
                if depth == 15:
                    self.assertEqual(read_down(Frame(text, b"")).header["request"], 1)
                else:
                    with self.assertRaises(MalformedMessage):
                        read_down(Frame(text, b""))

    def test_duplicate_keys(self) -> None:
        """[L3] an object with a key twice is refused"""
        with self.assertRaises(MalformedMessage):
            read_down(Frame(b'{"type":"hand-over","type":"hand-over"}', b""))


if __name__ == "__main__":
    unittest.main()
