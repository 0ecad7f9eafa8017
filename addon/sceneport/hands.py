"""Carries out orders (rules O1 to O9), a slice per tick, and says what Blender made of them."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import context, files, undo_steps
from .link.framing import Buffer
from .orders import Operation, Order, is_structural, places_of, writes_arrays
from .removal import Removal
from .rna import apply, kinds, lifetime
from .rna.arrays import Array
from .rna.failures import INTERRUPTED
from .rna.read import is_topology, paths_to_read_again
from .watch import cache, reading
from .watch.cache import Block, Entry
from .watch.capture import Capture
from .watch.deferred import Deferred
from .watch.hints import Hints
from .watch.identity import Identity

_log = logging.getLogger(__name__)

UNDO_MESSAGE = "Sceneport: others' changes"


@dataclass
class _Touched:
    """A datablock that the slice changed, and how it is expected to be."""

    order: Order
    entry: Entry
    arrays: bool = False
    """Whether all arrays must be read again."""
    paths: set[str] = field(default_factory=set)
    """Arrays that must be read again where not all must."""


class Hands:
    """The orders that have arrived and are not yet carried out."""

    def __init__(
        self,
        identity: Identity,
        capture: Capture,
        hints: Hints,
        deferred: Deferred,
        send: Callable[[dict[str, Any], list[Buffer]], None],
        data_folder: Path,
    ) -> None:
        self.removal = Removal(identity)
        self.backup: files.Backup | None = None
        """The copy of the user's file that the last `open-empty` made."""
        self._identity = identity
        self._capture = capture
        self._hints = hints
        self._deferred = deferred
        self._send = send
        self._data_folder = data_folder
        self._orders: deque[Order] = deque()
        self._touched: dict[str, _Touched] = {}
        self._deleted: set[str] = set()
        self._structural = False
        """An undo step must be pushed. Where Blender pushes none now it does not undo either, and a later slice does it."""
        self._opened = False
        self._operations: dict[str, Callable[[Order, Operation], None]] = {
            "open-empty": self._open_empty,
            "create": self._create,
            "set": self._set,
            "arrays": self._arrays,
            "range": self._range,
            "rename": self._rename,
            "delete": self._delete,
        }

    @property
    def idle(self) -> bool:
        """Whether no order waits."""
        return not self._orders

    def accept(self, header: dict[str, Any], buffers: list[memoryview]) -> None:
        """Takes an order in; `step` carries it out."""
        self._orders.append(Order(header["order"], header["push"], header["ops"], buffers))

    @property
    def opens(self) -> bool:
        """Whether an order waits that begins with an empty file."""
        return any(operation["op"] == "open-empty" for order in self._orders for operation in order.operations)

    def forget(self) -> None:
        """The session is over: what was ordered and not carried out is of no interest."""
        self._orders.clear()
        self._touched.clear()
        self._deleted.clear()
        self._structural = False

    def step(self, deadline: float, clock: Callable[[], float] = time.perf_counter) -> bool:
        """Carries out orders until the deadline, at least one operation, and removes what can be removed.

        Returns whether an empty file was opened, after which nothing that was known is there any more.

        Everything up to the undo push happens under the guard and in this call (rules O3, O6).
        """
        self._opened = False
        finished: list[Order] = []
        order = None
        self._hints.guarded = True
        try:
            while self._orders and not self._opened and not self._must_wait():
                order = self._orders[0]
                if order.done < len(order.operations):
                    self._carry_out(order)
                if order.done == len(order.operations):
                    finished.append(self._orders.popleft())
                if clock() >= deadline:
                    break
            self._structural |= self.removal.remove()
            self._set_what_waited(order)
            if order is not None and self._deleted:
                self._touch_referrers(order)
            if self._touched or self._structural:
                self._close_slice()
        finally:
            self._hints.guarded = False
        for order in finished:
            self._report(order)
        if self._orders and self._orders[0].buffers_shown:
            # What arrays have become is said before more is made of them.
            self.break_off()
        return self._opened

    def break_off(self) -> None:
        """Something is about to be shown, and what was done of an order must be known before (rule O4).

        What is left of the order is reported as interrupted.
        """
        if not self._orders or self._orders[0].done == 0:
            return
        order = self._orders.popleft()
        for operation in order.operations[order.done :]:
            for path in places_of(operation):
                self._fail(order, operation, path, INTERRUPTED)
        self._report(order)

    def _must_wait(self) -> bool:
        """Whether the next operation would overwrite arrays that the user changed and that are still being read."""
        order = self._orders[0]
        if order.done == len(order.operations):
            return False
        operation = order.operations[order.done]
        return writes_arrays(operation) and self._capture.reads_arrays_of(operation["id"])

    def _carry_out(self, order: Order) -> None:
        operation = order.operations[order.done]
        order.done += 1
        self._structural |= order.push or is_structural(operation)
        try:
            self._operations[operation["op"]](order, operation)
        except Exception:
            # One operation that Blender refuses in an unforeseen way must not end the session.
            _log.exception("the operation %s could not be carried out", operation["op"])
            self._fail(order, operation, "", "bad-value")

    def _set_what_waited(self, order: Order | None) -> None:
        """Sets references whose datablocks are there now: made by an order, or brought back by an undo."""
        for owner, waiting in self._deferred.come(self._identity.alive).items():
            datablock = self._identity.find(owner)
            if datablock is None:
                continue
            self._structural = True
            # What was ordered counts as shown while it waits, so the cache has the whole list already.
            shown = self._capture.cache[owner].sets if order is None else self._touch(order, owner).entry.sets
            sets = {path: list(shown.get(path, come)) for path, come in waiting["sets"].items()}
            failures = apply.apply_set(datablock, waiting["set"], [], sets, {}, self._identity.find)
            if order is not None:
                self._failures(order, owner, failures)
            else:
                # Nobody waits for a report: what Blender refuses is found like an edit.
                self._hints.properties.add(owner)

    def _touch_referrers(self, order: Order) -> None:
        """What referred to something deleted has changed along with it."""
        for identifier in self._capture.referrers(self._deleted):
            self._touch(order, identifier)
        self._deleted.clear()

    def _close_slice(self) -> None:
        """Evaluates, reads back what was touched, pushes where undo would crash otherwise."""
        context.update_view_layers()
        for identifier, touched in self._touched.items():
            self._read_back(identifier, touched)
        self._touched.clear()
        if self._structural:
            self._structural = not undo_steps.push(UNDO_MESSAGE)

    def _read_back(self, identifier: str, touched: _Touched) -> None:
        datablock = self._identity.find(identifier)
        if datablock is None:
            return
        entry = reading.read_entry(identifier, datablock, self._identity, self._deferred)
        block = cache.difference(touched.entry, entry)
        entry.arrays = touched.entry.arrays
        if (touched.arrays or touched.paths) and reading.can_read_arrays(datablock):
            self._read_back_arrays(datablock, touched, entry, block)
        self._capture.cache[identifier] = entry
        if block:
            cache.merge(touched.order.shown.setdefault(identifier, {}), block)

    def _read_back_arrays(self, datablock: Any, touched: _Touched, entry: Entry, block: Block) -> None:
        expected = touched.entry.arrays
        wanted = None if touched.arrays or expected is None else touched.paths
        arrays: dict[tuple[str, str], Array] = {}
        entry.arrays = {} if wanted is None else {key: one for key, one in expected.items() if key[1] not in wanted}
        for array, signature in reading.read_arrays(datablock, wanted):
            arrays[reading.key_of(array)] = array
            entry.arrays[reading.key_of(array)] = signature
        if expected is None:
            return
        # What a whole array becomes by overwriting a part of it is only known when it is read.
        expected = {
            key: entry.arrays.get(key, one) if reading.is_unknown(one) else one for key, one in expected.items()
        }
        changes = cache.array_changes(expected, entry.arrays)
        if changes.groups:
            block["groups"] = changes.groups
            arrays.update((reading.key_of(one), one) for one, _ in reading.read_arrays(datablock))
        if changes.shown:
            shown = touched.order.buffers_shown
            block["arrays"] = []
            for key in changes.shown:
                block["arrays"].append(reading.array_header(arrays[key], len(shown)))
                shown.append(arrays[key].data)

    def _report(self, order: Order) -> None:
        blocks = [{"id": identifier, **block} for identifier, block in order.shown.items()]
        header = {"type": "applied", "order": order.number, "shown": blocks, "failed": order.failed}
        self._send(header, order.buffers_shown)

    # The operations.

    def _open_empty(self, order: Order, operation: Operation) -> None:
        self.backup = files.back_up(self._data_folder)
        files.open_empty()
        self._identity.reset()
        self._capture.forget()
        self._hints.everything_known()
        self._touched.clear()
        self._deleted.clear()
        self.removal.bury_scenes()
        self._opened = True

    def _create(self, order: Order, operation: Operation) -> None:
        identifier, type_name = operation["id"], operation["type"]
        if identifier in self._identity.alive:
            self._fail(order, operation, "", "exists")
            return
        if type_name not in kinds.KINDS:
            self._fail(order, operation, "", "unsupported")
            return
        values = operation.get("set", {})
        datablock = apply.create(type_name, operation["name"], values, self._identity.find)
        if datablock is None:
            self._fail(order, operation, "", "unsupported")
            return
        self._identity.adopt(datablock, identifier, type_name)
        self._touched[identifier] = _Touched(order, Entry(type_name, operation["name"]), arrays=True)
        if values:
            self._set(order, {"op": "set", "id": identifier, "set": values})
        if type_name == "Scene":
            self.removal.look_again()

    def _set(self, order: Order, operation: Operation) -> None:
        datablock = self._target(order, operation)
        if datablock is None:
            return
        identifier = operation["id"]
        self._deferred.note(identifier, operation, lambda one: one in self._identity.alive)
        touched = self._touch(order, identifier)
        touched.entry = touched.entry.ordered(operation)
        touched.arrays |= writes_arrays(operation) and touched.entry.arrays is not None
        self._supersede(order, operation)
        failures = apply.apply_set(
            datablock,
            operation.get("set", {}),
            operation.get("unset", []),
            operation.get("sets", {}),
            operation.get("items", {}),
            self._identity.find,
        )
        self._failures(order, identifier, failures)
        if "type" in operation.get("set", {}):
            # The class of a light follows its type, and a reference from before does not.
            self._identity.renamed(identifier)

    def _arrays(self, order: Order, operation: Operation) -> None:
        datablock = self._array_target(order, operation)
        if datablock is None:
            return
        group = operation["group"]
        arrays = [
            Array(group, path, one["dtype"], tuple(one["shape"]), is_topology(path), order.buffers[one["buffer"]])
            for one in operation["arrays"]
            for path in (one["path"],)
        ]
        whole = operation["whole"]
        failures = apply.apply_arrays(datablock, group, whole, arrays)
        touched = self._touch(order, operation["id"])
        before = touched.entry.arrays or {}
        if failures:
            touched.arrays = True
        else:
            after = {reading.key_of(array): reading.signature_of(array) for array in arrays}
            kept = {key: one for key, one in before.items() if key[0] != group or not whole}
            touched.entry.arrays = {**kept, **after}
            if whole or all(key in before and cache.same_kind(before[key], one) for key, one in after.items()):
                touched.arrays &= not whole
                touched.paths |= paths_to_read_again(datablock, whole, arrays)
            else:
                touched.arrays = True
        self._failures(order, operation["id"], failures)

    def _range(self, order: Order, operation: Operation) -> None:
        datablock = self._array_target(order, operation)
        if datablock is None:
            return
        group, path = operation["group"], operation["path"]
        failures = apply.apply_range(datablock, group, path, operation["offset"], order.buffers[operation["buffer"]])
        touched = self._touch(order, operation["id"])
        known = (touched.entry.arrays or {}).get((group, path))
        if known is None:
            touched.arrays = True
        elif not failures:
            touched.entry.arrays = {**touched.entry.arrays, (group, path): reading.unknown(known)}
            touched.paths.add(path)
        self._failures(order, operation["id"], failures)

    def _rename(self, order: Order, operation: Operation) -> None:
        datablock = self._target(order, operation)
        if datablock is None:
            return
        touched = self._touch(order, operation["id"])
        touched.entry = replace(touched.entry, name=operation["name"])
        self._supersede(order, operation)
        lifetime.rename(datablock, operation["name"])
        self._identity.renamed(operation["id"])

    def _delete(self, order: Order, operation: Operation) -> None:
        if self._target(order, operation) is None:
            return
        identifier = operation["id"]
        self.removal.delete(identifier)
        self._capture.cache.pop(identifier, None)
        self._touched.pop(identifier, None)
        self._deleted.add(identifier)

    # What they share.

    def _target(self, order: Order, operation: Operation) -> Any:
        datablock = self._identity.find(operation["id"])
        if datablock is None:
            self._fail(order, operation, "", "gone")
        return datablock

    def _array_target(self, order: Order, operation: Operation) -> Any:
        datablock = self._target(order, operation)
        if datablock is not None and not reading.can_read_arrays(datablock):
            # Blender would lose the arrays when edit mode ends; the companion has not heard of it yet.
            self._fail(order, operation, operation["group"], "busy")
            return None
        return datablock

    def _touch(self, order: Order, identifier: str) -> _Touched:
        touched = self._touched.get(identifier)
        if touched is None:
            entry = self._capture.cache.get(identifier)
            if entry is None:
                known = self._identity.alive[identifier]
                entry = Entry(known.type, known.name)
            touched = self._touched[identifier] = _Touched(order, replace(entry))
        touched.order = order
        return touched

    def _supersede(self, order: Order, operation: Operation) -> None:
        if operation["id"] in order.shown:
            cache.supersede(order.shown[operation["id"]], operation)

    def _failures(self, order: Order, identifier: str, failures: Any) -> None:
        for failure in failures or ():
            order.failed.append({"id": identifier, "path": failure.path, "code": failure.code})

    def _fail(self, order: Order, operation: Operation, path: str, code: str) -> None:
        order.failed.append({"id": operation.get("id", ""), "path": path, "code": code})
