"""What the panel shows of the others: who is there, and who owns what is selected."""

from __future__ import annotations

from typing import Any

import bpy

from .. import live

_MOST_OWNERS = 8


def draw_users(layout: Any) -> None:
    """One entry for each user: name and round-trip time, then role, scene and frame."""
    users = live.status()["users"]
    admin = any(user["me"] and user["role"] == "admin" for user in users)
    for user in users:
        column = layout.column(align=True)
        column.scale_y = 0.85
        row = column.row()
        row.label(text=user["name"] + (" (you)" if user["me"] else ""), icon="USER")
        if admin and not user["me"]:
            row.operator("sceneport.kick", text="", icon="X", emboss=False).user = user["number"]
        column.label(text=_describe(user), icon="BLANK1")


def draw_locks(layout: Any, context: bpy.types.Context) -> None:
    """Locking and unlocking, and the owners of the selected objects."""
    row = layout.row(align=True)
    row.operator("sceneport.lock", text="Lock", icon="LOCKED")
    row.operator("sceneport.unlock", text="Unlock", icon="UNLOCKED")
    owners = live.status()["owners"]
    names = {user["number"]: user["name"] for user in live.status()["users"]}
    for scene_object in context.selected_objects[:_MOST_OWNERS]:
        number = owners.get(scene_object.sceneport_id)
        if number is not None:
            layout.label(text=f"{scene_object.name}: {names.get(number, 'someone who left')}", icon="LOCKED")


def _describe(user: dict[str, Any]) -> str:
    rtt, frame, scene = user.get("rttMs"), user.get("frame"), _scene_name(user.get("scene"))
    parts = [
        user["role"],
        f"{rtt:.0f} ms" if rtt is not None else "",
        "relay" if user.get("way") == "relay" else "",
        scene,
        f"frame {frame:.0f}" if frame is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def _scene_name(scene: Any) -> str:
    """Worth telling only where the file has several."""
    if not isinstance(scene, str) or len(bpy.data.scenes) < 2 or live.session is None:
        return ""
    known = live.session.identity.alive.get(scene)
    return known.name if known is not None else ""
