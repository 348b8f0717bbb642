"""What was seen of a performer at one instant, and how it lies over the idle body. Pure.

Below it the body goes on breathing and keeps its stance; above it nothing but gestures on call.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.checked import frozen_array
from avatar import gaze
from avatar.face import ARKIT, INDEX
from avatar.noise import ease
from avatar.pose import Pose
from avatar.sampling import steadied
from avatar.skeleton import JOINT, TRUNK, Turn, times

FADE_S = 0.4  # of a take-over and of a hand-back, both ways
HOLD_S = 0.3  # how long the last row stands when no more come
KEEP_S = 4.0  # rows older than this are forgotten
MAX_ROWS = 600  # oldest dropped first
HEAD_LIMIT_DEG = (60.0, 35.0, 30.0)
TURN_ARM_M = 0.55  # from the hips' pivot to the head: how a shifted head becomes a lean
LEAN_LIMIT_DEG = 7.0
MOUTH = np.array([name.startswith(("mouth", "jaw", "tongue", "cheekPuff")) for name in ARKIT])
MOUTH.setflags(write=False)
_MOVED = [JOINT[name] for name in ("neck", "head", "leftEye", "rightEye")]
_SPINE = TRUNK.start + 1
_UPRIGHT: Turn = (0.0, 0.0, 0.0, 1.0)
_EYES = [i for name, i in INDEX.items() if name.startswith("eyeLook")]


@dataclass(frozen=True, slots=True)
class Captured:
    """weights: (52,) float32 0..1, ARKIT order; head_deg: (3,) yaw, pitch, roll of head and neck together, from the neutral
    look; eyes_deg: (2,) yaw to the left, pitch up, within the head; lean_m: (2,) head moved to the body's left, and forward.
    whole: face, eyes and head were seen; else only the mouth is known (microphone)."""

    weights: NDArray
    head_deg: NDArray
    eyes_deg: NDArray
    lean_m: NDArray
    whole: bool = True

    def __post_init__(self) -> None:
        for name, shape in (("weights", (len(ARKIT),)), ("head_deg", (3,)), ("eyes_deg", (2,)), ("lean_m", (2,))):
            object.__setattr__(self, name, frozen_array("Captured", name, getattr(self, name), shape, np.float32))


def mouth_only(weights: NDArray) -> Captured:
    """A mouth that was heard, not seen. weights: (52,) 0..1."""
    return Captured(weights, np.zeros(3), np.zeros(2), np.zeros(2), whole=False)


def between(a: Captured, b: Captured, part: float) -> Captured:
    """part 0..1 of the way from a to b."""
    f = np.float32(part)

    def mix(x: NDArray, y: NDArray) -> NDArray:
        return x + (y - x) * f

    return Captured(mix(a.weights, b.weights), mix(a.head_deg, b.head_deg), mix(a.eyes_deg, b.eyes_deg),
                    mix(a.lean_m, b.lean_m), b.whole)


def laid_over(base: Pose, seen: Captured, influence: float) -> Pose:
    """The performer's face and head instead of the body's own, by influence 0..1. Breathing, stance and hands stay; of a
    mouth that was only heard the rest of the face stays, too."""
    f = np.float32(influence)
    if not seen.whole:
        weights = base.weights.copy()
        weights[MOUTH] += (seen.weights[MOUTH] - weights[MOUTH]) * f
        return Pose(weights, base.joints, base.hands)
    yaw, pitch = gaze.clamp_eyes(*seen.eyes_deg.tolist())
    shown = seen.weights.copy()
    shown[_EYES] = 0.0
    gaze.set_lids(shown, yaw, pitch)
    lean_deg = (0.0, *_lean_deg(seen.lean_m))
    turn = _turn_deg(*(max(-most, min(most, angle)) - lean  # the lean below turns it, too
                       for angle, most, lean in zip(seen.head_deg.tolist(), HEAD_LIMIT_DEG, lean_deg, strict=True)))
    neck = _part_way(_UPRIGHT, turn, gaze.NECK_SHARE)
    x, y, z, w = neck
    head = times((-x, -y, -z, w), turn)  # neck and head together the turn, exactly
    joints = base.joints.copy()
    eye, steady = _turn_deg(yaw, -pitch, 0.0), steadied(joints[TRUNK], 1.0, np.array(neck))
    for place, wanted in zip(_MOVED, (steady, head, eye, eye), strict=True):
        joints[place] = _part_way(joints[place].tolist(), wanted, influence)
    joints[_SPINE] = times(joints[_SPINE].tolist(), _part_way(_UPRIGHT, _turn_deg(*lean_deg), influence))
    return Pose(base.weights + (shown - base.weights) * f, joints, base.hands)


# One rotation at a time, as avatar.skeleton.times: of single ones numpy takes ten times as long.
def _turn_deg(yaw: float, pitch: float, roll: float) -> Turn:
    """`avatar.quaternions.from_euler_deg` of one rotation."""
    cy, cx, cz = (math.cos(math.radians(angle) / 2) for angle in (yaw, pitch, roll))
    sy, sx, sz = (math.sin(math.radians(angle) / 2) for angle in (yaw, pitch, roll))
    return (cy * sx * cz + sy * cx * sz, sy * cx * cz - cy * sx * sz, cy * cx * sz - sy * sx * cz, cy * cx * cz + sy * sx * sz)


def _part_way(a: Turn, b: Turn, part: float) -> Turn:
    """`avatar.quaternions.nlerp` of one rotation."""
    (ax, ay, az, aw), (bx, by, bz, bw) = a, b
    keep, go = 1.0 - part, part if ax * bx + ay * by + az * bz + aw * bw >= 0 else -part
    x, y, z, w = ax * keep + bx * go, ay * keep + by * go, az * keep + bz * go, aw * keep + bw * go
    size = max(math.sqrt(x * x + y * y + z * z + w * w), 1e-9)
    return x / size, y / size, z / size, w / size


def _lean_deg(lean_m: NDArray) -> tuple[float, float]:
    """Pitch and roll of the spine that bring the head there."""
    side, forward = (math.degrees(math.atan2(float(x), TURN_ARM_M)) for x in lean_m)
    return (max(-LEAN_LIMIT_DEG, min(LEAN_LIMIT_DEG, forward)), max(-LEAN_LIMIT_DEG, min(LEAN_LIMIT_DEG, -side)))


class Switch:
    """From when to when a performer counts, faded. One thread may write while others read."""

    def __init__(self) -> None:
        self._switch: tuple[float, bool, float] = (-math.inf, False, 0.0)  # when, on, influence at that moment

    def set(self, t_s: float, on: bool) -> None:
        """The performer counts from t_s on, or no longer; either way within FADE_S."""
        self._switch = (t_s, on, self.at(t_s))

    def at(self, t_s: float) -> float:
        """How far, 0..1."""
        since, on, before = self._switch
        part = ease((t_s - since) / FADE_S)
        return before + ((1.0 if on else 0.0) - before) * part


class CapturedTrack:
    """Rows of one performer by time, and from when to when they count. One thread may write while others read."""

    def __init__(self) -> None:
        self._rows: tuple[tuple[float, Captured], ...] = ()
        self._switch = Switch()

    def add(self, t_s: float, seen: Captured) -> None:
        """A row for t_s; one that is not later than the last is dropped, so are rows of the past KEEP_S."""
        rows = self._rows
        if rows and t_s <= rows[-1][0]:
            return
        first = next((i for i, (at, _) in enumerate(rows) if at >= t_s - KEEP_S), len(rows))
        self._rows = (*rows[max(first, len(rows) + 1 - MAX_ROWS):], (t_s, seen))

    def switch(self, t_s: float, on: bool) -> None:
        """The performer counts from t_s on, or no longer; either way within FADE_S."""
        self._switch.set(t_s, on)

    def at(self, t_s: float) -> tuple[Captured, float] | None:
        """What holds at t_s and how far, 0..1; None when that is nothing. After the last row it fades by itself."""
        influence, rows = self._switch.at(t_s), self._rows
        if influence <= 0.0 or not rows:
            return None
        later = next((i for i in range(len(rows) - 1, -1, -1) if rows[i][0] <= t_s), None)
        if later is None:
            lead = ease(1.0 - (rows[0][0] - t_s) / FADE_S)
            return (rows[0][1], influence * lead) if lead > 0.0 else None
        before_s, before = rows[later]
        if later + 1 < len(rows):
            after_s, after = rows[later + 1]
            return between(before, after, (t_s - before_s) / (after_s - before_s)), influence
        left = 1.0 - ease((t_s - before_s - HOLD_S) / FADE_S)
        return (before, influence * left) if left > 0.0 else None
