"""Locks of hair: opaque ribbons that taper to a point, so that nothing is blended and nothing shimmers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar.build.mesh import Piece, piece

FINE_M = 0.0085  # a lock of this width shows .12 of the strands' picture
SHADE_ROOT = 0.66  # roots lie in the shade of what falls over them


def ribbons(paths: NDArray, outward: NDArray, width_m: NDArray, weights: NDArray, shade: NDArray, tint: NDArray,
            tip: float = 0.45, bulge: float = 0.28, flat: bool = False,
            root: float | NDArray = 0.55, root_shade: float | NDArray = SHADE_ROOT, end: float = 0.02,
            grow: float | NDArray = 4.0) -> Piece:
    """One Piece of all locks. paths: (n, r, 3) from root to tip; outward: (n, r, 3) unit, away from the head;
    width_m: (n,); shade: (n,) brightness; tint: (3,) linear; tip: share of the length that tapers.

    Each lock is three columns wide, its middle raised: lit like a strand, not like a strip of paper. flat: two columns,
    for those that are too fine for that. root: share of the width at the root; root_shade: brightness there; each one
    number or (n,). end: share of the width that is left at the tip: cut hair ends in no point. grow: how many times its length
    a lock would be as wide at its tip, had it grown on as it does from its root; one number or (n,)."""
    n, rows, _ = paths.shape
    first, dim, wider = (np.broadcast_to(np.asarray(k, np.float64), (n,))[:, None] for k in (root, root_shade, grow))
    along = np.gradient(paths, axis=1)
    along /= np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-9)
    side = np.cross(outward, along)
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-9)
    t = np.linspace(0, 1, rows)
    taper = np.clip((1 - t) / tip, 0, 1) ** 0.7 * np.clip(first + t * wider, 0, 1)
    half = (width_m[:, None] / 2 * np.maximum(taper, end))[..., None]
    middle = paths + outward * half * 2 * bulge * np.clip(0.3 + 4 * t, 0, 1)[None, :, None]
    across = [paths - side * half, paths + side * half] if flat else [paths - side * half, middle, paths + side * half]
    w = len(across)
    points = np.stack(across, 2).reshape(n, rows * w, 3)
    spots = points.reshape(-1, 3)
    faces = woven(spots, outward, w)
    light = shade[:, None, None] * (dim + (1 - dim) * np.clip(t * 3, 0, 1))[..., None]
    light = np.broadcast_to(light, (n, rows, w)) * (np.ones(2) if flat else np.array([0.88, 1.06, 0.88]))
    colours = light.reshape(-1, 1) * tint
    seed = (np.arange(n) * 0.618034 % 1.0)[:, None, None]
    span = np.maximum(0.12, 0.12 * width_m / FINE_M)[:, None, None]  # hairs are as fine on broad locks
    u = np.broadcast_to(seed + span * np.linspace(0.0, 1.0, w), (n, rows, w))
    v = np.broadcast_to(t[None, :, None], (n, rows, w))
    return piece(spots, faces, weights, colours, np.stack([u, v], -1).reshape(-1, 2))


def tufts(paths: NDArray, outward: NDArray, width_m: NDArray, thick_m: NDArray, weights: NDArray, shade: NDArray,
          tint: NDArray, columns: int) -> Piece:
    """One Piece of strands that lie together: each like a slender leaf, arched across, blunt where it grows and pointed where
    it ends. paths, outward: as in `ribbons`; width_m, thick_m, shade: (n,); columns: vertices across, odd."""
    n, rows, _ = paths.shape
    along = np.gradient(paths, axis=1)
    along /= np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-9)
    side = np.cross(outward, along)
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-9)
    t, u = np.linspace(0, 1, rows), np.linspace(-1, 1, columns)
    wide = np.clip(0.45 + 2.2 * t, 0, 1) * np.clip((1 - t) / 0.50, 0, 1) ** 0.6
    half = width_m[:, None] / 2 * np.maximum(wide, 0.10)
    high = thick_m[:, None] * np.clip(t * 3.0, 0, 1) * (0.35 + 0.65 * wide)
    arch = (1 - u**2)[None, None] * high[..., None]
    points = (paths[:, :, None] + side[:, :, None] * (half[..., None] * u)[..., None] + outward[:, :, None] * arch[..., None])
    spots = points.reshape(-1, 3)
    faces = woven(spots, outward, columns)
    across = 1.03 - 0.13 * np.abs(u) ** 2.5  # in the gap between two tufts it is dark
    length = 0.72 + 0.32 * np.clip(t * 2.2, 0, 1)
    light = shade[:, None, None] * length[None, :, None] * across[None, None]
    seed = (np.arange(n) * 0.618034 % 1.0)[:, None, None]
    uvs = np.stack([np.broadcast_to(seed + 0.22 * u * half[:, :, None] / half.max(1)[:, None, None], light.shape),
                    np.broadcast_to(t[None, :, None] * 0.6 + seed, light.shape)], -1)
    return piece(spots, faces, weights, light.reshape(-1, 1) * tint, uvs.reshape(-1, 2))


def woven(spots: NDArray, outward: NDArray, columns: int) -> NDArray:
    """(f, 3) triangles of n grids of rows by columns, spots (n * rows * columns, 3), that all face outward (n, rows, 3)."""
    n, rows, _ = outward.shape
    one = []
    for r in range(rows - 1):
        for c in range(columns - 1):
            a, b, d, e = r * columns + c, r * columns + c + 1, (r + 1) * columns + c, (r + 1) * columns + c + 1
            one += [(a, b, e), (a, e, d)]
    faces = (np.arange(n)[:, None, None] * rows * columns + np.array(one)).reshape(-1, 3)
    a, b, c = (spots[faces[:, i]] for i in range(3))
    wrong = (np.cross(b - a, c - a) * np.repeat(outward.reshape(-1, 3), columns, 0)[faces[:, 0]]).sum(1) < 0
    faces[wrong] = faces[wrong][:, ::-1]
    return faces


def smooth_paths(paths: NDArray, rounds: int) -> NDArray:
    """Locks without kinks; ends stay."""
    out = paths.copy()
    for _ in range(rounds):
        out[:, 1:-1] += 0.5 * ((out[:, :-2] + out[:, 2:]) / 2 - out[:, 1:-1])
    return out
