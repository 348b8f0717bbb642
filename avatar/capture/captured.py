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
from avatar import quaternions as qn
from avatar.face import ARKIT, INDEX
from avatar.noise import ease
from avatar.pose import Pose
from avatar.sampling import steadied
from avatar.skeleton import JOINT, TRUNK

FADE_S = 0.4  # of a take-over and of a hand-back, both ways
HOLD_S = 0.3  # how long the last row stands when no more come
KEEP_S = 4.0  # rows older than this are forgotten
MAX_ROWS = 600  # oldest dropped first
HEAD_LIMIT_DEG = (60.0, 35.0, 30.0)
TURN_ARM_M = 0.55  # from the hips' pivot to the head: how a shifted head becomes a lean
LEAN_LIMIT_DEG = 7.0
MOUTH = np.array([name.startswith(("mouth", "jaw", "tongue", "cheekPuff")) for name in ARKIT])
MOUTH.setflags(write=False)
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
    yaw, pitch = gaze.clamp_eyes(float(seen.eyes_deg[0]), float(seen.eyes_deg[1]))
    shown = seen.weights.copy()
    shown[_EYES] = 0.0
    gaze.set_lids(shown, yaw, pitch)
    lean_deg = np.array([0.0, *_lean_deg(seen.lean_m)])
    head = np.clip(seen.head_deg, [-a for a in HEAD_LIMIT_DEG], HEAD_LIMIT_DEG) - lean_deg  # the lean below turns it, too
    turn, eye = qn.from_euler_deg([head, (yaw, -pitch, 0.0)])
    neck = qn.nlerp(qn.IDENTITY, turn, np.float32(gaze.NECK_SHARE))
    turned = np.stack([neck, qn.multiply(qn.conjugate(neck), turn), eye, eye])  # together the turn, exactly
    joints = base.joints.copy()
    turned[0] = steadied(joints[TRUNK], 1.0, neck)
    which = [JOINT[name] for name in ("neck", "head", "leftEye", "rightEye")]
    joints[which] = qn.nlerp(joints[which], turned, f)
    lean = qn.from_euler_deg(lean_deg)
    spine = TRUNK.start + 1
    joints[spine] = qn.multiply(joints[spine], qn.nlerp(qn.IDENTITY, lean, f))
    return Pose(base.weights + (shown - base.weights) * f, joints, base.hands)


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
