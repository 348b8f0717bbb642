"""Cutting, refining and welding of cloth on made sheets."""

from __future__ import annotations

import numpy as np
import pytest

from avatar.build.lay import cut_cleanly, finer, halved, welded
from avatar.build.mesh import Piece, boundary_edges, boundary_loops, finish, join, piece

pytestmark = pytest.mark.unit
ONE_JOINT = np.eye(4)[0]
SEEDS = np.random.default_rng().integers(0, 2**31, 4).tolist()


def sheet(rng: np.random.Generator, n: int = 14) -> Piece:
    """A gently bent square of 2 m, its inner corners shaken."""
    u, v = np.meshgrid(np.linspace(-1, 1, n), np.linspace(-1, 1, n))
    u[1:-1, 1:-1] += rng.uniform(-0.02, 0.02, (n - 2, n - 2))
    v[1:-1, 1:-1] += rng.uniform(-0.02, 0.02, (n - 2, n - 2))
    points = np.stack([u, v, 0.2 * u**2 + 0.1 * v], -1)
    at = np.arange(n * n).reshape(n, n)
    a, b, c, d = (x.ravel() for x in (at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]))
    return piece(points.reshape(-1, 3), np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]), ONE_JOINT)


def areas(p: Piece) -> np.ndarray:
    a, b, c = (p.positions[p.faces[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


@pytest.mark.parametrize("seed", SEEDS, ids=["a", "b", "c", "d"])
def test_a_clean_cut_leaves_no_slivers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = sheet(rng)
    way = rng.normal(size=2)
    way /= np.linalg.norm(way)
    values = p.positions[:, :2] @ way - rng.uniform(-0.3, 0.3)
    before = p.positions.copy()
    out = cut_cleanly(p, values, 0.04)
    assert np.array_equal(p.positions, before), "the piece given stays as it was"
    rest = out.positions[:, :2] @ way - (before[:, :2] @ way - values)[0]
    assert rest.min() > -1e-6, seed
    assert len(boundary_loops(out.faces)) == 1, seed
    assert areas(out).min() > 1e-6, seed
    edges = out.positions[boundary_edges(out.faces)]
    assert np.linalg.norm(edges[:, 0] - edges[:, 1], axis=1).min() > 1e-5, seed


@pytest.mark.parametrize("seed", SEEDS, ids=["a", "b", "c", "d"])
def test_halves_meet_in_the_middle(seed: int) -> None:
    p = sheet(np.random.default_rng(seed))
    out = halved(p)
    assert areas(out).sum() == pytest.approx(areas(p).sum(), rel=1e-6), seed
    crossing = (out.positions[out.faces, 0].min(1) < -1e-9) & (out.positions[out.faces, 0].max(1) > 1e-9)
    assert not crossing.any(), seed
    assert len(boundary_loops(out.faces)) == 1, "one sheet, not two"


@pytest.mark.parametrize("seed", SEEDS, ids=["a", "b", "c", "d"])
def test_finer_bends_on(seed: int) -> None:
    """Four triangles for one, and new corners nearer to the bent surface than flat edges are."""
    p = sheet(np.random.default_rng(seed))
    out = finer(p)
    assert len(out.faces) == 4 * len(p.faces) and len(boundary_loops(out.faces)) == 1
    pairs = np.unique(np.sort(np.concatenate([p.faces[:, [0, 1]], p.faces[:, [1, 2]], p.faces[:, [2, 0]]]), axis=1), axis=0)
    inner = (np.abs(p.positions[pairs][..., :2]) < 0.8).all((1, 2))

    def off(x: np.ndarray) -> np.ndarray:
        return np.abs(x[:, 2] - 0.2 * x[:, 0] ** 2 - 0.1 * x[:, 1])
    flat = p.positions[pairs].mean(1)[inner]
    assert off(out.positions[len(p.positions) :][inner]).mean() < 0.5 * off(flat).mean(), seed


def test_what_is_welded_is_one() -> None:
    p = sheet(np.random.default_rng(1))
    twice = welded(join([p, p]))
    assert len(twice.positions) == len(p.positions) and len(twice.faces) == 2 * len(p.faces)


def test_a_fold_of_two_faces_has_a_normal() -> None:
    """Two faces back to back cancel each other out; what is stored is a unit vector all the same."""
    p = sheet(np.random.default_rng(2))
    flap = piece(np.array([[3.0, 0, 0], [4.0, 0, 0], [3.0, 1, 0]]), np.array([[0, 1, 2], [0, 2, 1]]), ONE_JOINT)
    mesh = finish(join([p, flap]), "sheet", "cloth")
    assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
