"""How open each vertex lies: shares of the sky it sees, from depth maps of the body's points in many directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CELL_M = 0.006
BIAS_M = 0.006
DIRECTIONS = 72


def scattered(surfaces: list[tuple[NDArray, NDArray]], per_m2: float = 70_000.0) -> NDArray:
    """(n, 3) points spread over surfaces, by area; each (v, 3) positions and (f, 3) faces."""
    rng = np.random.default_rng(2)
    out = []
    for positions, faces in surfaces:
        a, b, c = (positions[faces[:, i]] for i in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
        face = np.repeat(np.arange(len(area)), np.ceil(area * per_m2).astype(int))
        u, v = rng.random((2, len(face)))
        flip = u + v > 1
        u[flip], v[flip] = 1 - u[flip], 1 - v[flip]
        out.append(a[face] + (b - a)[face] * u[:, None] + (c - a)[face] * v[:, None])
    return np.concatenate(out)


def openness(points: NDArray, normals: NDArray, cloud: NDArray) -> NDArray:
    """(n,) 0..1: 1 where nothing of the cloud stands before a surface point, weighted by the cosine."""
    seen, total = np.zeros(len(points)), np.zeros(len(points))
    start = points + normals * BIAS_M * 0.5
    for way in _sphere(DIRECTIONS):
        facing = normals @ way
        rows = np.nonzero(facing > 0.05)[0]
        side = np.cross(way, [0.0, 1.0, 0.0] if abs(way[1]) < 0.9 else [1.0, 0.0, 0.0])
        side /= np.linalg.norm(side)
        up = np.cross(way, side)
        flat = np.stack([cloud @ side, cloud @ up], 1)
        low = flat.min(0) - CELL_M
        cell = ((flat - low) / CELL_M).astype(int)
        width = cell.max(0) + 3
        top = np.full(width[0] * width[1], -np.inf)
        np.maximum.at(top, cell[:, 0] * width[1] + cell[:, 1], cloud @ way)
        here = np.stack([start[rows] @ side, start[rows] @ up], 1)
        spot = np.clip(((here - low) / CELL_M).astype(int), 0, width - 1)
        clear = top[spot[:, 0] * width[1] + spot[:, 1]] < start[rows] @ way + BIAS_M
        weight = facing[rows]
        seen[rows] += weight * clear
        total[rows] += weight
    return seen / np.maximum(total, 1e-6)


def _sphere(count: int) -> NDArray:
    """(count, 3) directions spread evenly, a little more sky than floor."""
    i = np.arange(count) + 0.5
    y = 1 - 1.75 * i / count
    around = np.pi * (1 + 5**0.5) * i
    r = np.sqrt(np.maximum(1 - y * y, 0))
    return np.stack([r * np.cos(around), y, r * np.sin(around)], 1)
