"""A scene with one of everything that crosses."""

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
    scene.frame_end, scene.unit_settings.system, scene.render.fps = 77, "IMPERIAL", 30


def build_mesh() -> bpy.types.Mesh:
    """A mesh with a loose vertex and edge, layers of every type that crosses, and every built-in array."""
    mesh = bpy.data.meshes.new("Mesh")
    places = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (2, 2, 2), (3, 3, 3), (0.5, 2, 0)]
    mesh.from_pydata(places, [(4, 5)], [(0, 1, 2, 3), (3, 2, 6)])
    mesh.update()
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
        if type not in ("STRING", "INT16_2D"):
            mesh.attributes.new(f"a {type}", type, "POINT")
    mesh.color_attributes.new("Corner colour", "BYTE_COLOR", "CORNER")
    for corner, element in enumerate(mesh.color_attributes["Corner colour"].data):
        element.color_srgb = (corner / 255, 0.5, 0.25, 1)
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
