"""What an undo takes back by half only, and is made whole before it is read (rule R1)."""

from __future__ import annotations

from typing import Any

import bpy

from .. import context
from ..rna import images, objects
from .hints import Hints


def fit_slots(datablock: Any, hints: Hints) -> None:
    """Gives an object the slots that its data asks for, where an undo has brought back the materials of the data alone."""
    if isinstance(datablock, bpy.types.Object) and not objects.has_fitting_slots(datablock):
        with hints.guard():
            objects.fit_slots(datablock)
            context.update_view_layers()


def show_file(image: Any, hints: Hints) -> None:
    """Lets Blender show what is in the file of an image: an undo that brings back the file leaves the pixels."""
    if image is not None and not image.is_dirty:
        with hints.guard():
            images.read_again(image)
            context.update_view_layers()
