"""Garments are fitted on the standing body: there and back without loss, and a jacket's shoulders as a tailor cuts them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.build.fitting import standing, taken_off, worn
from avatar.build.look import ADAM, MIRA, Look
from avatar.build.mesh import piece
from avatar.pose import Pose, rest_pose
from avatar.skeleton import ARMS, STANCES
from avatar.skinning import Skinner
from showroom.parts import fetch

pytestmark = pytest.mark.unit


def ready() -> Pose:
    pose = rest_pose()
    joints = pose.joints.copy()
    joints[ARMS] = STANCES["ready"]
    return Pose(pose.weights, joints, pose.hands)


@pytest.fixture(scope="module", params=[MIRA, ADAM], ids=["mira", "adam"])
def model(request: pytest.FixtureRequest) -> AvatarModel:
    look: Look = request.param
    try:
        folder = fetch(part("body"))
    except PartError as error:
        pytest.skip(str(error))
    return AvatarModel.load(ensure(folder, cache_dir("avatars"), look=look) / "full.npz")


def body_of(model: AvatarModel) -> Any:
    return SimpleNamespace(joint_names=model.joint_names, joint_parents=model.joint_parents,
                           joint_positions_m=model.joint_positions_m.astype(np.float64))


def test_a_garment_stands_as_the_body_does(model: AvatarModel) -> None:
    rng = np.random.default_rng()
    count = len(model.joint_names)
    places = rng.normal(0, 0.5, (count, 3))
    p = piece(places, np.array([(0, 1, 2)]), np.eye(count))
    matrices = standing(p, body_of(model))
    there = Skinner(model).joint_matrices(ready()).astype(np.float64)
    arms = [i for i, name in enumerate(model.joint_names) if name.endswith(("Arm", "Hand", "Shoulder"))]
    want = np.einsum("vab,vb->va", there[:, :, :3], places) + there[:, :, 3]
    assert np.abs(worn(p, matrices) - want)[arms].max() < 1e-5


def test_what_is_put_on_comes_off_again(model: AvatarModel) -> None:
    rng = np.random.default_rng()
    weights = rng.dirichlet(np.full(len(model.joint_names), 0.15), 200)
    p = piece(rng.normal(0, 0.5, (200, 3)), np.array([(0, 1, 2)]), weights)
    matrices = standing(p, body_of(model))
    moved = worn(p, matrices) + rng.normal(0, 0.01, (200, 3))
    p.positions = taken_off(moved, matrices)
    assert np.abs(worn(p, matrices) - moved).max() < 1e-6


def outline(model: AvatarModel) -> tuple[NDArray, NDArray, float]:
    """Of the jacket on the standing body, left and right: heights of its ridge at 0.55 and at 1.18 of the shoulder's distance
    from the middle; how far out it reaches at the shoulder and 12 cm below it; that distance."""
    number = next(i for i, mesh in enumerate(model.meshes) if mesh.name == "blazer")
    spots = Skinner(model).vertices(number, ready())[0]
    joint = model.joint_positions_m[model.joint_names.index("leftUpperArm")]
    ridge, reach = [], []
    for sign in (1.0, -1.0):
        x, y = spots[:, 0] * sign, spots[:, 1]
        ridge.append([y[np.abs(x - k * joint[0]) < 0.010].max() for k in (0.55, 1.18)])
        reach.append([x[np.abs(y - joint[1] - k) < 0.010].max() for k in (0.035, -0.12)])
    return np.array(ridge), np.array(reach), float(joint[0])


def test_a_jacket_has_a_tailors_shoulders(model: AvatarModel) -> None:
    """Nearly straight from the collar to the sleeve, and the sleeve falls: it does not stand out like a ball."""
    ridge, reach, wide = outline(model)
    slope_deg = np.degrees(np.arctan2(ridge[:, 0] - ridge[:, 1], 0.63 * wide))
    assert (slope_deg > 8).all() and (slope_deg < 37).all(), slope_deg
    assert (reach[:, 0] - reach[:, 1] < 0.026).all(), reach
