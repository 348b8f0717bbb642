"""The default body's joints at rest, and how an arm reaches for a point. Body axes: feet at the origin, faces +Z."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assets.scene import Mark
from avatar import quaternions as qn
from avatar.pose import JOINTS

JOINT: dict[str, int] = {name: i for i, name in enumerate(JOINTS)}
PARENTS: tuple[int, ...] = (-1, 0, 1, 2, 3, 4, 5, 5, 3, 8, 9, 10, 3, 12, 13, 14)  # of JOINTS, by index
TRUNK = slice(0, 4)  # hips to upperChest: breathing and sway go on below whatever is performed
ARMS = slice(8, 16)

# (16, 3) metres: a woman of 1.68 m, arms hanging. Gestures aim with these; other bodies differ by a few centimetres,
# which a pointing hand does not show.
REST_M: NDArray = np.array([
    (0.0, 0.915, 0.022), (0.0, 1.036, 0.022), (0.0, 1.137, 0.013), (0.0, 1.263, 0.013),
    (0.0, 1.416, -0.001), (0.0, 1.480, 0.024), (0.030, 1.566, 0.117), (-0.030, 1.566, 0.117),
    (0.060, 1.389, 0.015), (0.152, 1.314, 0.021), (0.189, 1.072, 0.014), (0.203, 0.851, 0.051),
    (-0.060, 1.389, 0.015), (-0.152, 1.314, 0.021), (-0.189, 1.072, 0.014), (-0.203, 0.851, 0.051),
], np.float32)
REST_M.setflags(write=False)
EYES_M = (REST_M[JOINT["leftEye"]] + REST_M[JOINT["rightEye"]]) / 2
DEFAULT_TARGETS: Mapping[str, tuple[float, float, float]] = {
    "camera": (0.0, 1.45, 3.0), "product": (0.75, 1.05, 0.35), "chat": (-0.6, 1.3, 2.0),
}
MAX_REACH = 0.97  # of the arm's length: a locked elbow looks like a mannequin's


def to_body(point_m: ArrayLike, mark: Mark) -> NDArray:
    """A point of the world in the axes of the body that stands on `mark`. (3,) float64."""
    x, y, z = np.asarray(point_m, np.float64) - mark.position_m
    c, s = math.cos(math.radians(mark.heading_deg)), math.sin(math.radians(mark.heading_deg))
    return np.array([c * x - s * z, y, s * x + c * z])


def reach(side: str, wrist_m: ArrayLike, palm_roll_deg: float = 0.0, elbow_out: float = 0.35,
          rest_m: NDArray = REST_M) -> NDArray:
    """Local rotations (4, 4) xyzw of shoulder, upper arm, lower arm and hand that bring the wrist to wrist_m.

    side: "left" or "right"; wrist_m: (3,) body axes, pulled in to where the arm can reach;
    palm_roll_deg: about the forearm, positive turns the palm up; elbow_out: 0 elbow straight down .. 1 sideways.
    """
    sign = 1.0 if side == "left" else -1.0
    shoulder, elbow, wrist = (rest_m[JOINT[side + n]].astype(np.float64) for n in ("UpperArm", "LowerArm", "Hand"))
    goal = np.asarray(wrist_m, np.float64)
    clavicle = _clavicle(sign, goal - shoulder)
    base = rest_m[JOINT[side + "Shoulder"]].astype(np.float64)
    origin = base + qn.rotate(clavicle, shoulder - base)
    upper, lower = np.linalg.norm(elbow - shoulder), np.linalg.norm(wrist - elbow)
    way = goal - origin
    far = float(np.clip(np.linalg.norm(way), abs(upper - lower) * 1.2, (upper + lower) * MAX_REACH))
    way /= np.linalg.norm(way)
    along = (upper**2 - lower**2 + far**2) / (2 * far)
    off = math.sqrt(max(float(upper**2 - along**2), 0.0))
    pole = np.array([sign * elbow_out, -1.0, -0.25])  # elbows hang down, a little out and back
    pole -= way * (pole @ way)
    pole /= np.linalg.norm(pole)
    bend = origin + way * along + pole * off
    upper_turn = qn.between(elbow - shoulder, bend - origin)
    fore = origin + way * far - bend
    lower_turn = qn.multiply(qn.between(qn.rotate(upper_turn, wrist - elbow), fore), upper_turn)
    roll = qn.about(fore, -sign * palm_roll_deg * 0.6)  # most of a turning palm is the forearm's, the rest the wrist's
    lower_turn = qn.multiply(roll, lower_turn)
    hand_turn = qn.multiply(qn.about(fore, -sign * palm_roll_deg * 0.4), lower_turn)
    globals_ = [clavicle, upper_turn, lower_turn, hand_turn]
    local = [clavicle] + [qn.multiply(qn.conjugate(a), b) for a, b in pairwise(globals_)]
    return np.array(local, np.float32)


def _clavicle(sign: float, way: NDArray) -> NDArray:
    """The collar bone gives way: forward with a far reach, up with a high one."""
    forward = float(np.clip(way[2] / 0.6, 0.0, 1.0)) * 10.0
    lift = float(np.clip((way[1] + 0.15) / 0.5, 0.0, 1.0)) * 16.0
    return qn.from_euler_deg((-sign * forward, 0.0, sign * lift))


def arms_from_euler(left_deg: ArrayLike, right_deg: ArrayLike | None = None) -> NDArray:
    """(8, 4) local rotations of both arms from (4, 3) yaw, pitch, roll as of a left one; the right arm mirrors right_deg, or
    the left one's where there is none."""
    left = np.asarray(left_deg, np.float64)
    right = left if right_deg is None else np.asarray(right_deg, np.float64)
    return np.concatenate([qn.from_euler_deg(left), qn.from_euler_deg(right * (-1.0, 1.0, -1.0))])


# How an anchor holds the arms between gestures. Upper arms hang close to the body: elbows that stand out make shoulders broad.
# Ready is one hand laid over the other before the waist, a hand's thickness before it, so that no finger goes through another;
# low the same a little lower; down both at the sides, the backs turned half forward.
STANCES: dict[str, NDArray] = {
    "down": np.concatenate([reach("left", (0.226, 0.858, 0.080), -55.0, 0.1),
                            reach("right", (-0.226, 0.862, 0.066), -50.0, 0.1)]),
    "ready": np.concatenate([reach("left", (0.044, 1.030, 0.285), -26.0, 0.08),
                             reach("right", (-0.062, 1.004, 0.218), -24.0, 0.08)]),
    "low": np.concatenate([reach("left", (0.050, 0.982, 0.278), -32.0, 0.08),
                           reach("right", (-0.066, 0.963, 0.216), -30.0, 0.08)]),
}
# Weight on the left leg: that hip stands higher and out, the shoulder above it lower, the head upright. Yaw, pitch, roll.
CONTRAPPOSTO_DEG: dict[str, tuple[float, float, float]] = {
    "hips": (2.0, 0.0, 2.6), "spine": (-1.0, 0.4, -3.6), "chest": (-1.0, 0.0, -2.2), "neck": (0.0, 0.0, 0.9),
    "head": (0.0, 0.0, 2.4),
}
