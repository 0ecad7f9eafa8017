"""The add-on in a Blender with windows: the panel, orders from the timer, undo by real key strokes.

Run it under Xvfb: blender --factory-startup --enable-event-simulate --python-exit-code 1 -P gui_session.py -- PICTURE
"""

from __future__ import annotations

import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bpy  # noqa: E402
from harness import Play, new_id  # noqa: E402

import sceneport  # noqa: E402
from sceneport import live  # noqa: E402
from sceneport.watch import identity  # noqa: E402

PERIOD_SECONDS = 0.05
PATIENCE_TICKS = 600


def window() -> bpy.types.Window:
    return bpy.context.window_manager.windows[0]


def view() -> tuple[bpy.types.Area, bpy.types.Region]:
    area = next(one for one in window().screen.areas if one.type == "VIEW_3D")
    return area, next(one for one in area.regions if one.type == "WINDOW")


def key(name: str, **modifiers: bool) -> None:
    """One real key stroke with the mouse over the 3D view."""
    _, region = view()
    x, y = region.x + region.width // 2, region.y + region.height // 2
    window().event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    window().event_simulate(type=name, value="PRESS", x=x, y=y, **modifiers)
    window().event_simulate(type=name, value="RELEASE", x=x, y=y, **modifiers)


def move_mouse(by: int) -> None:
    """The mouse goes to the right of the middle of the 3D view."""
    _, region = view()
    window().event_simulate(
        type="MOUSEMOVE", value="NOTHING", x=region.x + region.width // 2 + by, y=region.y + region.height // 2
    )


def find(play: Play, since: int, kind: str, **fields: object) -> bool:
    return any(
        header["type"] == kind and all(header.get(name) == value for name, value in fields.items())
        for header, _ in play.messages[since:]
    )


def order(play: Play, number: int, *operations: dict) -> None:
    play.say({"type": "order", "order": number, "push": True, "ops": list(operations)})


def open_sidebar() -> None:
    area, _ = view()
    area.spaces.active.show_region_ui = True


def show_tab() -> None:
    """Opens the tab of the panel; before Blender 4.3 only a click on it does."""
    region = next(one for one in view()[0].regions if one.type == "UI")
    if bpy.app.version >= (4, 3, 0):
        region.active_panel_category = "Sceneport"
        return
    x, y = region.x + region.width - 12, region.y + region.height - 130
    window().event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    for value in ("PRESS", "RELEASE"):
        window().event_simulate(type="LEFTMOUSE", value=value, x=x, y=y)


def steps(play: Play, picture: str) -> Iterator[object]:
    """Each step yields what it waits for."""
    open_sidebar()
    yield lambda: True
    play.say({"type": "hand-over"})
    yield lambda: find(play, 0, "show", reason="hand-over", done=True)
    print("CASE ok [J4] the timer hands over")

    since = len(play.messages)
    remote = new_id()
    scene = bpy.context.scene.sceneport_id
    order(play, 1, {"op": "create", "id": remote, "type": "Object", "name": "Remote", "set": {}})
    order(play, 2, {"op": "set", "id": scene, "sets": {"collection/objects": [remote]}})
    yield lambda: find(play, since, "applied", order=2)
    assert "Remote" in bpy.context.scene.objects
    print("CASE ok [O1] the timer carries out orders")

    since = len(play.messages)
    key("TAB")
    yield lambda: find(play, since, "busy")
    for number in (11, 12):
        key("E")
        yield lambda: True
        move_mouse(40)
        yield lambda: True
        key("RET")
        created = new_id()
        order(
            play,
            number,
            {"op": "create", "id": created, "type": "Object", "name": f"While editing {number}", "set": {}},
            {"op": "set", "id": scene, "sets": {"collection/objects": [remote, created]}},
        )
        yield lambda number=number: find(play, since, "applied", order=number)
    key("TAB")
    yield lambda: find(play, since, "busy", blocks={})
    for _ in range(7):
        since = len(play.messages)
        key("Z", ctrl=True)
        yield lambda: find(play, since, "show", reason="undo", done=True)
    for _ in range(7):
        since = len(play.messages)
        key("Z", ctrl=True, shift=True)
        yield lambda: find(play, since, "show", reason="undo", done=True)
    assert bpy.data.objects["Cube"].mode == "OBJECT"
    print("CASE ok [R1] orders while the user is in edit mode, and undo and redo through it, do not crash")

    since = len(play.messages)
    bpy.context.view_layer.objects.active.select_set(True)
    key("G")
    yield lambda: True
    move_mouse(60)
    yield lambda: find(play, since, "busy") and find(play, since, "show", reason="edit")
    # Deleting the dragged object is what crashes Blender.
    cube = bpy.data.objects["Cube"].sceneport_id
    order(play, 3, {"op": "delete", "id": cube})
    yield lambda: find(play, since, "applied", order=3)
    move_mouse(90)
    yield lambda: True
    key("RET")
    yield lambda: "Cube" not in bpy.data.objects
    print("CASE ok [O8] an object that is being dragged is removed after the drag, without a crash")

    for name, modifiers in (("Z", {"ctrl": True}), ("Z", {"ctrl": True}), ("Z", {"ctrl": True, "shift": True})):
        since = len(play.messages)
        key(name, **modifiers)
        yield lambda: find(play, since, "show", reason="undo", done=True)
    print("CASE ok [R1] undo and redo by real key strokes are handed over")

    since = len(play.messages)
    order(play, 4, {"op": "open-empty"})
    world, scene, light, lamp = new_id(), new_id(), new_id(), new_id()
    order(
        play,
        5,
        {"op": "create", "id": world, "type": "World", "name": "Sky", "set": {}},
        {"op": "create", "id": light, "type": "Light", "name": "Lamp", "set": {"type": "SUN"}},
        {
            "op": "create",
            "id": lamp,
            "type": "Object",
            "name": "Lamp",
            "set": {"type": "LIGHT", "data": {"ref": light}},
        },
        {"op": "create", "id": scene, "type": "Scene", "name": "Shared", "set": {"world": {"ref": world}}},
        {"op": "set", "id": scene, "sets": {"collection/objects": [lamp]}},
    )
    yield lambda: find(play, since, "applied", order=5)
    yield lambda: len(bpy.data.scenes) == 1
    assert bpy.data.filepath == "" and [one.name for one in bpy.context.scene.objects] == ["Lamp"]
    print("CASE ok [J3] open-empty from the timer")

    play.say(
        {
            "type": "status",
            "state": "online",
            "seq": 12,
            "pending": 2,
            "progress": {"datablocks": 4, "datablocksTotal": 4, "bytes": 0, "bytesTotal": 0},
            "users": [
                {"name": "Ann", "number": 1, "role": "admin", "colour": [1, 0.5, 0], "rttMs": 12.5, "me": True},
                {"name": "Bob", "number": 2, "role": "editor", "colour": [0, 0.8, 0.4], "rttMs": 40, "me": False, "scene": scene, "frame": 7},
            ],
            "owners": {lamp: 2},
            "session": "main",
            "error": None,
        }
    )
    there = [[1, 0, 0, 1.5], [0, 0.6, -0.8, -3], [0, 0.8, 0.6, 2], [0, 0, 0, 1]]
    play.say({"type": "presence", "user": 2, "view": there, "selection": [lamp], "mode": "OBJECT", "scene": scene, "frame": 7})
    bpy.data.objects["Lamp"].select_set(True)
    open_sidebar()
    yield lambda: 2 in play.session.others
    for _ in range(10):
        yield lambda: True
    show_tab()
    for _ in range(10):
        yield lambda: True
    if picture:
        subprocess.run(["import", "-window", "root", picture], check=True)
    print("CASE ok [J2] the panel is drawn")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    bpy.context.preferences.view.show_splash = False
    sceneport.register()
    play = Play()
    live.session = play.session
    play.say({"type": "hello", "version": 1})
    run = steps(play, arguments[0] if arguments else "")
    waiting = {"for": lambda: True, "left": PATIENCE_TICKS}

    def tick() -> float | None:
        try:
            if waiting["for"]():
                waiting["for"], waiting["left"] = next(run), PATIENCE_TICKS
            waiting["left"] -= 1
            assert waiting["left"] > 0, "waited in vain"
        except StopIteration:
            print("CASES finished")
            bpy.ops.wm.quit_blender()
        except Exception as error:
            print(f"CASE FAIL {repr(error)[:300]}")
            traceback.print_exc()
            bpy.ops.wm.quit_blender()
        return PERIOD_SECONDS

    bpy.app.timers.register(tick, first_interval=4, persistent=True)


assert identity.HAS_SESSION_UID or bpy.app.version < (4, 2, 0)
main()
