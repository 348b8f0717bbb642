"""What a room is built of: panels, each a grid of points that is also one chart of the baked texture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Panel:
    """grid: (rows, columns, 3) metres, rows from top to bottom, columns to the right as seen from outside;
    paint: name of a paint; density: texels per metre relative to the room's; glow: emitted radiance, linear RGB, multiplied
    with the paint; lamp: glow that is sampled as a light (flat quads only); two_sided: seen and lit from both sides."""

    name: str
    grid: Points
    paint: str
    density: float = 1.0
    glow: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lamp: bool = False
    two_sided: bool = False

    @property
    def knots(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """s of the columns and t of the rows, each 0..1, by mean length along the grid."""
        return _knots(self.grid, 1), _knots(self.grid, 0)

    @property
    def size_m(self) -> tuple[float, float]:
        """Greatest width and height along the grid."""
        across = np.linalg.norm(np.diff(self.grid, axis=1), axis=2).sum(1).max()
        down = np.linalg.norm(np.diff(self.grid, axis=0), axis=2).sum(0).max()
        return float(across), float(down)

    @property
    def normals(self) -> Points:
        """(rows, columns, 3) unit normals at the grid's points."""
        rows = np.gradient(self.grid, axis=0) if len(self.grid) > 1 else np.zeros_like(self.grid)
        normal = np.cross(rows, np.gradient(self.grid, axis=1))
        length = np.linalg.norm(normal, axis=2, keepdims=True)
        good = length[..., 0] > 1e-12
        mean = normal[good].mean(0)
        unit = normal / np.maximum(length, 1e-12)
        unit[~good] = mean / max(np.linalg.norm(mean), 1e-12)  # the centre of a disc
        return unit

    def at(self, s: Points, t: Points) -> tuple[Points, Points]:
        """Positions and unit normals (n, 3) at chart coordinates (n,) in 0..1."""
        columns, rows = self.knots
        i, u = _cell(columns, s)
        j, v = _cell(rows, t)
        u, v = u[:, None], v[:, None]

        def mixed(grid: Points) -> Points:
            top = grid[j, i] * (1 - u) + grid[j, i + 1] * u
            low = grid[j + 1, i] * (1 - u) + grid[j + 1, i + 1] * u
            return top * (1 - v) + low * v

        normal = mixed(self.normals)
        return mixed(self.grid), normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)

    def triangles(self) -> tuple[NDArray[np.int64], Points]:
        """Faces (f, 3) into the flattened grid, slivers left out, and (v, 2) chart coordinates of its points."""
        rows, columns = self.grid.shape[:2]
        at = np.arange(rows * columns).reshape(rows, columns)
        a, b, c, d = at[:-1, :-1].ravel(), at[:-1, 1:].ravel(), at[1:, 1:].ravel(), at[1:, :-1].ravel()
        faces = np.concatenate([np.stack([a, c, b], 1), np.stack([a, d, c], 1)])
        p = self.grid.reshape(-1, 3)
        area = np.linalg.norm(np.cross(p[faces[:, 1]] - p[faces[:, 0]], p[faces[:, 2]] - p[faces[:, 0]]), axis=1)
        s, t = self.knots
        return faces[area > 1e-10], np.stack(np.meshgrid(s, t), -1).reshape(-1, 2)


def _knots(grid: Points, axis: int) -> NDArray[np.float64]:
    steps = np.linalg.norm(np.diff(grid, axis=axis), axis=2).mean(1 - axis)
    total = np.concatenate([[0.0], np.cumsum(np.maximum(steps, 1e-9))])
    return total / total[-1]


def _cell(knots: NDArray[np.float64], x: Points) -> tuple[NDArray[np.int64], Points]:
    x = np.clip(x, 0, 1)
    i = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    return i, (x - knots[i]) / (knots[i + 1] - knots[i])


def quad(name: str, corner: ArrayLike, right: ArrayLike, up: ArrayLike, paint: str, **extra: object) -> Panel:
    """A flat panel from its lower left corner; it faces right x up."""
    c, r, u = (np.asarray(v, np.float64) for v in (corner, right, up))
    return Panel(name, np.array([[c + u, c + u + r], [c, c + r]]), paint, **extra)  # type: ignore[arg-type]


_BOX_SIDES = {  # side: corner (of low 0 / high 1), right axis and sign, up axis and sign
    "z+": ((0, 0, 1), (0, 1), (1, 1)), "z-": ((1, 0, 0), (0, -1), (1, 1)), "x+": ((1, 0, 1), (2, -1), (1, 1)),
    "x-": ((0, 0, 0), (2, 1), (1, 1)), "y+": ((0, 1, 1), (0, 1), (2, -1)), "y-": ((0, 0, 0), (0, 1), (2, 1)),
}


def box(name: str, low: Sequence[float], high: Sequence[float], paint: str, sides: str = "x+ x- y+ y- z+ z-",
        **extra: object) -> list[Panel]:
    """The named sides of a box, each a chart of its own: leave out those that nobody sees."""
    ends = np.array([low, high], np.float64)
    made = []
    for side in sides.split():
        pick, (ra, rs), (ua, us) = _BOX_SIDES[side]
        corner = np.array([ends[pick[k], k] for k in range(3)])
        right, up = np.zeros(3), np.zeros(3)
        right[ra], up[ua] = rs * (ends[1, ra] - ends[0, ra]), us * (ends[1, ua] - ends[0, ua])
        made.append(quad(f"{name}.{side}", corner, right, up, paint, **extra))
    return made


def turned(name: str, profile: ArrayLike, centre: Sequence[float], paint: str, segments: int = 28, **extra: object) -> Panel:
    """A lathe about a vertical axis: profile (n, 2) of radius and height from the bottom upwards, seen from outside."""
    points = np.asarray(profile, np.float64)[::-1]
    angle = np.linspace(-np.pi, np.pi, segments + 1)  # the seam is at the back
    grid = np.stack([points[:, :1] * np.sin(angle), np.repeat(points[:, 1:], segments + 1, 1),
                     points[:, :1] * np.cos(angle)], -1)
    return Panel(name, grid + np.asarray(centre, np.float64), paint, **extra)  # type: ignore[arg-type]
