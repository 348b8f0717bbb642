"""A hijab: one sheet of cloth round head and neck, open before the face, laid over shoulders and chest in folds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from avatar.build.body import Body
from avatar.build.lay import cut_cleanly
from avatar.build.look import linear
from avatar.build.mesh import Piece, piece, simplify, thicken_edge
from avatar.build.scalp import Scalp

AROUND, DOWN = 90, 52
LEAN_TRIANGLES = 2000
OFF_M, SNAP_M = {"woman": 0.0165, "man": 0.018}, 0.005
HEM_BELOW_EYES_M = (0.300, 0.190)  # in front, over the shoulders
FULLER = {"woman": 2.4, "man": 3.0}  # how far from an ellipse a skull's outline is (exponent of a superellipse)
OPENING_M = (0.0640, 0.084, 0.004)  # half width, half height of the face's oval, its middle below the eyes


def headscarf(body: Body, scalp: Scalp, share: float = 1.0) -> Piece:
    """The scarf with a thick edge; on weaker machines (share below 1) coarser."""
    turn = np.linspace(-np.pi, np.pi, AROUND, endpoint=False)
    rows = np.linspace(0, 1, DOWN)
    axis = np.array([0.0, 0.0, 0.012 + scalp.back_m])
    lowest = scalp.eye_m - 0.37
    height = np.where(rows < 0.35, scalp.crown_m + OFF_M[scalp.sex] - 0.11 * (1 - np.cos(rows / 0.35 * np.pi / 2)), 0.0)
    below = scalp.crown_m + OFF_M[scalp.sex] - 0.11 - (rows - 0.35) / 0.65 * (scalp.crown_m - 0.11 - lowest)
    height = np.where(rows < 0.35, height, below)
    reach = _reach(body, axis, turn, height)
    fuller = FULLER[body.look.sex]
    cap = np.clip(1 - np.abs((height - (scalp.crown_m + OFF_M[scalp.sex] - 0.11)) / 0.11) ** fuller, 0, 1) ** (1 / fuller)
    reach = np.where((rows < 0.35)[:, None], np.minimum(reach, reach[int(0.35 * DOWN) + 1][None] * cap[:, None] + 1e-3), reach)
    for r in range(1, DOWN):  # cloth hangs: below the jaw it never turns in as much as the throat does
        reach[r] = np.maximum(reach[r], reach[r - 1] - np.where(rows[r] > 0.5, 0.0030, 0.02))
    reach = ndimage.gaussian_filter(reach, (1.6, 1.2), mode=("nearest", "wrap"))
    low = np.clip((scalp.eye_m - 0.05 - height) / 0.25, 0, 1)[:, None]
    fold = np.sin(turn * 7 + 2.0 * np.sin(turn * 2) + height[:, None] * 26) * 0.0045 * low
    fold += np.sin(turn[None] * 3 + height[:, None] * 60) * 0.0022 * np.clip(low * 3, 0, 1)
    reach = reach + fold
    points = np.stack([np.sin(turn) * reach, np.broadcast_to(height[:, None], reach.shape), np.cos(turn) * reach], -1) + axis
    n = AROUND
    faces = [f for r in range(DOWN - 1) for k in range(n) for f in (
        (r * n + k, (r + 1) * n + k, (r + 1) * n + (k + 1) % n), (r * n + k, (r + 1) * n + (k + 1) % n, r * n + (k + 1) % n))]
    top = points[0].mean(0) + np.array([0.0, 0.0015, 0.0])  # the first ring is as wide as a coin
    faces += [(n * DOWN, k, (k + 1) % n) for k in range(n)]
    flat = np.vstack([points.reshape(-1, 3), top])
    p = piece(flat, np.array(faces), _weights(body, flat, scalp), linear(body.look.hair.colour))
    x, y, z = flat.T
    hem = scalp.eye_m - np.interp(np.abs(x), [0.0, 0.105], HEM_BELOW_EYES_M)
    p = cut_cleanly(p, y - hem, SNAP_M)
    x, y, z = p.positions.T
    oval = _oval(x, y, scalp)
    p = cut_cleanly(p, np.where(z > axis[2] + 0.03, oval * 0.06, 1.0), SNAP_M)
    return thicken_edge(p if share == 1.0 else simplify(p, LEAN_TRIANGLES), 0.004)


def _oval(x: NDArray, y: NDArray, scalp: Scalp) -> NDArray:
    """(v,) negative within the face's opening."""
    wide, tall, lower = OPENING_M
    return np.hypot(x / wide, (y - (scalp.eye_m - lower)) / np.where(y < scalp.eye_m - lower, tall * 1.18, tall * 0.92)) - 1


def _reach(body: Body, axis: NDArray, turn: NDArray, height: NDArray) -> NDArray:
    """(rows, around) how far head, neck and shoulders stand from the axis, with the cloth's distance added."""
    used = np.unique(body.skin)
    arm = body.weights[used][:, [body.joint_names.index(s + n) for s in ("left", "right") for n in ("LowerArm", "Hand")]].sum(1)
    p = body.shape[used][arm < 0.2] - axis
    angle, far = np.arctan2(p[:, 0], p[:, 2]), np.hypot(p[:, 0], p[:, 2])
    out = np.zeros((len(height), len(turn)))
    for i, level in enumerate(height):
        near = np.abs(p[:, 1] - level) < 0.020
        for j, a in enumerate(turn):
            aside = np.abs((angle - a + np.pi) % (2 * np.pi) - np.pi)
            hit = near & (aside < 0.14)
            out[i, j] = far[hit].max() if hit.any() else np.nan
        row = out[i]
        good = ~np.isnan(row)
        out[i] = np.interp(np.arange(len(turn)), np.nonzero(good)[0], row[good], period=len(turn)) if good.any() else 0.0
    below = np.clip((body.joint("head")[1] - height) / 0.12, 0, 1)
    return np.minimum(out, 0.150) + OFF_M[body.look.sex] + 0.038 * below[:, None]  # over a collar


def _weights(body: Body, points: NDArray, scalp: Scalp) -> NDArray:
    """Head above the jaw, neck below it, chest on the shoulders."""
    out = np.zeros((len(points), len(body.joint_names)), np.float32)
    y = points[:, 1] - scalp.eye_m
    head = np.interp(y, [-0.15, -0.07], [0.0, 1.0])
    chest = np.interp(y, [-0.22, -0.13], [1.0, 0.0])
    for name, share in (("head", head), ("upperChest", chest), ("neck", 1 - head - chest)):
        out[:, body.joint_names.index(name)] = np.clip(share, 0, 1)
    return out / out.sum(1, keepdims=True)
