"""The committed list of what the comparison leaves out, each entry with its reason."""

from __future__ import annotations

import json
import os
from fnmatch import fnmatchcase

import bpy

COMPARED_KINDS = {
    "Object": "objects",
    "Collection": "collections",
    "Scene": "scenes",
    "Mesh": "meshes",
    "Camera": "cameras",
    "Light": "lights",
    "World": "worlds",
    "Material": "materials",
    "Image": "images",
}


class Exclusions:
    """Answers whether a property, written `Struct.property`, is left out in this Blender."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            entries = json.load(file)
        version = bpy.app.version[:2]
        self._entries = [
            entry
            for entry in entries
            if tuple(entry.get("from", [0, 0])) <= version < tuple(entry.get("before", [99, 0]))
        ]
        self._known: dict[tuple[str, str], bool] = {}

    def leaves_out(self, rna: bpy.types.Struct, identifier: str) -> bool:
        """Whether a pattern names the property on its struct or on one of the struct's bases."""
        key = (rna.identifier, identifier)
        if key not in self._known:
            names = [f"{struct}.{identifier}" for struct in struct_chain(rna)]
            self._known[key] = any(
                matches(names, entry["patterns"]) and not matches(names, entry.get("except", []))
                for entry in self._entries
            )
        return self._known[key]


def matches(names: list[str], patterns: list[str]) -> bool:
    """Whether any of the names fits any of the patterns."""
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def struct_chain(rna: bpy.types.Struct) -> list[str]:
    """The identifiers of a struct and of all its bases."""
    chain = []
    while rna is not None:
        chain.append(rna.identifier)
        rna = rna.base
    return chain


def committed_exclusions() -> Exclusions:
    """The list beside this file."""
    return Exclusions(os.path.join(os.path.dirname(os.path.abspath(__file__)), "exclusions.json"))


def kind_of(datablock: bpy.types.ID) -> str | None:
    """The compared kind of a datablock, or None where it belongs to a later stage."""
    kind = next((name for name in struct_chain(datablock.bl_rna) if name in COMPARED_KINDS), None)
    if kind == "Image" and datablock.source in {"VIEWER", "MOVIE", "SEQUENCE"}:
        return None
    return kind
