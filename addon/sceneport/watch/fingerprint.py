"""Digests of arrays, computed beside the main thread where that would feel them."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor

from ..link.framing import Buffer

SMALL_BYTES = 64 * 1024
"""Up to this size a digest takes less time than handing it to another thread."""

_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sceneport-digest")


class Fingerprint:
    """The SHA-256 of bytes that do not change any more. Comparing waits until both are known."""

    __slots__ = ("_digest",)

    def __init__(self, data: Buffer) -> None:
        small = memoryview(data).nbytes <= SMALL_BYTES
        self._digest: bytes | Future[bytes] = _digest(data) if small else _worker.submit(_digest, data)

    @property
    def known(self) -> bool:
        """Whether comparing waits for nothing."""
        return isinstance(self._digest, bytes) or self._digest.done()

    @property
    def digest(self) -> bytes:
        """32 bytes."""
        if not isinstance(self._digest, bytes):
            self._digest = self._digest.result()
        return self._digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and self.digest == other.digest

    __hash__ = None


def _digest(data: Buffer) -> bytes:
    return hashlib.sha256(data).digest()
