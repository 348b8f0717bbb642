"""Hands that are folded lie on each other: neither in the other, nor apart, in poses of an hour; on the way into gestures and
back they go round each other. For both presenters."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.parts import PartError, part
from avatar import gestures
from avatar.build import ensure
from avatar.build.look import ADAM, MIRA
from avatar.idle import IdleLife
from avatar.pose import HZ, JOINTS, Pose, rest_pose
from avatar.skeleton import ARMS
from avatar.skinning import Skinner
from avatar.speech import GestureMark, Word
from showroom.parts import fetch

pytestmark = pytest.mark.property


@pytest.fixture(scope="module", params=[MIRA, ADAM], ids=["mira", "adam"])
def model(request: pytest.FixtureRequest) -> AvatarModel:
    try:
        return AvatarModel.load(ensure(fetch(part("body")), cache_dir("avatars"), look=request.param) / "avatar.npz")
    except PartError as error:
        pytest.skip(str(error))


def joints_m(model: AvatarModel) -> NDArray:
    return model.joint_positions_m[[model.joint_names.index(name) for name in JOINTS]]


def test_folded_hands_lie_on_each_other(model: AvatarModel) -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    number = next(i for i, mesh in enumerate(model.meshes) if mesh.name == "hands")
    mesh, skinner = model.meshes[number], Skinner(model)
    left = mesh.positions[:, 0] > 0
    idle = IdleLife(seed, rest_m=joints_m(model))
    deep, gaps = [], []
    for t in np.random.default_rng(seed).uniform(0, 3600.0, 40):
        places = skinner.vertices(number, idle.pose(float(t)))[0]
        deep.append(overlap_m(places, mesh.faces, left))
        gaps.append(float(cKDTree(places[left]).query(places[~left])[0].min()))
        pressed = places - (np.mean(places[left], 0) - np.mean(places[~left], 0)) * left[:, None]
    folded = np.array(gaps) < 0.02
    assert (np.array(deep) > 0.004).mean() <= 0.05, (seed, deep)
    assert folded.mean() > 0.4 and np.median(np.array(gaps)[folded]) < 0.012, (seed, gaps)  # between vertices
    assert overlap_m(pressed, mesh.faces, left) > 0.004  # one hand laid into the middle of the other is found


def test_a_hand_that_leaves_or_comes_back_goes_round_the_other(model: AvatarModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 5 mm of one hand are in the other while either leaves for a gesture or comes back; straight, it would be more."""
    seed = int(np.random.default_rng().integers(1 << 31))
    rng = np.random.default_rng(seed)
    held = (("hold", 0.75), ("hold", -0.75))
    deepest = {way: on_the_way_m(model, *way, rng.uniform(size=6))
               for way in (*held, ("point", 0.75), ("point", -0.75), ("open", 0.75), ("count1", 0.75), ("wave", 0.75))}
    assert max(deepest.values()) <= 0.005, (seed, deepest)
    monkeypatch.setattr(gestures, "ASIDE_M", (0.0, 0.0, 0.0))
    assert max(on_the_way_m(model, *way, np.linspace(0.1, 1.0, 8)) for way in held) > 0.005


def on_the_way_m(model: AvatarModel, name: str, aim_m: float, instants: NDArray) -> float:
    """The deepest overlap at some instants of a gesture, 0..1 of its first and of its last tenths of a second in turn. aim_m: x
    of its target."""
    number = next(i for i, mesh in enumerate(model.meshes) if mesh.name == "hands")
    mesh, skinner, rest_m = model.meshes[number], Skinner(model), joints_m(model)
    strokes = gestures.plan([GestureMark(name)], [Word("this", 1.0, 1.4)], 3.0, {"product": np.array((aim_m, 1.05, 0.35))},
                            rest_m).strokes
    start, end = min(s.start_s for s in strokes), max(map(gestures.back_s, strokes))
    arms, hands = gestures.arm_curves(strokes, int(end * HZ) + 2, rest_m)
    pose, deep = rest_pose(), 0.0
    for row in (np.concatenate([start + 0.3 * instants[::2], end - 0.5 * instants[1::2]]) * HZ).astype(int):
        joints = pose.joints.copy()
        joints[ARMS] = arms[row]
        places = skinner.vertices(number, Pose(pose.weights, joints, hands[row]))[0]
        deep = max(deep, overlap_m(places, mesh.faces, mesh.positions[:, 0] > 0))
    return deep


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
