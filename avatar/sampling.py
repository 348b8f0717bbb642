"""Any instant of a show: the idle body with whatever is being performed laid over it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avatar import quaternions as qn
from avatar.face import INDEX
from avatar.idle import IdleLife
from avatar.performance import Performance
from avatar.pose import HZ, Pose
from avatar.skeleton import JOINT, TRUNK, Turn, times, turn_of

_BLINKS = [INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]
_NOTHING = np.zeros(3, np.float32)
_NECK, _CHEST = JOINT["neck"], JOINT["chest"]
SQUARED = 0.5  # of the standing body's turn aside that the chest takes back while somebody is spoken to
STEADY = 0.9  # of the trunk's turn that the neck takes back, so that a performed look goes where it should


def sample(performance: Performance, t_s: float) -> tuple[Pose, NDArray]:
    """The performance t_s seconds after its first row, and its influence (3,) on face, joints and hands.

    Between rows weights are linear and rotations normalised-linear; before the first and after the last row the
    nearest row with influence 0.
    """
    weights, joints, hands, influence = _row(performance, t_s)
    return Pose(weights, joints, hands), influence


def pose_at(t_s: float, idle: IdleLife, playing: Sequence[tuple[float, Performance]]) -> Pose:
    """The body at t_s. playing: (start in seconds on the same clock, performance), oldest first; those that have not
    begun or are over do nothing. Face, head and arms are replaced by influence; the trunk's breathing and the blinks
    go on below.
    """
    base = idle.pose(t_s)
    active = [(start, p) for start, p in playing if 0.0 <= t_s - start < p.duration_s]
    if not active:
        return base
    weights, joints, hands = base.weights, base.joints, base.hands
    for start, performance in active:
        w, j, h, influence = _row(performance, t_s - start)
        face, body, hand = (float(x) for x in influence)
        weights = weights + (w - weights) * np.float32(face)
        below = squared(joints[TRUNK], body)
        whole = body >= 1.0  # most of a sentence: nothing to blend
        trunk = qn.multiply(below, j[TRUNK] if whole else qn.nlerp(qn.IDENTITY, j[TRUNK], np.float32(body)))
        j = j.copy()
        j[_NECK] = steadied(below, STEADY, j[_NECK])
        joints = j if whole else qn.nlerp(joints, j, np.float32(body))
        joints[TRUNK] = trunk
        hands = _hands(hands, h, hand)
    weights[_BLINKS] = np.maximum(weights[_BLINKS], base.weights[_BLINKS])
    return Pose(weights, joints, hands)


def squared(trunk: NDArray, share: float) -> NDArray:
    """A trunk (4, 4) that stands turned aside, its chest turned back by SQUARED of that, times share 0..1."""
    x, y, z, w = turn_of(trunk)
    half = -0.5 * SQUARED * share * math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    out = trunk.copy()
    out[_CHEST] = times((0.0, math.sin(half), 0.0, math.cos(half)), trunk[_CHEST].tolist())
    return out


def steadied(trunk: NDArray, share: float, neck: NDArray) -> Turn:
    """The neck (4,) as it is to turn on this trunk (4, 4) for the head to look where it would on a straight one; 0..1 of it."""
    x, y, z, w = turn_of(trunk)
    part = -share if w >= 0 else share
    whole = 1 - share + share * abs(w)
    size = math.sqrt(part * part * (x * x + y * y + z * z) + whole * whole)
    return times((part * x / size, part * y / size, part * z / size, whole / size), neck.tolist())


def _row(p: Performance, t_s: float) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    n = len(p.weights)
    x = t_s * HZ
    if x <= 0.0 or x >= n - 1:
        i = 0 if x <= 0.0 else n - 1
        return p.weights[i], p.joints[i], p.hands[i], p.influence[i] if 0.0 <= x <= n - 1 else _NOTHING
    i = int(x)
    f = np.float32(x - i)
    joints = qn.nlerp(p.joints[i], p.joints[i + 1], f)
    hands = p.hands[i if f < 0.5 else i + 1].copy()
    same = (p.hands[i, :, :2] == p.hands[i + 1, :, :2]).all(1)
    hands[same, 2] = (p.hands[i] + (p.hands[i + 1] - p.hands[i]) * f)[same, 2]
    return (p.weights[i] + (p.weights[i + 1] - p.weights[i]) * f, joints, hands,
            p.influence[i] + (p.influence[i + 1] - p.influence[i]) * f)


def _hands(below: NDArray, over: NDArray, influence: float) -> NDArray:
    """A performed hand shape replaces the idle one. A pose names one shape and how far the hand goes there, so of two different
    shapes the stronger is shown by as much as it is stronger: nothing snaps."""
    out = below.copy()
    for side in range(2):
        there, here = over[side, 2] * influence, below[side, 2] * (1.0 - influence)
        if over[side, 1] == below[side, 1]:
            out[side, 2] = there + here
        else:
            out[side] = (*(over if there > here else below)[side, :2], abs(there - here))
    return out
