"""The one place where axes change: ours are glTF's (+Y up, +Z front), Panda3D's are +Z up, -Y front."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from panda3d.core import LPoint3f, LVector3f

PANDA_FROM_GLTF: NDArray = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float32)  # for column vectors
PANDA_FROM_GLTF.setflags(write=False)


def to_panda(array: NDArray) -> NDArray:
    """(..., 3) in glTF axes to (..., 3) float32 in Panda's: (x, y, z) becomes (x, -z, y)."""
    array = np.asarray(array, np.float32)
    return np.stack([array[..., 0], -array[..., 2], array[..., 1]], axis=-1)


def point(xyz: NDArray | tuple[float, float, float]) -> LPoint3f:
    """One point for Panda."""
    x, y, z = (float(v) for v in xyz)
    return LPoint3f(x, -z, y)


def vector(xyz: NDArray | tuple[float, float, float]) -> LVector3f:
    """One direction for Panda."""
    x, y, z = (float(v) for v in xyz)
    return LVector3f(x, -z, y)
