"""Hands: the skin from the wrist on with painted nails, and the finger poses that gestures call by name."""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from avatar import quaternions as qn
from avatar.build.body import SIDES, Body
from avatar.build.mesh import Piece, clip, cut_out, join, simplify, triangles
from avatar.pose import FINGERS, HAND_POSES

TRIANGLES = 2500  # of one hand
# Of the forearm that is skin; the cuff covers its upper end, which is thinner for that.
WRIST_SHARE = {"woman": 0.26, "man": 0.21}
COVERED_SHARE, THINNER_M = {"woman": 0.195, "man": 0.140}, {"woman": 0.007, "man": 0.012}


class Jointed(Protocol):
    """Whatever knows where its joints are at rest."""

    def joint(self, name: str) -> NDArray:
        """(3,) metres."""


def hands(body: Body) -> Piece:
    """Both hands as one mesh; avatar.build.hand_paint colours them."""
    out = []
    for side in SIDES:
        elbow, wrist = body.joint(side + "LowerArm"), body.joint(side + "Hand")
        bones = [i for i, n in enumerate(body.joint_names) if n.startswith(side) and n[len(side):] in (*FINGERS, "Hand")]
        lower = body.joint_names.index(side + "LowerArm")
        belongs = body.weights[:, [*bones, lower]].sum(1)
        faces = triangles(body.skin)
        p = cut_out(body.shape, faces[(belongs[faces] > 0.6).all(1)], body.weights)
        way = wrist - elbow
        p = clip(p, (p.positions - elbow) @ way / (way @ way) - (1 - WRIST_SHARE[body.look.sex]))
        t = (p.positions - elbow) @ way / (way @ way)
        off = p.positions - elbow - t[:, None] * way
        sex = body.look.sex
        deep = np.clip((1 - COVERED_SHARE[sex] - t) / 0.02, 0, 1) * THINNER_M[sex]
        p.positions = p.positions - off / np.linalg.norm(off, axis=1, keepdims=True) * deep[:, None]
        out.append(simplify(p, TRIANGLES))
    return join(out)


# How far each finger bends, degrees per joint: (thumb, index, middle, ring, little), each (first, second, third).
_BENDS: dict[str, tuple] = {
    "relaxed": ((30, 16, 14), (8, 24, 16), (12, 28, 18), (17, 32, 20), (22, 33, 22)),
    "open": ((-6, 2, 2), (2, 4, 3), (4, 5, 3), (5, 6, 4), (5, 6, 4)),
    "point": ((24, 28, 22), (2, 4, 3), (62, 74, 40), (66, 78, 42), (68, 78, 42)),
    "fist": ((26, 34, 30), (66, 84, 48), (70, 86, 48), (72, 86, 48), (74, 84, 48)),
    "offer": ((0, 6, 4), (4, 8, 5), (10, 12, 7), (16, 17, 9), (22, 20, 11)),
    "count1": ((26, 36, 32), (0, 3, 2), (66, 84, 46), (70, 84, 46), (72, 84, 46)),
    "count2": ((26, 36, 32), (-2, 3, 2), (2, 4, 2), (70, 84, 46), (72, 84, 46)),
    "count3": ((28, 38, 34), (-4, 3, 2), (0, 4, 2), (4, 5, 3), (70, 82, 46)),
    "count4": ((30, 40, 36), (-4, 3, 2), (0, 4, 2), (4, 5, 3), (6, 6, 4)),
}
_SPREAD = {"open": 4.0, "count2": 6.0, "count3": 5.0, "count4": 5.0}  # degrees between neighbours, beyond those at rest
# Of the part's own spread; above 1 fingers lie against each other.
_GATHERED = {"relaxed": 1.45, "offer": 0.45, "point": 0.6, "fist": 0.8, "open": 0.15}
_FIRMER = {"left": 0.88, "right": 1.10}  # nobody's hands rest alike


def hand_poses(body: Jointed) -> NDArray:
    """(9, 2, 15, 4) local rotations, HAND_POSES order, left and right."""
    out = np.zeros((len(HAND_POSES), 2, len(FINGERS), 4), np.float32)
    for h, side in enumerate(SIDES):
        frames = _bending_axes(body, side)
        rest = _rest_bends(body, side, frames)
        back, spread = _palm_normal(body, side), _rest_spread(body, side)
        for i, name in enumerate(HAND_POSES):
            firm = _FIRMER[side] if name == "relaxed" else 1.0
            for f in range(5):
                for k in range(3):
                    bend = _BENDS[name][f][k] * firm - (rest[f][k] if f else 0.0)
                    q = qn.about(frames[f], bend)
                    if k == 0 and f:
                        aside = -spread[f] * _GATHERED.get(name, 0.0) + (2.2 - f) * _SPREAD.get(name, 0.0)
                        q = qn.multiply(qn.about(back, aside), q)
                    out[i, h, f * 3 + k] = q
    return out


def _rest_spread(body: Jointed, side: str) -> list[float]:
    """Degrees about the back of the hand by which each finger stands away from the middle one at rest; the thumb's is 0."""
    back = _palm_normal(body, side)
    ways = []
    for finger in ("Middle", "Index", "Middle", "Ring", "Little"):
        way = body.joint(side + finger + "Intermediate") - body.joint(side + finger + "Proximal")
        ways.append(way - back * (way @ back))
    middle = ways[2]
    return [float(np.degrees(np.arctan2(np.cross(middle, w) @ back, middle @ w))) for w in ways]


def _palm_normal(body: Jointed, side: str) -> NDArray:
    """Out of the back of the hand."""
    wrist = body.joint(side + "Hand")
    first, last = body.joint(side + "IndexProximal"), body.joint(side + "LittleProximal")
    n = np.cross(first - wrist, last - wrist)
    return (n if side == "left" else -n) / np.linalg.norm(n)


def _bending_axes(body: Jointed, side: str) -> list[NDArray]:
    """For each finger the axis about which a positive angle curls it into the palm."""
    back = _palm_normal(body, side)
    out = []
    for finger in ("Thumb", "Index", "Middle", "Ring", "Little"):
        first = body.joint(side + finger + ("Metacarpal" if finger == "Thumb" else "Proximal"))
        tip = body.joint(side + finger + "Distal")
        way = (tip - first) / np.linalg.norm(tip - first)
        axis = np.cross(way, -back)
        if finger == "Thumb":  # the thumb folds across the palm, towards the little finger
            across = body.joint(side + "LittleProximal") - body.joint(side + "IndexProximal")
            axis = np.cross(way, across / np.linalg.norm(across) * 0.8 - back * 0.6)
        out.append(axis / np.linalg.norm(axis))
    return out


def _rest_bends(body: Jointed, side: str, axes: list[NDArray]) -> list[list[float]]:
    """How far each finger joint is bent already at rest, degrees."""
    out = [[0.0, 0.0, 0.0]]
    wrist = body.joint(side + "Hand")
    for f, finger in enumerate(("Index", "Middle", "Ring", "Little"), start=1):
        a, b, c = (body.joint(side + finger + k) for k in ("Proximal", "Intermediate", "Distal"))
        ways = [a - wrist, b - a, c - b]
        bends = []
        for u, v in pairwise(ways):
            u, v = (w - axes[f] * (w @ axes[f]) for w in (u, v))
            bends.append(float(np.degrees(np.arctan2(np.cross(u, v) @ axes[f], u @ v))))
        out.append([bends[0], bends[1], bends[1] * 0.6])
    return out
