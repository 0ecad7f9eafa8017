"""A scene with one of everything that crosses."""

from __future__ import annotations

import bpy


def build_rich_scene() -> None:
    """Fills the open file, which has one empty scene."""
    scene = bpy.context.scene
    collection = bpy.data.collections.new("Größe/α")
    scene.collection.children.link(collection)
    inner = bpy.data.collections.new("Inner")
    collection.children.link(inner)
    inner.color_tag, inner.hide_render, inner.instance_offset = "COLOR_03", True, (1, 2, 3)
    mesh = build_mesh()
    cube = bpy.data.objects.new("Cube/1", mesh)
    collection.objects.link(cube)
    cube.rotation_mode = "QUATERNION"
    cube.rotation_quaternion = (0.5, 0.5, -0.5, 0.5)
    cube.location = (1.5, -0.0, float("inf"))
    cube["whole"], cube["real"], cube["text"], cube["large"] = 7, 1.0, "x", -5
    cube["minus zero"], cube["list"], cube["reals"] = -0.0, [1, 2, 3], [1.0, -0.0]
    cube["group"] = {"inner": {"value": 2.5}, "name": "y"}
    cube["bytes"], cube["to"] = b"\x00\xff", mesh
    child = bpy.data.objects.new("Child", bpy.data.cameras.new("Camera"))
    inner.objects.link(child)
    child.parent = cube
    child.matrix_parent_inverse = cube.matrix_world.inverted_safe()
    child.data.dof.use_dof, child.data.dof.focus_object = True, cube
    child.data.lens, child.data.sensor_fit = 85, "VERTICAL"
    scene.camera = child
    for type in ("POINT", "SUN", "SPOT", "AREA"):
        light = bpy.data.lights.new(type, type)
        light.energy, light.color = 12.5, (1, 0.5, 0.25)
        if type == "AREA":
            light.shape, light.size_y = "RECTANGLE", 3
        scene.collection.objects.link(bpy.data.objects.new(type, light))
    empty = bpy.data.objects.new("Instance", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", inner
    scene.collection.objects.link(empty)
    build_shells(scene)
    own = bpy.data.materials.new("Own")
    mesh.materials.append(bpy.data.materials.new("Shared"))
    mesh.materials.append(None)
    cube.material_slots[0].link = "OBJECT"
    cube.material_slots[0].material = own
    build_images(bpy.context.scene)
    behind = child.data.background_images.new()
    behind.image, behind.alpha, behind.display_depth = bpy.data.images["Packed"], 0.25, "FRONT"
    build_trees(own)
    scene.frame_end, scene.unit_settings.system, scene.render.fps = 77, "IMPERIAL", 30


def build_mesh() -> bpy.types.Mesh:
    """A mesh with a loose vertex and edge, layers of every type that crosses, and every built-in array."""
    mesh = bpy.data.meshes.new("Mesh")
    places = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (2, 2, 2), (3, 3, 3), (0.5, 2, 0)]
    mesh.from_pydata(places, [(4, 5)], [(0, 1, 2, 3), (3, 2, 6)])
    mesh.update()
    mesh.vertices[0].hide = True
    mesh.edges[0].use_seam = mesh.edges[1].use_edge_sharp = True
    mesh.polygons[0].use_smooth, mesh.polygons[1].use_smooth = True, False
    mesh.polygons[1].material_index = 1
    for index, name in enumerate(("UVMap", "Second/UV")):
        layer = mesh.uv_layers.new(name=name)
        for corner, loop in enumerate(layer.data):
            loop.uv = (corner / 7, index)
    mesh.uv_layers[1].active_render = True
    types = bpy.types.Attribute.bl_rna.properties["data_type"].enum_items.keys()
    for type in types:
        if type != "INT16_2D":
            mesh.attributes.new(f"a {type}", type, "POINT")
    mesh.color_attributes.new("Corner colour", "BYTE_COLOR", "CORNER")
    for corner, element in enumerate(mesh.color_attributes["Corner colour"].data):
        element.color_srgb = (corner / 255, 0.5, 0.25, 1)
    for element in mesh.attributes["a STRING"].data:
        element.value = "Grüße" if isinstance(element.value, str) else "Grüße".encode()
    for vertex, element in enumerate(mesh.attributes["a FLOAT"].data):
        element.value = vertex / 3
    mesh.color_attributes.active_color_index = 1
    mesh.color_attributes.render_color_index = 0
    return mesh


def build_shells(scene: bpy.types.Scene) -> None:
    """Objects whose data crosses by type and name only."""
    shells = [
        bpy.data.armatures.new("Armature"),
        bpy.data.lattices.new("Lattice"),
        bpy.data.metaballs.new("MetaBall"),
        bpy.data.speakers.new("Speaker"),
        *(bpy.data.curves.new(type, type) for type in ("CURVE", "SURFACE", "FONT")),
        bpy.data.volumes.new("Volume"),
    ]
    for data in shells:
        scene.collection.objects.link(bpy.data.objects.new(data.name, data))


def build_images(scene: bpy.types.Scene) -> None:
    """A generated, a painted byte, a painted float, and a packed image; one shown by an empty."""
    generated = bpy.data.images.new("Generated", 32, 16, alpha=True)
    generated.generated_type = "UV_GRID"
    for name, is_float in (("Painted", False), ("Painted float", True)):
        painted = bpy.data.images.new(name, 8, 4, alpha=True, float_buffer=is_float)
        painted.pixels[:] = [index / 128 for index in range(128)]
    packed = bpy.data.images.new("Packed", 8, 8)
    packed.pixels[:] = [index / 256 for index in range(256)]
    packed.pack()
    packed.colorspace_settings.name = "Non-Color"
    shown = bpy.data.objects.new("Shown", None)
    shown.empty_display_type, shown.data = "IMAGE", packed
    scene.collection.objects.link(shown)


def build_trees(material: bpy.types.Material) -> None:
    """A tree with every node that can be made, frames in frames, links, ramps and curves; a world; a light."""
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    outer, inner = nodes.new("NodeFrame"), nodes.new("NodeFrame")
    outer.name, outer.location, inner.parent = "Outer/frame", (100, 50), outer
    inner.location = (10, 10)
    for name in sorted(dir(bpy.types)):
        if name.startswith("ShaderNode") and name not in ("ShaderNode", "ShaderNodeTree", "ShaderNodeCustomGroup"):
            try:
                nodes.new(name).location = (len(nodes) * 10, 0)
            except RuntimeError:
                pass
    ramp = next(node for node in nodes if node.bl_idname == "ShaderNodeValToRGB")
    ramp.parent, ramp.location, ramp.label, ramp.hide = inner, (-5, 7), "Rampe ü", True
    ramp.color_ramp.elements.new(0.3).color = (1, 0, 0.5, 1)
    ramp.color_ramp.interpolation = "B_SPLINE"
    curves = next(node for node in nodes if node.bl_idname == "ShaderNodeRGBCurve")
    curves.mapping.curves[1].points.new(0.4, 0.7).handle_type = "VECTOR"
    math = next(node for node in nodes if node.bl_idname == "ShaderNodeMath")
    math.operation, math.inputs[1].default_value, math.mute = "POWER", 2.5, True
    picture = next(node for node in nodes if node.bl_idname == "ShaderNodeTexImage")
    picture.image, picture.extension = bpy.data.images["Packed"], "CLIP"
    value = next(node for node in nodes if node.bl_idname == "ShaderNodeValue")
    value.outputs[0].default_value, value.outputs[0].hide = 0.75, False
    reroute = nodes.new("NodeReroute")
    links.new(value.outputs[0], reroute.inputs[0])
    links.new(reroute.outputs[0], math.inputs[0])
    links.new(math.outputs[0], ramp.inputs[0])
    links.new(reroute.outputs[0], math.inputs[1]).is_muted = True
    links.new(ramp.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    build_groups(material)
    world = bpy.data.worlds.new("World")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 3
    bpy.context.scene.world = world
    light = bpy.data.lights["SUN"]
    light.use_nodes = True
    unused = bpy.data.materials.new("Switched off")
    unused.use_nodes = True
    unused.node_tree.nodes.clear()
    unused.use_nodes = False


def build_groups(material: bpy.types.Material) -> None:
    """A group in a group, with inputs of one name, links through it, and values on its node."""
    inner, outer = (bpy.data.node_groups.new(name, "ShaderNodeTree") for name in ("Z inner", "A outer"))
    for tree in (inner, outer):
        for index, (name, type) in enumerate(
            (("Value", "NodeSocketFloat"), ("Value", "NodeSocketColor"), ("Ü", "NodeSocketVector"))
        ):
            add_socket(tree, name, type, "INPUT").hide_value = index == 1
        add_socket(tree, "Out", "NodeSocketColor", "OUTPUT")
        ends = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
        ends[1].location = (200, 0)
        tree.links.new(ends[0].outputs[1], ends[1].inputs[0])
    used = outer.nodes.new("ShaderNodeGroup")
    used.node_tree = inner
    used.inputs[0].default_value = 0.625
    outer.links.new(outer.nodes["Group Input"].outputs[2], used.inputs[2])
    top = material.node_tree.nodes.new("ShaderNodeGroup")
    top.node_tree = outer
    top.inputs[1].default_value = (0.5, 0.25, 0.125, 1)
    material.node_tree.links.new(top.outputs[0], material.node_tree.nodes["Principled BSDF"].inputs["Roughness"])


def add_socket(tree: bpy.types.NodeTree, name: str, type: str, side: str) -> bpy.types.bpy_struct:
    """A new socket of the interface of a group."""
    if hasattr(tree, "interface"):
        return tree.interface.new_socket(name, in_out=side, socket_type=type)
    return (tree.inputs if side == "INPUT" else tree.outputs).new(type, name)
