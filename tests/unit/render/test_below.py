"""What moves with a head, and what stays with the body below it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avatar.build.bust import bust
from avatar.face import ARKIT
from avatar.pose import JOINTS, Pose, rest_pose
from avatar.quaternions import from_euler_deg
from avatar.skinning import Skinner
from render.below import STILL_PX, Below
from render.detail import far_figure

pytestmark = pytest.mark.unit
NEAREST_PX_PER_M = 3000.0  # a face as high as the picture at 720 lines


def _turned(rng: np.random.Generator) -> Pose:
    joints = rest_pose().joints.copy()
    for name in ("neck", "head"):
        joints[JOINTS.index(name)] = from_euler_deg(rng.uniform(-15, 15, 3))
    return Pose(rng.uniform(0, 1, len(ARKIT)).astype(np.float32), joints, rest_pose().hands)


def test_what_neither_head_nor_face_moves_stays_within_half_a_pixel_however_they_turn() -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    rng, model = np.random.default_rng(seed), bust()
    whole = Skinner(model)
    # A neckline: the lower half of the skin hangs on the chest alone.
    number = next(i for i, m in enumerate(model.meshes) if m.name == "head")
    mesh = model.meshes[number]
    low = mesh.positions[:, 1] < np.quantile(mesh.positions[:, 1], 0.3)
    joints = np.where(low[:, None], model.joint_names.index("chest"), mesh.joints).astype(mesh.joints.dtype)
    still = ~np.isin(mesh.morph_vertices, np.flatnonzero(low))
    mesh = replace(mesh, joints=joints, morph_vertices=mesh.morph_vertices[still], morph_deltas=mesh.morph_deltas[:, still])
    model = replace(model, meshes=tuple(mesh if i == number else m for i, m in enumerate(model.meshes)))
    below = Below(model)
    for skinner in (Skinner(model), far_figure(model, Skinner(model))):
        part = skinner.meshes[number]
        stays = np.ones(len(part.positions), bool)
        stays[below.turning(part)] = False
        assert 0.1 < stays.mean() < 0.9, f"seed {seed}"
        rest = skinner.vertices(number, rest_pose())[0]
        for _ in range(5):
            moved_m = np.linalg.norm(skinner.vertices(number, _turned(rng))[0] - rest, axis=1)
            assert moved_m[stays].max() * NEAREST_PX_PER_M < STILL_PX, f"seed {seed}"
    assert number not in below.parts and len(below.turning(whole.meshes[number])) == len(whole.meshes[number].positions)


def test_what_moves_along_the_line_of_sight_hardly_moves_in_the_picture() -> None:
    """A step of 4 mm to the side is seen as f / z * 4 mm, one towards the camera by far less; behind it nothing may rest."""
    seed = int(np.random.default_rng().integers(1 << 31))
    rng, model = np.random.default_rng(seed), bust()
    below, still = Below(model), Skinner(model).joint_matrices(rest_pose()).copy()
    focal_px, away_m = rng.uniform(600, 1500), rng.uniform(2.0, 3.0)
    seen = np.array([[focal_px, 0, 0, 0], [0, focal_px, 0, -focal_px * 1.2], [0, 0, -1, away_m]])
    assert below.moved_px(still, seen) == np.inf, "never put"
    below.put(still)
    far_px = {}
    for axis in (0, 2):
        moved = still.copy()
        moved[:, axis, 3] += 0.004
        far_px[axis] = below.moved_px(moved, seen)
    assert 0.7 < far_px[0] / (focal_px * 0.004 / away_m) < 1.4 and far_px[2] < 0.7 * far_px[0], f"seed {seed}: {far_px}"
    assert below.moved_px(still, seen) == 0.0 and below.moved_px(still, seen - [[0] * 4, [0] * 4, [0, 0, 0, away_m]]) == np.inf
