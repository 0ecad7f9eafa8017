"""Linux: an entry of the desktop for the current user, and its place as the default for the scheme.

Both are plain files of the freedesktop specifications, written here: `xdg-mime` is not everywhere, and cannot take a
default back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from .mimeapps import default_of, with_default, without_default

ENTRY = "sceneport-invite.desktop"
KIND = "x-scheme-handler/sceneport"

_PLAIN = re.compile(r"[A-Za-z0-9_./:@+,=-]+")


def register(command: Sequence[str]) -> None:
    """From now on links are opened by the command, with the link as one more word. Raises OSError."""
    _write(_entry_path(), entry_text(command))
    _write(_defaults_path(), with_default(_read(_defaults_path()), KIND, ENTRY))


def unregister() -> None:
    """Takes all of it back. Raises OSError."""
    _entry_path().unlink(missing_ok=True)
    before = _read(_defaults_path())
    after = without_default(before, KIND, ENTRY)
    if not after.strip():
        _defaults_path().unlink(missing_ok=True)
    elif after != before:
        _write(_defaults_path(), after)


def is_registered(command: Sequence[str]) -> bool:
    """Whether it is this very command that opens links."""
    return registered_program() is not None and _read(_entry_path()) == entry_text(command)


def registered_program() -> str | None:
    """The Blender that opens links, which may be gone; None where none does."""
    if default_of(_read(_defaults_path()), KIND) != ENTRY:
        return None
    found = re.search(r"^TryExec=(.*)$", _read(_entry_path()), re.MULTILINE)
    return re.sub(r"\\(.)", _unescape, found[1]) if found is not None else None


def entry_text(command: Sequence[str]) -> str:
    """The entry. Where the program of the command is gone, desktops take it for not being there (TryExec)."""
    words = " ".join(_quote(word) for word in command)
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=Sceneport Invite\n"
        "Comment=Opens an invite in Blender, which asks before it joins\n"
        "Icon=blender\n"
        f"TryExec={_escape(command[0])}\n"
        f"Exec={_escape(words)} %u\n"
        "NoDisplay=true\n"
        "Terminal=false\n"
        f"MimeType={KIND};\n"
    )


def _quote(word: str) -> str:
    """A word of Exec; quoted only where it must be, because not all that read it know quotes."""
    word = word.replace("%", "%%")
    return word if _PLAIN.fullmatch(word) else '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'


def _escape(text: str) -> str:
    """A value of an entry of the desktop."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _unescape(found: re.Match[str]) -> str:
    return "\n" if found[1] == "n" else found[1]


def _folder(variable: str, default: str) -> Path:
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else Path.home() / default


def _entry_path() -> Path:
    return _folder("XDG_DATA_HOME", ".local/share") / "applications" / ENTRY


def _defaults_path() -> Path:
    return _folder("XDG_CONFIG_HOME", ".config") / "mimeapps.list"


def _read(path: Path) -> str:
    """Every byte is kept: what is not UTF-8 too."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> None:
    """Whole at once, with the rights it has; a link to a file elsewhere stays one."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(text.encode("utf-8", "surrogateescape"))
    unfinished.replace(path)
