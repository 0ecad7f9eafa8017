"""What an administrator does with the others."""

from __future__ import annotations

import bpy

from ... import live
from .. import flow
from .outcome import ask_first, outcome


class SCENEPORT_OT_kick(bpy.types.Operator):
    """Remove a user from the session"""

    bl_idname = "sceneport.kick"
    bl_label = "Sceneport: Remove User"

    user: bpy.props.IntProperty(name="User", options={"SKIP_SAVE", "HIDDEN"})
    reason: bpy.props.StringProperty(
        name="Reason", description="The user is told this, and your name", maxlen=200, options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return any(user["me"] and user["role"] == "admin" for user in live.status()["users"])

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return ask_first(self, context, "Remove from the Session", "Remove")

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        name = next((user["name"] for user in live.status()["users"] if user["number"] == self.user), "this user")
        self.layout.label(text=f"Remove {name} from the session?", icon="QUESTION")
        self.layout.prop(self, "reason")

    def execute(self, context: bpy.types.Context) -> set[str]:
        return outcome(self, lambda: flow.ask("kick", user=self.user, reason=self.reason.strip()))


CLASSES = (SCENEPORT_OT_kick,)
