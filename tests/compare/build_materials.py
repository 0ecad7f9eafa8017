"""The materials of the built scene: every shader node there is, with values, frames, ramps and links."""

from __future__ import annotations

import bpy

# Groups belong to a later stage; script nodes run code.
LEFT_OUT = {"ShaderNode", "ShaderNodeTree", "ShaderNodeGroup", "ShaderNodeCustomGroup", "ShaderNodeScript"}


def build_materials() -> None:
    """Makes the materials `Shader` (all nodes), `Glass` (a small tree) and `Plain` (no nodes in use)."""
    build_shader()
    build_glass()
    plain = bpy.data.materials.new("Plain")
    plain.diffuse_color = (0.25, 0.5, 0.75, 1)
    plain.roughness = 0.125
    plain.metallic = 0.5


def build_shader() -> None:
    """A material with one node of every kind."""
    material = bpy.data.materials.new("Shader")
    material.use_nodes = True
    material.use_backface_culling = True
    tree = material.node_tree
    tree.nodes.clear()
    nodes = {}
    for name in sorted(dir(bpy.types)):
        if name.startswith("ShaderNode") and name not in LEFT_OUT:
            try:
                node = tree.nodes.new(name)
            except RuntimeError:
                continue  # a base class, or a node of other trees
            nodes[name] = node
            place_node(node, len(nodes))
            change_inputs(node)
    set_node_properties(nodes)
    frame = tree.nodes.new("NodeFrame")
    frame.label = "A frame"
    for node in list(nodes.values())[:4]:
        node.parent = frame
    reroute = tree.nodes.new("NodeReroute")
    link_nodes(tree, nodes, reroute)


def place_node(node: bpy.types.Node, number: int) -> None:
    """Every node is at another place; some are folded, muted, labelled, coloured."""
    node.location = (number % 10 * 220, number // 10 * -400)
    node.width = 150 + number
    node.hide = number % 3 == 0
    node.mute = number % 11 == 0
    if number % 4 == 0:
        node.label = f"Label {number}"
    if number % 5 == 0:
        node.use_custom_color = True
        node.color = (0.1, 0.2, number / 200)


def change_inputs(node: bpy.types.Node) -> None:
    """Gives the inputs values that are not their defaults."""
    for index, socket in enumerate(node.inputs):
        value = getattr(socket, "default_value", None)
        if isinstance(value, float):
            maximum = socket.bl_rna.properties["default_value"].hard_max
            socket.default_value = min(0.125 + index / 16, maximum)
        elif socket.type == "RGBA":
            socket.default_value = (0.5, index % 4 / 4, 0.25, 1)


def set_node_properties(nodes: dict[str, bpy.types.Node]) -> None:
    """Properties of the nodes themselves: enums, images, ramps, curves."""
    nodes["ShaderNodeMath"].operation = "MULTIPLY"
    nodes["ShaderNodeVectorMath"].operation = "CROSS_PRODUCT"
    nodes["ShaderNodeMix"].data_type = "RGBA"
    nodes["ShaderNodeTexImage"].image = bpy.data.images["Packed"]
    nodes["ShaderNodeTexImage"].interpolation = "Closest"
    ramp = nodes["ShaderNodeValToRGB"].color_ramp
    ramp.interpolation = "B_SPLINE"
    ramp.elements.new(0.4).color = (1, 0, 0, 1)
    mapping = nodes["ShaderNodeRGBCurve"].mapping
    mapping.curves[3].points.new(0.3, 0.7)
    mapping.update()
    nodes["ShaderNodeValue"].outputs[0].default_value = 4.5
    nodes["ShaderNodeRGB"].outputs[0].default_value = (0.2, 0.4, 0.6, 1)


def link_nodes(tree: bpy.types.NodeTree, nodes: dict[str, bpy.types.Node], reroute: bpy.types.Node) -> None:
    """Links of several kinds, also through a reroute."""
    shader = nodes["ShaderNodeBsdfPrincipled"]
    tree.links.new(nodes["ShaderNodeTexImage"].outputs["Color"], reroute.inputs[0])
    tree.links.new(reroute.outputs[0], shader.inputs["Base Color"])
    tree.links.new(nodes["ShaderNodeMath"].outputs[0], shader.inputs["Roughness"])
    tree.links.new(nodes["ShaderNodeValue"].outputs[0], nodes["ShaderNodeMath"].inputs[1])
    tree.links.new(nodes["ShaderNodeMix"].outputs[2], nodes["ShaderNodeEmission"].inputs["Color"])
    tree.links.new(shader.outputs[0], nodes["ShaderNodeOutputMaterial"].inputs["Surface"])


def build_glass() -> None:
    """A material as users make them: the default tree with a few changes."""
    glass = bpy.data.materials.new("Glass")
    glass.use_nodes = True
    shader = next(node for node in glass.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (0.1, 0.8, 0.3, 1)
    shader.inputs["Roughness"].default_value = 0.0
