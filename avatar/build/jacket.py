"""A tailored jacket: padded shoulders, even sleeves, fronts that overlap, lapels and collar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar.build.body import SIDES, Body
from avatar.build.cloth import BUTTON_Y_M, HEM_Y_M, arm_share, button, cuffs, drape, torso_and_arms
from avatar.build.collars import CLEAR_M, SHOWN_M, jacket_collar, neck_of, shirt_cuffs
from avatar.build.fabric import around_arm
from avatar.build.lay import cut_cleanly, finer, halved
from avatar.build.look import linear
from avatar.build.mesh import Piece, boundary_loops, clip, join, simplify, smooth, thicken_edge

TRIANGLES = 9200
NECK_Y_M = 1.40
CUFF_SHARE = {"woman": 0.90, "man": 0.88}  # of the forearm
EDGE_M, SNAP_M = 0.004, 0.006
PAD_M = {"woman": 0.005, "man": 0.013}  # what a pad adds where the sleeve is set in
PAD_BEYOND_M = {"woman": 0.004, "man": 0.008}  # the joint
PAD_FROM, PAD_ROLL_M = 0.46, 0.040  # of the shoulder joint's distance; how it rolls off
SLEEVE_EVEN_M, SLEEVE_EVEN_DEG = 0.030, 45.0  # dents and muscles smaller than this do not show through a sleeve
SLIM_M = ((0.0, 0.05, 0.14, 0.26, 0.36, 0.46), (0.017, 0.018, 0.012, 0.007, 0.004, 0.0))  # closer than draped, along the arm
BUTTON = (0.10, 0.06, 0.03)
CUTAWAY_Y_M, CUTAWAY_M = 0.885, 0.050  # from here down the fronts part, so far at the hem


def opening_half_width(y: NDArray) -> NDArray:
    """Half the front opening at a height: a V above the button, closed below it, rounded apart at the hem."""
    above = np.interp(y, [BUTTON_Y_M + 0.012, 1.16, 1.30, NECK_Y_M], [0.0, 0.029, 0.054, 0.067])
    below = CUTAWAY_M * np.clip((CUTAWAY_Y_M - y) / (CUTAWAY_Y_M - HEM_Y_M), 0, 1.4) ** 1.7
    return np.where(y > BUTTON_Y_M, above, np.where(y > CUTAWAY_Y_M, -0.01, below))


def blazer(body: Body) -> Piece:
    """Jacket with sleeves, thick edges, lapels, collar and one button."""
    shell = finer(drape(torso_and_arms(body), _ease(body), 220))
    shell = halved(simplify(_padded(sleeved(shell, body), body), TRIANGLES))  # loses slivers first
    sex = body.look.sex
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
    lapels = jacket_collar(shell, loop, body, _lapel_m, np.array(linear(body.look.outfit.colour)) * 0.97)
    spot = np.argmin(np.linalg.norm(body.nominal(shell.positions) - (0.0, BUTTON_Y_M - 0.014, 0.16), axis=1))
    parts = [thicken_edge(shell, EDGE_M), lapels, button(shell, int(spot), BUTTON, 0.0105)]
    if sex == "man":
        parts += shirt_cuffs(shell, body, np.array(linear(body.look.outfit.under)))
    return join(parts)


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


def _padded(p: Piece, body: Body) -> Piece:
    """In place: a tailor's shoulder, straight from the collar to where the sleeve is set in; the sleeve falls from there."""
    joint = body.joint("leftUpperArm")
    x, y = np.abs(p.positions[:, 0]), p.positions[:, 1]
    at = np.arange(0.3 * joint[0], joint[0] + 0.08, 0.006)
    ridge = np.array([y[np.abs(x - a) < 0.009].max() for a in at])
    inner, outer = PAD_FROM * joint[0], joint[0] + PAD_BEYOND_M[body.look.sex]
    ends = np.interp([inner, outer], at, ridge) + np.array([0.0, PAD_M[body.look.sex]])
    beyond = np.maximum(at - outer, 0)
    line = ends[0] + (ends[1] - ends[0]) * (at - inner) / (outer - inner) - 0.030 * (beyond / PAD_ROLL_M) ** 2
    lift = np.clip(line - ridge, 0, 0.03) * np.clip((at - inner) / 0.02, 0, 1) * np.clip((joint[0] + 0.075 - at) / 0.02, 0, 1)
    up = np.clip((p.normals()[:, 1] + 0.05) / 0.65, 0, 1)
    pad = np.interp(x, at, lift, 0.0, 0.0) * up * up * (3 - 2 * up) * (y > joint[1] - 0.02)
    p.positions = p.positions + np.stack([0.25 * np.sign(p.positions[:, 0]) * pad, pad, 0 * pad], 1)
    near = np.exp(-((x - joint[0]) / 0.05) ** 2) * np.clip((y - joint[1] + 0.06) / 0.04, 0, 1)
    return smooth(p, 8, 0.5, hold=1 - near)


def _ease(body: Body) -> NDArray:
    """How far the jacket stands off the skin: close at the shoulders, loose at waist and cuffs."""
    p = torso_and_arms(body)
    arm = arm_share(p, body)
    y = body.nominal(p.positions)[:, 1]
    torso = np.interp(y, [0.75, 0.85, 1.0, 1.1, 1.3, 1.4], [0.028, 0.023, 0.016, 0.012, 0.011, 0.008])
    torso = torso + 0.005 * np.clip(1 - np.abs(y - 1.20) / 0.12, 0, 1) * (p.positions[:, 2] > 0.03)  # over the top
    beside = np.clip((np.abs(body.nominal(p.positions)[:, 0]) - 0.10) / 0.05, 0, 1) * np.clip((y - 1.30) / 0.06, 0, 1)
    torso = torso * (1 - beside) + 0.0065 * beside
    sleeve = np.interp(y, [0.85, 1.00, 1.10, 1.25, 1.33], [0.007, 0.008, 0.006, 0.004, 0.006])
    return torso * (1 - arm) + sleeve * arm


def _lapel_m(points: NDArray) -> NDArray:
    """Width of lapels and collar by where the opening's edge is (nominal); the notch between them is cut in."""
    _, y, z = points.T
    lapel = np.interp(y, [BUTTON_Y_M, 1.10, 1.20, 1.288, 1.296, 1.308, 1.35, 1.39],
                      [0.004, 0.032, 0.052, 0.070, 0.032, 0.052, 0.048, 0.045])
    return lapel + (0.034 - lapel) * np.clip((0.045 - z) / 0.05, 0, 1)


def _opening_loop(shell: Piece, body: Body) -> NDArray:
    """The boundary that runs over the front and round the neck, from the left of the button to the right of it."""
    loop = max(boundary_loops(shell.faces), key=lambda k: shell.positions[k, 1].max())
    x, y, _ = body.nominal(shell.positions[loop]).T
    start = int(np.argmin(y + np.where(np.abs(x) < 0.1, 0, 1)))
    return np.roll(loop, -start)[np.roll(y, -start) > BUTTON_Y_M - 0.001]
