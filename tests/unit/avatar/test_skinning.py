"""Skinner against a slow reference that follows the definition vertex by vertex."""

from __future__ import annotations

import numpy as np
import pytest

from assets.avatar_model import AvatarModel
from avatar import quaternions as qn
from avatar.build.bust import bust
from avatar.face import ARKIT
from avatar.pose import FINGERS, HAND_POSES, JOINTS, Pose, rest_pose
from avatar.skinning import Skinner

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def model() -> AvatarModel:
    return bust()


def random_pose(rng: np.random.Generator) -> Pose:
    weights = np.where(rng.random(len(ARKIT)) < 0.4, rng.random(len(ARKIT)), 0)
    joints = qn.from_euler_deg(rng.uniform(-40, 40, (len(JOINTS), 3)))
    hands = np.stack([rng.integers(0, len(HAND_POSES), 2), rng.integers(0, len(HAND_POSES), 2), rng.random(2)], 1)
    return Pose(weights, joints, hands)


def naive(model: AvatarModel, mesh_index: int, pose: Pose, vertex: int) -> np.ndarray:
    """One vertex by the definition: morph, then each joint's chain of rotations, then the weighted mean."""
    mesh = model.meshes[mesh_index]
    position = mesh.positions[vertex].astype(np.float64)
    for k, row in enumerate(mesh.morph_rows):
        for slot in np.nonzero(mesh.morph_vertices == vertex)[0]:
            position = position + pose.weights[ARKIT.index(model.morph_names[row])] * mesh.morph_deltas[k, slot]
    total = np.zeros(3)
    for joint, weight in zip(mesh.joints[vertex], mesh.weights[vertex], strict=True):
        at, j = position, int(joint)
        while j >= 0:
            at = model.joint_positions_m[j] + qn.rotate(local(model, pose, j), at - model.joint_positions_m[j])
            j = int(model.joint_parents[j])
        total += weight * at
    return total


def local(model: AvatarModel, pose: Pose, joint: int) -> np.ndarray:
    name = model.joint_names[joint]
    if name in JOINTS:
        return pose.joints[JOINTS.index(name)].astype(np.float64)
    for side, word in enumerate(("left", "right")):
        if name.startswith(word) and name[len(word):] in FINGERS:
            finger = FINGERS.index(name[len(word):])
            first, second, blend = pose.hands[side]
            return qn.nlerp(model.hand_poses[int(first), side, finger], model.hand_poses[int(second), side, finger], blend)
    return np.array([0, 0, 0, 1.0])


def test_skinner_equals_the_reference_on_a_random_pose(model: AvatarModel) -> None:
    rng = np.random.default_rng()
    pose, skinner = random_pose(rng), Skinner(model)
    for i, mesh in enumerate(model.meshes):
        positions, normals = skinner.vertices(i, pose)
        assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-3)
        for vertex in rng.integers(0, len(mesh.positions), 25):
            assert np.allclose(positions[vertex], naive(model, i, pose, vertex), atol=2e-5), mesh.name


def test_the_rest_pose_changes_nothing_but_the_fingers(model: AvatarModel) -> None:
    skinner = Skinner(model)
    for i, mesh in enumerate(model.meshes):
        if mesh.name != "hands":
            assert np.allclose(skinner.vertices(i, rest_pose())[0], mesh.positions, atol=1e-6)


def test_a_model_survives_its_file(model: AvatarModel, tmp_path) -> None:
    model.save(tmp_path / "a.npz")
    again = AvatarModel.load(tmp_path / "a.npz")
    assert again.joint_names == model.joint_names and again.morph_names == model.morph_names
    for a, b in zip(model.meshes, again.meshes, strict=True):
        assert np.array_equal(a.morph_deltas, b.morph_deltas) and np.array_equal(a.faces, b.faces)


def test_the_bust_has_a_mouth_that_opens_and_lids_that_close(model: AvatarModel) -> None:
    rows = {model.morph_names[r] for mesh in model.meshes for r in mesh.morph_rows}
    assert {"jawOpen", "mouthFunnel", "mouthPucker", "mouthSmileLeft", "eyeBlinkLeft", "eyeBlinkRight",
            "browOuterUpLeft"} <= rows


@pytest.mark.parametrize("seed", range(3))
def test_vertices_that_stay_move_as_before(model: AvatarModel, seed: int) -> None:
    """A body with some of its vertices left out and the others in another order."""
    rng = np.random.default_rng(seed)
    whole, pose = Skinner(model), random_pose(rng)
    parts = []
    for mesh in model.meshes:
        faces = mesh.faces[rng.permutation(len(mesh.faces))[: max(1, len(mesh.faces) // 2)]]
        parts.append((rng.permutation(np.unique(faces)), faces))
    part = whole.rearranged(parts)
    for i, (kept, faces) in enumerate(parts):
        before, after = whole.vertices(i, pose), part.vertices(i, pose)
        for old, new in zip(before, after, strict=True):
            assert np.abs(old[kept] - new).max() < 1e-5, f"seed {seed}, mesh {i}"
        assert (kept[part.meshes[i].faces] == faces).all()
        assert (part.meshes[i].colours == model.meshes[i].colours[kept]).all()
