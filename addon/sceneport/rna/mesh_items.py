"""Mesh: applies its lists of materials, UV layers and attributes."""

from __future__ import annotations

from typing import Any

from . import mesh_fields as fields
from . import meshes
from .change import Change
from .failures import BAD_VALUE, GONE, TOO_LARGE
from .kinds import clean_name
from .limits import ITEMS, LAYERS
from .references import to_reference
from .segments import decode, encode
from .table import REFUSED
from .values import Value


def apply_mesh_items(mesh: Any, change: Change) -> None:
    """Makes the lists hold the ordered items, then sets their properties."""
    _materials(mesh, change)
    uv = _uv_layers(mesh, change)
    attributes = _attributes(mesh, change)
    for path, segments, value in change.below("uv_layers/"):
        change.fail(path, _set_uv(mesh, uv, segments, value))
    for path, segments, value in change.below("attributes/"):
        change.fail(path, _set_attribute(mesh, attributes, segments, value))
    for path, name in meshes.COLOURS.items():
        if path in change.set:
            change.fail(path, _choose_colour(mesh, attributes, name, change.set[path]))


def _materials(mesh: Any, change: Change) -> None:
    handles = change.handles("materials", ITEMS)
    if handles is not None:
        while len(mesh.materials) > len(handles):
            mesh.materials.pop(index=len(mesh.materials) - 1)
        while len(mesh.materials) < len(handles):
            mesh.materials.append(None)
    for path, segments, value in change.below("materials/"):
        index = int(segments[0]) if segments[0].isascii() and segments[0].isdigit() else -1
        if segments[1:] != ["material"] or not 0 <= index < len(mesh.materials):
            change.fail(path, GONE)
            continue
        try:
            material = to_reference(value, change.resolve)
            if mesh.materials[index] != material:
                mesh.materials[index] = material
        except REFUSED:
            change.fail(path, BAD_VALUE)


def _uv_layers(mesh: Any, change: Change) -> dict[str, str]:
    """Adds and removes UV layers; returns the name of the layer of each ordered handle."""
    names = {encode(layer.name): layer.name for layer in mesh.uv_layers}
    handles = change.handles("uv_layers", LAYERS)
    if handles is None:
        return names
    for handle in names.keys() - set(handles):
        mesh.uv_layers.remove(mesh.uv_layers[names.pop(handle)])
    for handle in handles:
        if handle not in names:
            wanted = change.set.get(f"uv_layers/{handle}/name", decode(handle))
            layer = mesh.uv_layers.new(name=clean_name(str(wanted)), do_init=False)
            if layer is None:
                change.fail(f"uv_layers/{handle}", TOO_LARGE)
            else:
                names[handle] = layer.name
    return names


def _set_uv(mesh: Any, names: dict[str, str], segments: list[str], value: Value) -> str | None:
    layer = mesh.uv_layers.get(names.get(segments[0], ""))
    if layer is None:
        return GONE
    if segments[1:] == ["name"] and isinstance(value, str):
        names[segments[0]] = _rename(layer, value)
    elif segments[1:] == ["active_render"] and isinstance(value, bool):
        if value and not layer.active_render:
            layer.active_render = True
    else:
        return BAD_VALUE
    return None


def _rename(layer: Any, name: str) -> str:
    if layer.name != clean_name(name):
        layer.name = clean_name(name)
    return layer.name


def _attributes(mesh: Any, change: Change) -> dict[str, str]:
    """Adds and removes attributes; returns the name of the attribute of each ordered handle."""
    present = {encode(a.name): (a.name, a.data_type, a.domain) for a in meshes.generic_attributes(mesh)}
    names = {handle: form[0] for handle, form in present.items()}
    handles = change.handles("attributes", LAYERS)
    if handles is None:
        return names
    for handle, (name, data_type, domain) in present.items():
        type_wanted = change.set.get(f"attributes/{handle}/data_type", data_type)
        domain_wanted = change.set.get(f"attributes/{handle}/domain", domain)
        if handle not in handles or (type_wanted, domain_wanted) != (data_type, domain):
            mesh.attributes.remove(mesh.attributes[name])
            del names[handle]
    for handle in handles:
        if handle not in names:
            change.fail(f"attributes/{handle}", _add_attribute(mesh, handle, change, names))
    return names


def _add_attribute(mesh: Any, handle: str, change: Change, names: dict[str, str]) -> str | None:
    wanted = clean_name(str(change.set.get(f"attributes/{handle}/name", decode(handle))))
    data_type = change.set.get(f"attributes/{handle}/data_type")
    domain = change.set.get(f"attributes/{handle}/domain")
    if data_type not in fields.ELEMENTS or domain not in fields.DOMAINS:
        return BAD_VALUE
    if wanted in fields.RESERVED or wanted.startswith(".") and wanted not in meshes.SHARED_INTERNAL:
        return BAD_VALUE
    try:
        names[handle] = mesh.attributes.new(wanted, data_type, domain).name
    except REFUSED:
        return BAD_VALUE
    return None


def _set_attribute(mesh: Any, names: dict[str, str], segments: list[str], value: Value) -> str | None:
    attribute = mesh.attributes.get(names.get(segments[0], ""))
    if attribute is None:
        return GONE
    if segments[1:] == ["name"] and isinstance(value, str):
        names[segments[0]] = _rename(attribute, value)
    elif segments[1:] not in (["data_type"], ["domain"]):
        return BAD_VALUE
    return None


def _choose_colour(mesh: Any, names: dict[str, str], index_name: str, value: Value) -> str | None:
    item = value.get("item") if isinstance(value, dict) else None
    collection, _, handle = str(item).partition("/")
    index = mesh.color_attributes.find(names.get(handle, "")) if collection == "attributes" else -1
    if index < 0:
        return GONE
    if getattr(mesh.color_attributes, index_name) != index:
        setattr(mesh.color_attributes, index_name, index)
    return None
