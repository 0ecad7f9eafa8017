"""The question that an invite leads to which was opened outside Blender: nothing is joined without its answer."""

from __future__ import annotations

import bpy

from ... import context as blender
from ...errors import SceneportError
from ...invites import read_invite
from .. import arriving, flow
from ..opened_invite import BROKEN, OCCUPIED, UNREAD, WIDTH, draw_invite, draw_lines
from .outcome import ask_first, outcome


class SCENEPORT_OT_open_invite(bpy.types.Operator):
    """Join the session of the invite that was opened; your open file is backed up first"""

    bl_idname = "sceneport.open_invite"
    bl_label = "Sceneport: Opened Invite"
    # Not REGISTER: the list of what was done, which users copy and send, would show the invite.
    bl_options = {"INTERNAL"}

    link: bpy.props.StringProperty(options={"SKIP_SAVE", "HIDDEN"})
    obstacle: bpy.props.StringProperty(options={"SKIP_SAVE", "HIDDEN"})
    """Why nothing can be joined; what the user has been told stays so, whatever happens meanwhile."""
    before: bpy.props.StringProperty(options={"SKIP_SAVE", "HIDDEN"})
    """What stood in the panel."""

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        self.obstacle = self._fill_in(context)
        return ask_first(self, context, "Opened Invite", "OK" if self.obstacle else "Join", WIDTH)

    def draw(self, context: bpy.types.Context) -> None:
        """Called by Blender."""
        if self.obstacle:
            draw_lines(self.layout, self.obstacle, "ERROR")
        else:
            draw_invite(self.layout, read_invite(self.link))

    def execute(self, context: bpy.types.Context) -> set[str]:
        arriving.answered()
        if self.obstacle:
            return {"FINISHED"}
        if not arriving.can_join() or not arriving.was_read():
            self.report({"WARNING"}, OCCUPIED if arriving.was_read() else UNREAD)
            return {"CANCELLED"}
        return outcome(self, lambda: flow.join(target=self.link))

    def cancel(self, context: bpy.types.Context) -> None:
        """Called by Blender. Who says no has not given up the invite of somebody else that stood in the panel."""
        arriving.answered()
        form = context.window_manager.sceneport
        if not self.obstacle and self.before and form.invite == self.link:
            form.invite = self.before
            blender.redraw_views()

    def _fill_in(self, context: bpy.types.Context) -> str:
        """Puts the invite into the panel; answers why it cannot be joined now, or nothing."""
        try:
            read_invite(self.link)
        except SceneportError:
            return BROKEN
        form = context.window_manager.sceneport
        self.before, form.invite = form.invite, self.link
        blender.redraw_views()
        return "" if arriving.can_join() else OCCUPIED


CLASSES = (SCENEPORT_OT_open_invite,)
