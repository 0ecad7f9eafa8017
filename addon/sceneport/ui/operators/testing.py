"""Testing the ways to a server."""

from __future__ import annotations

import bpy

from .. import examining
from .outcome import outcome


class SCENEPORT_OT_test(bpy.types.Operator):
    """Test every way to the server, step by step: it takes up to a minute, and changes nothing"""

    bl_idname = "sceneport.test"
    bl_label = "Sceneport: Test Ways"

    hosted: bpy.props.BoolProperty(
        name="Hosted", description="Those to the session you host", options={"SKIP_SAVE", "HIDDEN"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return examining.state.running is None

    def execute(self, context: bpy.types.Context) -> set[str]:
        form = context.window_manager.sceneport
        if self.hosted:
            return outcome(self, examining.examine_hosted)
        if not form.invite.strip():
            self.report({"ERROR"}, "Paste the invite that the host has sent you.")
            return {"CANCELLED"}
        return outcome(self, lambda: examining.examine(form.invite.strip()))


class SCENEPORT_OT_forget_test(bpy.types.Operator):
    """Show no longer what the test has found"""

    bl_idname = "sceneport.forget_test"
    bl_label = "Sceneport: Forget Test"

    def execute(self, context: bpy.types.Context) -> set[str]:
        examining.forget()
        return {"FINISHED"}


CLASSES = (SCENEPORT_OT_test, SCENEPORT_OT_forget_test)
