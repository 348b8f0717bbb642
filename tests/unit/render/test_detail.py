"""The figure that is drawn from afar: fewer triangles, every feature of the face, the same surface."""

from __future__ import annotations

import numpy as np
import pytest

from assets.avatar_model import AvatarMesh
from assets.packs.simplify import LEAST_FACES
from render.detail import FAR_ERROR_M, FEW_FACES, MOVES_M, _fewer, drawing_order

pytestmark = pytest.mark.unit
SIDE = 41  # vertices along an edge of the sheet


def sheet(wave_m: float) -> AvatarMesh:
    """A gently curved sheet of 0.4 m whose middle rises by 5 mm in an expression."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1)
    positions = np.stack([x * 0.4, y * 0.4, wave_m * np.sin(3 * x) * np.cos(2 * y)], 2).reshape(-1, 3)
    i = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    a, b, c, d = (v.ravel() for v in (i[:-1, :-1], i[:-1, 1:], i[1:, 1:], i[1:, :-1]))
    touched = np.flatnonzero(np.hypot(x - 0.5, y - 0.5).ravel() < 0.2)
    count = SIDE * SIDE
    weights = np.zeros((count, 4), np.float32)
    weights[:, 0] = 1
    return AvatarMesh(
        "sheet", "skin", "", positions.astype(np.float32), np.tile(np.float32([0, 0, 1]), (count, 1)),
        np.stack([x, y], 2).reshape(-1, 2).astype(np.float32), np.ones((count, 3), np.float32),
        np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32), np.zeros((count, 4), np.uint8),
        weights,
        np.zeros(1, np.int32), touched.astype(np.int32),
        np.tile(np.float32([0, 0, 0.005]), (1, len(touched), 1)))


def test_what_an_expression_moves_keeps_its_triangles_and_the_rest_its_surface() -> None:
    mesh = sheet(0.01)
    assert len(mesh.faces) > FEW_FACES and float(mesh.morph_deltas.max()) > MOVES_M
    faces = _fewer(mesh)
    assert LEAST_FACES < len(faces) < 0.6 * len(mesh.faces)
    inside = {tuple(sorted(f)) for f in mesh.faces if np.isin(f, mesh.morph_vertices).all()}
    assert inside and inside <= {tuple(sorted(f)) for f in faces.tolist()}
    # the surface at the middles of the faces that are left, against the sheet's formula
    middle = mesh.positions[faces].mean(1)
    x, y = middle[:, 0] / 0.4, middle[:, 1] / 0.4
    off = np.abs(middle[:, 2] - 0.01 * np.sin(3 * x) * np.cos(2 * y))
    assert off.mean() < FAR_ERROR_M and off.max() < 4 * FAR_ERROR_M


def test_the_order_is_a_permutation_and_goes_from_front_to_back() -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    rng = np.random.default_rng(seed)
    positions, faces = rng.random((300, 3)), rng.integers(0, 300, (500, 3))
    order = drawing_order(positions, faces)
    assert sorted(order) == list(range(500)), seed
    depth = positions[faces].mean(1)[order, 2]
    assert depth[:100].mean() > depth[-100:].mean(), seed
