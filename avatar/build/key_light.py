"""What of the key light reaches each vertex: a broad lamp before and above, hidden by nose, chin, hair, hem.

Every light preset has its key on that side (`assets.lights`), and the presenter turns before it by a few degrees only. So it
is reckoned once, at rest, from depth maps of the body's points in directions spread over the lamp. Arms neither throw nor take
such shade: they move, and `avatar.blockers` follows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarMesh
from avatar.build.mesh import laplacian
from avatar.build.occlusion import scattered

TO_LAMP = np.array([0.415, 0.592, 0.691])  # the shaders' `there` has the same
LAMP_RADIUS = 0.27  # tangent of half the angle that it fills: a softbox of 1 m at 1.9 m
DIRECTIONS = 20
CELL_M = 0.004
BIAS_M = 0.007
PER_M2 = 220_000.0
NO_SHADE_FROM = ("wisps", "lashes", "hands", "eyes", "teeth", "tongue")
ROUNDS = {"hair": 4, "head": 6}  # of smoothing: depth maps are grainy; of other parts:
OTHER_ROUNDS = 3
# light walks through hair; a mouth opens
LEAST = {"hair": 0.25, "wisps": 0.25, "eyes": 0.6, "lashes": 0.6, "teeth": 0.8, "tongue": 0.7}


class KeyLight:
    """Depth maps of everything that throws shade. meshes: the whole figure at rest; joint_names: of its skeleton."""

    def __init__(self, meshes: Iterable[AvatarMesh], joint_names: tuple[str, ...]) -> None:
        self._arms = [i for i, name in enumerate(joint_names) if name.startswith(("left", "right"))
                      and not name.endswith(("Shoulder", "Eye"))]
        cloud = scattered([(m.positions.astype(np.float64), m.faces[(self._arm_share(m)[m.faces] < 0.5).all(1)])
                           for m in meshes if m.name not in NO_SHADE_FROM], PER_M2)
        self._maps = []
        for way in _lamp():
            frame = np.stack(_across(way), 1)
            flat = cloud @ frame
            low = flat[:, :2].min(0) - CELL_M
            cell = ((flat[:, :2] - low) / CELL_M).astype(np.int64)
            size = cell.max(0) + 2
            top = np.full(size.prod(), -np.inf)
            np.maximum.at(top, cell[:, 0] * size[1] + cell[:, 1], flat[:, 2])
            self._maps.append((frame, low, size, top))

    def on(self, mesh: AvatarMesh) -> AvatarMesh:
        """The mesh with its `key_open`."""
        share = self._seen(mesh.positions, mesh.normals)
        mean = laplacian(mesh.faces, len(mesh.positions))
        for _ in range(ROUNDS.get(mesh.name, OTHER_ROUNDS)):
            share = 0.5 * share + 0.5 * (mean @ share)
        least = LEAST.get(mesh.name, 0.0)
        share = least + (1 - least) * share
        still = np.clip(1 - 2 * self._arm_share(mesh), 0, 1)
        return replace(mesh, key_open=(1 - still * (1 - share)).astype(np.float32))

    def _arm_share(self, mesh: AvatarMesh) -> NDArray:
        return np.asarray((mesh.weights * np.isin(mesh.joints, self._arms)).sum(1))

    def _seen(self, points: NDArray, normals: NDArray) -> NDArray:
        """(v,) 0..1: the share of the lamp that each surface point sees; near 1 where it faces away (it is dark anyhow)."""
        start = points + normals * BIAS_M * 0.4
        seen, total = np.full(len(points), 1e-3), np.full(len(points), 1e-3)
        for frame, low, size, top in self._maps:
            facing = np.clip(normals @ frame[:, 2] + 0.3, 0.0, 1.0)
            flat = start @ frame
            cell = ((flat[:, :2] - low) / CELL_M).astype(np.int64)
            inside = ((cell >= 0) & (cell < size)).all(1)
            spot = np.where(inside, cell[:, 0] * size[1] + cell[:, 1], 0)
            seen += facing * (~inside | (top[spot] < flat[:, 2] + BIAS_M))
            total += facing
        return np.asarray(seen / total)


def _lamp() -> NDArray:
    """(DIRECTIONS, 3) unit vectors over the lamp's face, evenly (a sunflower)."""
    side, up, ahead = _across(TO_LAMP)
    i = np.arange(DIRECTIONS) + 0.5
    r, around = LAMP_RADIUS * np.sqrt(i / DIRECTIONS), np.pi * (1 + 5**0.5) * i
    out = ahead + (r * np.cos(around))[:, None] * side + (r * np.sin(around))[:, None] * up
    return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True))


def _across(way: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Two unit vectors across a direction, and its own."""
    way = way / np.linalg.norm(way)
    side = np.cross(way, [0.0, 1.0, 0.0])
    side /= np.linalg.norm(side)
    return side, np.cross(side, way), way
