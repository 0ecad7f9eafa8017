"""Which way the scheme is registered on this operating system, where there is one without administrator rights."""

from __future__ import annotations

import os
import sys
from types import ModuleType

from . import linux, windows


def registrar() -> ModuleType | None:
    """`linux` or `windows`, which have the same functions; None where links can only be pasted.

    On macOS only an application can have a scheme, and Flatpak keeps what is in it apart from the desktop.
    """
    if sys.platform == "win32":
        return windows
    return linux if sys.platform.startswith("linux") and not os.environ.get("FLATPAK_ID") else None
