"""What the operating system is told to run with a link."""

from __future__ import annotations

from pathlib import Path

_OPENER = Path(__file__).resolve().parent / "opener.py"


def opener_command(program: str, folder: Path) -> list[str]:
    """The words of the command line, which the link follows as the last one.

    Blender takes nothing after `--` for an option, whatever a link says.
    """
    return [program, "-b", "--factory-startup", "--python", str(_OPENER), "--", str(folder)]
