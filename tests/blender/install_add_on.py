"""Installs the packed add-on the way users do, and checks that it works where it was put.

Usage inside Blender: install_add_on.py ZIP
"""

from __future__ import annotations

import importlib
import os
import sys

import bpy

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "compare"))

from cases import run_case  # noqa: E402
from installation import install  # noqa: E402


def install_and_use(path: str) -> None:
    """The add-on is enabled, its interface answers, and the program lies beside it."""
    module = install(path)
    assert module in bpy.context.preferences.addons, sorted(bpy.context.preferences.addons.keys())
    assert importlib.import_module(f"{module}.api").status()["state"] == "offline"
    program = importlib.import_module(f"{module}.hosting.program").find_program()
    assert program.is_file(), program
    bpy.ops.preferences.addon_disable(module=module)
    assert module not in bpy.context.preferences.addons


if __name__ == "__main__":
    run_case("the zip installs, is enabled, and is disabled again", lambda: install_and_use(sys.argv[1]))
