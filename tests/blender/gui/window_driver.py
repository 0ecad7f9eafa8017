"""A Blender with a window that tests drive: one JSON command per line in, one JSON line out for each.

Usage: blender --enable-event-simulate ... -P window_driver.py -- ADD_ON_PARENT_FOLDER USER_NAME. The add-on is enabled
as the preferences do it, and nothing but its own timer lets it work. A thread reads the commands; a timer carries them
out one by one on the main thread and never waits there. Blender quits when its standard input ends.
"""

from __future__ import annotations

import faulthandler
import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

import addon_utils
import bpy

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.abspath(__file__))), os.path.dirname(__file__)]

import window_input  # noqa: E402
from driver import take_standard_output  # noqa: E402

PERIOD_SECONDS = 0.02


def open_scene(path: str) -> None:
    """Opens a file in the windows as they are; its scripts are never run."""
    with window_input.over_view():
        bpy.ops.wm.open_mainfile(filepath=path, use_scripts=False, load_ui=False)


class WindowDriver:
    """The commands. Each takes the fields of its line as keyword arguments."""

    def __init__(self, answers: Any) -> None:
        self._answers = answers
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._awaited: Callable[[], Any] | None = None
        self._draws = 0
        self._commands: dict[str, Callable[..., Any]] = {
            "open": open_scene,
            "status": lambda: self._api().status(),
            "ask": self.ask,
            "exec": self.execute,
            "wait": self.wait,
            "redraw": self.redraw,
            "digest": self.digest,
            "press": window_input.press,
            "key": window_input.key,
            "sidebar": window_input.open_sidebar,
            "tab": window_input.open_tab,
        }

    def ask(self, code: str) -> Any:
        """Runs Python that only looks; what it leaves in `answer` is answered."""
        names: dict[str, Any] = {"bpy": bpy, "api": self._api(), "answer": None}
        exec(compile(code, "<test>", "exec"), names)
        return names["answer"]

    def execute(self, code: str) -> Any:
        """Runs Python that edits, as one undo step, the way an operator of Blender does."""
        answer = self.ask(code)
        with window_input.over_view():
            bpy.ops.ed.undo_push(message="Test")
        return answer

    def wait(self, code: str) -> None:
        """The answer comes as soon as the Python leaves something true in `answer`."""
        self._awaited = lambda: self.ask(code)

    def digest(self) -> None:
        """The answer is the digest of the session as the companion of this Blender holds it."""
        from sceneport import live

        reply = live.session.request("digest")
        self._awaited = lambda: reply.done and reply.value()

    def redraw(self) -> None:
        """The answer comes when the 3D view, its sidebar included, has been drawn as things are now."""
        area, _ = window_input.view_3d()
        area.tag_redraw()
        seen = self._draws
        self._awaited = lambda: self._draws > seen

    def count_draw(self) -> None:
        """Called by Blender when it draws the 3D view."""
        self._draws += 1

    def take(self, line: str | None) -> None:
        """From any thread: a command to be carried out; None: the end."""
        self._lines.put(line)

    def tick(self) -> float | None:
        """Called by Blender's timer."""
        try:
            if self._awaited is None:
                self._next()
            elif value := self._awaited():
                self._awaited = None
                self._answer({"ok": True, "value": value})
        except Exception as error:
            self._awaited = None
            code = getattr(error, "code", type(error).__name__)
            self._answer({"ok": False, "code": code, "message": traceback.format_exc()})
        return PERIOD_SECONDS

    def _next(self) -> None:
        try:
            line = self._lines.get_nowait()
        except queue.Empty:
            return
        if line is None:
            bpy.ops.wm.quit_blender()
            return
        fields = json.loads(line)
        value = self._commands[fields.pop("do")](**fields)
        if self._awaited is None:
            self._answer({"ok": True, "value": sorted(value) if isinstance(value, set) else value})

    def _answer(self, answer: dict[str, Any]) -> None:
        print(json.dumps(answer), file=self._answers)

    @staticmethod
    def _api() -> Any:
        from sceneport import api

        return api


def read_commands(driver: WindowDriver) -> None:
    """Runs in a thread of its own."""
    for line in sys.stdin:
        driver.take(line)
    driver.take(None)


def prepare(add_on_folder: str, user: str) -> None:
    """The preferences of a user who has installed the add-on and lets it use the network."""
    preferences = bpy.context.preferences
    preferences.view.show_splash = False
    if hasattr(preferences.system, "use_online_access"):
        preferences.system.use_online_access = True
    sys.path.insert(0, add_on_folder)
    addon_utils.enable("sceneport", default_set=True)
    preferences.addons["sceneport"].preferences.user_name = user


def main(add_on_folder: str, user: str) -> None:
    faulthandler.enable()
    driver = WindowDriver(take_standard_output())
    prepare(add_on_folder, user)
    driver.take(json.dumps({"do": "wait", "code": "answer = list(bpy.app.version)"}))
    bpy.types.SpaceView3D.draw_handler_add(driver.count_draw, (), "WINDOW", "POST_PIXEL")
    threading.Thread(target=read_commands, args=(driver,), daemon=True).start()
    bpy.app.timers.register(driver.tick, persistent=True)


main(*sys.argv[sys.argv.index("--") + 1 :])
