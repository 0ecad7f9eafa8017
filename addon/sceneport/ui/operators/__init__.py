"""Every action of the panel is an operator, to be found by searching as well."""

from __future__ import annotations

from . import handling_links, hosting, joining, leaving, locking, opening, users

CLASSES = (
    *joining.CLASSES,
    *opening.CLASSES,
    *handling_links.CLASSES,
    *hosting.CLASSES,
    *leaving.CLASSES,
    *users.CLASSES,
    *locking.CLASSES,
)
