"""Undo and redo among others' changes: no crash, and what is handed over afterwards. Runs inside Blender."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bpy  # noqa: E402
from harness import Play, new_id, run  # noqa: E402

SEEDS = (1, 2, 3)
STEPS = 120


def undo(play: Play) -> int:
    """Undoes and waits until it is handed over; where the messages of it begin."""
    since = len(play.messages)
    bpy.ops.ed.undo()
    play.wait_for("show", since, reason="undo", done=True)
    return since


def redo(play: Play) -> int:
    """Redoes and waits until it is handed over; where the messages of it begin."""
    since = len(play.messages)
    bpy.ops.ed.redo()
    play.wait_for("show", since, reason="undo", done=True)
    return since


def changed(play: Play, since: int) -> dict[str, dict]:
    """What was shown behind `since` but for items under new hints: undo makes nodes anew (N2)."""
    return {one: block for one, block in play.blocks(since).items() if block.keys() != {"id", "items"}}


def move(x: float) -> None:
    """A step of the user's."""
    bpy.data.objects["Cube"].location.x = x
    bpy.ops.ed.undo_push(message="move")


def shows_undo(play: Play) -> None:
    """[R1] an undo is handed over as such, with what it changed and nothing else"""
    play.hand_over()
    cube = bpy.data.objects["Cube"].sceneport_id
    move(5)
    play.settle()
    since = undo(play)
    assert changed(play, since) == {cube: {"id": cube, "set": {"location": [0.0, 0.0, 0.0]}}}
    since = redo(play)
    assert changed(play, since) == {cube: {"id": cube, "set": {"location": [5.0, 0.0, 0.0]}}}


def ids_survive(play: Play) -> None:
    """[R1] datablocks keep their ids through undo and redo, those made by the user and those ordered"""
    play.hand_over()
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.ed.undo_push(message="add")
    play.settle()
    mine = bpy.data.objects["Cube.001"].sceneport_id
    remote = new_id()
    play.order({"op": "create", "id": remote, "type": "Object", "name": "Remote", "set": {}})
    known = {one.name: one.sceneport_id for one in bpy.data.objects}
    move(1)
    play.settle()
    since = undo(play)
    assert {one.name: one.sceneport_id for one in bpy.data.objects} == known
    assert set(changed(play, since)) == {known["Cube"]} and not play.gone(since)
    undo(play)
    since = undo(play)
    undone = play.gone(since)
    assert bpy.data.objects.get("Cube.001") is None and mine in play.gone(), (undone, mine)
    redo(play)
    since = redo(play)
    assert bpy.data.objects["Cube.001"].sceneport_id == mine
    assert mine in play.blocks()


def deleted_and_back(play: Play) -> None:
    """[R4] a datablock that undo brings back has the id that it had"""
    play.hand_over()
    cube = bpy.data.objects["Cube"]
    identifier = cube.sceneport_id
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.object.select_all(action="DESELECT")
    cube.select_set(True)
    bpy.ops.object.delete()
    bpy.ops.ed.undo_push(message="delete")
    play.settle()
    assert identifier in play.gone()
    since = undo(play)
    assert bpy.data.objects["Cube"].sceneport_id == identifier
    assert play.blocks(since)[identifier]["full"], play.blocks(since)


def ordered_deletion_undone(play: Play) -> None:
    """[R4] what undo brings back against an order is shown, and can be ordered away again"""
    play.hand_over()
    identifier = bpy.data.objects["Cube"].sceneport_id
    bpy.ops.ed.undo_push(message="before")
    play.order({"op": "delete", "id": identifier})
    assert "Cube" not in bpy.data.objects
    since = undo(play)
    assert play.blocks(since)[identifier]["type"] == "Object"
    play.order({"op": "delete", "id": identifier})
    assert "Cube" not in bpy.data.objects


def waiting_and_back(play: Play) -> None:
    """[O2] [R5] a reference and a member that wait are set when an undo brings their datablock back"""
    cube, camera = bpy.data.objects["Cube"], bpy.data.objects["Camera"]
    group = bpy.data.collections.new("Group")
    bpy.context.scene.collection.children.link(group)
    play.hand_over()
    identifier, waiting = cube.sceneport_id, [camera.sceneport_id, group.sceneport_id]
    bpy.ops.ed.undo_push(message="before")
    cube.select_set(True)
    bpy.ops.object.delete()
    bpy.ops.ed.undo_push(message="delete")
    play.settle()
    play.order(
        {"op": "set", "id": waiting[0], "set": {"parent": {"ref": identifier}}},
        {"op": "set", "id": waiting[1], "sets": {"objects": [identifier]}},
    )
    undo_of_ours(play)
    since = undo(play)
    play.until(lambda: bpy.data.objects["Camera"].parent == bpy.data.objects["Cube"])
    play.settle()
    assert list(bpy.data.collections["Group"].objects) == [bpy.data.objects["Cube"]]
    assert changed(play, since).keys().isdisjoint(waiting), play.blocks(since)


def pushes_a_step(play: Play) -> None:
    """[O6] an order that makes a datablock is an undo step of its own: undo takes nothing else back with it"""
    play.hand_over()
    move(5)
    play.settle()
    identifier = new_id()
    play.order({"op": "create", "id": identifier, "type": "Object", "name": "Remote", "set": {}})
    since = undo(play)
    assert play.gone(since) == [identifier]
    assert bpy.data.objects["Cube"].location.x == 5


def add_remote(play: Play, name: str) -> str:
    """What another user adds: an empty object, linked into the scene."""
    identifier = new_id()
    scene = bpy.context.scene
    members = [one.sceneport_id for one in scene.collection.objects]
    play.order(
        {"op": "create", "id": identifier, "type": "Object", "name": name, "set": {}},
        {"op": "set", "id": scene.sceneport_id, "sets": {"collection/objects": [*members, identifier]}},
    )
    return identifier


def undo_of_ours(play: Play, *, redo: bool = False) -> int:
    """Undoes and waits until it is said that a step of an order was taken back; where the messages of it begin."""
    since = len(play.messages)
    (bpy.ops.ed.redo if redo else bpy.ops.ed.undo)()
    play.wait_for("show", since, reason="undo", done=True, ours=True)
    return since


def goes_further(play: Play) -> None:
    """[R6] one undo takes back the user's own step behind those of orders, and what was ordered comes again"""
    play.further = None
    play.hand_over()
    cube = bpy.data.objects["Cube"].sceneport_id
    move(5)
    play.settle()
    remote = [add_remote(play, name) for name in ("First", "Second")]
    since = undo_of_ours(play)
    assert play.gone(since) == [remote[1]] and bpy.data.objects["Cube"].location.x == 5
    play.say({"type": "order", "order": 90, "push": True, "ops": [{"op": "rename", "id": cube, "name": "Waits"}]})
    play.say({"type": "undone", "further": True})
    play.wait_for("show", len(play.messages), reason="undo", done=True, ours=True)
    assert "Second" not in bpy.data.objects and "First" not in bpy.data.objects and "Waits" not in bpy.data.objects
    since = len(play.messages)
    play.say({"type": "undone", "further": True})
    play.wait_for("show", since, reason="undo", done=True, ours=False)
    assert changed(play, since)[cube]["set"]["location"] == [0.0, 0.0, 0.0]
    play.wait_for("applied", since, order=90)
    assert bpy.data.objects["Waits"].location.x == 0
    again = [add_remote(play, name) for name in ("First", "Second")]
    assert all(one.sceneport_id in (cube, *again) for one in bpy.data.objects if one.name in ("Waits", "First", "Second"))


def stays_where_nothing_is_mine(play: Play) -> None:
    """[R6] an undo goes no further than the session: the steps that made its scene are not walked back through"""
    play.further = None
    play.hand_over()
    play.session._undo_steps.forget()
    first = add_remote(play, "First")
    add_remote(play, "Second")
    undo_of_ours(play)
    since = len(play.messages)
    play.say({"type": "undone", "further": True})
    play.wait_for("show", since, reason="undo", done=True, ours=False)
    assert bpy.data.objects["First"].sceneport_id == first and not play.gone(since)


def redo_of_ours(play: Play) -> None:
    """[R6] a redo goes further the same way"""
    play.further = None
    play.hand_over()
    add_remote(play, "First")
    move(5)
    play.settle()
    undo(play)
    undo_of_ours(play)
    play.say({"type": "undone", "further": False})
    undo_of_ours(play, redo=True)
    since = len(play.messages)
    play.say({"type": "undone", "further": True})
    play.wait_for("show", since, reason="undo", done=True, ours=False)
    assert bpy.data.objects["Cube"].location.x == 5


def wiped_duplicate(play: Play) -> None:
    """[R1] a duplicate keeps its own id where undo wiped what was written into it"""
    play.hand_over()
    cube = bpy.data.objects["Cube"]
    bpy.ops.object.select_all(action="DESELECT")
    cube.select_set(True)
    bpy.ops.object.duplicate()
    bpy.ops.ed.undo_push(message="duplicate")
    play.settle()
    copy = bpy.data.objects["Cube.001"].sceneport_id
    move(1)
    play.settle()
    undo(play)
    assert bpy.data.objects["Cube.001"].sceneport_id == copy
    assert bpy.data.objects["Cube"].sceneport_id not in (copy, "")


def half_undone(play: Play) -> None:
    """[R1] materials that an undo gives back to a mesh have slots again in its objects, and the file of an image its pixels"""
    image = bpy.data.images.new("Image", 2, 2)
    image.pixels = [0.0, 0.0, 0.0, 1.0] * 4
    image.pack()
    bpy.ops.ed.undo_push(message="image")
    play.hand_over()
    image.pixels = [1.0] * 16
    image.pack()
    bpy.ops.ed.undo_push(message="paint")
    play.settle()
    cube = bpy.data.objects["Cube"]
    cube.data.materials.pop(index=0)
    bpy.ops.ed.undo_push(message="take")
    play.settle()
    for _ in range(2):
        undo(play)
    assert len(bpy.data.objects["Cube"].material_slots) == len(bpy.data.meshes["Cube"].materials) == 1
    assert list(bpy.data.images["Image"].pixels)[:4] == [0.0, 0.0, 0.0, 1.0], list(bpy.data.images["Image"].pixels)


def layer_taken_back_at_once(play: Play) -> None:
    """[R1] a layer that the user removed and an undo brought back before the arrays were read is shown with its array"""
    play.hand_over()
    mesh = bpy.data.meshes["Cube"]
    identifier = mesh.sceneport_id
    mesh.uv_layers.remove(mesh.uv_layers["UVMap"])
    bpy.ops.ed.undo_push(message="remove the layer")
    capture = play.session.capture
    capture.look_at_everything()
    while not capture.settled:
        capture.step(deadline=0)
    assert not capture.idle
    since = undo(play)
    shown = [array["path"] for array in play.blocks(since)[identifier]["arrays"]]
    assert "uv_layers/UVMap/uv" in shown, shown


def stand_ins_go(play: Play) -> None:
    """[R5] data that stood in for a mesh and that an undo brought back is removed again"""
    play.hand_over()
    scene_object, mesh = new_id(), new_id()
    play.order(
        {"op": "create", "id": scene_object, "type": "Object", "name": "Early", "set": {"type": "MESH", "data": {"ref": mesh}}}
    )
    play.order({"op": "create", "id": mesh, "type": "Mesh", "name": "Late", "set": {}})
    bpy.data.objects.remove(bpy.data.objects["Early"])
    bpy.ops.ed.undo_push(message="remove")
    play.settle()
    for _ in range(2):
        undo(play)
    bpy.data.objects.remove(bpy.data.objects["Early"])
    play.until(lambda: not any(one.name.startswith("sp_") for one in bpy.data.meshes))


class Fuzz:
    """Random steps of the user and of others on objects and meshes."""

    def __init__(self, play: Play, seed: int) -> None:
        self.play = play
        self.random = random.Random(seed)
        self.names = 0

    def step(self) -> None:
        """One of them."""
        self.play.further = self.random.random() < 0.5
        chance = self.random.random()
        if chance < 0.30:
            self.local()
        elif chance < 0.60:
            self.remote()
        elif chance < 0.85:
            bpy.ops.ed.undo() if bpy.ops.ed.undo.poll() else None
        else:
            bpy.ops.ed.redo() if bpy.ops.ed.redo.poll() else None
        for _ in range(self.random.randrange(3)):
            self.play.tick()

    def local(self) -> None:
        """A step of the user's."""
        objects = list(bpy.data.objects)
        chance = self.random.random()
        if chance < 0.4 or not objects:
            bpy.ops.mesh.primitive_plane_add()
        elif chance < 0.8:
            self.random.choice(objects).location.x = self.random.uniform(0, 9)
        else:
            bpy.data.objects.remove(self.random.choice(objects))
        bpy.ops.ed.undo_push(message="local")

    def remote(self) -> None:
        """An order, made up from what the add-on knows at this moment."""
        play = self.play
        play.until(lambda: play.session.settled)
        alive = [one for one, known in play.session.identity.alive.items() if known.type == "Object"]
        chance = self.random.random()
        if chance < 0.4 or not alive:
            self.create()
        elif chance < 0.7:
            one = self.random.choice(alive)
            play.order(
                {"op": "set", "id": one, "set": {"location": [self.random.uniform(0, 9), 0.0, 0.0]}}, push=False
            )
        elif chance < 0.85:
            play.order({"op": "delete", "id": self.random.choice(alive)})
        else:
            child, parent = self.random.choice(alive), self.random.choice(alive)
            play.order({"op": "set", "id": child, "set": {"parent": {"ref": parent}}})

    def create(self) -> None:
        """An object with its mesh and its material, linked into a collection."""
        mesh, material, scene_object = new_id(), new_id(), new_id()
        self.names += 1
        name = f"Remote {self.names}"
        collection = bpy.context.scene.collection
        members = [self.play.session.identity.ident(one) for one in collection.objects]
        scene = self.play.session.identity.ident(bpy.context.scene)
        self.play.order(
            {"op": "create", "id": material, "type": "Material", "name": name, "set": {}},
            {"op": "create", "id": mesh, "type": "Mesh", "name": name, "set": {}},
            {
                "op": "set",
                "id": mesh,
                "set": {"materials/0/material": {"ref": material}},
                "items": {"materials": [["0", 0]]},
            },
            {
                "op": "create",
                "id": scene_object,
                "type": "Object",
                "name": name,
                "set": {"type": "MESH", "data": {"ref": mesh}},
            },
            {"op": "set", "id": scene, "sets": {"collection/objects": [*members, scene_object]}},
        )


def stand_in_worked_on(play: Play) -> None:
    """[V2] a mesh that stands in for a removed one is shown with its object when the user works on it; an undo takes that back"""
    play.hand_over()
    cube = bpy.data.objects["Cube"].sceneport_id
    play.order({"op": "delete", "id": bpy.data.meshes["Cube"].sceneport_id})
    play.settle()
    stand_in, material = bpy.data.objects["Cube"].data, bpy.data.materials["Material"]
    assert stand_in.sceneport_id == "" and len(stand_in.vertices) == 0
    since = len(play.messages)
    stand_in.materials.append(material)
    bpy.ops.ed.undo_push(message="give")
    play.settle()
    made = bpy.data.objects["Cube"].data.sceneport_id
    blocks = play.blocks(since)
    assert blocks[cube]["set"]["data"] == {"ref": made}, blocks
    assert blocks[made]["set"]["materials/0/material"] == {"ref": material.sceneport_id}, blocks
    since = undo(play)
    assert play.gone(since) == [made] and changed(play, since)[cube]["set"]["data"] is None, play.messages[since:]


def survives(play: Play) -> None:
    """[R1] random steps of the user and of others, with undo and redo, never crash and never confuse the ids"""
    for seed in SEEDS:
        play.hand_over()
        fuzz = Fuzz(play, seed)
        for _ in range(STEPS):
            fuzz.step()
        play.settle()
        ids = [one.sceneport_id for one in bpy.data.objects]
        assert len(set(ids)) == len(ids) and all(ids)
        cached = {one for one, entry in play.session.capture.cache.items() if entry.type == "Object"}
        assert cached == set(ids), (len(cached), len(ids))


run(
    [
        shows_undo,
        ids_survive,
        deleted_and_back,
        ordered_deletion_undone,
        waiting_and_back,
        pushes_a_step,
        goes_further,
        stays_where_nothing_is_mine,
        redo_of_ours,
        wiped_duplicate,
        half_undone,
        layer_taken_back_at_once,
        stand_ins_go,
        stand_in_worked_on,
        survives,
    ]
)
