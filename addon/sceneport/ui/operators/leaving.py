"""Out of a session, and back to one's own file."""

from __future__ import annotations

import bpy

from ... import files, live
from .. import flow
from .outcome import ask_first, outcome

_FILES = (
    ("back", "Back to My File", "The file that was open before, with what was not saved in it"),
    ("keep", "Keep This as a New File", "What is open stays open, as a file without a name"),
)


class SCENEPORT_OT_leave(bpy.types.Operator):
    """Leave the session"""

    bl_idname = "sceneport.leave"
    bl_label = "Sceneport: Leave Session"

    file: bpy.props.EnumProperty(name="File", items=_FILES, options={"SKIP_SAVE"})
    server: bpy.props.EnumProperty(
        name="Server",
        items=(
            ("end", "End for All", "The server is stopped; everything is stored and can be continued"),
            ("keep", "Keep Hosting", "The others go on; the server ends when this Blender is closed"),
        ),
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return live.session is not None and not live.session.ended

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if flow.state.backup is None and live.server is None:
            return self.execute(context)
        return ask_first(self, context, "Leave the Session", "Leave")

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        if flow.state.backup is not None:
            self.layout.label(text="What shall be open here afterwards?")
            self.layout.column().prop(self, "file", expand=True)
        if live.server is not None:
            self.layout.label(text="What shall become of the session that you host?")
            self.layout.column().prop(self, "server", expand=True)

    def execute(self, context: bpy.types.Context) -> set[str]:
        backup, flow.state.backup = flow.state.backup, None
        back, end = self.file == "back" and backup is not None, self.server == "end" and live.server is not None

        def afterwards() -> None:
            if end:
                live.end_server()
            if back:
                files.restore(backup)

        return outcome(self, lambda: flow.leave(afterwards))


class SCENEPORT_OT_own_file(bpy.types.Operator):
    """After a session that has ended: what shall be open here"""

    bl_idname = "sceneport.own_file"
    bl_label = "Sceneport: Back to My File"

    file: bpy.props.EnumProperty(name="File", items=_FILES)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return flow.is_free() and flow.state.backup is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        backup, flow.state.backup = flow.state.backup, None
        if self.file == "back":
            files.restore(backup)
        return {"FINISHED"}


CLASSES = (SCENEPORT_OT_leave, SCENEPORT_OT_own_file)
