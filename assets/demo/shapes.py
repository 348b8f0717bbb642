"""Surfaces to build products from: lathes, sweeps, rounded boxes. Metres, +Y up, counter-clockwise outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """positions: (v, 3); faces: (f, 3) int; uv: (v, 2), V down; crease_deg: edges sharper than this stay sharp."""

    positions: Points
    faces: NDArray[np.int64]
    uv: Points
    crease_deg: float = 40.0

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Shape:
        """Shifted by metres."""
        return replace(self, positions=self.positions + np.array([x, y, z]))

    def scaled(self, x: float, y: float | None = None, z: float | None = None) -> Shape:
        """Scaled about the origin; one number scales evenly. Negative factors mirror and keep the outside outside."""
        factors = np.array([x, x if y is None else y, x if z is None else z])
        faces = self.faces[:, ::-1] if np.prod(factors) < 0 else self.faces
        return replace(self, positions=self.positions * factors, faces=faces)

    def turned(self, axis: str, angle_deg: float) -> Shape:
        """Turned about "x", "y" or "z" through the origin, right-handed."""
        return replace(self, positions=self.positions @ rotation(axis, angle_deg).T)

    def bent(self, function: Callable[[Points], Points]) -> Shape:
        """Positions through a function (v, 3) -> (v, 3)."""
        return replace(self, positions=np.asarray(function(self.positions), np.float64))

    def flipped(self) -> Shape:
        """Inside out."""
        return replace(self, faces=self.faces[:, ::-1])

    def creased(self, angle_deg: float) -> Shape:
        """With another crease angle."""
        return replace(self, crease_deg=angle_deg)


def rotation(axis: str, angle_deg: float) -> Points:
    """(3, 3) right-handed rotation about "x", "y" or "z"."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return {"x": np.array([[1, 0, 0], [0, c, -s], [0, s, c]]), "y": np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]),
            "z": np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])}[axis]


def joined(*shapes: Shape) -> Shape:
    """Several shapes as one; the crease angle of the first is kept."""
    offsets = np.cumsum([0] + [len(s.positions) for s in shapes[:-1]])
    return Shape(np.concatenate([s.positions for s in shapes]),
                 np.concatenate([s.faces + o for s, o in zip(shapes, offsets, strict=True)]),
                 np.concatenate([s.uv for s in shapes]), shapes[0].crease_deg)


def grid_faces(rows: int, columns: int) -> NDArray[np.int64]:
    """Two triangles per cell of a (rows, columns) vertex grid."""
    at = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = at[:-1, :-1].ravel(), at[:-1, 1:].ravel(), at[1:, 1:].ravel(), at[1:, :-1].ravel()
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def _without_slivers(shape: Shape) -> Shape:
    a, b, c = (shape.positions[shape.faces[:, k]] for k in range(3))
    keep = np.linalg.norm(np.cross(b - a, c - a), axis=1) > 1e-14
    return replace(shape, faces=shape.faces[keep])


def lathe(profile: ArrayLike, segments: int = 40, crease_deg: float = 40.0) -> Shape:
    """A profile (n, 2) of radius and height turned about +Y; upward at the outside, so a solid runs from the bottom
    centre over the outside to the top centre. U runs once around, V down the profile."""
    points = np.asarray(profile, np.float64)
    angle = np.linspace(0, 2 * np.pi, segments + 1)
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    r, y = points[:, :1], points[:, 1:]
    positions = np.stack([r * np.sin(angle), np.broadcast_to(y, (len(points), segments + 1)), r * np.cos(angle)], -1)
    uv = np.stack(np.broadcast_arrays(angle / (2 * np.pi), 1 - (length / length[-1])[:, None]), -1)
    return _without_slivers(Shape(positions.reshape(-1, 3), grid_faces(len(points), segments + 1), uv.reshape(-1, 2),
                                  crease_deg))


def fillet(points: ArrayLike, radius_m: float | Sequence[float], steps: int = 4) -> Points:
    """A polyline (n, 2) or (n, 3) with its inner corners rounded by at most `radius_m` (one number, or one per corner)."""
    p = np.asarray(points, np.float64)
    radii = np.broadcast_to(np.asarray(radius_m, np.float64), (len(p) - 2,))
    out = [p[0]]
    for i in range(1, len(p) - 1):
        before, after = p[i - 1] - p[i], p[i + 1] - p[i]
        reach = min(radii[i - 1], 0.49 * np.linalg.norm(before), 0.49 * np.linalg.norm(after))
        if reach < 1e-7:
            out.append(p[i])
            continue
        start = p[i] + before / np.linalg.norm(before) * reach
        end = p[i] + after / np.linalg.norm(after) * reach
        for t in np.linspace(0, 1, steps + 1):
            out.append((1 - t) ** 2 * start + 2 * t * (1 - t) * p[i] + t * t * end)
    out.append(p[-1])
    return np.array(out)


def spline(points: ArrayLike, steps: int = 8, closed: bool = False) -> Points:
    """A centripetal-free Catmull-Rom curve through the points, `steps` pieces per span."""
    p = np.asarray(points, np.float64)
    around = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    spans = len(around) - 3
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    out = []
    for i in range(spans):
        a, b, c, d = around[i:i + 4]
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    if not closed:
        out.append(p[-1:])
    return np.concatenate(out)


def circle(radius_m: float, sides: int = 12, squeeze: float = 1.0) -> Points:
    """A closed section (n, 2), counter-clockwise; squeeze scales the second axis."""
    angle = np.arange(sides) * 2 * np.pi / sides
    return np.stack([radius_m * np.cos(angle), radius_m * squeeze * np.sin(angle)], 1)


def superellipse(width_m: float, height_m: float, power: float = 4.0, sides: int = 24) -> Points:
    """A closed section (n, 2), counter-clockwise: 2 is an ellipse, more is boxier."""
    angle = np.arange(sides) * 2 * np.pi / sides
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([width_m / 2 * np.sign(c) * np.abs(c) ** (2 / power),
                     height_m / 2 * np.sign(s) * np.abs(s) ** (2 / power)], 1)


def sweep(path: ArrayLike, section: ArrayLike, *, scale: ArrayLike | None = None, closed: bool = False,
          up: ArrayLike | None = None, caps: bool = True, crease_deg: float = 40.0) -> Shape:
    """A closed section (m, 2) carried along a path (n, 3). The section's first axis points to the side, the second to
    `up` (kept as steady as it can be; without it the frame is carried along without twist). scale: (n,) or (n, 2)."""
    p, loop = np.asarray(path, np.float64), np.asarray(section, np.float64)
    n, m = len(p), len(loop)
    side, lift = _frames(p, closed, up)
    factors = np.ones((n, 2)) if scale is None else np.broadcast_to(
        np.asarray(scale, np.float64).reshape(n, -1), (n, 2))
    ring = np.concatenate([loop, loop[:1]])
    positions = (p[:, None] + side[:, None] * (ring[None, :, :1] * factors[:, None, :1])
                 + lift[:, None] * (ring[None, :, 1:] * factors[:, None, 1:]))
    if closed:
        positions = np.concatenate([positions, positions[:1]])
    rows = len(positions)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(positions[:, 0], axis=0), axis=1))])
    uv = np.stack(np.broadcast_arrays(np.linspace(0, 1, m + 1)[None], (along / max(along[-1], 1e-9))[:, None]), -1)
    shape = Shape(positions.reshape(-1, 3), grid_faces(rows, m + 1), uv.reshape(-1, 2), crease_deg)
    if caps and not closed:
        shape = joined(shape, _cap(positions[0, :-1], p[0], False), _cap(positions[-1, :-1], p[-1], True))
    return _without_slivers(shape)


def _cap(ring: Points, centre: Points, end: bool) -> Shape:
    n = len(ring)
    at = np.arange(n)
    faces = np.stack([np.full(n, n), at, (at + 1) % n], 1)
    return Shape(np.concatenate([ring, centre[None]]), faces if end else faces[:, ::-1], np.full((n + 1, 2), 0.5))


def _frames(p: Points, closed: bool, up: ArrayLike | None) -> tuple[Points, Points]:
    if closed:
        tangent = np.roll(p, -1, 0) - np.roll(p, 1, 0)
    else:
        tangent = np.gradient(p, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
    if up is not None:
        lift = np.broadcast_to(np.asarray(up, np.float64), p.shape)
        lift = lift - tangent * (lift * tangent).sum(1, keepdims=True)
        lift /= np.maximum(np.linalg.norm(lift, axis=1, keepdims=True), 1e-12)
    else:
        start = np.eye(3)[np.argmin(np.abs(tangent[0]))]
        lift = np.empty_like(p)
        for i in range(len(p)):
            start = start - tangent[i] * (start @ tangent[i])
            start = start / np.linalg.norm(start)
            lift[i] = start
    return np.cross(lift, tangent), lift


def tube(path: ArrayLike, radius_m: float, sides: int = 10, *, closed: bool = False, caps: bool = True) -> Shape:
    """A round rod along a path."""
    return sweep(path, circle(radius_m, sides), closed=closed, caps=caps)


def rounded_box(size_m: Sequence[float], radius_m: float, arc: int = 3, flat: Sequence[int] | int = 2) -> Shape:
    """A box of size (x, y, z) about the origin with rounded edges; `flat` cells between the arcs, for later bending.
    UV: the box seen along each axis, 0..1."""
    half = np.asarray(size_m, np.float64) / 2
    r = min(radius_m, float(half.min()) * 0.999)
    cells = (flat, flat, flat) if isinstance(flat, int) else tuple(flat)
    arcs = np.tan(np.linspace(-np.pi / 4, 0, arc + 1))[:-1] * r  # equal angles on the corner
    lines = [np.concatenate([arcs - (h - r), np.linspace(-(h - r), h - r, c + 1), (h - r) - arcs[::-1]])
             for h, c in zip(half, cells, strict=True)]
    made = []
    for axis in range(3):
        b, c = (axis + 1) % 3, (axis + 2) % 3
        grid_b, grid_c = np.meshgrid(lines[b], lines[c], indexing="ij")
        for sign in (1, -1):
            points = np.empty((grid_b.size, 3))
            points[:, axis], points[:, b], points[:, c] = sign * half[axis], grid_b.ravel(), grid_c.ravel()
            inner = np.clip(points, -(half - r), half - r)
            out = points - inner
            points = inner + out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12) * r
            u, v = ((2, 1), (0, 2), (0, 1))[axis]
            uv = np.stack([points[:, u] / (2 * half[u]) + 0.5, 0.5 - points[:, v] / (2 * half[v])], 1)
            faces = grid_faces(len(lines[b]), len(lines[c]))
            # cells are walked c first, whose normal is -axis
            made.append(Shape(points, faces[:, ::-1] if sign > 0 else faces, uv, 70.0))
    return joined(*made)


def disc(radius_m: float, segments: int = 40) -> Shape:
    """A flat disc facing +Z about the origin, UV 0..1 over its square."""
    angle = np.arange(segments) * 2 * np.pi / segments
    ring = np.stack([radius_m * np.cos(angle), radius_m * np.sin(angle), np.zeros(segments)], 1)
    positions = np.concatenate([ring, np.zeros((1, 3))])
    at = np.arange(segments)
    uv = np.stack([positions[:, 0] / (2 * radius_m) + 0.5, 0.5 - positions[:, 1] / (2 * radius_m)], 1)
    return Shape(positions, np.stack([np.full(segments, segments), at, (at + 1) % segments], 1), uv)


def ring_band(outer_m: float, inner_m: float, thickness_m: float, bevel_m: float, segments: int = 48) -> Shape:
    """A bevelled flat ring about +Y, from y = 0 to thickness."""
    o, i, t, b = outer_m, inner_m, thickness_m, bevel_m
    return lathe([(i, b), (i + b, 0), (o - b, 0), (o, b), (o, t - b), (o - b, t), (i + b, t), (i, t - b), (i, b)],
                 segments, 25.0)


def shell(grid: ArrayLike, thickness_m: float, crease_deg: float = 50.0) -> Shape:
    """A sheet with thickness from a (rows, columns, 3) grid; the outside is the side that row x column faces."""
    points = np.asarray(grid, np.float64)
    rows, columns = points.shape[:2]
    normal = np.cross(np.gradient(points, axis=0), np.gradient(points, axis=1))
    normal /= np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-12)
    front, back = (points + normal * thickness_m / 2).reshape(-1, 3), (points - normal * thickness_m / 2).reshape(-1, 3)
    u, v = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    uv = np.stack([u, v], -1).reshape(-1, 2)
    at = np.arange(rows * columns).reshape(rows, columns)
    rim = np.concatenate([at[0], at[1:, -1], at[-1, -2::-1], at[-2:0:-1, 0]])
    after = np.roll(rim, -1)
    edge = np.concatenate([np.stack([rim, rim + rows * columns, after], 1),
                           np.stack([after, rim + rows * columns, after + rows * columns], 1)])
    faces = grid_faces(rows, columns)[:, ::-1]
    every = np.concatenate([faces, faces[:, ::-1] + rows * columns, edge[:, ::-1]])
    return _without_slivers(Shape(np.concatenate([front, back]), every, np.concatenate([uv, uv]), crease_deg))
