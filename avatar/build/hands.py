"""Hands: the skin from the wrist on with painted nails, and the finger poses that gestures call by name."""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from avatar import quaternions as qn
from avatar.build.body import SIDES, Body
from avatar.build.hand_paint import back_of_hand, fingers, frame
from avatar.build.mesh import Piece, clip, cut_out, gather, join, simplify, triangles
from avatar.pose import FINGERS, HAND_POSES, JOINTS
from avatar.skeleton import bearing_of

TRIANGLES = 4000  # of one hand
# Of the forearm that is skin; the cuff covers its upper end, which is thinner for that.
WRIST_SHARE = {"woman": 0.26, "man": 0.21}
ROUNDED = 0.8  # how far a new vertex in the middle of an edge goes to the curve that the normals of its ends describe
KNUCKLE_M, HOLLOW_M, CORD_M = 0.0017, 0.0020, 0.0008  # what stands out of the back of a hand at rest, and what lies deeper
JOINT_M, SHAFT_M = 0.0003, 0.0006  # fingers are thicker at their joints than between them
LEANER = {"woman": 0.85, "man": 1.0}  # of all these: less fat below the skin
COVERED_SHARE, THINNER_M = {"woman": 0.195, "man": 0.140}, {"woman": 0.007, "man": 0.014}


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
        out.append(simplify(_relief(_finer(p), body, side), TRIANGLES))
    return join(out)


def _finer(p: Piece) -> Piece:
    """Each triangle as four, rounded: new vertices lie on the planes that touch the old ones (Boubekeur and Alexa 2008)."""
    edges, which = np.unique(np.sort(p.faces[:, [(0, 1), (1, 2), (2, 0)]].reshape(-1, 2), axis=1), axis=0, return_inverse=True)
    between = which.reshape(-1, 3) + len(p.positions)
    ends, normals = p.positions[edges], p.normals()[edges]
    middle = ends.mean(1)
    off = ((ends - middle[:, None]) * normals).sum(2, keepdims=True)
    middle = middle + ROUNDED * (off * normals).mean(1)
    (a, b, c), (ab, bc, ca) = p.faces.T, between.T
    faces = np.concatenate([np.stack(f, 1) for f in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    both = gather(p, np.concatenate([np.arange(len(p.positions)), edges[:, 0]]), faces)
    new = slice(len(p.positions), None)
    both.positions[new], both.weights[new] = middle, p.weights[edges].mean(1)
    both.uvs[new], both.colours[new] = p.uvs[edges].mean(1), p.colours[edges].mean(1)
    return both


def _relief(p: Piece, body: Body, side: str) -> Piece:
    """Knuckles, the cords that run to them and the hollows between on the back of a hand; fingers with joints."""
    spots = p.positions * ((1.0, 1.0, 1.0) if side == "left" else (-1.0, 1.0, 1.0))
    out = p.normals()
    facing = out @ frame(body, side).axes[2]
    cord, hollow, knuckle = back_of_hand(spots, body)
    up = np.clip((facing - 0.2) / 0.5, 0.0, 1.0) * (KNUCKLE_M * knuckle + CORD_M * cord - HOLLOW_M * hollow)
    for bones in fingers(body):
        for k, (joint, end) in enumerate(pairwise(bones)):
            way = end - joint
            t = (spots - joint) @ way / (way @ way)
            aside = np.linalg.norm(spots - joint - t[:, None] * way, axis=1)
            mine = np.clip((0.0125 - aside) / 0.002, 0.0, 1.0) * ((t > 0.0) & (t < 1.0))
            shape = 0.5 * SHAFT_M * (np.cos(2 * np.pi * t) - 1.0) + JOINT_M * np.exp(-((np.minimum(t, 1 - t) / 0.16) ** 2))
            up = up + mine * shape * (1.0 if k else np.clip(t / 0.3, 0.0, 1.0)) * (0.0 if k == 2 else 1.0)
    p.positions = p.positions + out * (LEANER[body.look.sex] * up)[:, None]
    return p


# How far each finger bends, degrees per joint: (thumb, index, middle, ring, little), each (first, second, third). Fingers
# that need not be straight bend more from the index to the little one, the last joint by three fifths of the one before it.
Shape = tuple[tuple[float, float, float], ...]
_BENDS: dict[str, Shape] = {
    "relaxed": ((18, 13, 14), (14, 28, 16), (20, 34, 20), (26, 38, 22), (31, 40, 23)),
    "open": ((6, 8, 8), (2, 7, 4), (6, 10, 6), (10, 13, 8), (13, 16, 10)),
    "point": ((24, 28, 22), (2, 6, 4), (58, 72, 40), (64, 76, 42), (68, 78, 42)),
    "fist": ((26, 34, 30), (66, 84, 48), (70, 86, 48), (72, 86, 48), (74, 84, 48)),
    "offer": ((9, 10, 8), (4, 10, 6), (11, 15, 9), (18, 20, 12), (25, 24, 14)),
    "count1": ((26, 36, 32), (0, 4, 3), (64, 82, 46), (69, 84, 46), (72, 84, 46)),
    "count2": ((26, 36, 32), (-2, 4, 3), (3, 6, 4), (69, 84, 46), (73, 84, 46)),
    "count3": ((28, 38, 34), (-4, 4, 3), (1, 5, 3), (6, 8, 5), (72, 82, 46)),
    "count4": ((30, 40, 36), (-4, 4, 3), (1, 5, 3), (5, 8, 5), (9, 12, 7)),
}
# Degrees from parallel to the thumb's side: fingers that lie side by side come together to the tips.
_APART: dict[str, tuple[float, float, float, float]] = {
    "relaxed": (-3, 0, 2, 4), "open": (8, 1, -5, -13), "point": (0, 0, 1, 2), "fist": (-2, 0, 1, 3), "offer": (5, 0, -2, -7),
    "count1": (2, 0, 1, 3), "count2": (8, -5, 1, 3), "count3": (10, 0, -9, 3), "count4": (12, 3, -5, -14),
}
# Folded, by who is over (avatar.skeleton): left and right hand's bends, fingers apart, the thumb's turn about the hand and
# about its back. Found by search over the presenters' surfaces: fingers touch the other hand, none is in it.
_FOLDED: dict[int, tuple[tuple[Shape, tuple[float, float, float, float], tuple[float, float]], ...]] = {
    1: ((((23.3, 1.0, 12.0), (33.2, 34.1, 10.9), (48.4, 41.3, 13.2), (47.6, 51.4, 16.4), (45.6, 59.2, 18.9)),
         (0.3, 5.5, -0.6, 2.4), (-3.0, -3.2)),
        (((21.8, 19.6, 12.0), (30.2, 38.0, 12.2), (31.4, 44.9, 14.4), (42.6, 41.8, 13.4), (46.0, 51.2, 16.4)),
         (-3.8, 0.6, -0.9, 1.3), (-0.8, 5.7))),
    0: ((((25.2, 25.8, 12.0), (28.0, 31.1, 10.0), (37.5, 39.3, 14.3), (45.8, 36.4, 12.2), (43.3, 41.1, 13.0)),
         (-4.0, 0.7, 4.6, 2.4), (-9.3, -6.5)),
        (((8.6, -5.4, 12.0), (45.7, 42.0, 14.3), (42.2, 44.5, 14.7), (47.1, 50.8, 17.4), (47.3, 52.1, 17.6)),
         (1.2, -1.3, -0.2, -0.4), (7.7, 8.6))),
}
_FIRMER = {"left": 0.88, "right": 1.10}  # nobody's hands rest alike


def hand_poses(body: Jointed) -> NDArray:
    """(10, 2, 15, 4) local rotations, HAND_POSES order, left and right."""
    out = np.zeros((len(HAND_POSES), 2, len(FINGERS), 4), np.float32)
    over = bearing_of(np.array([body.joint(name) for name in JOINTS])).over
    for h, side in enumerate(SIDES):
        frames = _bending_axes(body, side)
        rest = _rest_bends(body, side, frames)
        back, spread = _palm_normal(body, side), _rest_spread(body, side)
        along = body.joint(side + "MiddleProximal") - body.joint(side + "Hand")
        mirror = 1.0 if side == "left" else -1.0
        for i, name in enumerate(HAND_POSES):
            bends, apart, thumb = _FOLDED[over][h] if name == "folded" else (_BENDS[name], _APART[name], (0.0, 0.0))
            firm = _FIRMER[side] if name == "relaxed" else 1.0
            for f in range(5):
                for k in range(3):
                    q = qn.about(frames[f], bends[f][k] * firm - (rest[f][k] if f else 0.0))
                    if k == 0 and f:
                        q = qn.multiply(qn.about(back, -spread[f] - mirror * apart[f - 1]), q)
                    elif k == 0:
                        turn = qn.multiply(qn.about(along, mirror * thumb[0]), qn.about(back, mirror * thumb[1]))
                        q = qn.multiply(turn, q)
                    out[i, h, f * 3 + k] = q
    return out


def _rest_spread(body: Jointed, side: str) -> list[float]:
    """Degrees about the back of the hand by which each finger stands away from the middle one at rest; the thumb's is 0. The
    right hand's are the left one's with the other sign."""
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
