"""What a presenter wears, by name: jacket over a top or a shirt, knitwear, shirt, long dress; each as Pieces by part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar.build import cloth, collars, jacket
from avatar.build.body import Body
from avatar.build.lay import finer, resample
from avatar.build.look import linear
from avatar.build.mesh import Piece, boundary_edges, boundary_loops, clip, join, piece, simplify, smooth, thicken_edge

GARMENT_TRIANGLES = 7800
SOFT_SLOPE_DEG, SOFT_TIP_M = 22.0, 0.010  # shoulders without pads
NECK_DIP_M = {"round": 0.058, "collar": 0.024, "band": 0.022}  # how much lower the opening is in front
SKIRT_FROM_M, FLOOR_GAP_M = 0.90, 0.025
BESIDE_RAD = 0.85  # from here backwards a jacket lies on a shirt's collar: what is worn below stays lower
SKIRT_ROWS = 14
FOLDS = 9  # of a skirt, round it
NECK_GIVES = 0.65  # of the neck's hold on a collar that goes to the chest


def clothes(body: Body) -> dict[str, Piece]:
    """Part name -> Piece; the names are the same for all outfits of one kind."""
    out = _cut(body)
    if body.look.outfit.style in ("blazer", "shirt"):
        for name in {"blazer", "top"} & out.keys():
            _stays(out[name], body)
    return out


def _stays(p: Piece, body: Body) -> None:
    """In place: a neck turns within its collars and hardly takes them along."""
    neck, chest = (body.joint_names.index(name) for name in ("neck", "upperChest"))
    moved = p.weights[:, neck] * NECK_GIVES
    p.weights[:, neck] -= moved
    p.weights[:, chest] += moved


def _cut(body: Body) -> dict[str, Piece]:
    style, outfit = body.look.outfit.style, body.look.outfit
    if style == "blazer":
        under = cloth.top(body) if body.look.sex == "woman" else shirt_front(body)
        return {"blazer": jacket.blazer(body), "top": under, "trousers": cloth.trousers(body)}
    if style == "knit":
        return {"blazer": knit(body), "trousers": cloth.trousers(body)}
    if style == "shirt":
        return {"blazer": shirt(body, linear(outfit.colour)), "trousers": cloth.trousers(body)}
    return {"blazer": abaya(body), "trousers": cloth.shoes(body)}


def knit(body: Body) -> Piece:
    """A sweater with a rolled neck."""
    shell = garment(body, "round", 0.011, 0.008, 0.97, 0.84)
    shell.colours[:] = linear(body.look.outfit.colour)
    return join([thicken_edge(shell, 0.005), neckband(shell, body, 0.014, 0.004)])


def shirt(body: Body, colour: tuple[float, float, float]) -> Piece:
    """A shirt with a turned-down collar, a placket and buttons."""
    shell = garment(body, "collar", 0.008, 0.007, 0.97, 0.80)
    shell.colours[:] = colour
    return join([thicken_edge(shell, 0.003), *_shirt_front(shell, body, colour)])


def shirt_front(body: Body) -> Piece:
    """What shows of a shirt under a jacket."""
    shell = garment(body, "collar", 0.008, 0.010, 0.5, cloth.WAIST_Y_M - 0.025)
    neck = collars.neck_of(body)
    turn = np.arctan2(*(shell.positions - neck.axis)[:, [0, 2]].T)
    low = neck.seam(shell.positions, collars.STAND_M, 0.005, -0.017, 0.004, np.pi)
    shell = clip(shell, low + 0.08 * np.clip((BESIDE_RAD + 0.15 - np.abs(turn)) / 0.15, 0, 1))
    y = body.nominal(shell.positions)[:, 1]  # tucked in
    inward = 0.011 * np.clip((cloth.WAIST_Y_M + 0.045 - y) / 0.035, 0, 1)
    shell.positions = shell.positions - shell.normals() * inward[:, None]
    colour = linear(body.look.outfit.under)
    shell.colours[:] = colour
    trim = _shirt_front(shell, body, colour)
    x, y, z = body.nominal(shell.positions).T
    side = np.interp(y, [0.9, 1.1, 1.3, 1.37, 1.41], [0.055, 0.075, 0.100, 0.094, 0.062]) - np.abs(x)
    side = np.minimum(side, np.where(z < 0.0, 0.062, 1.0) - np.abs(x))  # behind, the jacket lies close: all would poke through
    field = np.minimum(side, np.maximum(z - np.interp(y, [1.35, 1.39], [0.005, -0.035]), y - 1.425))
    on_arm = (cloth.arm_share(shell, body) > 0.3) & (np.abs(x) > 0.09)
    shell = clip(shell, np.where(on_arm, -1.0, field))
    return join([shell, *trim])


def abaya(body: Body) -> Piece:
    """A loose dress to the floor with wide sleeves and a band collar; on a man a thobe."""
    shell = garment(body, "band", 0.019, 0.020, 0.985, SKIRT_FROM_M, flare=0.012)
    shell.colours[:] = linear(body.look.outfit.colour)
    dress = skirt(shell, body)
    trim = np.array(linear(body.look.outfit.under))
    band = neckband(shell, body, 0.026, 0.003)
    band.colours[:] = trim if body.look.sex == "woman" else np.array(linear(body.look.outfit.colour)) * 0.97
    parts = [thicken_edge(dress, 0.004), band]
    if body.look.sex == "man":
        parts += _buttons(shell, body, (1.36, 1.30, 1.24, 1.18))
    return join(parts)


def garment(body: Body, neck: str, ease_m: float, sleeve_m: float, cuff: float, hem_m: float, flare: float = 0.0) -> Piece:
    """A closed garment's shell. ease_m, sleeve_m: off the skin; cuff: share of the forearm; flare: wider at the cuff."""
    whole = cloth.torso_and_arms(body, hem_m - 0.05, 0.6)
    points = whole.positions[body.source.mask("aureolae")[whole.origin] > 0.5]
    p = simplify(whole, 6000)  # cloth is woven evenly, skin is not
    arm = cloth.arm_share(p, body)
    y = body.nominal(p.positions)[:, 1]
    torso = np.interp(y, [0.80, 0.95, 1.08, 1.2, 1.35, 1.42], [1.5, 1.35, 1.5, 1.05, 0.95, 0.8]) * ease_m
    sleeve = sleeve_m - cloth.SHOULDER_SLIM_M * np.clip((y - 1.12) / 0.15, 0, 1) + flare * np.clip((1.15 - y) / 0.3, 0, 1)
    shell = cloth.drape(p, torso * (1 - arm) + sleeve * arm, 45)
    x, y, z = body.nominal(shell.positions).T
    chest = np.clip(1 - np.abs(y - 1.20) / 0.13, 0, 1) * (z > 0.03) * (1 - cloth.arm_share(shell, body))
    shell.positions = shell.positions + shell.normals() * (0.006 * chest)[:, None]
    shell = smooth(shell, 40, 0.5, hold=1 - np.clip(chest * 3, 0, 1))
    for side in (points[:, 0] > 0, points[:, 0] < 0):
        _evened(shell, points[side].mean(0))
    shell = jacket.sleeved(finer(shell), body, 0.4)
    if body.look.outfit.style != "blazer":  # below a jacket a shirt stays low
        shell = jacket.tailored(shell, body, SOFT_SLOPE_DEG, SOFT_TIP_M)
    shell = simplify(shell, GARMENT_TRIANGLES)
    x, y, z = body.nominal(shell.positions).T
    wider = 0.010 if neck == "round" else 0.0
    height = 1.432 - 1.4 * wider - NECK_DIP_M[neck] * np.clip(z / 0.05, -0.35, 1)
    hem = y - hem_m + np.where(cloth.arm_share(shell, body) > 0.5, 1.0, 0.0)
    if neck == "collar":
        collar = collars.neck_of(body).seam(shell.positions, collars.STAND_M, 0.005, -0.017, 0.004)
    else:
        collar = np.maximum(height - y, np.hypot(x, z) - _neck_m(body) - wider)
    jaw = 1.440 + 0.030 * np.clip((0.05 - z) / 0.03, 0, 1) - y
    return clip(shell, np.minimum.reduce([collar, jaw, cloth.cuffs(shell, body, cuff), hem]))


def _evened(shell: Piece, spot: NDArray) -> None:
    """In place: round about a spot of the chest cloth spans smoothly from what lies 3 to 7 cm off."""
    way = shell.positions - spot
    front = shell.positions[:, 2] > spot[2] - 0.06
    far = np.hypot(way[:, 0], way[:, 1])
    ring = front & (far > 0.030) & (far < 0.070)
    if ring.sum() < 12:
        return
    def basis(w: NDArray) -> NDArray:
        return np.stack([np.ones(len(w)), w[:, 0], w[:, 1], w[:, 0] ** 2, w[:, 1] ** 2, w[:, 0] * w[:, 1]], 1)
    fit = np.linalg.lstsq(basis(way[ring]), shell.positions[ring, 2], rcond=None)[0]
    near = front & (far < 0.050)
    share = np.clip((0.050 - far[near]) / 0.020, 0, 1)
    shell.positions[near, 2] += share * (basis(way[near]) @ fit - shell.positions[near, 2])


def _neck_m(body: Body) -> float:
    """Radius of a collar: half the neck's width and a finger."""
    spots = body.nominal(body.shape[np.unique(body.skin)])
    level = [spots[(np.abs(spots[:, 1] - y) < 0.008) & (np.abs(spots[:, 0]) < 0.12), 0] for y in (1.43, 1.44, 1.45, 1.46)]
    return float(min(np.abs(x).max() for x in level)) + 0.003


def _neck_loop(shell: Piece) -> NDArray:
    """The opening round the neck, from the front's middle round and back to it."""
    wide = [k for k in boundary_loops(shell.faces) if np.ptp(shell.positions[k, 0]) > 0.06]
    loop = max(wide, key=lambda k: shell.positions[k, 1].mean())
    front = np.argmin(np.abs(shell.positions[loop, 0]) + np.where(shell.positions[loop, 2] > 0.02, 0, 1))
    loop = np.roll(loop, -int(front))
    return np.append(loop, loop[0])


def neckband(shell: Piece, body: Body, height_m: float, thick_m: float) -> Piece:
    """A band that stands round the neck's opening."""
    points, out, weights = _round_neck(shell)
    up = np.array([0.0, 1.0, 0.0])
    rows = [(0.002, -0.004), (thick_m, 0.2 * height_m), (thick_m * 0.9, 0.8 * height_m), (0.0, height_m),
            (-0.003, height_m * 0.9), (-0.004, -0.004)]
    columns = [points + out * (o - 0.15 * h) + up * h for o, h in rows]
    band = collars.strip(columns, weights, out)
    band.colours[:] = shell.colours[0] * 0.93
    return band


def _shirt_front(shell: Piece, body: Body, colour: tuple[float, float, float]) -> list[Piece]:
    heights_m = (1.345, 1.265, 1.185, 1.105, 1.025, 0.945)
    return [collars.shirt_collar(shell, body, np.array(colour)), *_buttons(shell, body, heights_m)]


def _round_neck(shell: Piece) -> tuple[NDArray, NDArray, NDArray]:
    """The neck's opening as even points, unit directions away from the neck, and weights."""
    loop = _neck_loop(shell)
    points, _, weights = resample(shell.positions[loop], shell.positions[loop], shell.weights[loop], 0.008)
    points[0] = points[-1] = (points[0] + points[-1]) / 2
    around = np.append(np.arange(len(points)), [1, 2])  # its ends overlap
    points, weights = points[around], weights[around]
    out = (points - np.array([0.0, 0.0, points[:, 2].mean()])) * (1.0, 0.0, 1.0)
    return points, out / np.linalg.norm(out, axis=1, keepdims=True), weights


def _buttons(shell: Piece, body: Body, heights_m: tuple[float, ...]) -> list[Piece]:
    spots = body.nominal(shell.positions)
    out = []
    for y in heights_m:
        far = np.linalg.norm(spots - (0.0, y, 0.15), axis=1) + np.abs(spots[:, 1] - y) + np.abs(spots[:, 0])
        spot = int(np.argmin(far))
        b = cloth.button(shell, spot, (0.55, 0.53, 0.50), 0.0050)
        b.positions += np.array([-shell.positions[spot, 0], 0.0, -0.0065])
        out.append(b)
    return out


def skirt(shell: Piece, body: Body) -> Piece:
    """The shell continued from its hem to the floor, in soft folds."""
    edges = boundary_edges(shell.faces)
    hem = body.nominal(shell.positions)[:, 1] < SKIRT_FROM_M + 0.01
    edges = edges[hem[edges].all(1) & (cloth.arm_share(shell, body)[edges] < 0.5).all(1)]
    ring = np.unique(edges)
    number = {int(v): i for i, v in enumerate(ring)}
    top = shell.positions[ring]
    middle = np.array([0.0, 0.0, (top[:, 2].max() + top[:, 2].min()) / 2])
    turn = np.arctan2(top[:, 0], top[:, 2] - middle[2])
    rows, weights = [top], [shell.weights[ring]]
    hips, root = body.joint_names.index("hips"), 0
    for t in np.linspace(0, 1, SKIRT_ROWS + 1)[1:]:
        fold = np.sin(FOLDS * turn + 1.3 * np.sin(2 * turn)) * 0.050 * t ** 0.8
        grow = 1.0 + 0.34 * t ** 1.1 + fold
        spot = middle + (top - middle) * (grow[:, None] * (1, 0, 1) + (0, 1, 0))
        spot[:, 1] = top[:, 1] * (1 - t) + FLOOR_GAP_M * t
        share = np.clip((spot[:, 1] - 0.35) / 0.45, 0, 1)[:, None]
        w = np.zeros_like(shell.weights[ring])
        w[:, hips], w[:, root] = share[:, 0], 1 - share[:, 0]
        rows.append(spot)
        weights.append(w * min(1.0, 4 * t) + shell.weights[ring] * max(0.0, 1 - 4 * t))
    n = len(ring)
    faces = [f for r in range(SKIRT_ROWS) for a, b in edges for f in (
        (r * n + number[int(b)], r * n + number[int(a)], r * n + n + number[int(a)]),
        (r * n + number[int(b)], r * n + n + number[int(a)], r * n + n + number[int(b)]))]
    cloth_ = piece(np.concatenate(rows), np.array(faces), np.concatenate(weights), shell.colours[0])
    return join([shell, cloth_])
