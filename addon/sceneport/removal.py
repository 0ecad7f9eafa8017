"""Rule O8: what is deleted is unlinked at once, and removed when nothing of Blender's can still point at it."""

from __future__ import annotations

import time
from collections.abc import Callable

import bpy

from . import context
from .rna import lifetime, shells
from .watch import modes
from .watch.identity import Identity

_REST_SECONDS = 2.0
"""How long the user must have left things alone where Blender cannot say whether a modal operator runs."""


_REMOVED_NAME = "sp_removed"
"""Of what is deleted until it is removed: its own name is free for another at once."""
_FIRST_SCENE = "Scene"
_WAITING_NAME = "Waiting for the session"
"""A name that the session's own scene will hardly want."""


class Removal:
    """The datablocks that are deleted in the session and still in the file."""

    def __init__(self, identity: Identity, clock: Callable[[], float] = time.monotonic) -> None:
        self._identity = identity
        self._clock = clock
        self._waiting = False
        self._rest_until = 0.0

    def delete(self, identifier: str) -> None:
        """Takes a datablock out of the scene and out of sight."""
        datablock = self._identity.find(identifier)
        if datablock is not None:
            lifetime.unlink(datablock)
            datablock.name = _REMOVED_NAME
        self._identity.bury(identifier)
        self.look_again()

    def look_again(self) -> None:
        """There may be something to remove: after a deletion, and after an undo brought it back."""
        self._waiting = True
        self.rest()

    def rest(self) -> None:
        """The user is moving things."""
        self._rest_until = self._clock() + _REST_SECONDS

    def bury_scenes(self) -> None:
        """The scenes of an empty file are nobody's: they go as soon as the session has one."""
        for scene in bpy.data.scenes:
            identifier = self._identity.ident(scene)
            if identifier is not None:
                self._identity.bury(identifier)
                scene.name = _WAITING_NAME
        self._waiting = True

    def keep_scenes(self) -> None:
        """The opposite: the scenes of the empty file are the user's own."""
        for datablock in self._identity.buried():
            if isinstance(datablock, bpy.types.Scene):
                datablock.sceneport_id = ""
                datablock.name = _FIRST_SCENE

    def remove(self) -> bool:
        """Removes what can be removed now; whether anything was."""
        if not self._waiting:
            return False
        self._leave_scenes()
        if not self._is_safe():
            return False
        buried = self._identity.buried()
        self._identity.release_references()
        kept = lifetime.remove(buried)
        self._waiting = bool(kept)
        return shells.drop_unused_placeholders() or len(kept) < len(buried)

    def _leave_scenes(self) -> None:
        """No window goes on showing a scene that is to be removed: what its user does there would go with it."""
        scenes = [scene for scene in bpy.data.scenes if not self._identity.is_buried(scene)]
        for window in context.windows():
            if scenes and self._identity.is_buried(window.scene):
                window.scene = scenes[0]

    def _is_safe(self) -> bool:
        if bpy.app.background:
            return True
        if modes.KNOWS_MODAL_OPERATORS:
            return not modes.modal_operator_runs()
        return self._clock() >= self._rest_until
