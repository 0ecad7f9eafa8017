"""Writes the allowlist of the running Blender: addon/sceneport/rna/allowlist/allowlist-<major.minor>.json.

    blender -b --factory-startup --python-exit-code 1 -P scripts/allowlist.py

Only what stands in that file is ever read from or written to Blender (COMPANION.md G1). The rules below decide what
gets in: writable values of the replicated kinds, less what is derived, of the interface, local to one machine,
a path of the file system, or dangerous.
"""

from __future__ import annotations

import json
import os
import sys

import bpy

bpy.ops.wm.read_factory_settings()

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "addon", "sceneport", "rna", "allowlist")

KINDS = ("Image", "NodeTree", "Material", "World", "Light", "Camera", "Mesh", "Collection", "Object", "Scene")

# Kinds that a reference may point to.
REFERABLE = {"ID", *KINDS}

# Structs that are part of their owner and always there.
EMBEDDED = {
    "Object": ("display", "lineart", "cycles"),
    "Camera": ("dof", "stereo", "cycles"),
    "Light": ("cycles",),
    "World": ("light_settings", "mist_settings", "cycles"),
    "Material": ("lineart", "cycles"),
    "Image": ("colorspace_settings", "stereo_3d_format"),
    "Scene": ("render", "unit_settings", "view_settings", "display_settings"),
    "Node": ("texture_mapping", "color_mapping", "image_user"),
}

# Structs that travel as one list value.
WHOLE = {"ColorRamp", "CurveMapping"}

# What must not cross although it is writable, by the struct that declares it.
EXCLUDED = {
    # The name has its own order; marks and users are local.
    "ID": {"name", "tag", "use_extra_user", "is_runtime_data"},
    # Derived from the transform, of the interface, or of kinds of data that do not cross yet.
    "Object": {
        "dimensions",
        "matrix_world",
        "matrix_local",
        "matrix_basis",
        "active_material",
        "active_material_index",
        "active_shape_key_index",
        "show_only_shape_key",
        "use_shape_key_edit_mode",
        "pose_library",
        "use_mesh_mirror_x",
        "use_mesh_mirror_y",
        "use_mesh_mirror_z",
    },
    # Views of the layers, and second names of other properties.
    "Mesh": {
        "uv_layer_clone",
        "uv_layer_clone_index",
        "uv_layer_stencil",
        "uv_layer_stencil_index",
        "auto_texspace",
        "radial_symmetry",
    },
    "Collection": {"active_exporter_index"},
    # Always true since 5.0.
    "World": {"use_nodes"} if bpy.app.version >= (5, 0, 0) else set(),
    # Set by showing the image.
    "ImageUser": {"frame_current"},
    "CameraBackgroundImage": {"show_expanded"},
    # Derived from the focal length; shaders of cameras are code.
    "Camera": {
        "angle",
        "angle_x",
        "angle_y",
        "custom_mode",
        "custom_shader",
        "custom_bytecode",
        "custom_bytecode_hash",
    },
    # Of painting in one window.
    "Material": {"paint_active_slot", "paint_clone_slot"} | ({"use_nodes"} if bpy.app.version >= (5, 0, 0) else set()),
    # Derived from the file, or from the colour space; the pixels are an array.
    "Image": {"file_format", "resolution", "pixels"},
    "ColorManagedInputColorspaceSettings": {"is_data"},
    "PropertyGroup": {"name"},
    # The interface, derived values, and what has its own path.
    "Node": {"name", "parent", "select", "show_texture", "location_absolute", "width_hidden"},
    # Scripts run code.
    "ShaderNodeScript": {"mode", "script", "bytecode", "bytecode_hash", "use_auto_update"},
}

# A scene is shown in part: what it shows, when, and how it is measured.
SCENE = {
    "world",
    "camera",
    "frame_start",
    "frame_end",
    "frame_step",
    "use_gravity",
    "gravity",
    "use_fake_user",
    "render/engine",
    "render/resolution_x",
    "render/resolution_y",
    "render/resolution_percentage",
    "render/pixel_aspect_x",
    "render/pixel_aspect_y",
    "render/fps",
    "render/fps_base",
    "render/film_transparent",
    "render/use_border",
    "render/border_min_x",
    "render/border_min_y",
    "render/border_max_x",
    "render/border_max_y",
    "view_settings/view_transform",
    "view_settings/look",
    "view_settings/exposure",
    "view_settings/gamma",
    "display_settings/display_device",
    "unit_settings/system",
    "unit_settings/system_rotation",
    "unit_settings/scale_length",
    "unit_settings/use_separate",
    "unit_settings/length_unit",
    "unit_settings/mass_unit",
    "unit_settings/time_unit",
    "unit_settings/temperature_unit",
}

# Of node trees only shader groups cross, and of the sockets of their interface what all nodes agree on.
TREES = {"ShaderNodeTree"}
INTERFACE = {"subtype", "default_value", "min_value", "max_value", "hide_value", "description"}

# Written in this order, before all others: setting the former changes the latter or decides what it may be.
FIRST = (
    "type",
    "mode",
    "source",
    "blend_method",
    "use_nodes",
    "rotation_mode",
    "empty_display_type",
    "data",
    "parent",
    "parent_type",
    "parent_bone",
    "parent_vertices",
    "matrix_parent_inverse",
    "instance_type",
    "use_auto_texspace",
    "data_type",
    "display_settings/display_device",
    "view_settings/view_transform",
    "colorspace_settings/name",
    "unit_settings/system",
    "render/engine",
    "sensor_fit",
    "lens_unit",
    "shape",
    "subtype",
)

PATH_SUBTYPES = {"FILEPATH", "FILE_PATH", "DIRPATH", "DIR_PATH", "FILENAME", "FILE_NAME"}
SCALARS = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}


def lineage(rna):
    """The identifiers of a struct and of those it is derived from."""
    while rna:
        yield rna.identifier
        rna = rna.base


def excluded(rna, prop):
    """Whether a property of this struct must not cross."""
    name = prop.identifier
    return (
        name == "rna_type"
        or name.startswith(("bl_", "active_"))
        or "filepath" in name
        or prop.is_readonly
        or prop.subtype in PATH_SUBTYPES
        or any(name in EXCLUDED.get(identifier, ()) for identifier in lineage(rna))
    )


def describe(prop):
    """The row of one property, or None when its type does not cross."""
    if prop.type == "POINTER":
        target = prop.fixed_type.identifier
        return {"type": "POINTER", "kind": target} if target in REFERABLE else None
    if prop.type not in SCALARS:
        return None
    row = {"type": prop.type}
    if prop.subtype != "NONE":
        row["subtype"] = prop.subtype
    if getattr(prop, "is_array", False):
        row["length"] = [n for n in prop.array_dimensions if n] if prop.array_dimensions[1] else prop.array_length
    if prop.type == "ENUM":
        row["enum"] = sorted(item.identifier for item in prop.enum_items_static if item.identifier)
        if prop.is_enum_flag:
            row["flag"] = True
    return row


def rows(rna, embedded, prefix=""):
    """All rows of a struct and of the structs embedded in it."""
    found = {}
    for prop in rna.properties:
        path = prefix + prop.identifier
        if prop.type == "POINTER" and prop.fixed_type.identifier in WHOLE:
            found[path] = {"type": prop.fixed_type.identifier}
        elif prop.type == "POINTER" and prop.identifier in embedded and not prefix:
            found.update(rows(prop.fixed_type, (), f"{path}/"))
        elif not excluded(rna, prop):
            row = describe(prop)
            if row is not None:
                found[path] = row
    return found


def ordered(found):
    """The rows in the order in which they are written."""
    first = [path for path in FIRST if path in found]
    return {path: found[path] for path in (*first, *sorted(set(found) - set(first)))}


def classes(base):
    """All registered classes derived from `base`, by identifier."""
    found = (getattr(bpy.types, name) for name in dir(bpy.types))
    derived = (c for c in found if isinstance(c, type) and issubclass(c, base))
    return sorted({c.bl_rna.identifier: c for c in derived}.items())


def kinds():
    """Rows of every replicated kind and of the classes derived from it."""
    result = {}
    for kind in KINDS:
        for identifier, derived in classes(getattr(bpy.types, kind)):
            if kind == "NodeTree" and identifier not in TREES:
                continue
            found = rows(derived.bl_rna, EMBEDDED.get(kind, ()))
            if kind == "Scene":
                found = {path: row for path, row in found.items() if path in SCENE}
            result[identifier] = ordered(found)
    image = bpy.types.CameraBackgroundImage.bl_rna
    result[image.identifier] = ordered(rows(image, ("image_user",)))
    return result


def nodes():
    """Rows common to all nodes under `Node`, the others under the type of the node."""
    common = rows(bpy.types.Node.bl_rna, ())
    result = {"Node": ordered(common)}
    shared = ("NodeFrame", "NodeReroute", "NodeGroupInput", "NodeGroupOutput")
    own = [
        (name, c) for name, c in classes(bpy.types.ShaderNode) if name not in ("ShaderNode", "ShaderNodeCustomGroup")
    ]
    for identifier, node in [*((name, getattr(bpy.types, name)) for name in shared), *own]:
        found = rows(node.bl_rna, EMBEDDED["Node"])
        result[identifier] = ordered({path: row for path, row in found.items() if path not in common})
    return result


def sockets():
    """The row of `default_value` by the type of the socket, and what a socket of an interface says."""
    result = {}
    for identifier, socket in classes(bpy.types.NodeSocket):
        prop = socket.bl_rna.properties.get("default_value")
        if prop is not None and not excluded(socket.bl_rna, prop):
            row = describe(prop)
            if row is not None:
                result[identifier] = {"default_value": row}
    interface = getattr(bpy.types, "NodeTreeInterfaceSocket", None) or bpy.types.NodeSocketInterface
    for identifier, socket in classes(interface):
        found = rows(socket.bl_rna, ())
        result[identifier] = ordered({path: row for path, row in found.items() if path in INTERFACE})
    return result


def write(content, path):
    """Writes the sections with one row a line, so that versions can be compared by eye."""
    lines = ["{", f' "version": {json.dumps(content["version"])}']
    for section in ("kinds", "nodes", "sockets"):
        lines[-1] += ","
        lines.append(f' "{section}": {{')
        for struct, found in content[section].items():
            lines.append(f"  {json.dumps(struct)}: {{")
            lines += [f"   {json.dumps(name)}: {json.dumps(row)}," for name, row in found.items()]
            lines[-1] = lines[-1].rstrip(",")
            lines.append("  },")
        lines[-1] = lines[-1].rstrip(",")
        lines.append(" }")
    lines.append("}")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main():
    version = "{}.{}".format(*bpy.app.version)
    path = os.path.join(FOLDER, f"allowlist-{version}.json")
    write({"version": version, "kinds": kinds(), "nodes": nodes(), "sockets": sockets()}, path)
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    counts = {section: sum(map(len, content[section].values())) for section in ("kinds", "nodes", "sockets")}
    print(path, counts, file=sys.stderr)


main()
