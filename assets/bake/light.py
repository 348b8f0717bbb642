"""Light of a room by Monte Carlo: area lights with soft shadows, then bounces between diffuse surfaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.bake.panels import Panel, Points

OFFSET_M = 0.002  # rays start this far above the surface: Embree works in float32, 8 m / 2**23 = 1e-6
EDGE_INSET_M = 0.006  # samples keep this far from a panel's edge, which usually lies in a corner


class BakeError(RuntimeError):
    """The room cannot be baked; one sentence."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A small round lamp. position_m; target_m: (3,); intensity: linear RGB, W/sr-like; cone_deg: half angle at which it
    has faded to nothing; radius_m: its size, which makes shadows soft."""

    position_m: tuple[float, float, float]
    target_m: tuple[float, float, float]
    intensity: tuple[float, float, float]
    cone_deg: float = 30.0
    radius_m: float = 0.05


@dataclass(frozen=True, slots=True)
class Quality:
    """lamp_rays: shadow rays per sample and light; gather_rays: rays for bounced light; bounces: after the direct light;
    texels_per_sample: baked texels along a side per light sample."""

    lamp_rays: int = 16
    gather_rays: int = 128
    bounces: int = 3
    texels_per_sample: int = 3
    seed: int = 20


@dataclass(frozen=True, slots=True)
class Samples:
    """Light samples of all panels, row by row. shapes[i] = (rows, columns) and starts[i]: of panel i;
    positions, normals: (n, 3); valid: (n,) False where a sample lies inside something."""

    positions: Points
    normals: Points
    s: Points
    t: Points
    shapes: list[tuple[int, int]]
    starts: NDArray[np.int64]


class Tracer:
    """Embree over all panels. Raises BakeError when Embree is not installed."""

    def __init__(self, panels: list[Panel]) -> None:
        try:
            from embreex.mesh_construction import TriangleMesh
            from embreex.rtcore_scene import EmbreeScene
        except ImportError:
            raise BakeError("Baking light needs the package embreex (pip install embreex).") from None
        corners, charts, owner = [], [], []
        for i, panel in enumerate(panels):
            faces, st = panel.triangles()
            corners.append(panel.grid.reshape(-1, 3)[faces])
            charts.append(st[faces])
            owner.append(np.full(len(faces), i))
        self.corners = np.concatenate(corners)
        self._charts, self.owner = np.concatenate(charts), np.concatenate(owner)
        self.normals = np.cross(self.corners[:, 1] - self.corners[:, 0], self.corners[:, 2] - self.corners[:, 0])
        self._scene = EmbreeScene()
        self._mesh = TriangleMesh(self._scene, self.corners.astype(np.float32))

    def blocked(self, start: Points, direction: Points, reach_m: Points) -> NDArray[np.bool_]:
        """Whether something lies on each ray nearer than reach_m (direction: unit)."""
        near = self._scene.run(start.astype(np.float32), direction.astype(np.float32),
                               dists=reach_m.astype(np.float32), query="DISTANCE")
        return np.asarray(near) < reach_m - 1e-3

    def hits(self, start: Points, direction: Points) -> tuple[NDArray[np.int64], Points, NDArray[np.bool_]]:
        """Triangle (-1: none), chart coordinates (n, 2) and whether its front was hit."""
        out = self._scene.run(start.astype(np.float32), direction.astype(np.float32), output=True)
        triangle = np.asarray(out["primID"]).astype(np.int64)
        u, v = (np.asarray(out[k], np.float64)[:, None] for k in "uv")
        chart = self._charts[np.maximum(triangle, 0)]
        st = chart[:, 0] * (1 - u - v) + chart[:, 1] * u + chart[:, 2] * v
        front = (self.normals[np.maximum(triangle, 0)] * direction).sum(1) < 0
        return triangle, st, front


def place_samples(panels: list[Panel], texels_per_m: float, quality: Quality) -> Samples:
    """Where light is computed: a regular grid over each chart, a little in from its edges."""
    positions, normals, every_s, every_t, shapes = [], [], [], [], []
    for panel in panels:
        width, height = panel.size_m
        step = texels_per_m * panel.density / quality.texels_per_sample
        shape = max(2, round(height * step)), max(2, round(width * step))
        inset_s, inset_t = min(EDGE_INSET_M / width, 0.2), min(EDGE_INSET_M / height, 0.2)
        s = np.clip((np.arange(shape[1]) + 0.5) / shape[1], inset_s, 1 - inset_s)
        t = np.clip((np.arange(shape[0]) + 0.5) / shape[0], inset_t, 1 - inset_t)
        grid_s, grid_t = (g.ravel() for g in np.meshgrid(s, t))
        p, n = panel.at(grid_s, grid_t)
        positions.append(p + n * OFFSET_M)
        normals.append(n)
        every_s.append(grid_s)
        every_t.append(grid_t)
        shapes.append(shape)
    starts = np.cumsum([0] + [a * b for a, b in shapes])
    return Samples(np.concatenate(positions), np.concatenate(normals), np.concatenate(every_s), np.concatenate(every_t),
                   shapes, starts)


def irradiance(panels: list[Panel], spots: list[Spot], samples: Samples, albedo: Points, glow: Points, quality: Quality,
               tracer: Tracer, progress: Callable[[float], None] = lambda share: None) -> tuple[Points, NDArray[np.bool_]]:
    """Irradiance / pi at each sample, (n, 3), so that radiance = albedo * result, and which samples are valid (not
    inside something). albedo, glow: (n, 3) at the samples. Raises nothing; equal input and seed, equal output."""
    random = np.random.default_rng(quality.seed)
    direct = np.zeros_like(samples.positions)
    lamps = [p for p in panels if p.lamp]
    for k, lamp in enumerate(lamps):
        direct += _from_lamp(lamp, samples, tracer, quality, random)
        progress(0.3 * (k + 1) / (len(lamps) + len(spots)))
    for k, spot in enumerate(spots):
        direct += _from_spot(spot, samples, tracer, quality, random)
        progress(0.3 * (len(lamps) + k + 1) / (len(lamps) + len(spots)))
    sampled = np.array([p.lamp for p in panels])
    hit, behind = _gather(samples, tracer, quality, random, panels, progress)
    own_glow = glow.copy()
    owner = np.repeat(np.arange(len(panels)), np.diff(samples.starts))
    own_glow[sampled[owner]] = 0.0  # those are in `direct` already
    total = direct
    bounced = np.zeros_like(direct)
    for _ in range(quality.bounces):
        outgoing = albedo * total + own_glow
        outgoing = np.concatenate([outgoing, np.zeros((1, 3))])  # the last row: rays that left, and backs
        bounced = np.zeros_like(direct)
        for row in hit:
            bounced += outgoing[row]
        total = direct + bounced / len(hit)
    return total, behind < 0.4


def _from_lamp(lamp: Panel, samples: Samples, tracer: Tracer, quality: Quality, random: np.random.Generator) -> Points:
    top_left, right, down = lamp.grid[0, 0], lamp.grid[0, -1] - lamp.grid[0, 0], lamp.grid[-1, 0] - lamp.grid[0, 0]
    facing = np.cross(down, right)
    area = float(np.linalg.norm(facing))
    facing = facing / area
    columns = max(1, round((quality.lamp_rays * np.linalg.norm(right) / np.linalg.norm(down)) ** 0.5))
    columns = min(columns, quality.lamp_rays)
    rows = max(1, quality.lamp_rays // columns)
    result = np.zeros_like(samples.positions)
    n = len(samples.positions)
    for i in range(columns):
        for j in range(rows):
            s, t = (i + random.random(n)) / columns, (j + random.random(n)) / rows
            point = top_left + s[:, None] * right + t[:, None] * down + facing * OFFSET_M
            way = point - samples.positions
            distance = np.linalg.norm(way, axis=1)
            way /= np.maximum(distance, 1e-6)[:, None]
            weight = np.clip((way * samples.normals).sum(1), 0, 1) * np.clip(-(way @ facing), 0, 1)
            weight *= area / np.maximum(distance, 0.02) ** 2
            result += _unblocked(weight, way, distance, samples, tracer)[:, None]
    return result / (columns * rows * np.pi) * np.asarray(lamp.glow)


def _from_spot(spot: Spot, samples: Samples, tracer: Tracer, quality: Quality, random: np.random.Generator) -> Points:
    centre, target = np.asarray(spot.position_m), np.asarray(spot.target_m)
    axis = (target - centre) / np.linalg.norm(target - centre)
    edge, inner = np.cos(np.radians(spot.cone_deg)), np.cos(np.radians(spot.cone_deg * 0.45))
    n, rays = len(samples.positions), max(4, quality.lamp_rays // 2)
    result = np.zeros(n)
    for _ in range(rays):
        jitter = random.normal(size=(n, 3))
        jitter *= spot.radius_m / np.maximum(np.linalg.norm(jitter, axis=1, keepdims=True), 1e-9)
        way = centre + jitter - samples.positions
        distance = np.linalg.norm(way, axis=1)
        way /= distance[:, None]
        fade = np.clip((-(way @ axis) - edge) / (inner - edge), 0, 1)
        weight = np.clip((way * samples.normals).sum(1), 0, 1) * (fade * fade * (3 - 2 * fade)) / distance**2
        result += _unblocked(weight, way, distance, samples, tracer)
    return (result / (rays * np.pi))[:, None] * np.asarray(spot.intensity)


def _unblocked(weight: Points, way: Points, distance: Points, samples: Samples, tracer: Tracer) -> Points:
    rows = np.flatnonzero(weight > 1e-5)
    if len(rows):
        weight[rows[tracer.blocked(samples.positions[rows], way[rows], distance[rows] - 2 * OFFSET_M)]] = 0.0
    return weight


def _gather(samples: Samples, tracer: Tracer, quality: Quality, random: np.random.Generator, panels: list[Panel],
            progress: Callable[[float], None]) -> tuple[list[NDArray[np.int32]], Points]:
    """Per ray and sample the index of the light sample that it sees (n: none), and the share of rays that see backs."""
    n = len(samples.positions)
    two_sided = np.array([p.two_sided for p in panels])
    shapes = np.array(samples.shapes)
    seen, behind = [], np.zeros(n)
    for k in range(quality.gather_rays):
        u = (k + random.random(n)) / quality.gather_rays
        direction = cosine_directions(samples.normals, u, random.random(n))
        triangle, st, front = tracer.hits(samples.positions, direction)
        panel = tracer.owner[np.maximum(triangle, 0)]
        front |= two_sided[panel]
        column = np.minimum((st[:, 0] * shapes[panel, 1]).astype(np.int64), shapes[panel, 1] - 1)
        row = np.minimum((st[:, 1] * shapes[panel, 0]).astype(np.int64), shapes[panel, 0] - 1)
        index = samples.starts[panel] + row * shapes[panel, 1] + column
        seen.append(np.where((triangle >= 0) & front, index, n).astype(np.int32))
        behind += (triangle >= 0) & ~front
        progress(0.3 + 0.6 * (k + 1) / quality.gather_rays)
    return seen, behind / quality.gather_rays


def cosine_directions(normals: Points, u: Points, v: Points) -> Points:
    """Cosine-distributed unit directions about each normal (n, 3), from numbers u, v (n,) in 0..1."""
    sign = np.where(normals[:, 2] >= 0, 1.0, -1.0)
    a = -1.0 / (sign + normals[:, 2])
    b = normals[:, 0] * normals[:, 1] * a
    tangent = np.stack([1 + sign * normals[:, 0] ** 2 * a, sign * b, -sign * normals[:, 0]], 1)
    other = np.stack([b, sign + normals[:, 1] ** 2 * a, -normals[:, 1]], 1)
    radius, angle = np.sqrt(u), 2 * np.pi * v
    return (tangent * (radius * np.cos(angle))[:, None] + other * (radius * np.sin(angle))[:, None]
            + normals * np.sqrt(np.maximum(0.0, 1 - u))[:, None])
