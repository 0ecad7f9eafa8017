"""Every action of the panel is an operator, to be found by searching as well."""

from __future__ import annotations

from . import handling_links, hosting, inviting, joining, leaving, locking, opening, testing, users

CLASSES = (
    *joining.CLASSES,
    *testing.CLASSES,
    *opening.CLASSES,
    *handling_links.CLASSES,
    *hosting.CLASSES,
    *inviting.CLASSES,
    *leaving.CLASSES,
    *users.CLASSES,
    *locking.CLASSES,
)
