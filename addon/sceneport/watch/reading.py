"""Reads datablocks into entries and arrays through the allowlist."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from ..link.framing import Buffer
from ..rna import read
from ..rna.arrays import Array
from .cache import Entry, Signature, Signatures
from .deferred import Deferred
from .fingerprint import Fingerprint
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


def read_arrays(datablock: Any, paths: Container[str] | None = None) -> Iterator[tuple[Array, Signature]]:
    """The arrays of a datablock, or those of these paths, in one go, each with what is kept of it."""
    for array in read.read_arrays(datablock, paths):
        yield array, signature_of(array)


def read_pieces(datablock: Any) -> Iterator[tuple[Array, Signature] | None]:
    """The same in pieces that may lie in different ticks; None for a piece that gave nothing."""
    for array in read.read_pieces(datablock):
        yield None if array is None else (array, signature_of(array))


def signature_of(array: Array) -> Signature:
    """What is kept of an array."""
    return Signature(array.dtype, tuple(array.shape), array.topology, Fingerprint(array.data))


def is_known(signature: Signature) -> bool:
    """Whether comparing this signature waits for nothing."""
    fingerprint = signature.fingerprint
    return not isinstance(fingerprint, Fingerprint) or fingerprint.known


def unknown(signature: Signature) -> Signature:
    """That of an array of the same kind whose bytes have changed, nobody has looked into what."""
    return signature._replace(fingerprint=object())


def is_unknown(signature: Signature) -> bool:
    """Whether it is one of `unknown`."""
    return type(signature.fingerprint) is object


def has_counts(datablock: Any, signatures: Signatures) -> bool:
    """Whether the arrays of this datablock are still as long as those of the signatures."""
    sizes = read.sizes(datablock)
    return all(signature.shape[0] == sizes.get(path, signature.shape[0]) for (_, path), signature in signatures.items())


def key_of(array: Array) -> tuple[str, str]:
    """What names an array in its datablock."""
    return array.group, array.path


def size_of(buffers: list[Buffer]) -> int:
    """Bytes."""
    return sum(memoryview(buffer).nbytes for buffer in buffers)
