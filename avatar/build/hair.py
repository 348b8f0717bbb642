"""Hair by style: a dark solid shape below, locks over it. Solid, so it never shimmers; strands are in the texture."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from avatar.build.body import Body
from avatar.build.face import rigid
from avatar.build.hair_short import short_hair
from avatar.build.hair_tied import bun
from avatar.build.headscarf import headscarf
from avatar.build.locks import SHADE_ROOT, ribbons
from avatar.build.look import linear
from avatar.build.mesh import Piece, join, piece
from avatar.build.scalp import Scalp
from avatar.build.strands import Strands, gathered, rounder, slerp
from avatar.build.wisps import CLUMP, LOOSE, SINGLE, cards

COLUMNS, ROWS = 73, 61  # of one side's sheet
LOCKS = 9  # ridges of one side's sheet
PART_X_M = 0.018  # the parting is off the middle, to the body's left
FRONT_DEG, PARTED_DEG = 49.0, 58.5  # azimuth of the strand beside the face; on the side of the parting
UNDER = 0.62  # brightness of the sheet below the locks
LEAN_UNDER, LEAN_BELOW_M, LEAN_SHEET = 0.92, 0.0015, (19, 23)  # where locks are few; rows, columns
ROOT_DEPTH_M, PARTING_DEPTH_M = 0.007, 0.0034


@dataclass(frozen=True, slots=True)
class Cut:
    """A loose style. tip_m: where the hair ends below the eyes, in front and at the back; volume_m: off the scalp at the
    sides; curl_m: how far ends turn in; wave_m: amplitude of waves; locks, lock_rows: on each side, and along each;
    taper: share of a lock that narrows to its tip, and end: how wide that still is; uneven: share of their length by which
    they differ; strands: in how many of a side they gather towards their tips."""

    tip_m: tuple[float, float]
    volume_m: float
    curl_m: float
    wave_m: float
    locks: int
    lock_rows: int
    taper: float
    uneven: float
    end: float = 0.02
    strands: int = 12


CUTS = {"bob": Cut((0.140, 0.112), 0.0045, 0.040, 0.0060, 104, 23, 0.42, 0.030, 0.05, 11),
        "long": Cut((0.300, 0.285), 0.014, 0.004, 0.0075, 108, 26, 0.34, 0.09, 0.03, 9)}
WIDTH_M = (0.0060, 0.0190)  # of locks; few are wide
GATHER, GATHER_FROM = 0.62, 0.45  # how far locks of a strand come together at their tips; from where on
LEAN_MORE = 1.3  # of the locks, on light figures
FRAMING, INNER = 24, 30  # of one side: beside the face; below
SOLID, UNDER_FROM = (27, 31), 0.035  # rows and columns of the sheet below the locks; where it begins
UNDER_UNEVEN = 0.09  # with locks that differ by so much the solid ends sooner by these:
UNDER_ENDS = ((0.0, 0.12, 0.30, 1.0), (0.20, 0.10, 0.05, 0.04))  # how much sooner it ends, by column

# Wisps of one side: how many, of which kind, up to which column u, first row t, their length in t, metres off the locks, width
SOFT = ((50, LOOSE, 1.0, (0.10, 0.60), (0.25, 0.40), (0.0022, 0.0042), (0.010, 0.018)),
        (30, SINGLE, 1.0, (0.10, 0.65), (0.25, 0.40), (0.002, 0.004), (0.008, 0.014)),
        (70, CLUMP, 1.0, (0.74, 0.84), (0.16, 0.26), (-0.004, 0.003), (0.010, 0.018)),
        (60, LOOSE, 1.0, (0.76, 0.88), (0.14, 0.25), (-0.005, 0.004), (0.008, 0.014)),
        (20, SINGLE, 0.05, (0.05, 0.50), (0.30, 0.50), (0.000, 0.003), (0.006, 0.010)))
PAST_M = 0.20  # a tip's way past the cut, a unit of t
HAIRLINE, PARTING, LEAN_HAIRLINE = 50, 70, 14
EDGE, EDGE_M = 44, 0.35  # wisps along the edge beside the face; metres beyond it, a unit of u


def hair(body: Body, share: float = 1.0) -> tuple[Piece, Piece | None]:
    """The look's hair or scarf, and the wisps over it, if it has any.

    share: of the locks, fewer but wider ones on weaker machines."""
    scalp = Scalp(body)
    rng = np.random.default_rng(11)  # lengths of locks; fixed, so that a build repeats bit for bit
    style = body.look.hair.style
    if style == "hijab":
        return headscarf(body, scalp, share), None
    if style in ("short", "swept", "buzz"):
        return short_hair(body, scalp, style, rng, share)
    if style == "bun":
        return bun(body, scalp, rng, share), None
    sides = [_side(body, scalp, sign, rng, CUTS[style], share) for sign in (1.0, -1.0)]
    return join([locks for locks, _ in sides]), join([soft for _, soft in sides])


def tint(body: Body) -> NDArray:
    """(3,) linear colour of the look's hair."""
    return np.array(linear(body.look.hair.colour))


def _side(body: Body, scalp: Scalp, sign: float, rng: np.random.Generator, cut: Cut, share: float) -> tuple[Piece, Piece]:
    """One side of the parting, and its wisps. Rows run from root to tip, columns from beside the face to the nape."""
    whole = share == 1.0
    sheet = _sheet(scalp, sign, cut, np.linspace(0, 1, COLUMNS), rounder(np.linspace(0, 1, ROWS)), rng)
    strands = Strands(sheet, _outward(scalp, sheet), rigid(body, "head"), tint(body))
    parts = [_under(strands, rng, cut, whole), _locks(strands, rng, cut, share, whole)]
    if whole:
        parts += [_framing(strands, rng, sign, cut), _inner(strands, rng)]
    return join(parts), _soft(strands, sign, cut, scalp, whole)


def _under(strands: Strands, rng: np.random.Generator, cut: Cut, whole: bool) -> Piece:
    """The solid below the locks. It begins behind the face's edge and ends above the tips, uneven: what is seen there is
    locks. Where locks are few it is what is seen: finer where hair bends, cut into points, as bright as the locks."""
    rows, columns = SOLID if whole else LEAN_SHEET
    u, t = np.linspace(0, 1, columns), rounder(np.linspace(0, 1, rows))
    u_ = (UNDER_FROM + (1 - UNDER_FROM) * u) if whole else u
    short = np.interp(u, *UNDER_ENDS) + (0.05 * rng.random(columns) if whole else 0.050 * (np.arange(columns) % 2))
    at_t = t[:, None] * (1 - short * cut.uneven / UNDER_UNEVEN * (1 if whole else 0.6))[None]
    places, out = strands.at(np.broadcast_to(u_, at_t.shape), at_t)
    below_m = np.full(at_t.shape, LEAN_BELOW_M)
    if whole:  # close below the parting, deeper where locks are fine
        below_m = np.interp(t, [0.0, 0.10, 0.20], [0.0026, 0.0034, 0.0045])[:, None] + np.interp(u, [0.0, 0.12], [0.0022, 0.0])
    below = places - out * below_m[..., None]
    return _closed(below, u, t, u * LOCKS, strands.tint * (UNDER if whole else LEAN_UNDER), strands.weights)


def _locks(strands: Strands, rng: np.random.Generator, cut: Cut, share: float, whole: bool) -> Piece:
    """The locks that make up the style, from the parting to the tips, where they gather in strands."""
    count = max(16, int(cut.locks * share * (1 if whole else LEAN_MORE)))
    where = (np.arange(count) + rng.uniform(0, 1, count)) / count
    middle, long_ = gathered(cut.strands, where, rng)
    length = np.minimum(1.0 - cut.uneven * long_, 1.0)
    above = (rng.random(count) < np.where(where < 0.55, 0.22, 0.40)) & (where > 0.25)
    start = np.where(above, rng.uniform(0.05, 0.35, count), 0.0)
    if not whole:  # the crown is the smooth sheet's
        start = np.where(where < 0.10, 0.02, 0.28 + 0.22 * rng.random(count))
    broad = rng.random(count) ** 1.6
    # neighbours lie in different layers, so that they do not cut through each other; narrow ones over broad ones
    lift = -0.0012 + 0.0046 * (np.arange(count) * 0.618034 % 1.0) + rng.uniform(0, 0.0005, count) - 0.0012 * broad
    lift *= 1.0 if whole else 0.4
    rows = rounder(np.linspace(0, 1, cut.lock_rows if whole else cut.lock_rows // 3))
    at_t = start[:, None] + (length - start)[:, None] * rows
    pull = np.clip((at_t - GATHER_FROM) / (1 - GATHER_FROM), 0, 1)
    drift = rng.normal(0, 0.014, count)[:, None] * np.sin(np.pi * at_t)
    gather = GATHER * np.clip((0.97 - where) / 0.12, 0, 1)  # sides stay joined at the nape
    at_u = np.clip(where[:, None] + (gather * (middle - where))[:, None] * pull**1.5 + drift, 0, 1)
    paths, out = strands.at(at_u, at_t)
    loose = np.clip((at_t - 0.24) / 0.55, 0, 1)
    loose = loose * loose * (3 - 2 * loose)
    phase = 2 * np.pi * (where[:, None] * 2.2 + rng.normal(0, 0.06, count)[:, None])
    wave = cut.wave_m * np.sin(phase + at_t * 10.0) * loose * np.clip(where / 0.16, 0.15, 1)[:, None]  # none beside the face
    side = np.cross(out, np.gradient(paths, axis=1))
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-9)
    late = start > 0.03  # these begin on others, not at the parting: pointed, and from below
    parting = PARTING_DEPTH_M * np.clip(0.35 + where * 10, 0, 1) if whole else ROOT_DEPTH_M  # round there, no step
    deep = np.where(late, ROOT_DEPTH_M, parting)
    short = np.where(late | (not whole), 5.0, 14.0)[:, None]
    paths = paths - out * (deep[:, None] * np.clip(1 - rows * short, 0, 1))[..., None]
    paths = paths + out * (lift[:, None] * np.clip(at_t * 3.5, 0.05, 1) + 0.5 * wave)[..., None] + side * wave[..., None]
    width = (WIDTH_M[0] + (WIDTH_M[1] - WIDTH_M[0]) * broad) * (104 / count) ** 0.42
    width *= np.clip(0.45 + where / 0.15, 0, 1)  # fine beside the face
    pointed = late | (not whole)
    return ribbons(paths, out, width, strands.weights, rng.uniform(0.82, 1.16, count), strands.tint,
                   cut.taper if whole else min(cut.taper, 0.22), root=np.where(pointed, 0.05, 0.7), bulge=0.20,
                   grow=np.where(late, 2.0, 4.0), root_shade=np.where(late, 1.0, SHADE_ROOT), end=cut.end if whole else 0.02)


def _framing(strands: Strands, rng: np.random.Generator, sign: float, cut: Cut) -> Piece:
    """Narrow locks of many lengths before and behind the edge beside the face, each a little for itself."""
    s = np.linspace(0, 1, 13)
    first = rng.uniform(0.0, 0.03, FRAMING)
    t0, t1 = rng.uniform(0.0, 0.12, FRAMING), 1.0 - min(0.34, 4 * cut.uneven) * rng.random(FRAMING) ** 1.5
    at_t = t0[:, None] + (t1 - t0)[:, None] * s
    at_u = np.clip(first[:, None] + rng.normal(0.01, 0.03, FRAMING)[:, None] * s, 0, 1)
    paths, out = strands.at(at_u, at_t)
    free = np.clip((at_t - 0.25) / 0.5, 0, 1)
    toward = rng.uniform(-0.004, 0.0040, FRAMING)[:, None] * free  # before the cheek, or behind the edge
    bow = rng.uniform(0.0, 0.004, FRAMING)[:, None] * np.sin(np.pi * free)
    paths = paths + out * (rng.uniform(-0.004, 0.0015, FRAMING)[:, None] - 0.3 * np.abs(toward) + bow)[..., None]
    paths[..., 2] += toward
    paths[..., 0] -= sign * 0.7 * np.maximum(toward, 0)
    width = rng.uniform(0.0028, 0.0070, FRAMING)
    return ribbons(paths, out, width, strands.weights, rng.uniform(0.84, 1.14, FRAMING), strands.tint, min(0.55, 6 * cut.taper),
                   end=cut.end)


def _inner(strands: Strands, rng: np.random.Generator) -> Piece:
    """Locks below the outer ones, seen past the neck: they look inward."""
    s = np.linspace(0, 1, 6)
    u = 0.16 + 0.84 * (np.arange(INNER) + rng.uniform(0, 1, INNER)) / INNER
    t0, t1 = rng.uniform(0.48, 0.60, INNER), rng.uniform(0.80, 0.945, INNER)
    at_t = t0[:, None] + (t1 - t0)[:, None] * s
    paths, out = strands.at(np.broadcast_to(u[:, None], at_t.shape), at_t)
    paths = paths - out * (0.009 + rng.uniform(0.0, 0.006, INNER)[:, None] * (0.4 + s))[..., None]
    width, shade = rng.uniform(0.010, 0.018, INNER), rng.uniform(0.75, 1.20, INNER)  # from their backs: unlit, no highlight
    return ribbons(paths, out, width, strands.weights, shade, strands.tint, 0.4)


def _soft(strands: Strands, sign: float, cut: Cut, scalp: Scalp, whole: bool) -> Piece:
    """Wisps of one side: over the locks, off the outline, past the tips, before the face; out of the skin at the forehead."""
    rng = np.random.default_rng(31 if sign > 0 else 32)
    rows = np.linspace(0, 1, 5 if whole else 4)
    parts = []
    for count, column, to_u, from_t, long, off_m, wide_m in SOFT:
        many = count if whole else count // 8 * (to_u > 0.1)  # before the face a few would be stripes
        u, t0, off, width = (rng.uniform(*span, many)[:, None] for span in ((0.0, to_u), from_t, off_m, wide_m))
        t = t0 + rng.uniform(*long, many)[:, None] * rows
        t = np.where(t0 > 0.7, t, np.minimum(t, 1.0))
        paths, out = strands.at(np.clip(u + rng.normal(0, 0.02, (many, 1)) * rows, 0, 1), np.minimum(t, 1.0))
        paths = paths + out * (off * np.sin(np.pi * (0.2 + 0.7 * rows)))[..., None]
        paths[..., 1] -= np.maximum(t - 1.0, 0) * PAST_M
        if to_u < 0.1:  # before the cheek
            paths[..., 0] -= sign * 0.006 * rows**1.5
            paths[..., 2] += 0.003 * rows
        parts.append(cards(paths, out, width[:, 0] * (1.0 if whole else 1.8), column, strands.weights,
                           rng.uniform(0.80, 1.25, many), strands.tint))
    tucked = sign > 0  # there the temple is bare: more of its first hairs are seen
    many = (2 * HAIRLINE if tucked else HAIRLINE) if whole else LEAN_HAIRLINE * tucked
    u, t = rng.uniform(0.0, 0.10, (many, 1)), rng.uniform(0.0, 0.42 if tucked else 0.12, (many, 1))
    t = t + rng.uniform(0.16, 0.30, (many, 1)) * rows
    paths, out = strands.at(np.broadcast_to(u, t.shape), t)
    away = paths - strands.at(np.broadcast_to(u + 0.03, t.shape), t)[0]
    away /= np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), 1e-9)
    bare = (1 - rows)[None] ** 1.5
    paths = paths + away * (rng.uniform(0.000, 0.010 if tucked else 0.008, (many, 1)) * bare)[..., None]
    high = scalp.surface(paths.reshape(-1, 3)).reshape(t.shape) - 0.0008
    paths = paths + out * (0.0015 * (1 - bare) - high * bare)[..., None]
    parts.append(cards(paths, out, rng.uniform(0.005, 0.010, many) * (1.0 if whole else 1.6), LOOSE, strands.weights,
                       rng.uniform(0.85, 1.15, many),
                       strands.tint))
    many = PARTING if whole else 0
    u, t = rng.uniform(0.0, 0.9, (many, 1)), rng.uniform(0.14, 0.26, (many, 1)) * rows
    paths, out = strands.at(np.broadcast_to(u, t.shape), t)
    root = (1 - rows)[None] ** 2
    paths = paths + out * (0.0014 + 0.0012 * np.sin(np.pi * rows))[None, :, None]
    paths[..., 0] -= sign * rng.uniform(0.002, 0.010, (many, 1)) * root  # from beyond the parting, over it
    parts.append(cards(paths, out, rng.uniform(0.005, 0.010, many), CLUMP, strands.weights, rng.uniform(0.7, 1.1, many),
                       strands.tint))
    return join([*parts, _edge(strands, rng)] if whole else parts)


def _edge(strands: Strands, rng: np.random.Generator) -> Piece:
    """Wisps along the edge beside forehead and cheek, half over it."""
    rows = np.linspace(0, 1, 5)
    u, from_t = rng.uniform(-0.018, 0.020, (EDGE, 1)), rng.uniform(0.06, 0.55, (EDGE, 1))
    t = from_t + rng.uniform(0.22, 0.40, (EDGE, 1)) * rows
    paths, out = strands.at(np.broadcast_to(np.maximum(u, 0), t.shape), t)
    beyond = paths - strands.at(np.full(t.shape, 0.02), t)[0]
    beyond /= np.maximum(np.linalg.norm(beyond, axis=-1, keepdims=True), 1e-9)
    paths = paths + beyond * (np.maximum(-u, 0) * EDGE_M * (0.4 + rows))[..., None]
    paths = paths + out * (0.0016 * np.sin(np.pi * rows) - 0.0025 * (1 - rows) ** 2)[None, :, None]
    width, shade = rng.uniform(0.006, 0.011, EDGE), rng.uniform(0.80, 1.20, EDGE)
    return cards(paths, out, width, LOOSE, strands.weights, shade, strands.tint)


def _sheet(scalp: Scalp, sign: float, cut: Cut, u: NDArray, t: NDArray, rng: np.random.Generator) -> NDArray:
    """(rows, columns, 3): how hair lies on one side, from the parting to the tips."""
    ridge = np.sin(np.pi * (u * LOCKS % 1.0)) ** 0.8
    number = np.minimum((u * LOCKS).astype(int), LOCKS - 1)
    jitter = rng.uniform(-1, 1, LOCKS)
    roots = _roots(u, sign)
    front_deg = FRONT_DEG if sign < 0 else PARTED_DEG
    azimuth = np.radians(front_deg + (182.0 - front_deg) * u ** 0.9)  # the sides overlap at the nape
    level = np.stack([sign * np.sin(azimuth), np.full(len(u), -0.28), np.cos(azimuth)], 1)
    level /= np.linalg.norm(level, axis=1, keepdims=True)
    over = t[t <= 0.62] / 0.62  # over the skull, then falling free
    path = np.stack([slerp(roots, level, x) for x in over])
    radius = scalp.radius(path.reshape(-1, 3)).reshape(path.shape[:2])
    radius = ndimage.gaussian_filter(radius, (6.0, 4.0), mode="nearest")  # the skull's own facets do not show
    ramp = over[:, None]
    lift = 0.0072 + 0.0038 * np.clip(ramp * 3, 0, 1)  # the parting is no furrow
    lift = lift + cut.volume_m * np.clip(ramp, 0, 1) ** 1.4 + 0.0085 * np.sin(np.pi * ramp)
    lift = lift + 0.005 * np.exp(-((u[None] / 0.12) ** 2)) * np.sin(np.pi * np.clip(ramp, 0, 1))  # a lifted front
    lift = lift * np.interp(u, [0.0, 0.10, 0.30], [0.30, 0.62, 1.0]) ** np.clip(1.6 * ramp, 0, 1)  # close to the temples
    if sign > 0:  # what is tucked lies flatter there: as high as the other side beside the parting
        lift = lift + 0.0062 * np.sin(np.pi * np.clip(ramp * 1.4 + 0.08, 0, 1)) * np.clip(u * 6, 0.3, 1)
    groove = (ridge - 0.5) * 0.0040 * np.clip(ramp * 2.2, 0, 1)
    outer = scalp.centre + path * (radius + lift + groove)[..., None]
    tips = scalp.eye_m - np.interp(u, [0, 1], cut.tip_m)
    sheet = np.concatenate([outer, _fall(outer[-1], t[t > 0.62], tips, ridge, jitter[number], cut, scalp)])
    bend = np.exp(-(((t[1:-1] - 0.62) / 0.16) ** 2))[:, None, None]
    for _ in range(96):  # from lying on the skull to hanging without a kink
        sheet[1:-1] += 0.5 * bend * ((sheet[:-2] + sheet[2:]) / 2 - sheet[1:-1])
    return sheet


def _outward(scalp: Scalp, sheet: NDArray) -> NDArray:
    """(rows, columns, 3) unit, away from the head's axis, ever more level further down."""
    way = sheet - scalp.centre
    way[..., 1] = np.where(way[..., 1] < 0, 0.0, way[..., 1])
    return way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-9)


def _roots(u: NDArray, sign: float) -> NDArray:
    """(c, 3) unit directions of the parting: forehead to crown for the front columns, then the whorl."""
    forward = np.interp(u, [0.0, 0.55, 1.0], [0.098, -0.045, -0.06])
    x = PART_X_M * np.interp(u, [0, 0.55, 1], [1.0, 0.6, 0.3]) - sign * 0.0010  # the sides overlap: no furrow
    y = np.interp(forward, [-0.06, 0.0, 0.06, 0.098], [0.088, 0.105, 0.096, 0.070])
    way = np.stack([x, y, forward], 1)
    return way / np.linalg.norm(way, axis=1, keepdims=True)


def _fall(start: NDArray, t: NDArray, tips: NDArray, ridge: NDArray, jitter: NDArray, cut: Cut, scalp: Scalp) -> NDArray:
    """(rows, c, 3) below the ears: straight down, over the shoulders, curling in where the cut says so."""
    s = ((t - 0.62) / 0.38)[:, None]
    tip = tips - 0.006 * ridge + 0.004 * jitter
    y = start[None, :, 1] + (tip - start[:, 1])[None] * s
    inward = -0.004 * np.sin(np.pi * np.clip(s * 1.1, 0, 1)) + cut.curl_m * np.clip(s - 0.35, 0, 1) ** 1.5
    flat = start * (1.0, 0.0, 1.0) - (0.0, 0.0, 0.015 + scalp.back_m)
    way = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    chest = np.clip((scalp.eye_m - 0.145 - y) / 0.10, 0, 1.6)  # long hair lies on shoulders and chest
    push = chest * np.where(start[None, :, 2] > scalp.back_m - 0.01, 0.045, 0.040)
    base = start[None] * (1, 0, 1) - way[None] * inward[..., None]
    out = base + np.array([0.0, 0.0, 1.0]) * (push * np.sign(start[None, :, 2] - scalp.back_m + 0.01))[..., None]
    out[..., 1] = y
    return out


def _closed(sheet: NDArray, u: NDArray, t: NDArray, lock: NDArray, tint: NDArray, weights: NDArray) -> Piece:
    """The sheet with its lining some millimetres inside, joined along the tips and the face-side edge."""
    rows, columns = sheet.shape[:2]
    inward = np.array([0.0, sheet[0, 0, 1] - 0.09, 0.0]) - sheet
    inward[..., 1] *= 0.15
    inward /= np.maximum(np.linalg.norm(inward, axis=-1, keepdims=True), 1e-9)
    lining = sheet + inward * np.interp(t, [0, 0.3, 1], [0.001, 0.004, 0.005])[:, None, None]
    n = rows * columns
    deep = rows // 2 if rows == SOLID[0] else rows * 7 // 10  # weak machines are spared
    faces = []
    for r in range(rows - 1):
        for c in range(columns - 1):
            a, b, d, e = r * columns + c, r * columns + c + 1, (r + 1) * columns + c, (r + 1) * columns + c + 1
            faces += [(a, d, e), (a, e, b)]
            if r >= deep or c < 3:  # a thick rim; from the ears up nobody sees the sheet's back
                faces += [(n + a, n + d, n + e), (n + a, n + e, n + b)]  # seen from its back: unlit, as hair is inside
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
    light = np.broadcast_to(np.interp(t, [0, 0.12, 0.5, 1], [0.75, 1.0, 1.0, 0.7])[:, None], (rows, columns))
    colours = np.concatenate([light.reshape(-1, 1) * tint, np.tile(tint * 0.95, (n, 1))])
    return piece(np.concatenate([sheet.reshape(-1, 3), lining.reshape(-1, 3)]), order, weights, colours,
                 np.concatenate([uvs, uvs]))


def strand_texture(size_px: int = 256) -> bytes:
    """Fine strands along v, grey: the hair's colour is in the vertices. A tiling picture."""
    rng = np.random.default_rng(5)
    x = np.arange(size_px)
    fine = np.zeros(size_px)
    for octave, amount in ((2, 0.30), (4, 0.25), (10, 0.30), (28, 0.25), (64, 0.25)):
        phase = rng.uniform(0, 2 * np.pi, octave)
        waves = sum(np.sin(2 * np.pi * k * x / size_px + phase[k % octave])
                    for k in range(octave, 2 * octave, max(1, octave // 3)))
        fine += amount * waves / np.abs(waves).max()
    drift = np.cumsum(rng.normal(0, 0.35, size_px))
    drift -= np.linspace(0, drift[-1], size_px)  # tiles along v
    drift = ndimage.gaussian_filter1d(drift, 5.0, mode="wrap")
    rows = [np.interp(x - d, x, fine, period=size_px) for d in drift]
    value = np.clip(0.84 + 0.26 * np.array(rows), 0.35, 1.0)[..., None]
    image = Image.fromarray((np.broadcast_to(value, (*value.shape[:2], 3)) * 255).astype(np.uint8))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
