"""Attending to somebody who speaks: eyes first, the head part of the way, back to the camera now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from avatar import gaze
from avatar import quaternions as qn
from avatar.noise import ease, uniform
from avatar.pose import Pose
from avatar.sampling import steadied
from avatar.skeleton import JOINT, TRUNK

TURN_S, RETURN_S = 1.1, 0.9  # to whoever begins to speak, and back when that ends
SLOT_S, AWAY_CHANCE = 2.6, 0.25  # in so many of the slots a listener looks at the camera again, as people on air do
MOVE_S = 1.0  # between both
FURTHEST_DEG = 58.0  # of head and eyes together; what lies further aside is looked at out of the corner of the eye
_EYES = (JOINT["leftEye"], JOINT["rightEye"])


def heed(spans_s: Sequence[tuple[float, float]], seed: int, t_s: float) -> float:
    """0..1, how much a listener looks at a speaker. spans_s: of each clause, for how long it has been said and for how long it
    has been over (negative: it goes on); one that follows another at once keeps the listener's eyes."""
    apart = 1.0
    for since, over in spans_s:
        apart *= 1.0 - ease(since / TURN_S) * (1.0 - ease(over / RETURN_S))
    near = 1.0 - apart
    number, within = divmod(t_s, SLOT_S)
    before, now = (0.0 if uniform(seed, 8101, int(n)) < AWAY_CHANCE else 1.0 for n in (number - 1, number))
    return near * (before + (now - before) * ease(within / MOVE_S))


def attending(pose: Pose, yaw_deg: float, pitch_deg: float, amount: float) -> Pose:
    """The pose with head and eyes turned to a direction of the body's axes by `amount` 0..1."""
    if amount <= 1e-3:
        return pose
    yaw_deg = max(-FURTHEST_DEG, min(FURTHEST_DEG, yaw_deg))
    head_yaw, head_pitch = gaze.head_part(yaw_deg, pitch_deg)
    eyes = gaze.clamp_eyes(yaw_deg - head_yaw, pitch_deg - head_pitch)
    n = gaze.NECK_SHARE
    joints, weights = pose.joints.copy(), pose.weights.copy()
    angles = {JOINT["neck"]: (head_yaw * n, -head_pitch * n), JOINT["head"]: (head_yaw * (1 - n), -head_pitch * (1 - n)),
              **{eye: (eyes[0], -eyes[1]) for eye in _EYES}}
    turned = {joint: qn.from_euler_deg((yaw, pitch, 0.0)) for joint, (yaw, pitch) in angles.items()}
    turned[JOINT["neck"]] = np.array(steadied(joints[TRUNK], 1.0, turned[JOINT["neck"]]), np.float32)
    for joint, there in turned.items():
        joints[joint] = qn.slerp(joints[joint], there, np.float64(amount))
    looking = np.zeros_like(weights)
    gaze.set_lids(looking, *eyes)
    rows = gaze.LOOK_ROWS
    weights[rows] = weights[rows] * (1 - amount) + looking[rows] * amount
    return replace(pose, joints=joints.astype(np.float32), weights=weights)
