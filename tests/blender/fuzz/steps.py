"""What a user may do in one undo step, at random: objects, meshes, materials, nodes, collections, lights, images.

Every name and every number is new, so that who wrote a value last can be told from it. Names begin with the user's, so
that no two users ever give one name, which Blender would make unique in its own way in each of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import bpy

IMAGE_SIZE = 4

# What each of the three users alone writes, by number.
OWN_VECTORS = ("location", "scale", "delta_scale")
OWN_INPUTS = ("Roughness", "Metallic", "IOR")


class Nothing(Exception):
    """There is nothing in the scene that the step could be done to."""


class Steps:
    """The steps of one user. `number` is 0, 1 or 2: some properties are only ever written by one of them."""

    def __init__(self, user: str, number: int, chance: random.Random, first: int) -> None:
        self.user = user
        self.number = number
        self.chance = chance
        self.count = first
        self.all: list[Callable[[], None]] = [
            *(self.create, self.create_by_operator, self.duplicate, self.delete, self.delete_by_operator),
            *(self.write_own, self.write_own, self.write_own, self.turn, self.rename, self.parent, self.mark),
            *(self.share, self.unshare, self.move_vertices, self.change_topology, self.give_material),
            *(self.take_material, self.set_node, self.add_node, self.remove_node, self.relink, self.collect),
            *(self.add_collection, self.remove_collection, self.add_light, self.set_light, self.paint, self.swap_data),
            *(self.edit_mode, self.remove_mesh, self.remove_material),
        ]

    def name(self, what: str) -> str:
        """A name that nobody has given before."""
        self.count += 1
        return f"{self.user} {what} {self.count}"

    def pick(self, collection: Any) -> Any:
        """One of a collection."""
        members = sorted((one for one in collection if not hidden(one)), key=lambda one: one.name)
        if not members:
            raise Nothing
        return self.chance.choice(members)

    def fresh(self) -> float:
        """A number that nobody has written before."""
        return self.chance.uniform(0.01, 0.99)

    def mesh_object(self) -> Any:
        return self.pick(one for one in bpy.context.view_layer.objects if one.type == "MESH")

    def tree(self) -> Any:
        return self.pick(one for one in bpy.data.materials if one.node_tree).node_tree

    # Objects.

    def create(self) -> None:
        mesh = bpy.data.meshes.new(self.name("mesh"))
        mesh.from_pydata(*self.triangles(self.chance.randint(1, 4)))
        scene_object = bpy.data.objects.new(self.name("object"), mesh)
        scene_object.location = (self.fresh(), self.fresh(), self.fresh())
        self.collection().objects.link(scene_object)
        mesh.materials.append(self.material() if self.chance.random() < 0.5 else None)

    def create_by_operator(self) -> None:
        bpy.ops.mesh.primitive_cube_add(size=self.fresh())
        made = bpy.context.view_layer.objects.active
        made.name, made.data.name = self.name("object"), self.name("mesh")
        made.data.materials.append(None)

    def duplicate(self) -> None:
        self.select(self.pick(bpy.context.view_layer.objects))
        bpy.ops.object.duplicate(linked=self.chance.random() < 0.5)
        made = bpy.context.view_layer.objects.active
        made.name = self.name("object")
        if made.data is not None and made.data.users == 1:
            made.data.name = self.name("data")

    def delete(self) -> None:
        bpy.data.objects.remove(self.pick(bpy.data.objects))

    def delete_by_operator(self) -> None:
        self.select(self.pick(bpy.context.view_layer.objects))
        bpy.ops.object.delete()

    def write_own(self) -> None:
        """What only this user ever writes."""
        vector = (self.fresh(), self.fresh(), self.fresh())
        setattr(self.pick(bpy.data.objects), OWN_VECTORS[self.number], vector)

    def turn(self) -> None:
        self.pick(bpy.data.objects).rotation_euler = (self.fresh(), self.fresh(), self.fresh())

    def rename(self) -> None:
        kinds = (bpy.data.objects, bpy.data.meshes, bpy.data.materials, bpy.data.collections, bpy.data.lights)
        self.pick(self.chance.choice(kinds)).name = self.name("renamed")

    def parent(self) -> None:
        child, parent = self.pick(bpy.data.objects), self.pick(bpy.data.objects)
        above = parent
        while above is not None and above != child:
            above = above.parent
        child.parent = None if above == child or self.chance.random() < 0.3 else parent

    def mark(self) -> None:
        kinds = (bpy.data.objects, bpy.data.meshes, bpy.data.materials)
        self.pick(self.chance.choice(kinds))[f"mark_{self.number}"] = self.fresh()

    def share(self) -> None:
        self.pick(bpy.data.objects)["shared"] = self.chance.choice([self.fresh(), self.name("text"), self.count])

    def unshare(self) -> None:
        scene_object = self.pick(one for one in bpy.data.objects if "shared" in one)
        del scene_object["shared"]

    def swap_data(self) -> None:
        self.mesh_object().data = self.pick(bpy.data.meshes)

    # Meshes.

    def triangles(self, count: int) -> tuple[list, list, list]:
        points = [(self.fresh(), self.fresh(), self.fresh()) for _ in range(3 * count)]
        return points, [], [(3 * index, 3 * index + 1, 3 * index + 2) for index in range(count)]

    def move_vertices(self) -> None:
        mesh = self.mesh_object().data
        for vertex in mesh.vertices:
            if self.chance.random() < 0.3:
                vertex.co.z = self.fresh()
        mesh.update()

    def change_topology(self) -> None:
        mesh = self.mesh_object().data
        mesh.clear_geometry()
        mesh.from_pydata(*self.triangles(self.chance.randint(1, 6)))
        mesh.update()

    def edit_mode(self) -> None:
        self.select(self.mesh_object())
        bpy.ops.object.mode_set(mode="EDIT")
        bpy.ops.mesh.select_all(action="SELECT")
        bpy.ops.mesh.subdivide()
        bpy.ops.object.mode_set(mode="OBJECT")

    def remove_mesh(self) -> None:
        bpy.data.meshes.remove(self.pick(one for one in bpy.data.meshes if one.users == 0))

    # Materials and nodes.

    def material(self) -> Any:
        material = bpy.data.materials.new(self.name("material"))
        material.use_nodes = True
        return material

    def give_material(self) -> None:
        mesh = self.mesh_object().data
        new = not bpy.data.materials or self.chance.random() < 0.5
        material = self.material() if new else self.pick(bpy.data.materials)
        if mesh.materials and self.chance.random() < 0.5:
            mesh.materials[0] = material
        else:
            mesh.materials.append(material)

    def take_material(self) -> None:
        # Blender leaves an object a slot when its data has none any more, until something else happens to it.
        mesh = self.pick(one for one in bpy.data.meshes if len(one.materials) > 1)
        mesh.materials.pop(index=self.chance.randrange(len(mesh.materials)))

    def remove_material(self) -> None:
        bpy.data.materials.remove(self.pick(bpy.data.materials))

    def set_node(self) -> None:
        node = self.pick(node for node in self.tree().nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
        node.inputs[OWN_INPUTS[self.number]].default_value = self.fresh()

    def add_node(self) -> None:
        tree = self.tree()
        kind = self.chance.choice(("ShaderNodeTexNoise", "ShaderNodeMath", "ShaderNodeTexImage", "ShaderNodeValToRGB"))
        node = tree.nodes.new(kind)
        node.name = self.name("node")
        node.location = (100 * self.fresh(), 100 * self.fresh())
        if kind == "ShaderNodeTexImage" and bpy.data.images:
            node.image = self.pick(bpy.data.images)
        self.link(tree, node)

    def link(self, tree: Any, node: Any) -> None:
        targets = [one for one in tree.nodes if one.bl_idname == "ShaderNodeBsdfPrincipled"]
        if targets:
            tree.links.new(node.outputs[0], targets[0].inputs[self.chance.choice(("Roughness", "Base Color", "Alpha"))])

    def remove_node(self) -> None:
        tree = self.tree()
        tree.nodes.remove(self.pick(node for node in tree.nodes if " node " in node.name))

    def relink(self) -> None:
        tree = self.tree()
        if tree.links and self.chance.random() < 0.5:
            tree.links.remove(self.chance.choice(list(tree.links)))
        else:
            self.link(tree, self.pick(node for node in tree.nodes if node.outputs and " node " in node.name))

    # Collections.

    def collection(self) -> Any:
        return self.chance.choice([bpy.context.scene.collection, *bpy.context.scene.collection.children])

    def collect(self) -> None:
        scene_object, target = self.pick(bpy.data.objects), self.collection()
        if scene_object.name in target.objects:
            target.objects.unlink(scene_object)
        else:
            target.objects.link(scene_object)

    def add_collection(self) -> None:
        bpy.context.scene.collection.children.link(bpy.data.collections.new(self.name("collection")))

    def remove_collection(self) -> None:
        bpy.data.collections.remove(self.pick(bpy.data.collections))

    # Lights and images.

    def add_light(self) -> None:
        kind = self.chance.choice(("POINT", "SUN", "SPOT", "AREA"))
        light = bpy.data.lights.new(self.name("light"), kind)
        light.energy = self.fresh()
        self.collection().objects.link(bpy.data.objects.new(self.name("object"), light))

    def set_light(self) -> None:
        light = self.pick(bpy.data.lights)
        if self.number == 0:
            light.energy = self.fresh()
        elif self.number == 1:
            light.color = (self.fresh(), self.fresh(), self.fresh())
        else:
            light.specular_factor = self.fresh()

    def paint(self) -> None:
        new = len(bpy.data.images) == 0 or self.chance.random() < 0.4
        image = bpy.data.images.new(self.name("image"), IMAGE_SIZE, IMAGE_SIZE) if new else self.pick(bpy.data.images)
        # An image without alpha keeps none when it is packed.
        image.pixels = [1 if index % 4 == 3 else self.fresh() for index in range(len(image.pixels))]
        image.pack()

    # Tools.

    def select(self, scene_object: Any) -> None:
        for one in bpy.context.view_layer.objects:
            one.select_set(one == scene_object)
        bpy.context.view_layer.objects.active = scene_object


def hidden(one: Any) -> bool:
    """Whether no user would find it: what waits to be removed, and Blender's own images."""
    return getattr(one, "sceneport_id", "") == "buried" or getattr(one, "source", "") == "VIEWER"
