"""A Blender that tests drive: it takes one JSON command per line and answers each with one JSON line.

Usage inside Blender: driver.py ADD_ON. The add-on is imported from that folder and registered, or, where it is a zip,
installed as users do.
A command is {"do": name, ...}; an answer {"ok": true, "value": ...} or {"ok": false, "code", "message"}.
Between commands the session is pumped. The driver ends when its standard input ends.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import sys
import traceback
from typing import Any, Callable

import bpy

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "compare"))

from compare import compare_files  # noqa: E402
from installation import install  # noqa: E402
from introspect import write_dump  # noqa: E402
from scene_files import open_scene  # noqa: E402

IDLE_SECONDS = 0.01


class Driver:
    """The commands. Each takes the fields of its line as keyword arguments."""

    def __init__(self, add_on: str) -> None:
        module = install(add_on) if add_on.endswith(".zip") else register_from(add_on)
        self._add_on = importlib.import_module(module)
        self.api = importlib.import_module(f"{module}.api")
        self._commands: dict[str, Callable[..., Any]] = {
            "host": self.api.host,
            "join": self.api.join,
            "leave": self.api.leave,
            "pump": self.api.pump,
            "flush": self.api.flush,
            "wait_for": self.api.wait_for,
            "status": self.api.status,
            "digest": self.api.digest,
            "open": open_scene,
            "dump": write_dump,
            "compare": compare_files,
            "ask": self.ask,
            "exec": self.execute,
            "undo": lambda: bpy.ops.ed.undo(),
            "redo": lambda: bpy.ops.ed.redo(),
        }

    def ask(self, code: str) -> Any:
        """Runs Python that only looks; what it leaves in `answer` is answered."""
        names: dict[str, Any] = {"bpy": bpy, "api": self.api, "answer": None}
        exec(compile(code, "<test>", "exec"), names)
        return names["answer"]

    def execute(self, code: str) -> Any:
        """Runs Python that edits, as one undo step, the way an operator of Blender does."""
        answer = self.ask(code)
        bpy.context.view_layer.update()
        bpy.ops.ed.undo_push(message="Test")
        return answer

    def handle(self, line: str) -> dict[str, Any]:
        """The answer to one line."""
        fields = json.loads(line)
        command = self._commands[fields.pop("do")]
        try:
            value = command(**fields)
            return {"ok": True, "value": sorted(value) if isinstance(value, set) else value}
        except Exception as error:
            code = getattr(error, "code", type(error).__name__)
            return {"ok": False, "code": code, "message": traceback.format_exc()}

    def pump(self) -> None:
        """What a timer does in Blender with a window."""
        self.api.pump(0)

    def close(self) -> None:
        """What Blender does when it quits."""
        self._add_on.unregister()


def register_from(folder: str) -> str:
    """Registers the add-on as it lies in a folder; answers the name of the module."""
    sys.path.insert(0, folder)
    importlib.import_module("sceneport").register()
    return "sceneport"


def take_standard_output() -> Any:
    """Answers a stream of its own; what Blender prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return answers


def read_lines(idle: Callable[[], None]) -> Any:
    """The lines of standard input; while none is there, `idle` is called again and again."""
    pending = b""
    while True:
        ready, _, _ = select.select([0], [], [], IDLE_SECONDS)
        if not ready:
            idle()
            continue
        received = os.read(0, 65536)
        if not received:
            return
        *lines, pending = (pending + received).split(b"\n")
        for line in lines:
            yield line.decode("utf-8")


def main(add_on: str) -> None:
    answers = take_standard_output()
    driver = Driver(add_on)
    bpy.ops.ed.undo_push(message="Start")
    print(json.dumps({"ok": True, "value": list(bpy.app.version)}), file=answers)
    for line in read_lines(driver.pump):
        print(json.dumps(driver.handle(line)), file=answers)
    driver.close()


if __name__ == "__main__":
    main(sys.argv[1])
