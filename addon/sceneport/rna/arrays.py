"""Bulk data as it crosses: named, typed, shaped bytes (COMPANION.md V3)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

DTYPES = {
    "b1": np.dtype("?"),
    "i1": np.dtype("<i1"),
    "u1": np.dtype("<u1"),
    "i2": np.dtype("<i2"),
    "u2": np.dtype("<u2"),
    "i4": np.dtype("<i4"),
    "u4": np.dtype("<u4"),
    "f4": np.dtype("<f4"),
    "f8": np.dtype("<f8"),
}


class Array(NamedTuple):
    """One array; `data` is anything with the bytes of `shape` elements of `dtype` (a numpy array when read)."""

    group: str
    path: str
    dtype: str
    shape: tuple[int, ...]
    topology: bool
    data: Any


def flat(array: Array) -> np.ndarray | None:
    """The elements in one row; None when bytes, dtype and shape do not fit together.

    The bytes are shared, but for those that do not begin where Blender could read them (buffers lie back to back).
    """
    dtype = DTYPES.get(array.dtype)
    if dtype is None or not 1 <= len(array.shape) <= 2 or any(type(n) is not int or n < 0 for n in array.shape):
        return None
    raw = np.frombuffer(array.data, np.uint8) if memoryview(array.data).nbytes else np.empty(0, np.uint8)
    if raw.nbytes != int(np.prod(array.shape, dtype=np.int64)) * dtype.itemsize:
        return None
    if array.dtype == "b1" and raw.size and raw.max() > 1:
        return None
    return np.require(raw.view(dtype), requirements="A")
