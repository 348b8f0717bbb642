"""A sculpted bob: two sheets that fall from a side parting, grooved into locks, lined inside. Solid, so it never
shimmers; strands are in the texture, which runs along the locks."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

from avatar.build.body import Body
from avatar.build.face import rigid
from avatar.build.mesh import Piece, join, piece

COLUMNS, ROWS = 37, 21  # of one side
LOCKS = 9  # of one side
TINT = (1.0, 0.93, 0.88)
DARK = (0.30, 0.27, 0.26)
PART_X_M = 0.018  # the parting is off the middle, to the body's left
TIP_Y_M = (1.425, 1.432)  # where the hair ends: in front, at the back
FRONT_DEG = 57.0  # azimuth of the strand beside the face
VOLUME_M = 0.021  # off the scalp at the sides; ears stand off 18 mm


class Scalp:
    """How far the scalp is from the middle of the head in each direction, ears left out."""

    def __init__(self, body: Body) -> None:
        used = np.unique(body.skin)
        points = body.shape[used]
        ears = body.source.mask("ears")[used] > 0.1
        head = body.weights[used, body.joint_names.index("head")] > 0.7
        self.crown_m = float(points[:, 1].max())
        self.centre = np.array([0.0, self.crown_m - 0.105, 0.018])
        way = points[head & ~ears] - self.centre
        self._radius = np.linalg.norm(way, axis=1)
        self._tree = cKDTree(way / self._radius[:, None])

    def radius(self, directions: NDArray) -> NDArray:
        """(n,) metres for unit directions (n, 3)."""
        distance, near = self._tree.query(directions, k=6)
        share = 1 / (distance + 0.03)
        return (self._radius[near] * share).sum(1) / share.sum(1)

    def surface(self, points: NDArray) -> NDArray:
        """(n,) how far points are outside the scalp, metres."""
        way = points - self.centre
        length = np.linalg.norm(way, axis=1)
        return length - self.radius(way / length[:, None])


def hair(body: Body) -> Piece:
    """Both sheets and their lining."""
    scalp = Scalp(body)
    rng = np.random.default_rng(11)  # lengths of locks; fixed, so that a build repeats bit for bit
    return join([_side(body, scalp, sign, rng) for sign in (1.0, -1.0)])


def _side(body: Body, scalp: Scalp, sign: float, rng: np.random.Generator) -> Piece:
    """One side of the parting. Rows run from root to tip, columns from beside the face to the nape."""
    u = np.linspace(0, 1, COLUMNS)
    lock = u * LOCKS
    ridge = np.sin(np.pi * (lock % 1.0)) ** 0.8
    number = np.minimum(lock.astype(int), LOCKS - 1)
    jitter = rng.uniform(-1, 1, (LOCKS, 3))
    roots = _roots(scalp, u, sign)
    azimuth = np.radians(FRONT_DEG + (182.0 - FRONT_DEG) * u ** 0.9)  # the sides overlap at the nape
    level = np.stack([sign * np.sin(azimuth), np.full(COLUMNS, -0.28), np.cos(azimuth)], 1)
    level /= np.linalg.norm(level, axis=1, keepdims=True)
    t = np.linspace(0, 1, ROWS)
    over = t[t <= 0.62] / 0.62  # over the skull, then falling free
    path = np.stack([_slerp(roots, level, x) for x in over])
    flat = path.reshape(-1, 3)
    radius = scalp.radius(flat).reshape(path.shape[:2])
    ramp = over[:, None]
    lift = 0.004 + VOLUME_M * np.sin(np.clip(ramp, 0, 1) * np.pi / 2) ** 0.8 + 0.006 * np.sin(np.pi * ramp)
    lift = lift + 0.007 * np.exp(-((u[None] / 0.12) ** 2)) * np.sin(np.pi * np.clip(ramp, 0, 1))  # a lifted front
    lift = lift * np.interp(u, [0.0, 0.10, 0.30], [0.30, 0.62, 1.0]) ** np.clip(1.6 * ramp, 0, 1)  # close to the temples
    groove = (ridge - 0.5) * 0.0075 * np.clip(ramp * 2.2, 0, 1)
    outer = scalp.centre + path * (radius + lift + groove)[..., None]
    fall = _fall(outer[-1], t[t > 0.62], u, ridge, jitter[number, 0])
    sheet = np.concatenate([outer, fall])
    bend = np.exp(-(((t[1:-1] - 0.62) / 0.16) ** 2))[:, None, None]
    for _ in range(10):  # from lying on the skull to hanging without a kink
        sheet[1:-1] += 0.5 * bend * ((sheet[:-2] + sheet[2:]) / 2 - sheet[1:-1])
    return _closed(sheet, u, t, lock, jitter[number, 1], rigid(body, "head"))


def _roots(scalp: Scalp, u: NDArray, sign: float) -> NDArray:
    """(c, 3) unit directions of the parting: forehead to crown for the front columns, then the whorl."""
    forward = np.interp(u, [0.0, 0.55, 1.0], [0.098, -0.045, -0.06])
    x = PART_X_M * np.interp(u, [0, 0.55, 1], [1.0, 0.6, 0.3]) + sign * 0.0015
    y = np.interp(forward, [-0.06, 0.0, 0.06, 0.098], [0.088, 0.105, 0.096, 0.070])
    way = np.stack([x, y, forward], 1)
    return way / np.linalg.norm(way, axis=1, keepdims=True)


def _slerp(a: NDArray, b: NDArray, t: float) -> NDArray:
    angle = np.arccos(np.clip((a * b).sum(1), -1, 1))[:, None]
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def _fall(start: NDArray, t: NDArray, u: NDArray, ridge: NDArray, jitter: NDArray) -> NDArray:
    """(rows, c, 3) below the ears: straight down, then curling in under the jaw."""
    s = ((t - 0.62) / 0.38)[:, None]
    tip = np.interp(u, [0, 1], TIP_Y_M) - 0.006 * ridge + 0.004 * jitter
    y = start[None, :, 1] + (tip - start[:, 1])[None] * s
    inward = -0.004 * np.sin(np.pi * np.clip(s * 1.1, 0, 1)) + 0.022 * np.clip(s - 0.45, 0, 1) ** 1.5
    groove = (ridge - 0.5)[None] * (0.0075 - 0.003 * s)
    flat = start * (1.0, 0.0, 1.0) - (0.0, 0.0, 0.015)
    way = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    base = start[None] * (1, 0, 1) - way[None] * (inward - groove + (ridge - 0.5)[None] * 0.0075)[..., None]
    out = base.copy()
    out[..., 1] = y
    return out


def _closed(sheet: NDArray, u: NDArray, t: NDArray, lock: NDArray, shade: NDArray, weights: NDArray) -> Piece:
    """The sheet with its lining 9 mm inside, joined along the tips and the face-side edge."""
    rows, columns = sheet.shape[:2]
    middle = np.array([0.0, 1.57, 0.0])
    inward = middle - sheet
    inward[..., 1] *= 0.15
    inward /= np.maximum(np.linalg.norm(inward, axis=-1, keepdims=True), 1e-9)
    depth = np.interp(t, [0, 0.3, 1], [0.001, 0.005, 0.008])[:, None, None]
    lining = sheet + inward * depth
    n = rows * columns
    faces = []
    for r in range(rows - 1):
        for c in range(columns - 1):
            a, b, d, e = r * columns + c, r * columns + c + 1, (r + 1) * columns + c, (r + 1) * columns + c + 1
            faces += [(a, d, e), (a, e, b)]
            if r >= rows - 3 or c < 3:  # a thick rim; further in nobody sees the sheet's back
                faces += [(n + a, n + e, n + d), (n + a, n + b, n + e)]
    for c in range(columns - 1):
        a, b = (rows - 1) * columns + c, (rows - 1) * columns + c + 1
        faces += [(a, n + a, n + b), (a, n + b, b)]
    for r in range(rows - 1):
        a, b = r * columns, (r + 1) * columns
        faces += [(a, n + a, n + b), (a, n + b, b)]
    order = np.array(faces)
    if sheet[rows // 2, columns // 2, 0] < 0:
        order = order[:, ::-1]
    uvs = np.stack(np.broadcast_arrays((lock / 2.0)[None], (t * 1.0)[:, None]), -1).reshape(-1, 2)
    ridge = np.sin(np.pi * (lock % 1.0)) ** 0.6
    light = (0.50 + 0.50 * ridge)[None] * np.interp(t, [0, 0.12, 0.5, 1], [0.62, 0.95, 1.0, 0.86])[:, None]
    light = light * (1.0 + 0.10 * shade)[None]
    colours = np.concatenate([(light[..., None] * np.array(TINT)).reshape(-1, 3), np.tile(DARK, (n, 1))])
    return piece(np.concatenate([sheet.reshape(-1, 3), lining.reshape(-1, 3)]), order, weights, colours,
                 np.concatenate([uvs, uvs]))


def strand_texture(size_px: int = 256) -> bytes:
    """Fine strands along v, brown, as a tiling picture."""
    rng = np.random.default_rng(5)
    x = np.arange(size_px)
    fine = np.zeros(size_px)
    for octave, amount in ((2, 0.30), (4, 0.25), (10, 0.30), (28, 0.25), (64, 0.25)):
        phase = rng.uniform(0, 2 * np.pi, octave)
        waves = sum(np.sin(2 * np.pi * k * x / size_px + phase[k % octave])
                    for k in range(octave, 2 * octave, max(1, octave // 3)))
        fine += amount * waves / np.abs(waves).max()
    picture = np.repeat(fine[None], size_px, 0)
    drift = np.cumsum(rng.normal(0, 0.35, size_px))
    drift -= np.linspace(0, drift[-1], size_px)  # tiles along v
    rows = [np.roll(row, round(d)) for row, d in zip(picture, drift, strict=True)]
    value = np.clip(0.62 + 0.30 * np.array(rows), 0.15, 1.1)[..., None]
    colour = np.array([0.40, 0.265, 0.185]) * value + np.array([0.05, 0.02, 0.0]) * (value > 0.8)
    image = Image.fromarray((np.clip(colour, 0, 1) * 255).astype(np.uint8))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
