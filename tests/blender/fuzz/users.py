"""A user who works without waiting for anybody: random steps, undo and redo, with rounds of the session in between."""

from __future__ import annotations

import random
import sys
from typing import Any

import bpy

from .steps import Nothing, Steps

UNDO_SHARE = 0.2
REDO_SHARE = 0.1
PUMPS_SECONDS = (None, None, 0, 0, 0.02, 0.1)
"""How long the session goes on after a step; None: the next step follows at once."""
UNREPORTED = ("paint",)
"""Steps that Blender does not report. It also goes on showing the pixels of an image when an undo brings back its file,
so what was never seen could not be mended."""

_steps_taken: dict[str, int] = {}


def work(api: Any, user: str, number: int, seed: str, count: int) -> dict[str, int]:
    """Takes so many steps at random; how often each was taken, by name."""
    chance = random.Random(f"{seed} {user}")
    taken: dict[str, int] = {}
    for _ in range(count):
        name = take_step(user, number, chance)
        taken[name] = taken.get(name, 0) + 1
        if name in UNREPORTED:
            api.flush()
        seconds = chance.choice(PUMPS_SECONDS)
        if seconds is not None:
            api.pump(seconds)
    return taken


def beliefs(api: Any) -> dict[str, Any]:
    """For the report of a difference: the datablocks that Blender shows otherwise than was handed over, and all names."""
    from sceneport import live
    from sceneport.watch import cache, reading

    session = live.session
    capture, identity = session.capture, session.identity
    identity.scan()
    false: dict[str, Any] = {}
    for identifier, entry in capture.cache.items():
        datablock = identity.find(identifier)
        if datablock is None:
            false[identifier] = "is not there"
            continue
        now = reading.read_entry(identifier, datablock, identity, capture._deferred)
        difference = cache.difference(entry, now)
        if difference:
            false[identifier] = difference
    unknown = {known.name: one for one, known in identity.alive.items() if one not in capture.cache}
    identity.release_references()
    return {
        "false": false,
        "unknown": unknown,
        "waiting": [capture._deferred._references, capture._deferred._members],
        "names": {known.name: one for one, known in identity.alive.items()},
        "notices": [notice["message"] for notice in session.notices],
    }


def undo_alone(api: Any, user: str, number: int, seed: str, count: int) -> dict[str, int]:
    """Undoes and redoes while nobody else does anything; how often each, by name."""
    chance = random.Random(f"{seed} {user} alone")
    taken: dict[str, int] = {}
    for _ in range(count):
        name = travel(chance.choice(("undo", "undo", "redo")))
        taken[name] = taken.get(name, 0) + 1
        api.pump(chance.choice(PUMPS_SECONDS) or 0)
    return taken


def take_step(user: str, number: int, chance: random.Random) -> str:
    """One step, undo or redo; its name."""
    share = chance.random()
    if share < UNDO_SHARE:
        return travel("undo")
    if share < UNDO_SHARE + REDO_SHARE:
        return travel("redo")
    return edit(user, number, chance)


def edit(user: str, number: int, chance: random.Random) -> str:
    """One step of an operator, with its undo step."""
    steps = Steps(user, number, chance, _steps_taken.get(user, 0))
    step = chance.choice(steps.all)
    say(user, step.__name__)
    try:
        step()
    except Nothing:
        return "nothing"
    finally:
        _steps_taken[user] = steps.count
    bpy.context.view_layer.update()
    bpy.ops.ed.undo_push(message=step.__name__)
    return step.__name__


def travel(direction: str) -> str:
    """Undo or redo, where Blender has something to undo or redo."""
    operator = getattr(bpy.ops.ed, direction)
    if not operator.poll():
        return "nothing"
    say("", direction)
    try:
        operator()
    except RuntimeError:
        # Blender's own way to say that the end of its steps is reached.
        return "nothing"
    return direction


def say(user: str, step: str) -> None:
    """For the report of a crash."""
    print(f"fuzz: {user} {step}", file=sys.stderr, flush=True)
