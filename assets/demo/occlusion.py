"""Ambient occlusion per vertex: rays where Embree is installed, else a sum over surfels. A white-based multiplier."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

RAYS = 96  # noise of sqrt(1/96 * 1/4) = 5 % before the smoothing over neighbours
DARKEST = 0.35  # a crevice still gets light from bounces that the rays do not follow


@dataclass(frozen=True, slots=True)
class Surface:
    """positions, normals: (v, 3) float32; uv: (v, 2); faces: (f, 3) int32."""

    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    uv: NDArray[np.float32]
    faces: NDArray[np.int32]


def occlusion(surfaces: list[Surface], size_m: float, seed: int = 7) -> list[NDArray[np.float32]]:
    """Per surface (v,) float32 DARKEST..1: how open each vertex is to the sky within one product size.

    The product is taken to stand on a plinth (a plane at y = 0), which darkens its underside and foot.
    """
    positions = np.concatenate([s.positions for s in surfaces]).astype(np.float64)
    normals = np.concatenate([s.normals for s in surfaces]).astype(np.float64)
    offsets = np.cumsum([0] + [len(s.positions) for s in surfaces])
    faces = np.concatenate([s.faces + o for s, o in zip(surfaces, offsets[:-1], strict=True)])
    try:
        import embreex  # noqa: F401  (trimesh finds it by itself)

        open_part = _by_rays(positions, normals, faces, size_m, seed)
    except ImportError:
        open_part = _by_surfels(positions, normals, faces, size_m)
    open_part = _smoothed(open_part, positions, faces)
    shade = (DARKEST + (1 - DARKEST) * np.clip(open_part, 0, 1)).astype(np.float32)
    return [shade[a:b] for a, b in pairwise(offsets)]


def cosine_directions(normals: NDArray[np.float64], u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine-distributed unit directions about each normal (n, 3), from uniform numbers u, v (n,) in 0..1."""
    sign = np.where(normals[:, 2] >= 0, 1.0, -1.0)
    a = -1.0 / (sign + normals[:, 2])
    b = normals[:, 0] * normals[:, 1] * a
    tangent = np.stack([1 + sign * normals[:, 0] ** 2 * a, sign * b, -sign * normals[:, 0]], 1)
    other = np.stack([b, sign + normals[:, 1] ** 2 * a, -normals[:, 1]], 1)
    radius, angle = np.sqrt(u), 2 * np.pi * v
    return (tangent * (radius * np.cos(angle))[:, None] + other * (radius * np.sin(angle))[:, None]
            + normals * np.sqrt(np.maximum(0.0, 1 - u))[:, None])


def _by_rays(positions: NDArray[np.float64], normals: NDArray[np.float64], faces: NDArray[np.int32], size_m: float,
             seed: int) -> NDArray[np.float64]:
    import trimesh
    from trimesh.ray.ray_pyembree import RayMeshIntersector

    # Embree's tolerance suits objects of about a metre, and a watch is 4 cm wide: trace in units of its size.
    intersector = RayMeshIntersector(trimesh.Trimesh(positions / size_m, faces, process=False))
    random = np.random.default_rng(seed)
    start = positions / size_m + normals * 2e-3
    total = np.zeros(len(positions))
    for k in range(RAYS):
        u = (k + random.random(len(positions))) / RAYS
        directions = cosine_directions(normals, u, random.random(len(positions)))
        hit = intersector.intersects_any(start, directions)
        down = directions[:, 1] < -1e-6
        reach = np.where(down, start[:, 1] / np.maximum(-directions[:, 1], 1e-6), np.inf)
        total += 1.0 - np.where(hit, 1.0, np.where(reach < 0.5, 0.7, 0.0))  # the plinth reflects about 0.3
    return total / RAYS


def _by_surfels(positions: NDArray[np.float64], normals: NDArray[np.float64], faces: NDArray[np.int32], size_m: float,
                ) -> NDArray[np.float64]:
    a, b, c = (positions[faces[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    area = np.linalg.norm(cross, axis=1) / 2
    centre, facing = (a + b + c) / 3, cross / np.maximum(2 * area[:, None], 1e-20)
    blocked = np.zeros(len(positions))
    for start in range(0, len(positions), 512):  # 512 rows keep the matrix below 50 MB
        to = centre[None] - positions[start:start + 512, None]
        square = (to**2).sum(-1) + area[None] / np.pi
        way = to / np.sqrt(square)[..., None]
        receive = np.clip((way * normals[start:start + 512, None]).sum(-1), 0, 1)
        emit = np.clip((way * facing[None]).sum(-1), 0, 1)  # back sides block; front sides are hidden behind them
        blocked[start:start + 512] = (receive * emit * area[None] / (np.pi * square)).sum(1)
    floor = 0.35 * np.clip(-normals[:, 1], 0, 1) * np.exp(-positions[:, 1] / (0.3 * size_m))
    return 1.0 - np.clip(blocked, 0, 1) - floor


def _smoothed(values: NDArray[np.float64], positions: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.float64]:
    """One pass of averaging along edges, so that ray noise does not show as speckle."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    total, count = values * 2.0, np.full(len(values), 2.0)
    np.add.at(total, edges[:, 0], values[edges[:, 1]])
    np.add.at(count, edges[:, 0], 1.0)
    return total / count
