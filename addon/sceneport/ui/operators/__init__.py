"""Every action of the panel is an operator, to be found by searching as well."""

from __future__ import annotations

from . import hosting, inviting, joining, leaving, locking, testing, users

CLASSES = (
    *joining.CLASSES,
    *testing.CLASSES,
    *hosting.CLASSES,
    *inviting.CLASSES,
    *leaving.CLASSES,
    *users.CLASSES,
    *locking.CLASSES,
)
