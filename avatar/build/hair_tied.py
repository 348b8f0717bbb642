"""Hair pulled back into a bun: locks from the hairline over the skull to one spot, and a coil there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar.build.body import Body
from avatar.build.face import rigid
from avatar.build.hair_short import hair_cap
from avatar.build.locks import ribbons
from avatar.build.look import linear
from avatar.build.mesh import Piece, join
from avatar.build.scalp import Scalp

LOCKS, ROWS, COILS, COIL_ROWS = 330, 12, 60, 13
DRAWN_BULGE = 0.07  # drawn tight, hair is nearly flat
BUN_WAY = np.array([0.0, 0.30, -0.95])  # from the head's middle
BUN_M = 0.038
THICK_M = 0.008


def bun(body: Body, scalp: Scalp, rng: np.random.Generator, share: float) -> Piece:
    """Cap, drawn locks and the bun."""
    cap, base = hair_cap(body, scalp, lambda p: np.full(len(p), THICK_M))
    tint, weights = np.array(linear(body.look.hair.colour)), rigid(body, "head")
    cap.colours[:] = tint * (0.75 if share == 1.0 else 0.95)
    goal = BUN_WAY / np.linalg.norm(BUN_WAY)
    inside = scalp.inside_hairline(base)
    edge = np.nonzero((inside < 0.010) & (inside > 0.0))[0]
    count = int(LOCKS * share)
    near = base[rng.choice(edge, count)] + rng.normal(0, 0.003, (count, 3))
    start = near - scalp.centre
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    skip = np.where(rng.random(count) < 0.4, rng.uniform(0, 0.4, count), 0.0)
    t = skip[:, None] + (1 - skip)[:, None] * np.linspace(0, 1, ROWS)
    angle = np.arccos(np.clip(start @ goal, -1, 1))[:, None, None]
    way = (np.sin((1 - t)[..., None] * angle) * start[:, None] + np.sin(t[..., None] * angle) * goal) / np.sin(angle)
    radius = scalp.radius(way.reshape(-1, 3)).reshape(t.shape)
    loose = 1.0 if share == 1.0 else 0.4
    lift = 0.0015 + (THICK_M - 0.001 + loose * rng.uniform(0.0, 0.0022, count)[:, None]) * np.clip(t * 6, 0, 1)
    paths = scalp.centre + way * (radius + lift)[..., None]
    width, shade = rng.uniform(0.005, 0.010, count) * share**-0.6, rng.uniform(0.84, 1.12, count)
    drawn = ribbons(paths, way, width, weights, shade, tint, 0.2, DRAWN_BULGE)
    middle = scalp.centre + goal * (float(scalp.radius(goal[None])[0]) + THICK_M + BUN_M * 0.62)
    return join([cap, drawn, _coil(middle, goal, tint, weights, rng, share)])


def _coil(middle: NDArray, goal: NDArray, tint: NDArray, weights: NDArray, rng: np.random.Generator, share: float) -> Piece:
    """A ball of locks wound round the bun's axis."""
    count = max(24, int(COILS * share))
    side = np.cross(goal, [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    other = np.cross(goal, side)
    tilt = (np.arange(count) + 0.5) / count * 2 - 1
    begin = rng.uniform(0, 2 * np.pi, count)
    turn = begin[:, None] + np.linspace(0, 2.2 * np.pi * 0.8, COIL_ROWS)
    height = np.clip(tilt[:, None] + 0.25 * np.sin(turn * 0.5 + begin[:, None]), -0.97, 0.97)
    ring = np.sqrt(1 - height**2)
    way = (ring * np.cos(turn))[..., None] * side + (ring * np.sin(turn))[..., None] * other + height[..., None] * goal
    paths = middle + way * BUN_M * rng.uniform(0.93, 1.06, count)[:, None, None]
    paths = paths - goal * (height * 0.28 * BUN_M)[..., None]  # flattened against the head
    width, shade = rng.uniform(0.009, 0.014, count) * share**-0.6, rng.uniform(0.75, 1.15, count)
    return ribbons(paths, way, width, weights, shade, tint, 0.3)
