"""The file mimeapps.list of a user's desktop: which application opens what.

Only the one entry is touched; everything else stays as it is, comments and order too. What stood first before stays
behind it in the list, and is first again afterwards.
"""

from __future__ import annotations

_GROUP = "[Default Applications]"


def default_of(text: str, kind: str) -> str | None:
    """The application that is named first for a kind of file or link."""
    lines = text.splitlines(keepends=True)
    for index in _entries(lines, kind):
        names = _names(lines[index])
        return names[0] if names else None
    return None


def with_default(text: str, kind: str, application: str) -> str:
    """The same with the application named first."""
    lines = without_default(text, kind, application).splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    entries = _entries(lines, kind)
    if entries:
        lines[entries[0]] = _line(kind, [application, *_names(lines[entries[0]])])
        return "".join(lines)
    header = next((index for index, line in enumerate(lines) if line.strip() == _GROUP), None)
    if header is None:
        lines += [*(["\n"] if lines and lines[-1].strip() else []), f"{_GROUP}\n"]
        header = len(lines) - 1
    lines.insert(header + 1, _line(kind, [application]))
    return "".join(lines)


def without_default(text: str, kind: str, application: str) -> str:
    """The same without the application; a group in which nothing else stood goes too."""
    lines = text.splitlines(keepends=True)
    for index in reversed(_entries(lines, kind)):
        names = _names(lines[index])
        others = [name for name in names if name != application]
        if others:
            lines[index] = lines[index] if others == names else _line(kind, others)
        elif names:
            del lines[index]
            _drop_empty_group(lines, index - 1)
    return "".join(lines)


def _drop_empty_group(lines: list[str], header: int) -> None:
    follows = lines[header + 1].strip() if header + 1 < len(lines) else "["
    if lines[header].strip() != _GROUP or (follows and not follows.startswith("[")):
        return
    del lines[header]
    if 0 < header == len(lines) and not lines[header - 1].strip():
        del lines[header - 1]


def _entries(lines: list[str], kind: str) -> list[int]:
    """The lines of the group that are about the kind."""
    found, inside = [], False
    for index, line in enumerate(lines):
        if line.lstrip().startswith("["):
            inside = line.strip() == _GROUP
        elif inside and line.partition("=")[0].strip() == kind:
            found.append(index)
    return found


def _names(line: str) -> list[str]:
    return [name.strip() for name in line.partition("=")[2].split(";") if name.strip()]


def _line(kind: str, names: list[str]) -> str:
    return f"{kind}={';'.join(names)};\n"
