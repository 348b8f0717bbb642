"""One instant of a body: 52 weights, 16 joints, two hands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.checked import frozen_array
from avatar.face import ARKIT

# VRM 1.0 humanoid names; the joints a pose drives, in this order, everywhere (wire included).
JOINTS: tuple[str, ...] = (
    "hips", "spine", "chest", "upperChest", "neck", "head", "leftEye", "rightEye",
    "leftShoulder", "leftUpperArm", "leftLowerArm", "leftHand",
    "rightShoulder", "rightUpperArm", "rightLowerArm", "rightHand",
)
# Finger joints of one hand, without the side: the skeleton has them as leftThumbMetacarpal … rightLittleDistal.
FINGERS: tuple[str, ...] = tuple(
    finger + bone
    for finger, bones in (
        ("Thumb", ("Metacarpal", "Proximal", "Distal")),
        *((f, ("Proximal", "Intermediate", "Distal")) for f in ("Index", "Middle", "Ring", "Little")),
    )
    for bone in bones
)
HAND_POSES: tuple[str, ...] = ("relaxed", "open", "point", "fist", "offer", "count1", "count2", "count3", "count4", "folded")
HZ = 100  # rows per second of a Performance


@dataclass(frozen=True, slots=True)
class Pose:
    """weights: (52,) float32 0..1, ARKIT order; joints: (16, 4) float32 local quaternions xyzw relative to rest, JOINTS order;
    hands: (2, 3) float32, left and right: from-index, to-index into HAND_POSES, blend 0..1 between them."""

    weights: NDArray
    joints: NDArray
    hands: NDArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", frozen_array("Pose", "weights", self.weights, (len(ARKIT),), np.float32))
        object.__setattr__(self, "joints", frozen_array("Pose", "joints", self.joints, (len(JOINTS), 4), np.float32))
        object.__setattr__(self, "hands", frozen_array("Pose", "hands", self.hands, (2, 3), np.float32))


def rest_pose() -> Pose:
    """Neutral face, identity joints, relaxed hands."""
    joints = np.zeros((len(JOINTS), 4), np.float32)
    joints[:, 3] = 1.0
    return Pose(np.zeros(len(ARKIT), np.float32), joints, np.zeros((2, 3), np.float32))
