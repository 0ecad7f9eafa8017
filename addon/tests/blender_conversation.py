"""The rules of the conversation on the side of the add-on, and the scripting interface. Runs inside Blender."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bpy  # noqa: E402
from harness import WAIT_SECONDS, Play, new_id, run  # noqa: E402
from sceneport import api, live  # noqa: E402
from sceneport.link.framing import encode_frame  # noqa: E402

STATUS = {
    "type": "status",
    "state": "online",
    "seq": 7,
    "pending": 0,
    "progress": {"datablocks": 1, "datablocksTotal": 2, "bytes": 3, "bytesTotal": 4},
    "users": [{"name": "Ann", "number": 1, "role": "admin", "colour": [1, 0, 0], "rttMs": 1.5, "way": "relay", "me": True}],
    "owners": {},
    "session": "main",
    "error": None,
}


class Answering:
    """Answers requests of one kind, from another thread, as a companion does while the add-on waits."""

    def __init__(self, play: Play, **answers: dict) -> None:
        self.play = play
        self.answers = answers
        self.asked: list[dict] = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.answer, daemon=True)
        live.session = play.session

    def __enter__(self) -> Answering:
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopped.set()
        self.thread.join(WAIT_SECONDS)
        live.session = None

    def answer(self) -> None:
        taken = 0
        while not self.stopped.is_set():
            for header, _ in self.play.messages[taken:]:
                taken += 1
                if header["type"] in self.answers:
                    self.asked.append(header)
                    self.play.say({"type": "result", "request": header["request"], **self.answers[header["type"]]})
            self.play.arrived.wait(0.05)
            self.play.arrived.clear()


def first_message(play: Play) -> None:
    """[L2] the first message is hello with version 1, and another version ends the conversation"""
    assert play.wait_for("hello")["version"] == 1 and play.messages[0][0]["type"] == "hello"
    play.say({"type": "hello", "version": 2})
    play.until(lambda: play.session.ended)
    assert play.session.status["error"]["code"] == "companion-version"


def malformed(play: Play) -> None:
    """[L3] a malformed message stops the companion, shows the code, and nothing of it is used"""
    play.hand_over()
    cube = bpy.data.objects["Cube"].sceneport_id
    move = {"op": "set", "id": cube, "set": {"location": [9, 9, 9]}}
    play.say({"type": "order", "order": 1, "push": True, "ops": [move, {"op": "evaluate", "id": cube}]})
    play.until(lambda: play.session.ended)
    assert play.session.status["error"]["code"] == "bad-message"
    assert bpy.data.objects["Cube"].location.x == 0


def companion_stops(play: Play) -> None:
    """[L6] when the companion stops, every open request is answered with why"""
    reply = play.session.request("digest")
    play.hang_up()
    play.until(lambda: reply.done)
    assert reply.error.code == "companion-stopped", reply.error
    assert play.session.status["error"]["code"] == "companion-stopped"


def refused_join(play: Play) -> None:
    """[L6] a refusal is raised with its code and in the user's words"""
    refusal = {"ok": False, "error": {"code": "wrong-login", "message": "The password is not right."}}
    with Answering(play, join=refusal) as companion:
        try:
            api.join("127.0.0.1:5555", user="Ann", password="wrong")
        except api.SceneportError as error:
            assert (error.code, error.message) == ("wrong-login", "The password is not right.")
        else:
            raise AssertionError("joined")
    join = companion.asked[0]
    assert (join["target"], join["user"], join["password"], join["scene"]) == ("127.0.0.1:5555", "Ann", "wrong", None)
    assert len(join["colour"]) == 3 and not join["trustFirst"]


def status(play: Play) -> None:
    """[J2] status() gives what the companion said, with names in the manner of Python"""
    live.session = play.session
    play.say(STATUS)
    play.until(lambda: play.session.status["seq"] == 7)
    now = api.status()
    live.session = None
    assert now["progress"] == {"datablocks": 1, "datablocks_total": 2, "bytes": 3, "bytes_total": 4}
    assert now["users"] == [{"name": "Ann", "number": 1, "role": "admin", "rtt_ms": 1.5, "way": "relay", "me": True}]
    assert now["state"] == "online" and now["error"] is None


def ended_by_others(play: Play) -> None:
    """[J2] when the session ends without the user's doing, nothing is handed over any more and the reason is told"""
    play.hand_over()
    error = {"code": "kicked", "message": "You were removed from the session."}
    play.say({**STATUS, "state": "offline", "users": [], "error": error})
    play.until(lambda: not play.session.watching)
    since = len(play.messages)
    bpy.data.objects["Cube"].location.x = 4
    for _ in range(5):
        play.tick()
    assert not play.blocks(since) and play.session.status["error"] == error


def flush_and_locks(play: Play) -> None:
    """[J1] flush() hands over what Blender does not report and waits for what is pending; lock() names ids"""
    play.hand_over()
    play.say(STATUS)
    cube = bpy.data.objects["Cube"]
    cube["mass"] = 1.5
    good = {"ok": True, "value": {"seq": 7, "hex": "00"}}
    with Answering(play, digest=good, lock={"ok": True}) as companion:
        api.flush(WAIT_SECONDS)
        api.lock([cube])
        assert api.digest() == {"seq": 7, "hex": "00"}
        api.wait_for(7, WAIT_SECONDS)
        play.say({**STATUS, "pending": 1})
        play.until(lambda: play.session.status["pending"] == 1)
        try:
            api.flush(0.2)
        except TimeoutError:
            pass
        else:
            raise AssertionError("flushed")
    kinds = [header["type"] for header, _ in play.messages]
    assert kinds.index("digest") > max(index for index, kind in enumerate(kinds) if kind == "show")
    assert [one["ids"] for one in companion.asked if one["type"] == "lock"] == [[cube.sceneport_id]]


def left_behind(play: Play) -> None:
    """[L4] what was said before the end still arrives, and the companion ends"""
    play.hand_over()
    bpy.data.objects["Cube"].location.x = 4
    play.session.leave()
    play.session.close()
    play.session.wait_for_end(WAIT_SECONDS)
    play.thread_ended()
    kinds = [header["type"] for header, _ in play.messages]
    assert kinds[-2:] == ["show", "leave"], kinds


def not_finite(play: Play) -> None:
    """[L1] a custom property that JSON cannot carry does not break the conversation"""
    play.hand_over()
    since = len(play.messages)
    bpy.data.objects["Cube"]["odd"] = float("inf")
    play.settle()
    assert any("odd" in path for path in play.blocks(since)[bpy.data.objects["Cube"].sceneport_id]["set"])
    assert b"Infinity" not in b"".join(bytes(piece) for piece in encode_frame(play.messages[-1][0]))


def begin_again(play: Play, stored: int) -> None:
    """Lets the add-on begin to show everything again; nothing has been read then."""
    play.say({"type": "show-again", "stored": stored})
    deadline = time.monotonic() + WAIT_SECONDS
    while play.session.capture.settled and time.monotonic() < deadline:
        play.session.tick(budget_seconds=0)


def shown_again(play: Play) -> None:
    """[J12] everything is shown again, whole, with the places that were not stored; [J10] what was stored is not marked"""
    play.hand_over()
    stored = play.messages[-1][0]["show"]
    play.say({"type": "stored", "show": stored})
    cube, light = bpy.data.objects["Cube"], bpy.data.objects["Light"]
    gone = light.sceneport_id
    cube.location.x = 4
    cube.data.vertices[0].co.z = 7
    cube.data.update()
    bpy.data.objects.remove(light)
    play.settle()
    since = len(play.messages)
    begin_again(play, stored)
    bpy.data.objects["Camera"].location.y = 5
    cube.data.uv_layers[0].data[0].uv.x = 0.9
    end = play.wait_for("show", since, reason="again", done=True)
    assert end["show"] == max(header.get("show", 0) for header, _ in play.messages), end["show"]
    assert (end["gone"], end["undone"]) == ([gone], [])
    shown = play.blocks(since)
    assert all(shown[one.sceneport_id]["full"] for one in (cube, cube.data, bpy.data.worlds[0]))
    assert shown[cube.sceneport_id]["mine"]["paths"] == ["location"]
    mesh = shown[cube.data.sceneport_id]
    assert {array["group"] for array in mesh["arrays"]} == set(mesh["groups"])
    marked = [path for paths in mesh["mine"]["arrays"].values() for path in paths]
    assert len(marked) == 2 and "position" in marked, marked
    assert "location" in shown[bpy.data.objects["Camera"].sceneport_id]["mine"]["paths"]
    assert "mine" not in shown[bpy.data.worlds[0].sceneport_id]


def undo_while_showing_again(play: Play) -> None:
    """[J12] an undo in the middle is marked as one, and everything is shown from the start"""
    play.hand_over()
    bpy.data.objects["Cube"].location.x = 4
    bpy.ops.ed.undo_push(message="move")
    play.settle()
    play.say({"type": "stored", "show": max(header.get("show", 0) for header, _ in play.messages)})
    since = len(play.messages)
    begin_again(play, stored=0)
    bpy.ops.ed.undo()
    end = play.wait_for("show", since, reason="again", done=True)
    cube = next(one for one in end["blocks"] if one["id"] == bpy.data.objects["Cube"].sceneport_id)
    assert "location" in cube["undone"]["paths"] and cube["set"]["location"][0] == 0, cube


def no_count_stays(play: Play) -> None:
    """[R6] the count of steps does not stay in the scenes of who has left"""
    play.hand_over()
    play.order({"op": "create", "id": new_id(), "type": "Object", "name": "Empty", "set": {}})
    assert any("sp_steps" in scene for scene in bpy.data.scenes)
    play.session.leave()
    assert not any("sp_steps" in scene for scene in bpy.data.scenes)


run(
    [
        first_message,
        malformed,
        companion_stops,
        refused_join,
        status,
        ended_by_others,
        flush_and_locks,
        left_behind,
        not_finite,
        shown_again,
        undo_while_showing_again,
        no_count_stays,
    ]
)
