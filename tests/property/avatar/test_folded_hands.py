"""Hands that are folded lie on each other: neither in the other, nor apart, in poses of an hour, for both presenters."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.build.look import ADAM, MIRA, Look
from avatar.idle import IdleLife
from avatar.pose import JOINTS
from avatar.skinning import Skinner
from showroom.parts import fetch

pytestmark = pytest.mark.property


@pytest.mark.parametrize("look", [MIRA, ADAM], ids=["mira", "adam"])
def test_folded_hands_lie_on_each_other(look: Look) -> None:
    try:
        model = AvatarModel.load(ensure(fetch(part("body")), cache_dir("avatars"), look=look) / "avatar.npz")
    except PartError as error:
        pytest.skip(str(error))
    seed = int(np.random.default_rng().integers(1 << 31))
    number = next(i for i, mesh in enumerate(model.meshes) if mesh.name == "hands")
    mesh, skinner = model.meshes[number], Skinner(model)
    left = mesh.positions[:, 0] > 0
    idle = IdleLife(seed, rest_m=model.joint_positions_m[[model.joint_names.index(name) for name in JOINTS]])
    deep, gaps = [], []
    for t in np.random.default_rng(seed).uniform(0, 3600.0, 40):
        places = skinner.vertices(number, idle.pose(float(t)))[0].astype(float)
        deep.append(overlap_m(places, mesh.faces, left))
        gaps.append(float(cKDTree(places[left]).query(places[~left])[0].min()))
        pressed = places - (np.mean(places[left], 0) - np.mean(places[~left], 0)) * left[:, None]
    folded = np.array(gaps) < 0.02
    assert (np.array(deep) > 0.004).mean() <= 0.05, (seed, deep)
    assert folded.mean() > 0.4 and np.median(np.array(gaps)[folded]) < 0.012, (seed, gaps)  # between vertices
    assert overlap_m(pressed, mesh.faces, left) > 0.004  # one hand laid into the middle of the other is found


def overlap_m(places: NDArray, faces: NDArray, left: NDArray) -> float:
    """How deep the deepest vertex of one hand lies in the other, metres. Hands are open at the wrist: what is inside has the
    surface around it by more than half of all directions (solid angles of its triangles: van Oosterom and Strackee 1983)."""
    worst = 0.0
    for side in (left, ~left):
        points, surface = places[side], places[faces[(~side)[faces].all(1)]]
        points = points[cKDTree(surface.reshape(-1, 3)).query(points)[0] < 0.03]
        a, b, c = (surface[None, :, i] - points[:, None] for i in range(3))
        x, y, z = (np.linalg.norm(v, axis=2) for v in (a, b, c))
        volume = np.einsum("pfi,pfi->pf", a, np.cross(b, c))
        cosines = x * y * z + (a * b).sum(2) * z + (b * c).sum(2) * x + (c * a).sum(2) * y
        inside = np.arctan2(volume, cosines).sum(1) > np.pi
        if inside.any():
            near = np.concatenate([surface.reshape(-1, 3), surface.mean(1)])
            worst = max(worst, float(cKDTree(near).query(points[inside])[0].max()))
    return worst
