"""Men's hair: a cap that grows out of the skin at the hairline, with short locks that lie the way the style says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from avatar.build.body import Body
from avatar.build.face import rigid
from avatar.build.lay import finer
from avatar.build.locks import ribbons, tufts
from avatar.build.look import linear
from avatar.build.mesh import Piece, boundary_edges, clip, cut_out, join, smooth, triangles
from avatar.build.scalp import Scalp
from avatar.build.wisps import CLIPPED, CLUMP, LOOSE, cards

# (at the sides, on top) metres off the skin; locks on top and at the sides; their length on top
STYLES = {"short": ((0.0038, 0.0125), (360, 800), 0.046), "swept": ((0.0012, 0.0100), (360, 800), 0.052),
          "buzz": ((0.0006, 0.0006), (0, 2600), 0.0)}
LOCK_ROWS, SIDE_ROWS = 6, 4
SIDE_LENGTH_M, BUZZ_LENGTH_M = (0.010, 0.022), (0.003, 0.006)
PART_X_M = 0.030
FRINGE, FRINGE_ROWS = 650, 5  # fine locks that begin on the bare skin of the hairline
INSET_M = 0.007  # the cap begins where the painted roots are dense: no edge is seen
TUFTS, LEAN_TUFTS = 500, 42  # on light figures fewer, wider ones
TUFT_LENGTH_M, TUFT_WIDTH_M, TUFT_HIGH_M = (0.055, 0.085), (0.0030, 0.0058), 0.0007
FADE_M = 0.020  # sides are clipped to the skin over as much more
QUIFF_M, CLUMP_M, CLUMP_HIGH_M = 0.010, 0.024, 0.0035  # the front stands higher; width and height of tufts
COMBED = 0.35  # how far a lock turns, at each step along it, to where hair is combed there
SKIN_SHOWS = 3.0  # brighter than hair a hair is that lies alone on the skin
SIDES_SHADE = 0.45  # lighter than hair's colour: the skin shines through where it is clipped
LEAN_SIDES = 0.35  # of the share of locks: at the sides of a light figure the cap is what is seen
FALLEN = 260  # locks that fall over the forehead
FALL_TOGETHER = 8  # tips that they gather in
FALL_M, FALL_ACROSS_M = (0.002, 0.008), (0.014, 0.034)  # how far down, at least and more in the middle; how far across
LEAN_SOFT_FALLEN = 40  # on light figures nothing but wisps falls: a few wide locks are teeth
SOFT_TOP = 150, 190  # wisps that keep together, and loose ones
SOFT_FRINGE, SOFT_SIDES, SOFT_FALLEN, SOFT_NAPE = 110, 330, 60, 200
CAP_SHADE = (0.80, 0.95)  # of the hair's colour, under many locks and under few


def short_hair(body: Body, scalp: Scalp, style: str, rng: np.random.Generator, share: float) -> tuple[Piece, Piece | None]:
    """The cap and its locks: short ones that lie flat at the sides, longer ones on top. Cropped hair is only the short ones.
    And the wisps over them."""
    whole = share == 1.0
    cap, base = hair_cap(body, scalp, lambda p: _thick(p, scalp, style), INSET_M, whole, FADE_M)
    tint = np.array(linear(body.look.hair.colour))
    beside = SIDES_SHADE * (1 - topness(base, scalp))[:, None]  # in the shade of the top they are black from in front
    cap.colours[:] = tint * (CAP_SHADE[0 if whole else 1] + beside)
    area = np.linalg.norm(np.cross(cap.positions[cap.faces[:, 1]] - cap.positions[cap.faces[:, 0]],
                                   cap.positions[cap.faces[:, 2]] - cap.positions[cap.faces[:, 0]]), axis=1)
    area = area * (scalp.inside_hairline(base)[cap.faces].min(1) > 0.002)
    high = topness(base[cap.faces].mean(1), scalp)
    (tops, sides), length = STYLES[style][1:]
    cropped = style == "buzz"  # the painted scalp shows between
    parts = [] if cropped else [cap]
    if cropped:  # no cap: hairs lie on the skin
        cap.positions[:] = base
    for count, chance, top in ((int(tops * share), area * (high > 0.30) * high, True),
                               (int(sides * share * (1.0 if whole else LEAN_SIDES)),
                                area * (cropped | (high < 0.60)) * (cropped or 0.25 + high), False)):
        if not count:
            continue
        face = rng.choice(len(area), count, p=chance / chance.sum())
        roots = np.einsum("nk,nkc->nc", rng.dirichlet((1, 1, 1), count), cap.positions[cap.faces[face]])
        long_m = rng.uniform(*(BUZZ_LENGTH_M if cropped else SIDE_LENGTH_M), count)
        if top:
            long_m = np.maximum(long_m, length * rng.uniform(0.75, 1.15, count) * (0.35 + 0.65 * topness(roots, scalp)))
        else:
            long_m = np.minimum(long_m, _room(roots, body, scalp))
        paths, out = _lying(roots, _flow(roots, scalp, style, rng), long_m, cap, scalp, style, LOCK_ROWS if top else SIDE_ROWS,
                            0.0 if cropped else 1.0 if whole else 0.40)
        width = rng.uniform(0.0022, 0.0050, count) if top else rng.uniform(0.0013, 0.0028, count)
        shade = rng.uniform(*((0.85, 1.14) if top else (0.84, 0.98)), count)
        shade += 0.0 if top else SIDES_SHADE * np.clip(1 - topness(roots, scalp) / 0.5, 0, 1)  # dark at the top
        shade *= (1.3 if cropped else 0.95 if whole and not top else 1.0 if whole else 1.12)
        width *= 0.5 if cropped else np.clip(scalp.inside_hairline(roots) / 0.022, 0.3, 1.0)  # finer at the hairline
        width *= share ** (-0.40 if top else 0.0 if cropped else -0.35)
        parts.append(ribbons(paths, out, width, rigid(body, "head"), shade, tint, 1.0, 0.0,
                             flat=True, root=0.12, root_shade=0.84 if top else 0.97))
    if cropped:
        return join(parts), None
    parts.append(_tufts_on(cap, base, scalp, body, rng, style, whole))
    soft = _soft(cap, base, scalp, body, style, whole)
    if style == "short" and whole:
        parts.append(_fallen(cap, base, scalp, body))
    return join([*parts, _fringe(cap, base, scalp, body, rng, share, style)]), soft


def _tufts_on(cap: Piece, base: NDArray, scalp: Scalp, body: Body, rng: np.random.Generator, style: str, whole: bool) -> Piece:
    """Strands of the top that lie together, like shingles: each begins under its neighbour and ends over the next."""
    high = topness(base, scalp) * (scalp.inside_hairline(base) > 0.017)
    apart = np.abs(base[:, 0] - PART_X_M) > (0.007 if style == "short" else 0.0)  # none lies in the parting
    spots = np.flatnonzero((high > 0.75) & apart)
    roots, far = [int(spots[np.argmax(base[spots, 2])])], np.full(len(spots), np.inf)
    for _ in range((TUFTS if whole else LEAN_TUFTS) - 1):  # evenly: the next one is where no other is
        far = np.minimum(far, np.linalg.norm(cap.positions[spots] - cap.positions[roots[-1]], axis=1))
        roots.append(int(spots[np.argmax(far)]))
    at = cap.positions[roots]
    count = len(at)
    length = rng.uniform(*TUFT_LENGTH_M, count) * (0.30 + 0.70 * high[roots] ** 2)  # none hangs over the clipped sides
    if not whole:  # a wide one would, in front
        length *= np.where((at[:, 0] < -0.015) & (at[:, 2] - scalp.back_m > 0.045), 0.6, 1.0)
    paths, out = _lying(at, _flow(at, scalp, style, rng), length, cap, scalp, style, 8 if whole else 6, 0.0)
    s = np.linspace(0, 1, paths.shape[1])
    front = np.clip((at[:, 2] - scalp.back_m - 0.055) / 0.04, 0, 1)
    lift = -0.0018 + (0.0026 + 0.0030 * front)[:, None] * np.clip(s * 1.6, 0, 1) - (0.0036 + 0.0030 * front)[:, None] * s**2
    lift = lift - 0.0030 * (1 - s) ** 8  # none shows where it begins
    over = topness(paths.reshape(-1, 3), scalp).reshape(lift.shape)  # what reaches the sides lies there
    paths = paths + out * (lift * np.minimum(high[roots][:, None], over))[..., None]
    width = rng.uniform(*TUFT_WIDTH_M, count) * (TUFTS / count) ** 0.6 * (0.35 + 0.65 * high[roots] ** 3)  # fine beside
    arch = TUFT_HIGH_M * rng.uniform(0.7, 1.2, count) * high[roots]
    tint = np.array(linear(body.look.hair.colour)) * (1.0 if whole else 1.14)
    return tufts(paths, out, width, arch, rigid(body, "head"), rng.uniform(0.86, 1.14, count) * (1 + 0.3 * (1 - high[roots])),
                 tint, 3)


def _fallen_paths(cap: Piece, base: NDArray, scalp: Scalp, count: int, rows: int,
                  rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """(n, rows, 3) paths from the front of the top forward and across the hairline, and unit ways outward."""
    depth = scalp.inside_hairline(base)
    front = (base[:, 2] > scalp.back_m + 0.050) & (depth > 0.016) & (depth < 0.058)
    front &= (base[:, 0] > -0.044) & (base[:, 0] < PART_X_M - 0.004)
    spots = np.flatnonzero(front)
    across = np.linspace(-0.043, PART_X_M - 0.006, count) + rng.normal(0, 0.0015, count)
    near = np.abs(base[spots, 0][None] - across[:, None]) + rng.uniform(0, 0.008, (count, len(spots)))
    at = spots[near.argmin(1)]
    start = cap.positions[at] - scalp.centre
    high = np.linalg.norm(start, axis=1) - scalp.radius(start / np.linalg.norm(start, axis=1, keepdims=True))
    x = base[at, 0]
    lock = np.clip(((x + 0.044) / 0.066 * FALL_TOGETHER + rng.normal(0, 0.12, count)).astype(int), 0, FALL_TOGETHER - 1)
    own = np.random.default_rng(43)  # hairs and wisps of one lock end together
    down, aside = own.uniform(-0.0075, 0.0065, FALL_TOGETHER), own.uniform(*FALL_ACROSS_M, FALL_TOGETHER)
    drop = FALL_M[0] + FALL_M[1] * np.exp(-(((x + 0.008) / 0.024) ** 2)) + down[lock] + rng.uniform(-0.0080, 0.0015, count)
    end = base[at] - scalp.centre
    middle = ((lock + 0.5) / FALL_TOGETHER * 0.066 - 0.044)
    end[:, 0] = x + 0.45 * (middle - x)  # towards the tip of the lock
    end[:, 0] -= (aside[lock] + rng.normal(0, 0.0015, count)) * np.clip((x + 0.050) / 0.03, 0.45, 1)
    end[:, 1] -= depth[at] + drop
    end[:, 2] += 0.03
    s = np.linspace(0, 1, rows)[None, :, None]
    way = start[:, None] * (1 - s) + end[:, None] * s
    way[..., 0] -= (x - end[:, 0])[:, None] * 0.08 * np.sin(np.pi * s[..., 0] ** 0.8)  # across first, as the top lies
    way /= np.linalg.norm(way, axis=-1, keepdims=True)
    lift = high[:, None] * (1 - s[..., 0]) ** 1.5 + rng.uniform(0.002, 0.0055, count)[:, None] * s[..., 0] ** 0.7
    lift = lift + rng.uniform(0.002, 0.007, count)[:, None] * np.sin(np.pi * s[..., 0] ** 0.8) - 0.006 * (1 - s[..., 0]) ** 4
    radius = scalp.radius(way.reshape(-1, 3)).reshape(way.shape[:2]) + lift
    return scalp.centre + way * radius[..., None], way


def _fallen(cap: Piece, base: NDArray, scalp: Scalp, body: Body) -> Piece:
    """Locks that fall forward over the hairline, each as far as it likes: no forehead ends in one line."""
    rng = np.random.default_rng(41)
    paths, out = _fallen_paths(cap, base, scalp, FALLEN, 9, rng)
    count = len(paths)
    width = rng.uniform(0.0014, 0.0040, count)
    tint = np.array(linear(body.look.hair.colour))
    return ribbons(paths, out, width, rigid(body, "head"), rng.uniform(0.86, 1.14, count), tint, 0.9, flat=True, root=0.02,
                   root_shade=1.4, end=0.04)


def _thick(points: NDArray, scalp: Scalp, style: str) -> NDArray:
    """(n,) metres of hair over the skin well inside the hairline: little at the sides, more on top."""
    side, top = STYLES[style][0]
    if side == top:  # cropped
        return np.full(len(points), side)
    way = points - scalp.centre
    upward = np.clip((way[:, 1] / np.linalg.norm(way, axis=1) - 0.40) / 0.45, 0, 1)  # the temples are clipped close
    high = topness(points, scalp) * upward
    x, z = points[:, 0], points[:, 2] - scalp.back_m
    along = z + (0.35 if style == "short" else 0.0) * np.abs(x - PART_X_M) + (x if style == "swept" else 0.0)
    clump = np.abs(np.sin(along * np.pi / CLUMP_M + 2.0 * np.sin(x * 55.0 + 0.7))) ** 0.7 - 0.6
    lifted = np.clip((z - 0.045) / 0.045, 0, 1) * QUIFF_M
    return side + (top + lifted + CLUMP_HIGH_M * clump - side) * high


def _room(roots: NDArray, body: Body, scalp: Scalp) -> NDArray:
    """(n,) metres a lock at the side may hang down before it would stand off in the air beside ear or sideburn."""
    ears = body.shape[body.source.mask("ears") > 0.35]
    beside = (roots[:, 2] > ears[:, 2].min() - 0.004) & (roots[:, 2] < ears[:, 2].max() + 0.010)
    over_ear = np.where(beside, roots[:, 1] - ears[:, 1].max() - 0.002, 1.0)
    return np.clip(np.minimum(scalp.inside_hairline(roots), over_ear), 0.006, 0.1)


def _fringe(cap: Piece, base: NDArray, scalp: Scalp, body: Body, rng: np.random.Generator, share: float,
            style: str) -> Piece:
    """Fine locks out of the skin before the cap's edge and over it, so that hair does not begin in one line."""
    paths, outward, at = _from_skin(cap, base, scalp, rng, max(44, int(FRINGE * share**1.1)), style)
    count = len(paths)
    width = rng.uniform(0.0004, 0.0010, count) * share ** -0.5
    bare = np.clip(1 - (scalp.inside_hairline(at) + 0.004) / 0.010, 0, 1)  # skin shows between the first hairs
    return ribbons(paths, outward, width, rigid(body, "head"), rng.uniform(0.72, 1.08, count), np.array(
        linear(body.look.hair.colour)), 0.7, flat=True, root=0.08, root_shade=0.9 + SKIN_SHOWS * bare)


def _from_skin(cap: Piece, base: NDArray, scalp: Scalp, rng: np.random.Generator, count: int,
               style: str, early_m: float = 0.0) -> tuple[NDArray, NDArray, NDArray]:
    """(n, r, 3) paths out of the skin at the forehead's hairline, their ways outward, and where they begin (n, 3)."""
    depth, corner = scalp.inside_hairline(base), cap.faces
    ahead = (base[corner, 2] - scalp.back_m).mean(1) > 0.066
    ahead = ahead & (np.abs(base[corner, 0]).mean(1) < 0.051)  # at the temples it is clipped to the skin
    chance = ahead * (depth[corner].min(1) < INSET_M + 0.006) * np.linalg.norm(np.cross(
        base[corner[:, 1]] - base[corner[:, 0]], base[corner[:, 2]] - base[corner[:, 0]]), axis=1)
    face = rng.choice(len(chance), count, p=chance / chance.sum())
    at = np.einsum("nk,nkc->nc", rng.dirichlet((1, 1, 1), count), base[corner[face]])
    at[:, 1] -= rng.uniform(-0.002, INSET_M + 0.0065, count) * rng.uniform(0.4, 1.0, count)
    at[:, 1] -= early_m * (1.0 + 0.8 * np.sin(at[:, 0] * 260.0 + 0.4) + 0.5 * np.sin(at[:, 0] * 590.0))  # in tongues
    side = np.clip((np.abs(at[:, 0]) - 0.045) / 0.015, 0, 1)[:, None]  # at the temples hair lies back and down
    lean = np.where(at[:, 0] > 0.030, 0.45, -0.45) if style == "short" else at[:, 0] * 3.0
    up = np.stack([lean, np.full(count, 1.0), np.full(count, -0.3)], 1)
    back = np.stack([np.zeros(count), np.full(count, -0.75), np.full(count, -0.8)], 1)
    way = up * (1 - side) + back * side + rng.normal(0, 0.16, (count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    length = rng.uniform(0.016, 0.044, count) * (1 - 0.55 * side[:, 0])
    spots = []
    for s in np.linspace(0, 1, FRINGE_ROWS):
        spot = at + way * (length * s)[:, None]
        out = (spot - scalp.centre) / np.linalg.norm(spot - scalp.centre, axis=1, keepdims=True)
        over = np.clip(scalp.inside_hairline(spot) / 0.016, 0, 1) ** 0.6
        high = 0.0006 + 0.0008 * s - 0.0016 * s**2 + _thick(spot, scalp, style) * over
        spots.append(spot + out * (high - scalp.surface(spot))[:, None])
    paths = np.stack(spots, 1)
    outward = paths - scalp.centre
    outward /= np.linalg.norm(outward, axis=-1, keepdims=True)
    return paths, outward, at


def _soft(cap: Piece, base: NDArray, scalp: Scalp, body: Body, style: str, whole: bool) -> Piece:
    """Wisps over the top, out of the skin at the forehead, and clipped hair on the skin at the sides."""
    rng, weights, tint = np.random.default_rng(37), rigid(body, "head"), np.array(linear(body.look.hair.colour))
    less = 1.0 if whole else 0.11
    parts = []
    if style == "short":
        paths, out = _fallen_paths(cap, base, scalp, SOFT_FALLEN if whole else LEAN_SOFT_FALLEN, 6 if whole else 4, rng)
        wide = rng.uniform(0.005, 0.010, len(paths)) * (1.0 if whole else 1.7)
        parts.append(cards(paths + out * 0.0012, out, wide, LOOSE, weights, rng.uniform(0.80, 1.35, len(paths)), tint))
    high = topness(base[cap.faces].mean(1), scalp)
    for kind, count, most_m in zip((CLUMP, LOOSE), SOFT_TOP, (0.0085, 0.0060), strict=True):
        roots = _spots(cap, high * (high > 0.60), int(count * less), rng)
        front = np.clip((roots[:, 2] - scalp.back_m - 0.045) / 0.04, 0, 1)
        flow = _flow(roots, scalp, style, rng) + rng.normal(0, 0.12, roots.shape) * topness(roots, scalp)[:, None]
        paths, out = _lying(roots, flow, rng.uniform(0.028, 0.050, len(roots)), cap, scalp, style, 6 if whole else 4, 1.0)
        rise = (rng.uniform(0.001, most_m, len(roots)) * (0.35 + front) * topness(roots, scalp) ** 2)[:, None]
        rise = rise * np.linspace(0, 1, paths.shape[1]) ** 1.3 * topness(paths[:, -1], scalp)[:, None]  # none stands out beside
        parts.append(cards(paths + out * rise[..., None], out, rng.uniform(0.006, 0.012, len(roots)) / less**0.3, kind, weights,
                           rng.uniform(0.82, 1.30, len(roots)), tint))
    paths, out, at = _from_skin(cap, base, scalp, rng, int(SOFT_FRINGE * less), style, 0.0035)
    rooted = scalp.inside_hairline(at) > -0.009  # a wisp that begins on bare skin is a smudge
    rooted &= (at[:, 0] < PART_X_M) | (style != "short")
    paths, out = paths[rooted], out[rooted]
    over = (0.0005 + 0.0022 * np.linspace(0, 1, paths.shape[1]))[:, None]  # over the cap's edge
    parts.append(cards(paths + out * over, out, rng.uniform(0.004, 0.009, len(paths)), LOOSE, weights,
                       rng.uniform(0.7, 1.4, len(paths)), tint))
    faces = triangles(body.skin)
    head = body.weights[:, body.joint_names.index("head")] > 0.5
    faces = faces[(head & (body.shape[:, 1] > scalp.eye_m - 0.13) & (body.source.mask("ears") < 0.35))[faces].all(1)]
    skin = cut_out(body.shape, faces, body.weights)
    for on, before in ((skin, skin.positions), (cap, base)):
        middle = before[on.faces].mean(1)
        depth = scalp.inside_hairline(middle)
        sides = (depth > 0.003) & (depth < (0.030 if on is skin else 0.090)) & (topness(middle, scalp) < 0.30)
        roots = _spots(on, sides, int(SOFT_SIDES * less), rng)
        paths, out = _lying(roots, _flow(roots, scalp, style, rng), np.full(len(roots), 0.012), on, scalp, style, 3, 0.0)
        parts.append(cards(paths + out * 0.0007, out, np.full(len(roots), 0.012), CLIPPED, weights,
                           rng.uniform(0.85, 1.25, len(roots)), tint, 1.0))
    if whole:  # over the edge of the clipped nape
        depth, middle = scalp.inside_hairline(base)[cap.faces].mean(1), base[cap.faces].mean(1)
        edge = (depth > INSET_M + FADE_M - 0.002) & (depth < INSET_M + FADE_M + 0.016) & (middle[:, 2] < scalp.back_m + 0.010)
        roots = _spots(cap, edge, SOFT_NAPE, rng)
        length = rng.uniform(0.014, 0.026, len(roots))
        paths, out = _lying(roots, _flow(roots, scalp, style, rng), length, cap, scalp, style, 4, 0.0)
        paths = paths + out * np.array([0.0008, 0.0008, -0.0006, -0.0022])[None, :, None]
        parts.append(cards(paths, out, rng.uniform(0.007, 0.012, len(roots)), LOOSE, weights,
                           rng.uniform(0.75, 1.2, len(roots)), tint))
    return join(parts)


def _spots(on: Piece, chance: NDArray, count: int, rng: np.random.Generator) -> NDArray:
    """(count, 3) places on a piece, by chance (f,) and area of its triangles."""
    a, b, c = (on.positions[on.faces[:, i]] for i in range(3))
    chance = chance * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    face = rng.choice(len(chance), count, p=chance / chance.sum())
    return np.einsum("nk,nkc->nc", rng.dirichlet((1, 1, 1), count), on.positions[on.faces[face]])


def hair_cap(body: Body, scalp: Scalp, thickness_m, inset_m: float = 0.0,
             fine: bool = False, fade_m: float = 0.0) -> tuple[Piece, NDArray]:
    """The skin inset_m within the hairline, raised by thickness_m(points) and down to nothing at its edge; where it was,
    (v, 3). fine: in smaller triangles."""
    faces = triangles(body.skin)
    head = body.weights[:, body.joint_names.index("head")] > 0.5
    ears = body.source.mask("ears") > 0.35
    above = body.shape[:, 1] > scalp.eye_m - 0.13
    p = cut_out(body.shape, faces[(head & ~ears & above)[faces].all(1)], body.weights)
    p = finer(p) if fine else p
    p = clip(p, scalp.inside_hairline(p.positions) - inset_m - fade_m * (1 - topness(p.positions, scalp)))
    base = p.positions.copy()
    fade = fade_m * (1 - topness(base, scalp))
    inside = scalp.inside_hairline(base) - inset_m - fade
    normals = p.normals().astype(np.float64)
    beside = 1 - topness(base, scalp)
    rise = np.clip(inside / (0.016 + 0.024 * beside * (fade_m > 0)), 0, 1) ** (0.6 + 0.4 * beside * (fade_m > 0))
    p.positions = base + normals * (thickness_m(base) * rise + 0.0006)[:, None]
    hold = 1 - rise
    hold[np.unique(boundary_edges(p.faces))] = 1.0  # its edge stays at the ear
    p = smooth(p, 6, 0.5, hold=hold)
    high = ((p.positions - base) * normals).sum(1)  # smoothing must not pull it under the skin
    p.positions = p.positions + normals * np.maximum(0.0014 * rise + 0.0004 - high, 0)[:, None]
    p.weights[:] = rigid(body, "head")
    way = p.positions - scalp.centre
    p.uvs = np.stack([np.arctan2(way[:, 0], way[:, 2]) * 1.6, way[:, 1] * 9.0], 1)
    return p, base


def topness(points: NDArray, scalp: Scalp) -> NDArray:
    """0 at the sides and back, 1 on top."""
    up = np.clip((points[:, 1] - (scalp.crown_m - 0.080)) / 0.045, 0, 1)
    back = np.clip((points[:, 2] - scalp.back_m + 0.085) / 0.05, 0, 1)
    return up * up * (3 - 2 * up) * back


def _flow(roots: NDArray, scalp: Scalp, style: str, rng: np.random.Generator) -> NDArray:
    """(n, 3) unit: which way each lock sets out."""
    high = topness(roots, scalp)[:, None]
    way = _field(roots, scalp, style) + (rng.normal(0, 0.06, (len(roots), 3)) + _tufts(roots)) * (0.35 + 0.65 * high)
    return way / np.linalg.norm(way, axis=1, keepdims=True)


def _field(points: NDArray, scalp: Scalp, style: str) -> NDArray:
    """(n, 3): which way hair is combed at places of the head."""
    x = points[:, 0]
    n = len(points)
    part = x - PART_X_M
    down = np.stack([np.sign(x) * 0.15, np.full(n, -1.0), np.full(n, -0.35)], 1)
    if style == "short":  # combed across from the parting, behind it back and in front forward, over the forehead
        front = np.clip((points[:, 2] - scalp.back_m - 0.040) / 0.035, 0, 1) * np.clip((PART_X_M + 0.002 - x) / 0.012, 0, 1)
        top = np.stack([0.95 * np.tanh(part / 0.012), np.full(n, 0.1), -0.30 + 0.80 * front], 1)
    else:
        top = np.stack([x * 4.0, np.full(n, 0.35), np.full(n, -1.0)], 1)
    high = topness(points, scalp)[:, None]
    return top * high + down * (1 - high)


def _tufts(roots: NDArray) -> NDArray:
    """(n, 3): neighbours lean together, the next tuft a little otherwise."""
    x, y, z = (roots * 2 * np.pi).T
    return 0.10 * np.stack([np.sin(z / 0.031 + 3 * x), np.sin(x / 0.027 + 1.0) * 0.5, np.sin(x / 0.035 + y / 0.05)], 1)


def _lying(roots: NDArray, flow: NDArray, long_m: NDArray, cap: Piece, scalp: Scalp, style: str,
           rows: int, loose: float) -> tuple[NDArray, NDArray]:
    """(n, rows, 3) paths over the cap in the flow's direction, bowed off it on top by `loose`; unit ways outward."""
    s = np.linspace(0, 1, rows)
    tree, normals = cKDTree(cap.positions), cap.normals().astype(np.float64)
    high = topness(roots, scalp)
    way, at, spots, outs = flow, roots, [], []
    for _ in range(rows):  # step by step along the cap
        distance, near = tree.query(at, k=4)
        share = (1 / (distance + 5e-4))[..., None]
        share /= share.sum(1, keepdims=True)
        out = (normals[near] * share).sum(1)
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        at = at - out * ((at - (cap.positions[near] * share).sum(1)) * out).sum(1, keepdims=True)
        spots.append(at)
        outs.append(out)
        way = way + COMBED * _field(at, scalp, style)  # hair bends with what it lies on
        way = way - out * (way * out).sum(1, keepdims=True)
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        at = at + way * (long_m / (rows - 1))[:, None]
    paths, out = np.stack(spots, 1), np.stack(outs, 1)
    rise = 0.0003 + 0.0009 * high**2.5 * (0.35 if style == "swept" else 1.0)
    front = np.clip((roots[:, 2] - scalp.back_m - 0.07) / 0.03, 0, 1) * high  # the fringe stands up a little
    rise = rise + 0.0015 * front * (0.55 if style == "swept" else 0.7)
    if style == "short":  # beside the parting hair lies flat
        rise = rise * np.clip(np.abs(roots[:, 0] - PART_X_M) / 0.014, 0.12, 1)
    rise = 0.0003 + loose * rise
    bow = np.clip(s * 3, 0, 1) - 0.7 * s**3
    if style != "buzz":  # what reaches the sides lies there
        over = topness(paths.reshape(-1, 3), scalp).reshape(len(paths), rows)
        bow = bow * (0.15 + 0.85 * np.minimum(over + 1 - high[:, None], 1))
    return paths + out * (rise[:, None] * bow - 0.0003 * (1 - s) ** 4)[..., None], out
