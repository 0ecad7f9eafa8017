"""Reads datablocks into entries and arrays through the allowlist."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from ..link.framing import Buffer
from ..rna import read
from ..rna.arrays import Array
from .cache import Entry, Signature, Signatures
from .deferred import Deferred
from .identity import Identity


def read_entry(identifier: str, datablock: Any, identity: Identity, deferred: Deferred) -> Entry:
    """What Blender shows of a datablock, arrays aside, with references that wait for their datablock put back (V5)."""
    content = read.read_block(datablock, identity.ident)
    known = identity.alive[identifier]
    entry = Entry(known.type, datablock.name, content["set"], content["sets"], content["items"])
    deferred.overlay(identifier, entry)
    return entry


def can_read_arrays(datablock: Any) -> bool:
    """Whether the arrays are in the datablock now: those of a mesh in edit mode are not."""
    return not getattr(datablock, "is_editmode", False)


def array_header(array: Array, buffer: int) -> dict[str, Any]:
    """Rule V3."""
    return {
        "group": array.group,
        "path": array.path,
        "dtype": array.dtype,
        "shape": list(array.shape),
        "topology": array.topology,
        "buffer": buffer,
    }


def read_arrays(datablock: Any) -> Iterator[tuple[Array, Signature]]:
    """The arrays of a datablock one after the other, each with what is kept of it."""
    for array in read.read_arrays(datablock):
        yield array, signature_of(array)


def signature_of(array: Array) -> Signature:
    """What is kept of an array."""
    digest = hashlib.sha256(array.data).digest()
    return Signature(array.dtype, tuple(array.shape), array.topology, digest)


def key_of(array: Array) -> tuple[str, str]:
    """What names an array in its datablock."""
    return array.group, array.path


def signatures_of(datablock: Any) -> Signatures:
    """The signatures of all arrays, read in one go."""
    return {key_of(array): signature for array, signature in read_arrays(datablock)}


def size_of(buffers: list[Buffer]) -> int:
    """Bytes."""
    return sum(memoryview(buffer).nbytes for buffer in buffers)

