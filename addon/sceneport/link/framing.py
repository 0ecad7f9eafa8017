"""Rule L1: a message is two sizes, a header of JSON and a body of buffers back to back."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Union

Buffer = Union[bytes, bytearray, memoryview]

MAX_HEADER_BYTES = 16 * 1024 * 1024
MAX_BODY_BYTES = 1024 * 1024 * 1024

_SIZES = struct.Struct("<II")


class MalformedMessage(Exception):
    """Rule L3: what arrived is not a message; nothing of it may be used."""


class TornMessage(MalformedMessage):
    """The stream ends inside a message: whoever wrote it is dead."""


class Frame(NamedTuple):
    """The bytes of one message, not yet looked at beyond their sizes."""

    header: bytes
    body: bytes


def encode_frame(header: dict[str, Any], buffers: Sequence[Buffer] = ()) -> list[Buffer]:
    """The pieces of one message, to be written one after the other.

    `buffers` are contiguous; their sizes become the header's `buffers`. Raises ValueError where a size or a number
    (NaN, infinity) cannot be said in a message.
    """
    if buffers:
        header = {**header, "buffers": [memoryview(buffer).nbytes for buffer in buffers]}
    text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
    body_bytes = sum(header["buffers"]) if buffers else 0
    if len(text) > MAX_HEADER_BYTES or body_bytes > MAX_BODY_BYTES:
        raise ValueError("the message is too large")
    return [_SIZES.pack(len(text), body_bytes) + text, *buffers]


def read_frame(read_exactly: Callable[[int], bytes | None]) -> Frame | None:
    """The next frame, or None where the stream ends between two messages.

    `read_exactly(n)` returns n bytes, fewer only at the end of the stream. Raises MalformedMessage for sizes above the
    limits, before anything is allocated for them, and TornMessage for a stream that ends inside a message.
    """
    sizes = read_exactly(_SIZES.size)
    if not sizes:
        return None
    if len(sizes) < _SIZES.size:
        raise TornMessage("the stream ends inside the sizes")
    header_bytes, body_bytes = _SIZES.unpack(sizes)
    if header_bytes > MAX_HEADER_BYTES:
        raise MalformedMessage("the header is too large")
    if body_bytes > MAX_BODY_BYTES:
        raise MalformedMessage("the body is too large")
    header = read_exactly(header_bytes) if header_bytes else b""
    body = read_exactly(body_bytes) if body_bytes else b""
    if header is None or body is None or len(header) < header_bytes or len(body) < body_bytes:
        raise TornMessage("the stream ends inside a message")
    return Frame(header, body)


def parse_frame(frame: Frame) -> tuple[dict[str, Any], list[memoryview]]:
    """The header and the buffers of a frame. Raises MalformedMessage (rule L3)."""
    header = _parse_header(frame.header)
    sizes = header.get("buffers", [])
    if not isinstance(sizes, list) or any(type(size) is not int or size < 0 for size in sizes):
        raise MalformedMessage("buffers is not a list of sizes")
    if sum(sizes) != len(frame.body):
        raise MalformedMessage("the buffers are not as long as the body")
    buffers = []
    offset = 0
    whole = memoryview(frame.body)
    for size in sizes:
        buffers.append(whole[offset : offset + size])
        offset += size
    return header, buffers


def _parse_header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(
            text.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_without_duplicates,
        )
    except MalformedMessage:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("the header is not JSON") from error
    if not isinstance(header, dict):
        raise MalformedMessage("the header is not an object")
    return header


def _refuse_constant(name: str) -> float:
    raise MalformedMessage(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise MalformedMessage("a number is not finite")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise MalformedMessage("a key is there twice")
    return result
