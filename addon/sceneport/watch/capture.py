"""Hands over what the user did: reads what the hints point at, compares it with the cache, says what differs (V, R1).

Reading is cut into pieces that fit a tick. A pass looks at all hinted datablocks, properties first; the arrays of
datablocks that were handed over before follow on their own, one datablock at a time. While a pass is under way no order
may be applied, because what the order changed would be taken for what the user did.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from typing import Any

from ..rna import images
from ..rna.arrays import Array
from . import after_undo, cache, reading
from .cache import Block, Entry, Signature, Signatures
from .deferred import Deferred
from .hints import Hints
from .identity import Identity
from .order_of_kinds import in_order
from .show import Send, Show, add_arrays
from .sweep import Sweep

Clock = Callable[[], float]

Pieces = Generator[bool, None, None]
"""Work in pieces; each says whether there is nothing to be done before the next tick."""
GO_ON = False
REST = True

LONG_SECONDS = 0.002
"""A piece that took longer is enough for one tick: the next of its kind may not fit into the rest of the budget."""


class Capture:
    """The eyes: what was handed over, and what is on its way."""

    def __init__(self, identity: Identity, hints: Hints, deferred: Deferred, send: Send) -> None:
        self.cache: dict[str, Entry] = {}
        """What was last handed over or ordered, by id: what the companion's mirror holds."""
        self._identity = identity
        self._hints = hints
        self._deferred = deferred
        self._send = send
        self._pass: Pieces | None = None
        self._show: Show | None = None
        """What the pass has found so far."""
        self._array_queue: dict[str, None] = {}
        self._array_job: tuple[str, Pieces] | None = None
        self._array_seconds = 0.0
        self._swept = False
        self._handing_over = False
        self._shows_again = False
        self._compared_scan = 0
        """The last scan of which everything new has been looked at."""
        self._sweep = Sweep()
        self._array_sweep = Sweep()

    def forget(self) -> None:
        """Nothing has been handed over: another file, or another session."""
        self.cache.clear()
        self._pass = self._show = None
        self._array_queue.clear()
        self._array_job = None
        self._handing_over = self._shows_again = False
        self._compared_scan = 0
        self._deferred.clear()

    def referrers(self, targets: set[str]) -> list[str]:
        """The datablocks that were handed over with one of `targets` as a reference or a member."""
        return [
            identifier
            for identifier, entry in self.cache.items()
            if any(type(value) is dict and value.get("ref") in targets for value in entry.set.values())
            or any(not targets.isdisjoint(members) for members in entry.sets.values())
        ]

    @property
    def settled(self) -> bool:
        """Whether all that was hinted at has been handed over, the arrays of changed datablocks aside."""
        return self._pass is None and not self._hints.any and not self._shows_again

    @property
    def idle(self) -> bool:
        """Whether all that was hinted at has been handed over. What the sweep looks at does not count."""
        return self.settled and not self._array_queue and (self._array_job is None or self._swept)

    def reads_arrays_of(self, identifier: str) -> bool:
        """Whether the arrays of this datablock may hold an edit that has not been handed over yet."""
        if identifier in self._hints.arrays or identifier in self._array_queue:
            return True
        return self._array_job is not None and self._array_job[0] == identifier

    def hand_over(self) -> None:
        """Rule J4: shows everything, as of a session that has nothing."""
        self.forget()
        self._hints.everything_known()
        self._handing_over = True
        self._pass = self._everything("hand-over")

    def show_again(self, marks: Callable[[str], Block]) -> None:
        """Rule J12: shows everything to a companion that knows nothing. `marks`: what of a datablock is the user's."""
        self._marks = marks
        self._shows_again = True

    def look_at_everything(self) -> None:
        """Compares every property and every array, for what Blender does not report."""
        self._identity.scan()
        self._hints.properties.update(self._identity.alive)
        self._hints.arrays.update(self._identity.alive)
        self._hints.stirred = True

    def look_at_arrays(self, identifiers: Iterable[str]) -> None:
        """Compares the arrays of these datablocks as soon as they can be read."""
        self._hints.arrays.update(identifiers)

    def step(self, deadline: float, clock: Clock = time.perf_counter) -> None:
        """Works until nothing is left, the deadline has passed or a piece was long; at least one piece is done."""
        if self._hints.undone:
            self._hints.everything_known()
            self._array_queue.clear()
            self._drop_array_job()
            self._break_off()
            self._pass = self._everything("hand-over" if self._handing_over else "undo", undone=True)
        elif self._pass is None and self._shows_again:
            self._pass = self._everything_again()
        elif self._pass is None and self._hints.any:
            self._pass = self._hinted()
        started = clock()
        while self._pass is not None:
            piece = next(self._pass, None)
            if piece is None:
                self._pass = self._show = None
                self._handing_over = False
            started, before = clock(), started
            if piece is REST or started >= min(deadline, before + LONG_SECONDS):
                return
        while self._array_job is not None or self._array_queue:
            piece = self._step_arrays(clock)
            started, before = clock(), started
            if piece is REST or started >= min(deadline, before + LONG_SECONDS):
                return
        self._step_sweep(clock)

    def _everything(self, reason: str, undone: bool = False) -> Pieces:
        """A pass over all datablocks and all arrays."""
        self._identity.scan(undone)
        self._compared_scan = self._identity.scans
        show = self._show = Show(self._send, reason)
        self._collect_gone(show)
        for identifier in in_order(list(self._identity.alive), self._identity):
            yield GO_ON
            datablock = self._identity.find(identifier)
            if datablock is None:
                continue
            if undone:
                after_undo.fit_slots(datablock, self._hints)
            block = show.add(identifier, *self._difference(identifier, datablock))
            if reading.can_read_arrays(datablock):
                yield from self._read_arrays(identifier, block, show)
                if undone and any(array["group"] == images.FILE for array in block.get("arrays", ())):
                    after_undo.show_file(self._identity.find(identifier), self._hints)
            else:
                self._array_queue[identifier] = None
            show.send_when_large()
        show.finish(always=True)

    def _everything_again(self) -> Pieces:
        """A pass over all datablocks, each said whole. What differs from what was shown is the user's, and noted first."""
        self._array_queue.clear()
        self._drop_array_job()
        self._identity.scan()
        self._compared_scan = self._identity.scans
        show = self._show = Show(self._send, "again")
        found = Show(self._send, "edit")
        self._collect_gone(found)
        found.finish()
        for identifier in in_order(list(self._identity.alive), self._identity):
            yield GO_ON
            datablock = self._identity.find(identifier)
            if datablock is None:
                continue
            found.add(identifier, *self._difference(identifier, datablock))
            found.finish()
            block = show.add(identifier, {**cache.whole(self.cache[identifier]), **self._marks(identifier)})
            if reading.can_read_arrays(datablock):
                yield from self._read_arrays(identifier, block, show, found=found)
            else:
                self.cache[identifier].arrays = None
                self._array_queue[identifier] = None
            show.send_when_large()
        self._shows_again = False
        show.finish(always=True)

    def _hinted(self) -> Pieces:
        """A pass over what the hints point at and what has come or gone."""
        hints = self._hints
        identity = self._identity
        if hints.stirred or hints.perhaps_stirred and identity.stirred:
            identity.scan()
        for address in hints.embedded:
            owner = identity.owner_of_embedded(address)
            if owner is not None:
                hints.properties.add(owner)
        changed = {one for one in hints.properties | hints.arrays if one in identity.alive}
        if identity.scans != self._compared_scan:
            self._compared_scan = identity.scans
            changed.update(one for one, known in identity.alive.items() if self._is_new_or_renamed(one, known.name))
        arrays = set(hints.arrays)
        hints.everything_known()
        show = self._show = Show(self._send, "edit")
        self._collect_gone(show)
        for identifier in in_order(changed, identity):
            datablock = identity.find(identifier)
            if datablock is None:
                continue
            if datablock.name != identity.alive[identifier].name:
                identity.renamed(identifier)
            fresh = identifier not in self.cache
            block = show.add(identifier, *self._difference(identifier, datablock))
            if fresh and reading.can_read_arrays(datablock):
                yield from self._read_arrays(identifier, block, show)
            elif fresh or identifier in arrays:
                self._queue_arrays(identifier)
            show.send_when_large()
            yield GO_ON
        show.finish()

    def _break_off(self) -> None:
        """An undo ends the pass. What it has found is said, because the cache has followed already."""
        if self._pass is not None and self._show is not None:
            self._pass.close()
            self._show.break_off()
        self._pass = self._show = None

    def _queue_arrays(self, identifier: str) -> None:
        self._array_queue[identifier] = None
        if self._array_job is not None and self._array_job[0] == identifier:
            self._drop_array_job()

    def _drop_array_job(self) -> None:
        if self._array_job is not None:
            self._array_job[1].close()
            self._array_job = None

    def _is_new_or_renamed(self, identifier: str, name: str) -> bool:
        entry = self.cache.get(identifier)
        return entry is None or entry.name != name

    def _collect_gone(self, show: Show) -> None:
        for identifier in [one for one in self.cache if one not in self._identity.alive]:
            del self.cache[identifier]
            self._array_queue.pop(identifier, None)
            show.gone.append(identifier)

    def _difference(self, identifier: str, datablock: Any) -> tuple[Block, Entry | None]:
        """What is to be said of a datablock, and what it was when it was last shown; the cache follows."""
        entry = reading.read_entry(identifier, datablock, self._identity, self._deferred)
        old = self.cache.get(identifier)
        self.cache[identifier] = entry if old is None else entry.with_arrays(old.arrays)
        return (cache.whole(entry) if old is None else cache.difference(old, entry)), old

    def _read_arrays(
        self, identifier: str, block: Block, show: Show, ahead: bool = False, found: Show | None = None
    ) -> Pieces:
        """Adds to `block` what is to be said of the arrays; they are all read before anything of them is said.

        When something happens to the datablock between two pieces, reading starts anew: what was got from it before
        may point at freed memory. `ahead`: the first array may be said on its own before the others are read.
        `found`: takes what differs, and `block` everything.
        """
        complete = False
        while not complete:
            datablock = self._identity.find(identifier)
            if datablock is None or not reading.can_read_arrays(datablock):
                return
            arrays: dict[tuple[str, str], Array] = {}
            signatures: Signatures = {}
            complete = True
            for piece in reading.read_pieces(datablock):
                if piece is not None:
                    array, signature = piece
                    arrays[reading.key_of(array)] = array
                    signatures[reading.key_of(array)] = signature
                    if ahead and len(arrays) == 1:
                        yield from self._show_ahead(identifier, datablock, array, signature)
                yield GO_ON
                if identifier in self._hints.arrays or self._identity.find(identifier) != datablock:
                    self._hints.arrays.discard(identifier)
                    complete = False
                    break
        yield from self._until_known(identifier, signatures)
        entry = self.cache.get(identifier)
        if entry is None:
            return
        changes = cache.array_changes(entry.arrays, signatures)
        entry.arrays = signatures
        if found is not None:
            add_arrays(found.add(identifier, {}), found, changes, arrays)
            found.finish()
            block.update(self._marks(identifier))
            changes = cache.array_changes(None, signatures)
        add_arrays(block, show, changes, arrays)

    def _show_ahead(self, identifier: str, datablock: Any, array: Array, signature: Signature) -> Pieces:
        """Says that an array has changed without waiting for the others, where it makes sense with those of before."""
        key = reading.key_of(array)
        before = self.cache[identifier].arrays or {}
        if key not in before or not cache.same_kind(before[key], signature):
            return
        if not reading.has_counts(datablock, before):
            return
        yield from self._until_known(identifier, {key: signature})
        entry = self.cache.get(identifier)
        if entry is None or entry.arrays is None or entry.arrays.get(key) == signature:
            return
        entry.arrays = {**entry.arrays, key: signature}
        show = Show(self._send, "edit")
        show.add(identifier, {"arrays": [reading.array_header(array, show.add_buffer(array.data))]})
        show.finish()

    def _until_known(self, identifier: str, signatures: Signatures) -> Pieces:
        """Rests while signatures that will be compared are still being computed."""
        before = self.cache[identifier].arrays if identifier in self.cache else None
        if before is not None:
            while not all(map(reading.is_known, [*signatures.values(), *before.values()])):
                yield REST

    def _step_arrays(self, clock: Clock) -> bool | None:
        started = clock()
        if self._array_job is None:
            identifier = next(iter(self._array_queue))
            del self._array_queue[identifier]
            if identifier not in self.cache:
                return GO_ON
            self._start_array_job(identifier, swept=False)
        piece = next(self._array_job[1], None)
        self._array_seconds += clock() - started
        if piece is None:
            self._array_job = None
            self._array_sweep.took(self._array_seconds)
        return piece

    def _start_array_job(self, identifier: str, swept: bool) -> None:
        self._array_job = (identifier, self._array_work(identifier))
        self._array_seconds = 0.0
        self._swept = swept

    def _array_work(self, identifier: str) -> Pieces:
        show = Show(self._send, "edit")
        yield from self._read_arrays(identifier, show.add(identifier, {}), show, ahead=True)
        show.finish()

    def _step_sweep(self, clock: Clock) -> None:
        started = clock()
        identifier = self._sweep.turn(self._round)
        if identifier is not None:
            self._look(identifier)
            self._sweep.took(clock() - started)
        identifier = self._array_sweep.turn(lambda: list(self.cache))
        if identifier is not None and identifier in self.cache:
            self._start_array_job(identifier, swept=True)

    def _round(self) -> list[str]:
        self._hints.stirred |= self._identity.stirred or self._identity.scans != self._compared_scan
        return list(self.cache)

    def _look(self, identifier: str) -> None:
        datablock = self._identity.find(identifier)
        if identifier not in self.cache or datablock is None:
            return
        show = Show(self._send, "edit")
        show.add(identifier, *self._difference(identifier, datablock))
        show.finish()
