"""Tests of the ways to a server: which one runs, and what the last one has found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import live
from ..errors import SceneportError
from ..hosting.examination import Examination, FindingGroup
from .text import draw_text


@dataclass
class _State:
    running: Examination | None = None
    found: list[FindingGroup] | None = None
    """What the last test has found."""


state = _State()


def examine(target: str) -> None:
    """Tests every way of an invite, or an address. Raises SceneportError."""
    live.check_online_access(target)
    state.found = None
    state.running = live.examine(target)


def examine_hosted() -> None:
    """Tests the ways to the hosted server, and this machine as that of a server. Raises SceneportError."""
    if live.server is None or live.server.listening is None:
        raise SceneportError("bad-request", "You host no session.")
    listening, data = live.server.listening, live.server.data_folder
    state.found = None
    state.running = live.examine(listening.invite, "--data", str(data), "--port", str(listening.port))


def forget() -> None:
    """What was found is not shown any more; a test that runs is not waited for."""
    state.running = state.found = None


def step() -> None:
    """Goes on where the test has ended. Called after every tick. Raises SceneportError."""
    if state.running is None:
        return
    try:
        found = state.running.poll()
    except SceneportError:
        state.running = None
        raise
    if found is not None:
        state.running, state.found = None, found


def draw_examination(layout: Any) -> None:
    """What was found, with what to do where a check failed."""
    if state.running is None and state.found is None:
        return
    box = layout.box()
    row = box.row()
    if state.running is not None:
        row.label(text="Testing the ways", icon="SORTTIME")
    else:
        row.label(text="Test", icon="VIEWZOOM")
    row.operator("sceneport.forget_test", text="", icon="X", emboss=False)
    for group in state.found or ():
        _draw_group(box, group)


def _draw_group(box: Any, group: FindingGroup) -> None:
    """What is well in one paragraph, and everything else for itself."""
    column = box.column(align=True)
    failed = any(finding.state == "failed" for finding in group.findings)
    draw_text(column, group.title, "ERROR" if failed else "CHECKMARK")
    draw_text(column, " ".join(finding.text for finding in group.findings if finding.state == "well"))
    for finding in group.findings:
        if finding.state != "well":
            draw_text(column, finding.text, "CANCEL" if finding.state == "failed" else "QUESTION")
            draw_text(column, finding.remedy, "FORWARD")
