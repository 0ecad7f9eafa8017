"""Whether the arrays of a mesh fit together: what Blender itself does not check and crashes of (COMPANION.md O9)."""

from __future__ import annotations

import numpy as np

from .limits import ELEMENTS

SMALLEST_FACE = 3
MATERIALS = 1 << 15


def is_sound(vertices: int, edge: np.ndarray, corner: np.ndarray, corner_edge: np.ndarray, face: np.ndarray) -> bool:
    """Whether this topology is safe: all indices in range, faces of three corners or more that cover all corners,
    and each corner's edge the one between its vertex and the next."""
    edges, corners, faces = len(edge) // 2, len(corner), len(face)
    if max(vertices, edges, corners, faces) > ELEMENTS or len(corner_edge) != corners:
        return False
    if edges and edge.max() >= vertices or corners and (corner.max() >= vertices or corner_edge.max() >= edges):
        return False
    if faces == 0 or corners == 0:
        return faces == corners == 0
    if face[0] != 0 or face[-1] >= corners:
        return False
    starts = face.astype(np.int64)
    if np.diff(starts, append=corners).min() < SMALLEST_FACE:
        return False
    return _edges_match(edge, corner, corner_edge, starts)


def _edges_match(edge: np.ndarray, corner: np.ndarray, corner_edge: np.ndarray, starts: np.ndarray) -> bool:
    following = np.empty_like(corner)
    following[:-1] = corner[1:]
    following[np.append(starts[1:], len(corner)) - 1] = corner[starts]
    ends = edge.reshape(-1, 2)[corner_edge]
    forward = (ends[:, 0] == corner) & (ends[:, 1] == following)
    return bool((forward | (ends[:, 1] == corner) & (ends[:, 0] == following)).all())


def are_materials(values: np.ndarray) -> bool:
    """Whether these can be indices of material slots."""
    return values.size == 0 or values.min() >= 0 and values.max() < MATERIALS
