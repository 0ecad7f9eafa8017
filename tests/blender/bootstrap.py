"""Runs a test script inside any Blender: the program (`blender -b -P`) or the `bpy` module.

Usage: bootstrap.py -- SCRIPT [ARGUMENT ...]; the script sees its own arguments in sys.argv[1:].
"""

from __future__ import annotations

import faulthandler
import os
import runpy
import sys
import traceback

faulthandler.enable()
sys.stdout.reconfigure(line_buffering=True)

import bpy  # noqa: E402  (a crash while it is imported must be traced too)


def run_script(script: str, arguments: list[str]) -> int:
    """Runs the script as the main program and answers its exit code."""
    sys.argv = [script, *arguments]
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    script, *arguments = sys.argv[sys.argv.index("--") + 1 :]
    bpy.ops.wm.read_factory_settings(use_empty=False)
    code = run_script(script, arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    # The bpy module can wait forever for its own leak report when the interpreter ends by itself.
    os._exit(code)


main()
