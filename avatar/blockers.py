"""What of a body takes light from the rest of it: forearms and hands as a few capsules, for the shaders of both renderers.

The same numbers stand in showroom/web/src/blockers.js; a test holds them equal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarMesh, AvatarModel

# From joint to joint, without the side; how far beyond the second, as a share of the way; radius in metres. A hand is two
# capsules, since it is twice as broad as thick; the fingertips are beyond the last joint; sleeves make a forearm thicker.
CAPSULES: tuple[tuple[str, str, float, float], ...] = (
    ("LowerArm", "Hand", 0.0, 0.040),
    ("Hand", "IndexDistal", 0.10, 0.021),
    ("Hand", "RingDistal", 0.10, 0.023),
)
HAND_M = 0.15  # from the wrist on along the forearm, in a figure without fingers
COUNT = 2 * len(CAPSULES)


class Blockers:
    """Of one model. Not thread-safe."""

    def __init__(self, model: AvatarModel) -> None:
        index = {name: i for i, name in enumerate(model.joint_names)}
        rest = model.joint_positions_m
        self._ends: list[tuple[int, int, NDArray, NDArray]] = []
        self._radii = np.array([radius for *_, radius in CAPSULES] * 2, np.float32)
        for side in ("left", "right"):
            for first, last, beyond, _ in CAPSULES:
                a, b = index[side + first], index.get(side + last, index[side + "Hand"])
                start, end = rest[a], rest[b]
                if float(np.linalg.norm(end - start)) < 0.02:
                    arm = rest[index[side + "Hand"]] - rest[index[side + "LowerArm"]]
                    end = start + arm / max(float(np.linalg.norm(arm)), 1e-6) * HAND_M
                self._ends.append((a, b, start, end + (end - start) * beyond))

    def capsules_m(self, matrices: NDArray) -> tuple[NDArray, NDArray]:
        """(COUNT, 2, 3) ends in model axes and (COUNT,) radii. matrices: (j, 3, 4) as of `Skinner.joint_matrices`."""
        out = np.empty((COUNT, 2, 3), np.float32)
        for i, (a, b, start, end) in enumerate(self._ends):
            for k, (joint, place) in enumerate(((a, start), (b, end))):
                out[i, k] = matrices[joint, :, :3] @ place + matrices[joint, :, 3]
        return out, self._radii


def is_shaded(mesh: AvatarMesh, model: AvatarModel) -> bool:
    """Whether hands come near enough to this mesh to shade it: clothes and hands, not the face or what belongs to it."""
    near = [name == "hips" or name.endswith(("Arm", "Hand")) for name in model.joint_names]
    return mesh.material in ("skin", "cloth", "plain") and bool(np.array(near)[mesh.joints[mesh.weights > 0.5]].any())
