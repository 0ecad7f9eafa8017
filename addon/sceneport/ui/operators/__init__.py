"""Every action of the panel is an operator, to be found by searching as well."""

from __future__ import annotations

from . import hosting, joining, leaving, locking, users

CLASSES = (*joining.CLASSES, *hosting.CLASSES, *leaving.CLASSES, *users.CLASSES, *locking.CLASSES)
