"""Men's hair: a cap that grows out of the skin at the hairline, with short locks that lie the way the style says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar.build.body import Body
from avatar.build.face import rigid
from avatar.build.locks import ribbons
from avatar.build.look import linear
from avatar.build.mesh import Piece, clip, cut_out, join, smooth, triangles
from avatar.build.scalp import Scalp

# (at the sides, on top) metres off the skin; locks; their length on top
STYLES = {"short": ((0.0022, 0.017), 1250, 0.052), "swept": ((0.0022, 0.021), 1250, 0.064)}
LOCK_ROWS = 6
PART_X_M = 0.030
FRINGE, FRINGE_ROWS = 330, 5  # fine locks that begin on the bare skin of the hairline


def short_hair(body: Body, scalp: Scalp, style: str, rng: np.random.Generator, share: float) -> Piece:
    """The cap and its locks."""
    (side, top), count, length = STYLES[style]
    cap, base = hair_cap(body, scalp, lambda p: side + (top - side) * _topness(p, scalp))
    tint = np.array(linear(body.look.hair.colour))
    cap.colours[:] = tint * 0.72
    count = int(count * (share if share == 1.0 else share * 0.75))
    area = np.linalg.norm(np.cross(cap.positions[cap.faces[:, 1]] - cap.positions[cap.faces[:, 0]],
                                   cap.positions[cap.faces[:, 2]] - cap.positions[cap.faces[:, 0]]), axis=1)
    depth = scalp.inside_hairline(base)
    area = area * (depth[cap.faces].min(1) > 0.002) * (0.75 + _topness(cap.positions[cap.faces].mean(1), scalp))
    face = rng.choice(len(area), count, p=area / area.sum())
    bary = rng.dirichlet((1, 1, 1), count)
    roots = np.einsum("nk,nkc->nc", bary, cap.positions[cap.faces[face]])
    high = _topness(roots, scalp)
    long_m = (0.016 + (length - 0.016) * high) * rng.uniform(0.75, 1.15, count)
    long_m = np.where(high < 0.3, np.minimum(long_m, _room(roots, body, scalp)), long_m)
    paths, out = _lying(roots, _flow(roots, scalp, style, rng), long_m, high, scalp, style)
    width = rng.uniform(0.0022, 0.0060, count) * (0.75 + 0.4 * high) * share ** -0.55
    shade = rng.uniform(0.70, 1.25, count) * (0.86 + 0.14 * high)
    top_ = ribbons(paths, out, width, rigid(body, "head"), shade, tint, 0.55)
    return join([cap, top_, _fringe(cap, base, scalp, body, rng, share, style)])


def _room(roots: NDArray, body: Body, scalp: Scalp) -> NDArray:
    """(n,) metres a lock at the side may hang down before it would stand off in the air beside ear or sideburn."""
    ears = body.shape[body.source.mask("ears") > 0.35]
    beside = (roots[:, 2] > ears[:, 2].min() - 0.004) & (roots[:, 2] < ears[:, 2].max() + 0.010)
    over_ear = np.where(beside, roots[:, 1] - ears[:, 1].max() - 0.002, 1.0)
    return np.clip(np.minimum(scalp.inside_hairline(roots), over_ear), 0.006, 0.1)


def _fringe(cap: Piece, base: NDArray, scalp: Scalp, body: Body, rng: np.random.Generator, share: float,
            style: str) -> Piece:
    """Fine locks out of the skin before the cap's edge and over it, so that hair does not begin in one line."""
    depth, corner = scalp.inside_hairline(base), cap.faces
    ahead = (base[corner, 2] - scalp.back_m).mean(1) > 0.080
    chance = ahead * (depth[corner].min(1) < 0.010) * np.linalg.norm(np.cross(
        base[corner[:, 1]] - base[corner[:, 0]], base[corner[:, 2]] - base[corner[:, 0]]), axis=1)
    count = max(44, int(FRINGE * share))
    face = rng.choice(len(chance), count, p=chance / chance.sum())
    at = np.einsum("nk,nkc->nc", rng.dirichlet((1, 1, 1), count), base[corner[face]])
    at[:, 1] -= rng.uniform(-0.001, 0.0045, count)
    side = np.clip((np.abs(at[:, 0]) - 0.045) / 0.015, 0, 1)[:, None]  # at the temples hair lies back and down
    lean = np.where(at[:, 0] > 0.030, 0.45, -0.45) if style == "short" else at[:, 0] * 3.0
    up = np.stack([lean, np.full(count, 1.0), np.full(count, -0.3)], 1)
    back = np.stack([np.zeros(count), np.full(count, -0.35), np.full(count, -1.0)], 1)
    way = up * (1 - side) + back * side + rng.normal(0, 0.16, (count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    length = rng.uniform(0.014, 0.028, count) * (1 - 0.35 * side[:, 0])
    spots = []
    for s in np.linspace(0, 1, FRINGE_ROWS):
        spot = at + way * (length * s)[:, None]
        out = (spot - scalp.centre) / np.linalg.norm(spot - scalp.centre, axis=1, keepdims=True)
        over = np.clip(scalp.inside_hairline(spot) / 0.016, 0, 1) ** 0.6
        thick = STYLES[style][0][0] + (STYLES[style][0][1] - STYLES[style][0][0]) * _topness(spot, scalp)
        spots.append(spot + out * (0.0008 + 0.0014 * s + thick * over - scalp.surface(spot))[:, None])
    paths = np.stack(spots, 1)
    outward = paths - scalp.centre
    outward /= np.linalg.norm(outward, axis=-1, keepdims=True)
    width = rng.uniform(0.0022, 0.0048, count) * share ** -0.35
    return ribbons(paths, outward, width, rigid(body, "head"), rng.uniform(0.75, 1.2, count), np.array(
        linear(body.look.hair.colour)), 0.6)


def hair_cap(body: Body, scalp: Scalp, thickness_m) -> tuple[Piece, NDArray]:
    """The skin within the hairline, raised by thickness_m(points) and down to nothing at its edge; where it was, (v, 3)."""
    faces = triangles(body.skin)
    head = body.weights[:, body.joint_names.index("head")] > 0.5
    ears = body.source.mask("ears") > 0.35
    above = body.shape[:, 1] > scalp.eye_m - 0.13
    p = cut_out(body.shape, faces[(head & ~ears & above)[faces].all(1)], body.weights)
    inside = scalp.inside_hairline(p.positions)
    p = clip(p, inside)
    base = p.positions.copy()
    inside = scalp.inside_hairline(base)
    normals = p.normals().astype(np.float64)
    rise = np.clip(inside / 0.016, 0, 1) ** 0.6
    p.positions = base + normals * (thickness_m(base) * rise + 0.0006)[:, None]
    p = smooth(p, 6, 0.5, hold=1 - rise)
    p.weights[:] = rigid(body, "head")
    way = p.positions - scalp.centre
    p.uvs = np.stack([np.arctan2(way[:, 0], way[:, 2]) * 1.6, way[:, 1] * 9.0], 1)
    return p, base


def _topness(points: NDArray, scalp: Scalp) -> NDArray:
    """0 at the sides and back, 1 on top."""
    up = np.clip((points[:, 1] - (scalp.crown_m - 0.080)) / 0.045, 0, 1)
    back = np.clip((points[:, 2] - scalp.back_m + 0.085) / 0.05, 0, 1)
    return up * up * (3 - 2 * up) * back


def _flow(roots: NDArray, scalp: Scalp, style: str, rng: np.random.Generator) -> NDArray:
    """(n, 3) unit: which way each lock lies."""
    x = roots[:, 0]
    n = len(roots)
    part = x - PART_X_M
    down = np.stack([np.sign(x) * 0.15, np.full(n, -1.0), np.full(n, -0.35)], 1)
    if style == "short":  # combed across from the parting and back, the front lifted
        top = np.stack([0.95 * np.tanh(part / 0.012), np.full(n, 0.1), np.full(n, -0.30)], 1)
    else:
        top = np.stack([x * 4.0, np.full(n, 0.35), np.full(n, -1.0)], 1)
    high = _topness(roots, scalp)[:, None]
    way = top * high + down * (1 - high) + rng.normal(0, 0.075, (n, 3)) + _tufts(roots)
    return way / np.linalg.norm(way, axis=1, keepdims=True)


def _tufts(roots: NDArray) -> NDArray:
    """(n, 3): neighbours lean together, the next tuft a little otherwise."""
    x, y, z = (roots * 2 * np.pi).T
    return 0.16 * np.stack([np.sin(z / 0.031 + 3 * x), np.sin(x / 0.027 + 1.0) * 0.5, np.sin(x / 0.035 + y / 0.05)], 1)


def _lying(roots: NDArray, flow: NDArray, long_m: NDArray, high: NDArray, scalp: Scalp,
           style: str) -> tuple[NDArray, NDArray]:
    """Paths that follow the skull in the flow's direction, bowed off the cap."""
    s = np.linspace(0, 1, LOCK_ROWS)
    ground = scalp.surface(roots)
    way, at, spots = flow, roots, [roots]
    for _ in s[1:]:  # step by step along the skull
        out = at - scalp.centre
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        way = way - out * (way * out).sum(1, keepdims=True)
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        at = at + way * (long_m / (LOCK_ROWS - 1))[:, None]
        at = at + (at - scalp.centre) / np.linalg.norm(at - scalp.centre, axis=1, keepdims=True) * (
            ground - scalp.surface(at))[:, None]
        spots.append(at)
    paths = np.stack(spots, 1)
    rise = 0.0010 + 0.0062 * high * (0.75 if style == "swept" else 1.0)
    front = np.clip((roots[:, 2] - scalp.back_m - 0.07) / 0.03, 0, 1) * high  # the fringe stands up a little
    rise = rise + 0.007 * front * (0.9 if style == "swept" else 0.7)
    if style == "short":  # beside the parting hair lies flat
        rise = rise * np.clip(np.abs(roots[:, 0] - PART_X_M) / 0.014, 0.12, 1)
    out = paths - scalp.centre
    out /= np.linalg.norm(out, axis=-1, keepdims=True)
    bow = np.sin(np.pi * np.minimum(s * 0.9, 1.0))
    paths = paths + out * (rise[:, None] * bow - 0.0015 * (1 - s))[..., None]
    return paths, out
