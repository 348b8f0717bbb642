"""The default body's joints at rest, and how an arm reaches for a point. Body axes: feet at the origin, faces +Z."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
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
HAND_WAY = np.array([0.016, -0.965, 0.262])  # from the wrist to the middle knuckle at rest, left
MAX_REACH = 0.97  # of the arm's length: a locked elbow looks like a mannequin's


def to_body(point_m: ArrayLike, mark: Mark) -> NDArray:
    """A point of the world in the axes of the body that stands on `mark`. (3,) float64."""
    x, y, z = np.asarray(point_m, np.float64) - mark.position_m
    c, s = math.cos(math.radians(mark.heading_deg)), math.sin(math.radians(mark.heading_deg))
    return np.array([c * x - s * z, y, s * x + c * z])


def reach(side: str, wrist_m: ArrayLike, palm_roll_deg: float = 0.0, elbow_out: float = 0.35,
          rest_m: NDArray = REST_M, hand: tuple[ArrayLike, ArrayLike] | None = None, shrug_deg: float = 0.0) -> NDArray:
    """Local rotations (4, 4) xyzw of shoulder, upper arm, lower arm and hand that bring the wrist to wrist_m.

    side: "left" or "right"; wrist_m: (3,) body axes, pulled in to where the arm can reach;
    palm_roll_deg: about the forearm, positive turns the palm up; elbow_out: 0 elbow straight down .. 1 sideways;
    hand: instead of palm_roll_deg, where the hand points and where its palm looks, each (3,) in body axes; shrug_deg: the
    collar bone lifted by so much.
    """
    sign = 1.0 if side == "left" else -1.0
    shoulder, elbow, wrist = (rest_m[JOINT[side + n]].astype(np.float64) for n in ("UpperArm", "LowerArm", "Hand"))
    goal = np.asarray(wrist_m, np.float64)
    clavicle = qn.multiply(qn.from_euler_deg((0.0, 0.0, sign * shrug_deg)), _clavicle(sign, goal - shoulder))
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
    if hand is not None:
        hand_turn = _hand_turn(sign, *hand)
        bent = qn.multiply(hand_turn, qn.conjugate(lower_turn))
        axis = fore / np.linalg.norm(fore)
        palm_roll_deg = -sign * math.degrees(2 * math.atan2(float(bent[:3] @ axis), float(bent[3])))
        palm_roll_deg = (palm_roll_deg + 180.0) % 360.0 - 180.0
    roll = qn.about(fore, -sign * palm_roll_deg * 0.6)  # most of a turning palm is the forearm's, the rest the wrist's
    lower_turn = qn.multiply(roll, lower_turn)
    if hand is None:
        hand_turn = qn.multiply(qn.about(fore, -sign * palm_roll_deg * 0.4), lower_turn)
    globals_ = [clavicle, upper_turn, lower_turn, hand_turn]
    local = [clavicle] + [qn.multiply(qn.conjugate(a), b) for a, b in pairwise(globals_)]
    return np.array(local, np.float32)


def _hand_turn(sign: float, along: ArrayLike, palm: ArrayLike) -> NDArray:
    """(4,) rotation of a hand from rest, where it points down and a little forward and its palm looks at the thigh."""
    frames = []
    for way, look in ((HAND_WAY * (sign, 1.0, 1.0), (-sign, 0.0, 0.0)), (along, palm)):
        x = np.asarray(way, np.float64) / np.linalg.norm(np.asarray(way))
        y = np.asarray(look, np.float64) - x * (np.asarray(look) @ x)
        y /= np.linalg.norm(y)
        frames.append(np.stack([x, y, np.cross(x, y)], 1))
    return qn.from_matrix(frames[1] @ frames[0].T)


def _clavicle(sign: float, way: NDArray) -> NDArray:
    """The collar bone gives way: forward with a far reach, up with a high one."""
    forward = float(np.clip(way[2] / 0.6, 0.0, 1.0)) * 10.0
    lift = float(np.clip((way[1] + 0.15) / 0.5, 0.0, 1.0)) * 16.0
    return qn.from_euler_deg((-sign * forward, 0.0, sign * lift))


@dataclass(frozen=True, slots=True)
class Bearing:
    """How one stands between gestures: one hand holds the other, the weight is on one leg.

    at_m: by stance, the middle between both wrists from the middle of the hips, for the nominal forearm; hands: left and right,
    of each the wrist from there, where it points, where its palm looks; elbows_out: as of `reach`; over: whose hand holds the
    other, 0 left, 1 right; leg: 1 or -1, the left or the right one bears more; lean_deg: yaw, pitch, roll by joint with all
    weight on the left one. What the fingers do is in avatar.build.hands."""

    at_m: Mapping[str, tuple[float, float, float]]
    hands: tuple[tuple[tuple[float, float, float], ...], ...]
    elbows_out: tuple[float, float]
    over: int
    leg: float
    lean_deg: Mapping[str, tuple[float, float, float]]


# Upper arms hang close to the body: elbows that stand out make shoulders broad. No two arms are mirror images: that is how a
# shop dummy stands. Wrists are bent by 23° to 30°: more bulges over a cuff. Weight on the left leg: that hip stands higher and
# out, the body turns to that side, the shoulder above it is 3 cm lower; the head turns back to the viewer and is tilted less.
FOLDED: tuple[str, ...] = ("ready", "low")
RIGHT_OVER = Bearing(  # at the navel, the right hand's fingers round the left one
    {"ready": (-0.020, 0.115, 0.185), "low": (-0.018, 0.075, 0.190)},
    (((0.0912, -0.0022, -0.0028), (-0.6243, -0.2859, 0.727), (-0.3125, -0.4613, -0.8304)),
     ((-0.0753, 0.0072, 0.0137), (0.5388, -0.2944, 0.7893), (0.6346, -0.4425, -0.6336))),
    (0.28, 0.04), 1, 1.0,
    {"hips": (9.5, 0.0, 4.3), "spine": (2.0, 0.4, -5.3), "chest": (1.5, 0.0, -3.5), "upperChest": (0.0, 0.0, -0.9),
     "neck": (-2.5, 0.5, 1.4), "head": (-10.3, 0.0, 3.0)},
)
LEFT_OVER = Bearing(  # at the jacket's button, just above the belt, the left hand over the right one's knuckles
    {"ready": (0.011, 0.094, 0.162), "low": (0.009, 0.076, 0.165)},
    (((0.0824, 0.0011, 0.0127), (-0.5314, -0.2624, 0.8054), (-0.6543, -0.3857, -0.6504)),
     ((-0.0803, -0.0074, 0.0005), (0.7068, -0.16, 0.6931), (0.4485, -0.6074, -0.6555))),
    (0.12, 0.25), 0, -1.0,
    {"hips": (8.0, 0.0, 5.0), "spine": (1.5, 0.3, -5.4), "chest": (1.0, 0.0, -3.0), "upperChest": (0.0, 0.0, -0.8),
     "neck": (-2.0, 0.5, 2.4), "head": (-8.0, 0.0, 3.0)},
)
BROAD = 0.105  # half the breadth of the shoulders by the height of the eyes; of the women measured .097, of the men .113
# Hands at the sides, left and right: from where the wrist is at rest, where the hand points, where its palm looks.
DOWN_M: tuple[tuple[float, float, float], ...] = ((0.004, 0.022, 0.100), (-0.010, 0.035, 0.095))
DOWN_HANDS: tuple[tuple[tuple[float, float, float], ...], ...] = (
    ((0.10, -0.95, 0.30), (-0.90, 0.0, -0.44)), ((-0.10, -0.96, 0.26), (0.92, 0.0, -0.40)),
)
_NOMINAL_FOREARM_M = 0.2243


def bearing_of(rest_m: NDArray) -> Bearing:
    """How a body with these joints at rest, (16, 3), stands: broad shoulders bear themselves otherwise than narrow ones, so two
    presenters in one picture are not each other's copies, whoever made their bodies."""
    eyes = (rest_m[JOINT["leftEye"], 1] + rest_m[JOINT["rightEye"], 1]) / 2
    return LEFT_OVER if rest_m[JOINT["leftUpperArm"], 0] > BROAD * eyes else RIGHT_OVER


def folded(rest_m: NDArray, name: str, shift_m: ArrayLike = (0.0, 0.0, 0.0), shrug_deg: float = 0.0) -> NDArray:
    """(8, 4) local rotations of both arms with one hand holding the other. name: of FOLDED; shift_m: both hands moved by as
    much, without leaving each other."""
    bearing = bearing_of(rest_m)
    size = float(np.linalg.norm(rest_m[JOINT["leftHand"]] - rest_m[JOINT["leftLowerArm"]])) / _NOMINAL_FOREARM_M
    middle = rest_m[JOINT["hips"]] + np.asarray(bearing.at_m[name]) * size + np.asarray(shift_m)
    arms = []
    for side, out, (place, way, palm) in zip(("left", "right"), bearing.elbows_out, bearing.hands, strict=True):
        arms.append(reach(side, middle + np.asarray(place) * size, 0.0, out, rest_m, (way, palm), shrug_deg))
    return np.concatenate(arms)


def stances(rest_m: NDArray = REST_M) -> dict[str, NDArray]:
    """(8, 4) local rotations of both arms by name, for a body with these joints at rest."""
    out = {name: folded(rest_m, name) for name in FOLDED}
    arms = []
    for side, (away, (way, palm)) in zip(("left", "right"), zip(DOWN_M, DOWN_HANDS, strict=True), strict=True):
        arms.append(reach(side, rest_m[JOINT[side + "Hand"]] + away, 0.0, 0.05, rest_m, (way, palm)))
    out["down"] = np.concatenate(arms)
    return out


STANCES: dict[str, NDArray] = stances()


def together(rest_m: NDArray, name: str) -> NDArray:
    """(4, 8, 3) how a folded stance's rotations change while both hands stay as they lie on each other: rotation vectors in
    each joint's own axes, radians, per metre along x, y and z, and per degree of shrugging."""
    step_m, step_deg = 0.004, 0.5
    out = []
    for axis in range(4):
        ends = []
        for sign in (-0.5, 0.5):
            shift = sign * step_m * np.eye(3)[axis] if axis < 3 else np.zeros(3)
            ends.append(folded(rest_m, name, shift, sign * step_deg if axis == 3 else 0.0).astype(np.float64))
        turn = qn.multiply(qn.conjugate(ends[0]), ends[1])
        turn *= np.where(turn[:, 3:] < 0, -1.0, 1.0)
        out.append(2.0 * turn[:, :3] / (step_m if axis < 3 else step_deg))
    return np.array(out)


Turn = tuple[float, float, float, float]  # a rotation xyzw as plain numbers: for one, numpy's calls cost ten times as much


def times(first: Turn, b: Turn) -> Turn:
    """The rotation that does b, then `first`."""
    x, y, z, w = first
    return (w * b[0] + x * b[3] + y * b[2] - z * b[1], w * b[1] - x * b[2] + y * b[3] + z * b[0],
            w * b[2] + x * b[1] - y * b[0] + z * b[3], w * b[3] - x * b[0] - y * b[1] - z * b[2])


def turn_of(trunk: NDArray) -> Turn:
    """How a trunk with these local rotations (4, 4) has turned whatever stands on it."""
    hips, spine, chest, upper = trunk.tolist()
    return times(times(times(hips, spine), chest), upper)
