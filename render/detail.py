"""How finely a figure is drawn, and in which order: a triangle of two pixels costs a CPU rasteriser what one of twenty does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarMesh, AvatarModel
from assets.packs.simplify import simplified
from avatar.skinning import Skinner

FAR_ERROR_M = 0.0005  # how far the distant figure's surface may be off, on average around a vertex
FAR_MOST_PX_PER_M = 800.0  # up to this scale that is less than half a pixel; she is 1400 px high then
FEW_FACES = 1000  # smaller meshes cost nothing and stay as they are: eyes, teeth, lashes
LAYERS = 6  # what lies in front is drawn first, in slices of this number: hardly anything is then shaded twice
MOVES_M = 0.0015  # what an expression moves by more than this keeps all its triangles: features are read by their shading
_SPREAD = ((16, 0x030000FF), (8, 0x0300F00F), (4, 0x030C30C3), (2, 0x09249249))


def near_figure(model: AvatarModel, skinner: Skinner) -> Skinner:
    """All triangles, in an order that is quick to draw."""
    return _arranged(model, skinner, lambda mesh: mesh.faces)


def far_figure(model: AvatarModel, skinner: Skinner) -> Skinner:
    """A fifth to a half fewer, the same to the eye up to FAR_MOST_PX_PER_M."""
    return _arranged(model, skinner, _fewer)


def _arranged(model: AvatarModel, skinner: Skinner, faces_of: Callable[[AvatarMesh], NDArray]) -> Skinner:
    parts = []
    for mesh in model.meshes:
        faces = faces_of(mesh)
        faces = faces[drawing_order(mesh.positions, faces)]
        used, first = np.unique(faces, return_index=True)
        parts.append((used[np.argsort(first)], faces))
    return skinner.rearranged(parts)


def drawing_order(positions_m: NDArray, faces: NDArray) -> NDArray[np.int64]:
    """(f,) the faces' numbers: front to back in a few slices, neighbours together in each (Z-order curve), so that the engine
    finds a corner's transformed vertex in its small cache."""
    middle = positions_m[faces].mean(1)
    low, extent = middle.min(0), np.maximum(np.ptp(middle, axis=0), 1e-9)
    x, y, z = ((middle - low) / extent).T
    slices = np.minimum((z * LAYERS).astype(np.int64), LAYERS - 1)
    return np.lexsort((_spread(x) | _spread(y) << 1, -slices))


def _spread(share: NDArray) -> NDArray[np.int64]:
    bits = (share * 1023).astype(np.int64)
    for shift, mask in _SPREAD:
        bits = (bits | bits << shift) & mask
    return bits


def _fewer(mesh: AvatarMesh) -> NDArray:
    if len(mesh.faces) < FEW_FACES:
        return mesh.faces
    moved_m = np.zeros(len(mesh.positions))
    moved_m[mesh.morph_vertices] = np.linalg.norm(mesh.morph_deltas, axis=2).max(0, initial=0.0)
    # Given twice, a face has edges of four sides: `simplified` moves no vertex of such a place.
    kept = mesh.faces[(moved_m > MOVES_M)[mesh.faces].all(1)]
    points = mesh.positions.astype(np.float64)
    extent = float(np.ptp(points, axis=0).max()) or 1.0
    faces = np.concatenate([mesh.faces, kept])
    left = simplified(points, np.zeros(len(points)), faces, 0, error=FAR_ERROR_M / extent, uv=mesh.uvs)
    return np.unique(left, axis=0)
