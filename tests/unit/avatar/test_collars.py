"""Collars go where the neck is: on a made neck with a throat, shoulders and noise, without the body part."""

from __future__ import annotations

import numpy as np
import pytest

from avatar.build.collars import RISE_M, Neck

pytestmark = pytest.mark.unit
TURN = np.linspace(0, 2 * np.pi, 41)[:-1]


def made(rng: np.random.Generator) -> tuple[Neck, float]:
    """A cylinder about an axis off the middle; its radius."""
    radius, pit, ahead = rng.uniform(0.045, 0.060), rng.uniform(1.2, 1.6), rng.uniform(-0.03, 0.03)
    turn, y = np.linspace(0, 2 * np.pi, 49), np.linspace(pit - 0.2, pit + 0.2, 15)
    grid = np.array([[(np.sin(a) * radius, h, np.cos(a) * radius + ahead) for a in turn] for h in y])
    a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]
    corners = np.concatenate([np.stack([a, b, c], 2).reshape(-1, 3, 3), np.stack([a, c, d], 2).reshape(-1, 3, 3)])
    return Neck(corners, np.array([0.0, pit, ahead]), pit), radius


@pytest.mark.parametrize("seed", np.random.default_rng().integers(0, 2**31, 3).tolist(), ids=["a", "b", "c"])
def test_a_collar_hugs_the_neck(seed: int) -> None:
    rng = np.random.default_rng(seed)
    neck, radius = made(rng)
    clear = rng.uniform(0.002, 0.012)
    ring = neck.ring(0.0, clear, TURN)
    far = np.hypot(ring[:, 0], ring[:, 2] - neck.axis[2])
    assert np.abs(far - radius - clear).max() < 0.0025, seed
    rise = ring[:, 1] - neck.pit_m
    assert 0.5 * RISE_M[0] < rise[0] < rise[20] <= RISE_M[-1] + 1e-9, seed
    mirrored = ring[(-np.arange(40)) % 40] * (-1, 1, 1)
    assert np.allclose(mirrored, ring, atol=1e-4), seed


@pytest.mark.parametrize("seed", np.random.default_rng().integers(0, 2**31, 3).tolist(), ids=["a", "b", "c"])
def test_a_garment_ends_below_its_collar(seed: int) -> None:
    rng = np.random.default_rng(seed)
    neck, _ = made(rng)
    ring = neck.ring(0.03, 0.005, TURN)
    down = rng.uniform(0.005, 0.02)
    up = np.array([0.0, 1.0, 0.0])
    keep = neck.seam(ring - up * (down + 0.01), 0.03, 0.005, down, 0.004)
    cut = neck.seam(ring - up * (down - 0.01), 0.03, 0.005, down, 0.004)
    assert (keep > 0).all() and (cut < 0).all(), seed
    assert neck.seam(np.array([[0.15, neck.pit_m, neck.axis[2]]]), 0.03, 0.005, down, 0.004)[0] > 0, "shoulders stay"
