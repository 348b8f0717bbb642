"""Looking at something: eyes first and fast, the head after and only part of the way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.face import INDEX
from avatar.skeleton import EYES_M

EYE_LIMIT_DEG = (24.0, 15.0)  # yaw, pitch; people turn the head for more
HEAD_SHARE = 0.45  # of a gaze shift, even a small one
KNEE_DEG = 6.0
RESERVE_DEG = 3.0  # what eyes keep of their limit where they look far aside, to make good for a head that drifts and nods
NECK_SHARE = 0.4  # of the head's turn
LOOK_FULL_DEG = 30.0  # an eyeLook weight of 1
LEAD_S = 0.15  # eyes move 100 to 200 ms before head or hand
_LEFT = [INDEX[f"eyeLook{d}{s}"] for d, s in (("Out", "Left"), ("In", "Right"))]
_RIGHT = [INDEX[f"eyeLook{d}{s}"] for d, s in (("In", "Left"), ("Out", "Right"))]
_UP = [INDEX["eyeLookUpLeft"], INDEX["eyeLookUpRight"]]
_DOWN = [INDEX["eyeLookDownLeft"], INDEX["eyeLookDownRight"]]
LOOK_ROWS = _LEFT + _RIGHT + _UP + _DOWN


def angles_to(target_m: NDArray | tuple[float, float, float]) -> tuple[float, float]:
    """Yaw (positive to the body's left) and pitch (positive up) in degrees from the eyes to a point in body axes."""
    x, y, z = (float(a) - float(b) for a, b in zip(target_m, EYES_M, strict=True))
    return math.degrees(math.atan2(x, z)), math.degrees(math.atan2(y, math.hypot(x, z)))


def _beyond(angle: Any, limit: Any) -> Any:
    """What of an angle >= 0 lies beyond a limit, with a soft knee: a head that starts where eyes stop would jerk."""
    return ((angle - limit) + np.hypot(angle - limit, KNEE_DEG) - (np.hypot(limit, KNEE_DEG) - limit)) / 2


def head_part(yaw_deg: float, pitch_deg: float) -> tuple[float, float]:
    """The turn of head and neck together for a gaze direction: a share, and all that the eyes cannot do."""
    out = []
    for angle, limit in zip((yaw_deg, pitch_deg), EYE_LIMIT_DEG, strict=True):
        share = angle * HEAD_SHARE
        rest = angle - share
        out.append(share + math.copysign(float(_beyond(abs(rest), limit - RESERVE_DEG)), rest))
    return max(-70.0, min(70.0, out[0])), max(-35.0, min(35.0, out[1]))


def head_parts(look_deg: NDArray) -> NDArray:
    """`head_part` of (n, 2) yaw and pitch, row by row."""
    share = look_deg * HEAD_SHARE
    rest = look_deg - share
    out = share + np.sign(rest) * _beyond(np.abs(rest), np.array(EYE_LIMIT_DEG) - RESERVE_DEG)
    return np.clip(out, (-70.0, -35.0), (70.0, 35.0))


def set_lids_of(weights: NDArray, eyes_deg: NDArray) -> None:
    """`set_lids` on (n, 52) weights for (n, 2) yaw and pitch of the eyes."""
    side, up = np.clip(eyes_deg[:, :1] / LOOK_FULL_DEG, -1, 1), np.clip(eyes_deg[:, 1:] / LOOK_FULL_DEG, -1, 1)
    for channels, amount in ((_LEFT, side), (_RIGHT, -side), (_UP, up), (_DOWN, -up)):
        weights[:, channels] = np.maximum(amount, 0.0)


def clamp_eyes(yaw_deg: float, pitch_deg: float) -> tuple[float, float]:
    """Eye angles within what eyes do."""
    return (max(-EYE_LIMIT_DEG[0], min(EYE_LIMIT_DEG[0], yaw_deg)),
            max(-EYE_LIMIT_DEG[1], min(EYE_LIMIT_DEG[1], pitch_deg)))


def set_lids(weights: NDArray, yaw_deg: float, pitch_deg: float) -> None:
    """In place on (52,) weights: the eyeLook channels that go with eyes turned by these angles."""
    side = min(1.0, abs(yaw_deg) / LOOK_FULL_DEG)
    weights[_LEFT if yaw_deg >= 0 else _RIGHT] = side
    weights[_UP if pitch_deg >= 0 else _DOWN] = min(1.0, abs(pitch_deg) / LOOK_FULL_DEG)
