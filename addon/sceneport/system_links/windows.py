"""Windows: the scheme in the part of the registry that belongs to the current user."""

from __future__ import annotations

import importlib
import re
import subprocess
from collections.abc import Sequence
from typing import Any

_ROOT = r"Software\Classes\sceneport"
_COMMAND = rf"{_ROOT}\shell\open\command"
_KEYS = (_COMMAND, rf"{_ROOT}\shell\open", rf"{_ROOT}\shell", rf"{_ROOT}\DefaultIcon", _ROOT)
"""From the innermost on: a key with others in it cannot be deleted."""


def register(command: Sequence[str]) -> None:
    """From now on links are opened by the command, with the link as one more word. Raises OSError."""
    _set(_ROOT, "", "URL:Sceneport Invite")
    _set(_ROOT, "URL Protocol", "")
    _set(rf"{_ROOT}\DefaultIcon", "", f'"{command[0]}",0')
    _set(_COMMAND, "", _command_line(command))


def unregister() -> None:
    """Takes all of it back. Raises OSError."""
    registry = _registry()
    for key in _KEYS:
        try:
            registry.DeleteKey(registry.HKEY_CURRENT_USER, key)
        except FileNotFoundError:
            continue


def is_registered(command: Sequence[str]) -> bool:
    """Whether it is this very command that opens links."""
    return _registered() == _command_line(command)


def registered_program() -> str | None:
    """The Blender that opens links, which may be gone; None where none does."""
    found = re.match(r'"([^"]*)"|(\S+)', _registered() or "")
    return (found[1] or found[2]) if found is not None else None


def _command_line(command: Sequence[str]) -> str:
    """A quote in a link only makes more words after `--`, which the opener refuses."""
    return f'{subprocess.list2cmdline(command)} "%1"'


def _registered() -> str | None:
    registry = _registry()
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, _COMMAND) as key:
            return str(registry.QueryValueEx(key, "")[0])
    except FileNotFoundError:
        return None


def _set(path: str, name: str, value: str) -> None:
    registry = _registry()
    with registry.CreateKey(registry.HKEY_CURRENT_USER, path) as key:
        registry.SetValueEx(key, name, 0, registry.REG_SZ, value)


def _registry() -> Any:
    return importlib.import_module("winreg")
