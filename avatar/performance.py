"""A spoken sentence as movement: curves at 100 Hz that anyone can sample at any time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.checked import frozen_array
from avatar.face import ARKIT
from avatar.pose import HZ, JOINTS


@dataclass(frozen=True, slots=True)
class Performance:
    """weights: (n, 52) float32 0..1 at 100 Hz; joints: (n, 16, 4) float32 local quaternions xyzw;
    hands: (n, 2, 3) float32 as in Pose; influence: (n, 3) float32 0..1, how far face, joints and hands replace the idle body
    (0 at both ends, so that idle life and sentence cross-fade). Joints hips to upperChest are added to the idle trunk
    instead, so that breathing goes on; blinks are the idle body's, whatever the rows say (the larger of the two counts).
    hold: from when to when (seconds from the first row) the open palm of side "left" or "right" is there for a product."""

    weights: NDArray
    joints: NDArray
    hands: NDArray
    influence: NDArray
    hold: tuple[float, float, str] | None = None

    def __post_init__(self) -> None:
        n = len(self.weights)
        for name, shape in (("weights", (n, len(ARKIT))), ("joints", (n, len(JOINTS), 4)),
                            ("hands", (n, 2, 3)), ("influence", (n, 3))):
            object.__setattr__(self, name, frozen_array("Performance", name, getattr(self, name), shape, np.float32))

    @property
    def duration_s(self) -> float:
        """Seconds from the first row to the end of the last."""
        return len(self.weights) / HZ


# Face, joints, hands: lips rest 150 ms after a barge-in, the way of its cue included, which takes up to 80 ms on a busy
# machine; an arm that is given back faster is thrown. A face is given back evenly: so it moves no faster than in 0.12 s with
# rests at both ends, which a picture's frames do not show anyway.
CUT_FADE_S = (0.08, 0.8, 0.8)


def cut_short(performance: Performance, at_s: float) -> Performance:
    """The same movement, given back to the idle body from at_s on (skip, barge-in). at_s: seconds from its first row, > 0."""
    n = min(len(performance.weights), int(np.ceil((at_s + max(CUT_FADE_S)) * HZ)) + 1)
    x = np.clip((np.arange(n, dtype=np.float32)[:, None] / HZ - at_s) / np.array(CUT_FADE_S, np.float32), 0.0, 1.0)
    left = 1.0 - x * x * x * (x * (6.0 * x - 15.0) + 10.0)  # minimum jerk
    left[:, 0] = 1.0 - x[:, 0]
    return Performance(performance.weights[:n], performance.joints[:n], performance.hands[:n],
                       performance.influence[:n] * left)
