"""Camera: the images behind or before what it sees, a list without names."""

from __future__ import annotations

from typing import Any

from .change import Change
from .failures import GONE
from .limits import ITEMS
from .references import Ident
from .table import table_of
from .values import Value

ROOT = "background_images"


def read_camera_images(camera: Any, ident: Ident, out: dict[str, Value], items: dict[str, list]) -> None:
    """Adds the list and what it says of each image."""
    items[ROOT] = [[str(index), 0] for index in range(len(camera.background_images))]
    table = table_of("kinds", "CameraBackgroundImage")
    for index, image in enumerate(camera.background_images):
        table.read(image, ident, out, f"{ROOT}/{index}/")


def apply_camera_images(camera: Any, change: Change) -> None:
    """Makes the list as long as ordered, then sets what is ordered of each image."""
    images = camera.background_images
    handles = change.handles(ROOT, ITEMS)
    if handles is not None:
        while len(images) > len(handles):
            images.remove(images[len(images) - 1])
        while len(images) < len(handles):
            images.new()
    table = table_of("kinds", "CameraBackgroundImage")
    # `source` stands first in the table: it decides which of the others count.
    ordered = {segments[0]: {} for _, segments, _ in change.below(ROOT + "/")}
    for _, segments, value in change.below(ROOT + "/"):
        ordered[segments[0]]["/".join(segments[1:])] = value
    for handle, values in ordered.items():
        index = int(handle) if handle.isascii() and handle.isdigit() else -1
        if not 0 <= index < len(images):
            change.fail(f"{ROOT}/{handle}", GONE)
            continue
        for path in [*(p for p in table.properties if p in values), *(p for p in values if p not in table.properties)]:
            change.fail(f"{ROOT}/{handle}/{path}", table.write(images[index], path, values[path], change.resolve))
