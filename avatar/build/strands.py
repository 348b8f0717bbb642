"""Strands of hair as places on a sheet: columns u across, rows t from root to tip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EVEN, DENSER = (0.0, 0.36, 0.64, 1.0), (0.0, 0.28, 0.62, 1.0)  # share of the rows over a share of the length


@dataclass(frozen=True, slots=True)
class Strands:
    """What locks of one side are laid on. sheet, outward: (rows, columns, 3); weights: (j,); tint: (3,) linear."""

    sheet: NDArray
    outward: NDArray
    weights: NDArray
    tint: NDArray

    def at(self, u: NDArray, t: NDArray) -> tuple[NDArray, NDArray]:
        """Places and unit directions away from the head, both (n, r, 3), at u, t (n, r)."""
        out = on_sheet(self.outward, u, t)
        return on_sheet(self.sheet, u, t), out / np.linalg.norm(out, axis=-1, keepdims=True)


def rounder(t: NDArray) -> NDArray:
    """Even steps 0..1 made denser over the skull, where hair bends, than further down, where it hangs."""
    return np.interp(t, EVEN, DENSER)


def on_sheet(sheet: NDArray, u: NDArray, t: NDArray) -> NDArray:
    """(n, r, 3) bilinear samples at u, t (n, r) 0..1."""
    rows, columns = sheet.shape[:2]
    x, y = np.clip(u, 0, 1) * (columns - 1), np.interp(t, DENSER, EVEN) * (rows - 1)
    i, j = np.minimum(x.astype(int), columns - 2), np.minimum(y.astype(int), rows - 2)
    fx, fy = (x - i)[..., None], (y - j)[..., None]
    return ((sheet[j, i] * (1 - fx) + sheet[j, i + 1] * fx) * (1 - fy)
            + (sheet[j + 1, i] * (1 - fx) + sheet[j + 1, i + 1] * fx) * fy)


def slerp(a: NDArray, b: NDArray, t: float) -> NDArray:
    """(n, 3) unit directions, the share t of the way from a to b, both (n, 3) unit."""
    angle = np.arccos(np.clip((a * b).sum(1), -1, 1))[:, None]
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def gathered(count: int, where: NDArray, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Of locks at columns u (n,): the middle of the one of `count` strands that each gathers in, and how much sooner it ends,
    0 (not at all) to 1.5; locks at the far edge are as long as they can be."""
    edges = np.concatenate([[0.0], np.cumsum(rng.uniform(0.5, 1.5, count))])
    edges /= edges[-1]
    strand = np.clip(np.searchsorted(edges, where) - 1, 0, count - 1)
    middle = (edges[1:] + edges[:-1]) / 2
    middle[0], middle[-1] = 0.005, 0.995  # no gap over the ear, none at the nape
    middle = middle[strand]
    aside = np.abs(where - middle) / (edges[1:] - edges[:-1])[strand] * 2  # 0 in its middle, 1 at its edge
    sooner = 0.55 * rng.random(count)[strand] + 0.7 * aside**1.5 + 0.25 * rng.random(len(where))
    return middle, sooner * np.clip((0.98 - where) / 0.15, 0, 1)
