"""A tailored jacket: padded shoulders, even sleeves, fronts that overlap, lapels and collar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from avatar.build.body import SIDES, Body
from avatar.build.cloth import BUTTON_Y_M, HEM_Y_M, arm_share, button, cuffs, drape, torso_and_arms
from avatar.build.collars import CLEAR_M, SHOWN_M, jacket_collar, neck_of, shirt_cuffs
from avatar.build.fabric import around_arm
from avatar.build.fitting import standing, taken_off, worn
from avatar.build.lay import cut_cleanly, finer, halved
from avatar.build.look import linear
from avatar.build.mesh import Piece, boundary_edges, boundary_loops, clip, join, simplify, smooth, thicken_edge

TRIANGLES = 9200
NECK_Y_M = 1.40
CUFF_SHARE = {"woman": 0.90, "man": 0.88}  # of the forearm
EDGE_M, SNAP_M = 0.004, 0.006
PAD_FROM = 0.42  # of the shoulder joint's distance: where a pad begins to lift
SLOPE_DEG = {"woman": 18.5, "man": 21.5}  # of a padded shoulder
TIP_M = {"woman": 0.015, "man": 0.004}  # beyond the joint: where a sleeve is set in
ROUND_M, LIFTED_M = 0.032, 0.075  # how it rolls off there; how far down cloth is lifted with it
HEM_ROUNDS = 16
SUNK_M, SUNK_NEAR_M = 0.0045, 0.012  # how far cloth gives way below a lapel, and how far round it
EASE_Y_M = (0.75, 0.85, 1.0, 1.1, 1.3, 1.4)  # nominal heights, and how far a jacket stands off there
EASE_M = {"woman": (0.019, 0.018, 0.015, 0.012, 0.011, 0.008), "man": (0.014, 0.020, 0.038, 0.032, 0.018, 0.009)}
SLEEVE_EVEN_M, SLEEVE_EVEN_DEG = 0.030, 45.0  # dents and muscles smaller than this do not show through a sleeve
SLIM_M = ((0.0, 0.05, 0.14, 0.26, 0.36, 0.46), (0.017, 0.018, 0.012, 0.007, 0.004, 0.001))  # closer than draped, along the arm
NOTCH_Y_M = (1.301, 1.322, 1.337)  # lapel's point, notch, collar's point
BUTTON, BUTTONS_APART_M = (0.10, 0.06, 0.03), 0.105
CUTAWAY_Y_M, CUTAWAY_M = 0.885, 0.042  # from here down the fronts part, so far at the hem
HEM_ROUND_M = 0.024  # where front and hem meet


def opening_half_width(y: NDArray) -> NDArray:
    """Half the front opening at a height: a V above the button, closed below it, rounded apart at the hem."""
    above = np.interp(y, [BUTTON_Y_M + 0.012, 1.16, 1.30, NECK_Y_M], [0.0, 0.029, 0.054, 0.067])
    below = CUTAWAY_M * np.clip((CUTAWAY_Y_M - y) / (CUTAWAY_Y_M - HEM_Y_M), 0, 1.4) ** 1.7
    low = np.clip(1 - (y - HEM_Y_M - 0.003) / HEM_ROUND_M, 0, 1)
    below = below + HEM_ROUND_M * (1 - np.sqrt(1 - np.minimum(low, 0.995) ** 2))
    return np.where(y > BUTTON_Y_M, above, np.where(y > CUTAWAY_Y_M, -0.01, below))


def blazer(body: Body) -> Piece:
    """Jacket with sleeves, thick edges, lapels, collar and two buttons."""
    shell = finer(drape(torso_and_arms(body), _ease(body), 220))
    sex = body.look.sex
    shell = halved(simplify(tailored(sleeved(shell, body), body, SLOPE_DEG[sex], TIP_M[sex]), TRIANGLES))  # loses slivers first
    shell = cut_cleanly(shell, cuffs(shell, body, CUFF_SHARE[sex]), SNAP_M)
    shell = cut_cleanly(shell, _above_hem(shell, body), SNAP_M)
    seam = neck_of(body).seam(shell.positions, SHOWN_M[sex], CLEAR_M[sex], 0.016, 0.012)
    shell = clip(shell, np.minimum(seam, _apart(body.nominal(shell.positions))))
    shell.colours[:] = linear(body.look.outfit.colour)
    loop = _opening_loop(shell, body)
    edge = shell.positions[loop]
    for _ in range(8):  # slivers at a cut stand off as spikes
        edge[1:-1] = (edge[:-2] + 2 * edge[1:-1] + edge[2:]) / 4
    shell.positions[loop] = edge
    _rounded_hem(shell, body)
    lapels = jacket_collar(shell, loop, body, _lapel_m, NOTCH_Y_M, np.array(linear(body.look.outfit.colour)) * 0.97)
    _sunk(shell, loop, lapels)
    parts = [thicken_edge(shell, EDGE_M), lapels]
    for height in (BUTTON_Y_M - 0.014, BUTTON_Y_M - 0.014 - BUTTONS_APART_M):
        spot = np.argmin(np.linalg.norm(body.nominal(shell.positions) - (0.0, height, 0.16), axis=1))
        parts.append(button(shell, int(spot), BUTTON, 0.0105))
    if sex == "man":
        parts += shirt_cuffs(shell, body, np.array(linear(body.look.outfit.under)))
    return join(parts)


def _rounded_hem(shell: Piece, body: Body) -> None:
    """In place: fronts run into the hem in a curve, whatever triangles they were cut from."""
    loop = min(boundary_loops(shell.faces), key=lambda k: shell.positions[k, 1].min())
    spots, edge = body.nominal(shell.positions[loop]), shell.positions[loop]
    aside = np.abs(spots[:, 0])
    free = np.minimum(np.clip(aside / 0.010, 0, 1), np.clip((0.17 - aside) / 0.04, 0, 1))
    free = np.where((spots[:, 1] < CUTAWAY_Y_M) & (spots[:, 2] > 0), free, 0.0)[:, None]
    for _ in range(HEM_ROUNDS):
        edge = edge + free * (np.roll(edge, 1, 0) - 2 * edge + np.roll(edge, -1, 0)) / 4
    shell.positions[loop] = edge
    near = np.clip(1 - cKDTree(edge[free[:, 0] > 0]).query(shell.positions)[0] / 0.02, 0, 1)
    near[np.unique(boundary_edges(shell.faces))] = 0.0
    shell.positions = smooth(shell, 4, 0.5, hold=1 - near).positions


def _sunk(shell: Piece, loop: NDArray, lapels: Piece) -> None:
    """In place: cloth below the lapels gives way, so that it does not come through between their rows."""
    near = np.clip(1.1 - cKDTree(lapels.positions).query(shell.positions)[0] / SUNK_NEAR_M, 0, 1)
    near *= np.clip(cKDTree(shell.positions[loop]).query(shell.positions)[0] / SUNK_NEAR_M - 0.3, 0, 1)
    shell.positions = shell.positions - shell.normals() * (SUNK_M * near)[:, None]


def _above_hem(p: Piece, body: Body) -> NDArray:
    x, y, _ = body.nominal(p.positions).T
    return y - HEM_Y_M - 0.015 * np.clip(np.abs(x) / 0.2, 0, 1) + np.where(arm_share(p, body) > 0.5, 1.0, 0.0)


def _apart(spots: NDArray) -> NDArray:
    """(v,) positive where a front covers the body."""
    return np.where(spots[:, 2] > 0.02, np.abs(spots[:, 0]) - opening_half_width(spots[:, 1]), 1.0)


def sleeved(p: Piece, body: Body, slim: float = 1.0) -> Piece:
    """In place: sleeves as even tubes. slim: how much closer they are made."""
    share = arm_share(p, body)
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        mine = np.nonzero((share > 0.25) & (p.positions[:, 0] * sign > 0))[0]
        angle, along = around_arm(p.positions[mine], body, side)
        middle = _arm_middle(along, body, side)
        off = p.positions[mine] - middle
        far = np.linalg.norm(off, axis=1)
        even = np.empty_like(far)
        for i, (a, t) in enumerate(zip(angle, along, strict=True)):
            turn = (angle - a + 180) % 360 - 180
            kernel = np.exp(-((along - t) / SLEEVE_EVEN_M) ** 2 - (turn / SLEEVE_EVEN_DEG) ** 2)
            even[i] = (kernel * far).sum() / kernel.sum()
        want = np.maximum(even - slim * np.interp(along, *SLIM_M), 0.6 * far)
        amount = np.clip((along + 0.030) / 0.045, 0, 1) * np.clip((share[mine] - 0.25) / 0.3, 0, 1)
        p.positions[mine] = middle + off * (1 + amount * (want / far - 1))[:, None]
    return p


def _arm_middle(along: NDArray, body: Body, side: str) -> NDArray:
    """(n, 3) on the line from shoulder over elbow to wrist, `along` metres from the shoulder."""
    ends = np.array([body.joint(side + n) for n in ("UpperArm", "LowerArm", "Hand")])
    at = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(ends, axis=0), axis=1))])
    before = np.minimum(along, 0.0)[:, None] * (ends[1] - ends[0]) / at[1]
    return np.stack([np.interp(along, at, ends[:, i]) for i in range(3)], 1) + before


def tailored(p: Piece, body: Body, slope_deg: float, tip_m: float) -> Piece:
    """In place: shoulders on the standing body that slope so much at most from the collar to where the sleeve is set in, tip_m
    beyond the joint, are rounded there, and from there the sleeve falls."""
    if body.look.hair.style == "hijab":  # a scarf lies on the shoulders: they stay as the body has them
        return p
    joint = body.joint("leftUpperArm")
    matrices = standing(p, body)
    places = worn(p, matrices)
    inner, tip = PAD_FROM * joint[0], joint[0] + tip_m
    for sign in (1.0, -1.0):
        x, y = places[:, 0] * sign, places[:, 1]
        at = np.arange(inner - 0.02, tip + 0.07, 0.005)
        ridge = ndimage.gaussian_filter1d(np.array([_most(y[np.abs(x - a) < 0.008], y.min()) for a in at]), 1.0)
        start = float(np.interp(inner, at, ridge))
        beyond = np.maximum(at - tip, 0) / ROUND_M
        line = start - np.tan(np.radians(slope_deg)) * (at - inner) - ROUND_M * (1 - np.sqrt(np.clip(1 - beyond**2, 0, 1)))
        lift = np.clip(line - ridge, 0, 0.05) * np.clip((at - inner) / 0.03, 0, 1) * np.clip((tip + 0.03 - at) / 0.02, 0, 1)
        near = np.clip((y - np.interp(x, at, ridge) + LIFTED_M) / LIFTED_M, 0, 1)
        places[:, 1] += np.interp(x, at, lift, 0.0, 0.0) * near**2 * (3 - 2 * near)
        mine = np.nonzero((x > 0) & (arm_share(p, body) > 0.15))[0]
        x, y = places[mine, 0] * sign, places[mine, 1]
        levels = np.arange(joint[1] - 0.26, y.max() + 0.005, 0.008)
        wide = ndimage.gaussian_filter1d(np.array([_most(x[np.abs(y - v) < 0.010], tip) for v in levels]), 1.0)
        top = start - np.tan(np.radians(slope_deg)) * (tip - inner)
        fall = np.interp(levels, [levels[0], top - 0.03], [float(wide[0]), tip + ROUND_M - 0.008])
        share = np.clip((fall - tip + 0.035) / np.maximum(wide - tip + 0.035, 0.01), 0.6, 1.0)
        off = np.maximum(x - (tip - 0.035), 0)
        places[mine, 0] += sign * off * (np.interp(y, levels, share) - 1)
    p.positions = taken_off(places, matrices)
    spot = np.abs(places - joint * (0, 1, 1))
    near = np.exp(-(((spot[:, 0] - joint[0]) / 0.05) ** 2)) * np.clip((places[:, 1] - joint[1] + 0.06) / 0.04, 0, 1)
    return smooth(p, 3, 0.5, hold=1 - near)


def _most(values: NDArray, otherwise: float) -> float:
    return float(values.max()) if len(values) else otherwise


def _ease(body: Body) -> NDArray:
    """How far the jacket stands off the skin: close at the shoulders, loose at waist and cuffs."""
    p = torso_and_arms(body)
    arm = arm_share(p, body)
    y = body.nominal(p.positions)[:, 1]
    torso = np.interp(y, EASE_Y_M, EASE_M[body.look.sex])
    torso = torso + 0.005 * np.clip(1 - np.abs(y - 1.20) / 0.12, 0, 1) * (p.positions[:, 2] > 0.03)  # over the top
    beside = np.clip((np.abs(body.nominal(p.positions)[:, 0]) - 0.10) / 0.05, 0, 1) * np.clip((y - 1.30) / 0.06, 0, 1)
    torso = torso * (1 - beside) + 0.0065 * beside
    sleeve = np.interp(y, [0.85, 1.00, 1.10, 1.25, 1.33], [0.007, 0.008, 0.006, 0.004, 0.006])
    return torso * (1 - arm) + sleeve * arm


def _lapel_m(points: NDArray) -> NDArray:
    """Width of lapels and collar by where the opening's edge is (nominal); the notch between them is cut in."""
    _, y, z = points.T
    lapel = np.interp(y, [BUTTON_Y_M, 1.13, 1.22, NOTCH_Y_M[0], NOTCH_Y_M[1], NOTCH_Y_M[2], 1.365, 1.40],
                      [0.004, 0.031, 0.049, 0.066, 0.025, 0.046, 0.043, 0.041])
    return lapel + (0.034 - lapel) * np.clip((0.045 - z) / 0.05, 0, 1)


def _opening_loop(shell: Piece, body: Body) -> NDArray:
    """The boundary that runs over the front and round the neck, from the left of the button to the right of it."""
    loop = max(boundary_loops(shell.faces), key=lambda k: shell.positions[k, 1].max())
    x, y, _ = body.nominal(shell.positions[loop]).T
    start = int(np.argmin(y + np.where(np.abs(x) < 0.1, 0, 1)))
    return np.roll(loop, -start)[np.roll(y, -start) > BUTTON_Y_M - 0.001]
