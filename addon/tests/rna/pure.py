"""Modules of `rna` that need no Blender, importable as `rna.<module>` without the package's own imports of it."""

from __future__ import annotations

import sys
import types
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "sceneport" / "rna"

package = types.ModuleType("rna")
package.__path__ = [str(FOLDER)]
sys.modules.setdefault("rna", package)
