"""Collars: a shirt's stand and fall, a jacket's collar that becomes its lapels; both hug the neck they are made for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from avatar.build.body import SIDES, Body
from avatar.build.fabric import trim
from avatar.build.lay import above, below, resample
from avatar.build.mesh import Piece, boundary_loops, join, piece, triangles
from avatar.skinning import vertex_normals

AXIS_AHEAD_M = 0.012  # of the neck's joint: the middle of its outline
PIT_M = (1.34, 1.42)  # nominal heights between which the throat's pit lies
TURN_DEG = (0.0, 40.0, 80.0, 110.0, 180.0)  # from the throat round to the nape
RISE_M = (0.034, 0.046, 0.067, 0.078, 0.083)  # of a buttoned collar's upper edge above the pit
THROAT_RAD = 0.9  # to either side of the front
STAND_M = 0.032  # height of a shirt's collar band
# Length of a shirt collar's fall by degrees.
FALL_M = ((0.0, 22.0, 50.0, 100.0, 125.0, 160.0), (0.055, 0.050, 0.049, 0.052, 0.042, 0.032))
SPREAD_M = ((0.0, 14.0, 42.0), (0.036, 0.020, 0.0))  # how far its points lie apart from where they begin
SHOWN_M = {"woman": 0.022, "man": 0.010}  # of what is worn below, above a jacket's collar at the nape
CLEAR_M = {"woman": 0.005, "man": 0.0080}  # of a jacket's collar from the neck: a shirt's is in between
SHRINKS_M = 0.003  # a jacket's collar as it is evened
CUFF_SHOWN_M = 0.012  # of a shirt's cuff below a jacket's sleeve
ENDS_M = 0.040  # so long before its button a lapel begins to run out
STEP_M, FINE = 0.0085, 4  # of a lapel's rows; steps looked at between them
CREST_M = 0.0026  # cloth that is folded over stands this far off its crease


Width = Callable[[NDArray], NDArray]


@dataclass(frozen=True, slots=True)
class Neck:
    """The skin round the neck as rays from its middle see it. pit_m: height of the throat's pit; axis: (3,), its y unused."""

    corners: NDArray
    axis: NDArray
    pit_m: float

    def radius(self, turn: NDArray, y: NDArray) -> NDArray:
        """(n,) metres from the axis to the skin; turn (n,) radians from the front, to the body's left; y (n,) heights."""
        way = np.stack([np.sin(turn), np.zeros_like(turn), np.cos(turn)], 1)[:, None]
        start = np.stack([np.full_like(y, self.axis[0]), y, np.full_like(y, self.axis[2])], 1)[:, None]
        a, e1, e2 = self.corners[:, 0], self.corners[:, 1] - self.corners[:, 0], self.corners[:, 2] - self.corners[:, 0]
        h = np.cross(way, e2[None])
        det = (e1 * h).sum(2)
        det = np.where(np.abs(det) < 1e-12, 1e-12, det)
        s = start - a[None]
        u = (s * h).sum(2) / det
        q = np.cross(s, e1[None])
        v, t = (way * q).sum(2) / det, (e2 * q).sum(2) / det
        hit = (u >= -1e-6) & (v >= -1e-6) & (u + v <= 1 + 1e-6) & (t > 0.005)
        return np.where(hit, t, 0.12).min(1)

    def seam(self, points: NDArray, lower_m: float, clear_m: float, down_m: float, beside_m: float,
             throat_rad: float = THROAT_RAD) -> NDArray:
        """(n,) positive below or beside the ring of that name by so much: where a garment ends below its collar. Never above
        it within throat_rad of the front: the throat reaches far forward, too."""
        off = points - self.axis
        turn = np.arctan2(off[:, 0], off[:, 2])
        ring = self.ring(lower_m, clear_m, turn)
        wide = np.hypot(*((ring - self.axis)[:, [0, 2]]).T)
        seam = np.maximum(ring[:, 1] - down_m - points[:, 1], np.hypot(off[:, 0], off[:, 2]) - wide - beside_m)
        under = 0.004 + 0.018 * np.clip((0.95 - np.abs(turn)) / 0.25, 0, 1)  # seen below the fall's points from the side
        throat = np.minimum(seam, ring[:, 1] + under - points[:, 1])
        share = np.clip((throat_rad + 0.1 - np.abs(turn)) / 0.2, 0, 1)  # a jump would be cut in spikes
        seam = seam + (throat - seam) * share
        return np.where(points[:, 1] < self.pit_m - 0.06, 1.0, seam)

    def ring(self, lower_m: float, clear_m: float, turn: NDArray) -> NDArray:
        """(n, 3) a collar's edge, lower_m below a buttoned shirt's, clear_m off the skin; turn: (n,) radians."""
        grid = np.linspace(0, 2 * np.pi, 73)
        aside = np.degrees(np.abs((grid + np.pi) % (2 * np.pi) - np.pi))
        y = self.pit_m + np.interp(aside, TURN_DEG, RISE_M) - lower_m
        far = np.minimum(self.radius(grid, y), np.interp(aside, [0, 80, 180], [0.072, 0.072, 0.062]))
        far = np.minimum((far + far[::-1]) / 2, 0.078)  # both sides alike
        y[:-1] = ndimage.gaussian_filter1d(y[:-1], 4.5, mode="wrap")
        even = ndimage.gaussian_filter1d(far[:-1], 3.0, mode="wrap")
        far[:-1] = even + np.clip(np.quantile(far[:-1] - even, 0.9), 0.0, 0.002) + clear_m
        y[-1], far[-1] = y[0], far[0]
        y, far = np.interp(turn, grid, y, period=2 * np.pi), np.interp(turn, grid, far, period=2 * np.pi)
        return np.stack([np.sin(turn) * far, y, np.cos(turn) * far], 1) + self.axis * (1, 0, 1)


def neck_of(body: Body) -> Neck:
    """Where a body's collars go."""
    axis = body.joint("neck") * (0.0, 1.0, 1.0) + (0.0, 0.0, AXIS_AHEAD_M)
    faces = triangles(body.skin)
    spots = body.nominal(body.shape)
    near = (np.hypot(body.shape[:, 0], body.shape[:, 2] - axis[2]) < 0.15) & (spots[:, 1] > 1.28) & (spots[:, 1] < 1.56)
    corners = body.shape[faces[near[faces].any(1)]]
    levels = np.linspace(*PIT_M, 17)
    mine = np.interp(levels, np.sort(spots[near, 1]), np.sort(body.shape[near, 1]))
    throat = Neck(corners, axis, 0.0).radius(np.zeros(len(mine)), mine)
    return Neck(corners, axis, float(mine[np.argmin(throat)]))


def strip(columns: list[NDArray], weights: NDArray, outside: NDArray, row: int = 1, lapels: bool = False) -> Piece:
    """Rows of points as a surface; between `row` and the next its front looks to `outside`."""
    n = len(columns[0])
    faces = [f for c in range(len(columns) - 1) for i in range(n - 1) for f in (
        (c * n + i, c * n + i + 1, c * n + n + i + 1), (c * n + i, c * n + n + i + 1, c * n + n + i))]
    out = trim(piece(np.concatenate(columns), np.array(faces), np.tile(weights, (len(columns), 1))), len(columns), lapels)
    a, b, d = out.positions[out.faces[row * 2 * (n - 1) + 2 * (n // 6)]]
    if np.cross(b - a, d - a) @ outside[n // 6] < 0:
        out.faces = out.faces[:, ::-1]
    return out


def shirt_collar(shell: Piece, body: Body, colour: NDArray) -> Piece:
    """A stand round the neck, buttoned at the throat, and the fall over it, longest at its two points in front."""
    neck, up = neck_of(body), np.array([0.0, 1.0, 0.0])
    turn = np.linspace(np.radians(0.02), np.radians(359.98), 61)
    aside = np.degrees(np.abs((turn + np.pi) % (2 * np.pi) - np.pi))
    crease = neck.ring(0.0, 0.0018, turn)
    out = (crease - neck.axis) * (1, 0, 1)
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    low = neck.ring(STAND_M + 0.002, 0.0050, turn) - up * (0.016 * np.clip((150 - aside) / 40, 0, 1))[:, None]
    deeper = np.clip((aside - 50) / 20, 0, 1)[:, None]  # where a jacket's collar stands off, as the neck widens
    low = low + (neck.ring(STAND_M + 0.020, 0.0050, turn) - low) * deeper
    weights = _worn(shell, body, crease)
    tree, normals = cKDTree(shell.positions), shell.normals()
    skin = _skin(body, neck.axis * (1, 0, 1) + up * neck.pit_m, 0.18)
    long, spread = np.interp(aside, *FALL_M), np.interp(aside, *SPREAD_M)
    apart = np.sign(np.pi - turn)[:, None] * np.array([1.0, 0.0, -0.25]) * spread[:, None]
    tucked = np.clip((aside - 40) / 34, 0, 1) * (body.look.outfit.style == "blazer")  # within a jacket's collar
    long = long * (1 - 0.66 * tucked)
    columns = [crease - up * 0.004 - out * 0.0004, crease + up * 0.0012 + out * 0.0008, crease + up * 0.0008 + out * CREST_M]
    for t in (0.22, 0.48, 0.74, 1.0):
        lean = (0.0024 + 0.045 * long) * (1 - tucked) + 0.0026 * tucked
        row = crease + out * (CREST_M + t * lean)[:, None] - up * (long * t)[:, None] + apart * t**0.9
        row = above(row, shell.positions, normals, tree, 0.0042)
        row = row + (below(row, shell.positions, normals, tree, 0.0052) - row) * t
        row = np.where(tucked[:, None] > 0.9, _even(row, 10),
                       above(above(_even(row, 10), *skin, 0.0040), shell.positions, normals, tree, 0.0030))
        columns.append(_even(row, 2))
    columns.append(columns[-1] - out * 0.0018 + up * 0.001)
    fall = strip(columns, weights, out, 4)
    fall.colours[:] = colour * 0.99
    ahead = out * np.clip((50 - aside) / 30, 0, 1)[:, None]  # the throat comes forward
    top = crease + up * (0.0045 * np.clip(1 - aside / 8, 0, 1) - 0.001)[:, None]  # behind the gap between the fall's ends
    rows = [low + ahead * 0.004, (low + crease) / 2 + out * 0.0006 + ahead * 0.0046, top + ahead * 0.0030]
    behind = np.clip((aside - 60) / 20, 0, 1)[:, None]  # the neck is no round ring where it widens to the shoulders
    rows = [row + (_even(above(row, *skin, 0.0036), 2) - row) * behind for row in rows[:2]] + rows[2:]
    around = np.arange(-2, len(turn) + 2) + len(turn) // 2  # its ends overlap at the nape
    around %= len(turn)
    band = strip([r[around] for r in rows], weights[around], out[around], 0)
    band.colours[:] = colour * 0.84
    return join([band, fall])


def jacket_collar(shell: Piece, loop: NDArray, body: Body, width_m: Width, notch_y_m: tuple[float, ...],
                  colour: NDArray) -> Piece:
    """One strip along a jacket's opening: lapels that lie on the chest in front, a collar that stands round the neck and
    turns down behind. loop: vertices of the opening, from the button round the neck and back; width_m: by nominal place;
    notch_y_m: heights (nominal) where that has corners."""
    sex = body.look.sex
    points, normals, weights, spots = _evenly(shell, loop, body.nominal(shell.positions[loop]), notch_y_m)
    widths = width_m(spots)
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    outward = np.cross(along, normals)
    if (outward[:, 0] * np.sign(points[:, 0])).sum() < 0:
        outward = -outward
    neck, up = neck_of(body), np.array([0.0, 1.0, 0.0])
    off = points - neck.axis
    turn = np.arctan2(off[:, 0], off[:, 2]) % (2 * np.pi)
    ring = neck.ring(SHOWN_M[sex], CLEAR_M[sex] + SHRINKS_M, turn)
    _, y, z = spots.T
    share = np.clip((y - 1.325) / 0.075, 0, 1)
    share = np.where(z < 0.02, 1.0, share * share * (3 - 2 * share))
    end = np.linalg.norm(np.diff(points, axis=0), axis=1)
    end = np.minimum(np.append(0.0, np.cumsum(end)), np.append(np.cumsum(end[::-1])[::-1], 0.0)) / ENDS_M
    end = np.clip(end, 0.12, 1)[:, None]  # at the button lapels lie flat and run out
    crease = points + normals * (0.005 + 0.003 * share)[:, None] * end - outward * (0.003 * (1 - share))[:, None]
    crease = crease + (ring - crease) * share[:, None]
    for _ in range(18):
        crease[1:-1] = (crease[:-2] + 2 * crease[1:-1] + crease[2:]) / 4
    radial = (crease - neck.axis) * (1, 0, 1)
    radial /= np.linalg.norm(radial, axis=1, keepdims=True)
    away = outward * (1 - share)[:, None] + radial * share[:, None]
    edge = points + outward * widths[:, None] * end + normals * 0.005 * end
    tree, facing = cKDTree(shell.positions), shell.normals()
    face = up * share[:, None] + normals * (1 - share)[:, None]
    # a row close behind the crease: else its broad underside tips the crease's normals back, a dark line along the lapel
    behind = crease + end * (away * 0.0010 - face * 0.0016)
    columns = [points + normals * 0.0005, (points + crease) / 2 + normals * 0.001 * end, behind, crease,
               crease + away * CREST_M * end + end * face * 0.0022]
    for t in (0.3, 0.65, 1.0):
        row = crease + (edge - crease) * t + end * (away * (0.0060 * (1 - t)) + normals * (0.004 * (1 - t) + 0.001))
        row = row + (below(row, shell.positions, facing, tree, 0.0075) - row) * t * share[:, None]
        row = row + (_even(row, 6) - row) * share[:, None]  # not in front: the notch is sharp
        columns.append(row + (above(row, shell.positions, facing, tree, 0.0058) - row) * end)
    columns.append(columns[-1] - outward * 0.003 * end - normals * (0.0015 + 0.005 * end))
    out = strip(columns, weights, normals, 5, lapels=True)
    out.colours[:] = colour
    return out


def shirt_cuffs(shell: Piece, body: Body, colour: NDArray) -> list[Piece]:
    """What shows of a shirt below a jacket's sleeves."""
    out = []
    for side in SIDES:
        way = body.joint(side + "Hand") - body.joint(side + "LowerArm")
        way /= np.linalg.norm(way)
        near = [k for k in boundary_loops(shell.faces) if len(k) > 8 and np.linalg.norm(
            shell.positions[k].mean(0) - body.joint(side + "Hand")) < 0.09]
        if not near:
            continue
        loop = np.append(near[0], near[0][0])
        middle = shell.positions[near[0]].mean(0)
        points, _, weights = resample(shell.positions[loop], shell.positions[loop], shell.weights[loop], 0.010)
        points[0] = points[-1] = (points[1] + points[-2]) / 2
        off = points - middle
        off -= (off @ way)[:, None] * way
        unit = off / np.linalg.norm(off, axis=1, keepdims=True)
        level = middle + off
        rows = [level - unit * inward + way * down for inward, down in (
            (0.0045, -0.004), (0.0016, 0.001), (0.0014, CUFF_SHOWN_M - 0.002), (0.0020, CUFF_SHOWN_M),
            (0.0036, CUFF_SHOWN_M - 0.0006), (0.0040, -0.002))]
        skin = _skin(body, body.joint(side + "Hand"), 0.12)
        rows = [*(above(_even(above(r, *skin, 0.0036), 4), *skin, 0.0028) for r in rows[:4]), *rows[4:]]
        band = strip(rows, weights, unit, 0)
        band.colours[:] = colour * 0.97
        out.append(band)
    return out


def _skin(body: Body, middle: NDArray, near_m: float) -> tuple[NDArray, NDArray, cKDTree]:
    """Points of the skin near a place, their normals, a tree of them."""
    used = np.unique(body.skin)
    used = used[np.linalg.norm(body.shape[used] - middle, axis=1) < near_m]
    points = body.shape[used]
    return points, vertex_normals(body.shape, triangles(body.skin))[used], cKDTree(points)


def _even(row: NDArray, rounds: int) -> NDArray:
    """A row of points without the dents of what it was laid on; its ends stay."""
    out = row.copy()
    for _ in range(rounds):
        out[1:-1] = (out[:-2] + 2 * out[1:-1] + out[2:]) / 4
    return out


def _worn(shell: Piece, body: Body, points: NDArray) -> NDArray:
    """(n, j) weights of what lies between skin and garment: of both, evened round the neck."""
    used = np.unique(body.skin)
    skin = body.weights[used[cKDTree(body.shape[used]).query(points)[1]]]
    cloth = shell.weights[cKDTree(shell.positions).query(points)[1]]
    both = ndimage.gaussian_filter1d((0.5 * skin + 0.5 * cloth).astype(np.float32), 4.0, axis=0, mode="wrap")
    return both / both.sum(1, keepdims=True)


def _evenly(shell: Piece, loop: NDArray, spots: NDArray, corners_y_m: tuple[float, ...]) -> tuple[NDArray, ...]:
    """Points, unit normals, weights and nominal places along a loop at even steps, and where its front has these heights."""
    points = shell.positions[loop]
    points, both, weights = resample(points, np.hstack([shell.normals()[loop].astype(np.float64), spots]),
                                     shell.weights[loop], STEP_M / FINE)
    normals, spots = both[:, :3], both[:, 3:]
    normals = ndimage.gaussian_filter1d(normals, 2.0 * FINE, axis=0, mode="nearest")
    chosen = np.zeros(len(points), bool)
    chosen[::FINE] = chosen[-1] = True
    corners: list[int] = []
    for sign in (1.0, -1.0):
        for height in corners_y_m:
            elsewhere = (spots[:, 0] * sign < 0.01) | (spots[:, 2] < 0)
            at = int(np.argmin(np.abs(spots[:, 1] - height) + elsewhere))
            corners.append(at)
            chosen[max(at - 3, 0) : at + 4] = False
    chosen[corners] = True
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return points[chosen], normals[chosen], weights[chosen], spots[chosen]
