"""Where hair grows: the skull without ears as a radius by direction, and the hairline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from avatar.build.body import Body

# From beside the ears to the forehead's middle; a man's comes down before the ear.
HAIRLINE_Z_M = {"woman": (0.02, 0.045, 0.062, 0.082, 0.10, 0.125),
                "man": (0.02, 0.060, 0.072, 0.081, 0.0845, 0.089, 0.098, 0.112, 0.125)}
HAIRLINE_BELOW_CROWN_M = {"woman": (0.150, 0.128, 0.098, 0.076, 0.056, 0.043),
                          "man": (0.145, 0.137, 0.131, 0.126, 0.108, 0.093, 0.079, 0.065, 0.058)}
NAPE_BELOW_EYES_M = {"woman": 0.106, "man": 0.088}


class Scalp:
    """How far the scalp is from the middle of the head in each direction, ears left out."""

    def __init__(self, body: Body) -> None:
        used = np.unique(body.skin)
        points = body.shape[used]
        ears = body.source.mask("ears")[used] > 0.1
        head = body.weights[used, body.joint_names.index("head")] > 0.7
        self.crown_m = float(points[:, 1].max())
        self.eye_m = float(body.joint("leftEye")[1])
        self.sex = body.look.sex
        self.back_m = float(body.joint("head")[2]) - 0.024  # the nominal head's joint lies there
        self.centre = np.array([0.0, self.crown_m - 0.105, 0.018 + self.back_m])
        way = points[head & ~ears] - self.centre
        self._radius = np.linalg.norm(way, axis=1)
        self._tree = cKDTree(way / self._radius[:, None])

    def radius(self, directions: NDArray) -> NDArray:
        """(n,) metres for unit directions (n, 3)."""
        distance, near = self._tree.query(directions, k=6)
        share = 1 / (distance + 0.03)
        return (self._radius[near] * share).sum(1) / share.sum(1)

    def surface(self, points: NDArray) -> NDArray:
        """(n,) how far points are outside the scalp, metres."""
        way = points - self.centre
        length = np.linalg.norm(way, axis=1)
        return length - self.radius(way / length[:, None])

    def inside_hairline(self, points: NDArray) -> NDArray:
        """(n,) metres above the hairline, negative where the skin is bare."""
        y, z = points[:, 1], points[:, 2] - self.back_m
        line = np.interp(z, HAIRLINE_Z_M[self.sex], self.crown_m - np.array(HAIRLINE_BELOW_CROWN_M[self.sex]))
        x = np.abs(points[:, 0])
        temple = np.interp(x, [0.014, 0.036, 0.048, 0.058, 0.067], [0.0, 0.006, 0.014, 0.015, 0.002]) * (z > 0.05)
        if self.sex == "man":  # nobody's hairline is drawn with a ruler
            wander = np.sin(points[:, 0] * 310.0 + 0.6) * 0.0012 + np.sin(points[:, 0] * 140.0 + 2.0) * 0.0015
            line = line - wander - 0.0015 * np.clip(1 - x / 0.020, 0, 1) * (z > 0.05)
        return y - np.where(z < 0.02, np.interp(z, [-0.06, 0.02], [self.eye_m - NAPE_BELOW_EYES_M[self.sex],
                            self.eye_m - 0.075]), line) - (temple if self.sex == "man" else 0.0)
