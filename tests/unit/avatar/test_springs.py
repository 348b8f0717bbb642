"""Hair that swings: it rests at rest, settles, gains no energy, keeps out of bodies, and swings alike at every picture rate."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assets.avatar_model import AvatarMesh, AvatarModel
from assets.glb_container import open_document
from avatar import quaternions as qn
from avatar.build.bust import bust
from avatar.imported.convert import convert
from avatar.imported.swinging import swinging_of
from avatar.pose import JOINTS, Pose, rest_pose
from avatar.skinning import Skinner
from avatar.springs import JUMP_M, SpringMotion, Springs, springs_in
from tests.fakes.foreign_figures import SWING_BALL_M, Foreign, foreign_glb

pytestmark = pytest.mark.unit

BONES, BONE_M = 4, 0.05
DOWN = np.array([0.0, -1.0, 0.0])
HERE = np.zeros(3)
BALL = np.array([0.0, 1.4, 0.04])


def braid(stiffness: float = 0.6, gravity: float = 0.3, drag: float = 0.25, radius: float = 0.0, ball: float = 0.0,
          centre: int = -1, way: NDArray = DOWN) -> tuple[Springs, NDArray]:
    """A chain of bones that hangs on joint 0 at (0, 1.5, 0); a ball round BALL goes with joint 0."""
    rest = np.concatenate([np.array([[0.0, 1.5, 0.0]]), [[0.0, 1.5, 0.0] + way * BONE_M * k for k in range(BONES)]])
    tails = rest[1:] + way * BONE_M
    n = BONES
    at = BALL
    return Springs(np.arange(1, n + 1), np.arange(n), tails, np.full(n, stiffness), np.full(n, drag), np.full(n, radius),
                   np.tile(DOWN * gravity, (n, 1)), np.full(n, centre), np.zeros(1), np.array([[at, at]]), np.array([ball]),
                   np.full((n, 1), ball > 0)), rest


def placed(shift: NDArray = HERE, turn_deg: tuple[float, float, float] = (0, 0, 0)) -> NDArray:
    """(5, 3, 4) the head moved and turned about its joint; what swings is to be filled in."""
    out = np.zeros((BONES + 1, 3, 4), np.float32)
    out[:, :, :3] = qn.to_matrix(qn.from_euler_deg(turn_deg))
    pivot = np.array([0.0, 1.5, 0.0])
    out[:, :, 3] = pivot - out[0, :, :3] @ pivot + shift
    return out


def ends_of(matrices: NDArray, springs: Springs) -> NDArray:
    """(s, 3) where the bones end in the picture."""
    rows = matrices[springs.joints]
    return np.einsum("kab,kb->ka", rows[:, :, :3], springs.tails_m) + rows[:, :, 3]


def swung(springs: Springs, rest: NDArray, fps: float, seconds: float, body: object) -> NDArray:
    """(frames, s, 3) ends of the bones while body(t) is the head's matrix."""
    motion, out = SpringMotion(springs, rest), []
    for n in range(round(seconds * fps) + 1):
        matrices = body(n / fps)  # type: ignore[operator]
        motion.move(matrices, n / fps)
        out.append(ends_of(matrices, springs))
    return np.array(out)


def test_at_rest_it_rests() -> None:
    """Hanging straight down, nothing moves it: to a thousandth of a millimetre, for four seconds."""
    springs, rest = braid()
    ends = swung(springs, rest, 30, 4.0, lambda t: placed())
    assert np.abs(ends - springs.tails_m).max() < 1e-6


def test_it_sags_settles_and_its_bones_keep_their_length() -> None:
    """Pushed aside it comes back and stands still; no bone is ever longer or shorter."""
    springs, rest = braid()
    ends = swung(springs, rest, 30, 5.0, lambda t: placed(np.array([0.1, 0, 0]) * min(t / 0.1, 1.0)))
    last = springs.tails_m + np.array([0.1, 0, 0])
    away = np.linalg.norm(ends[:, -1] - last[-1], axis=1)
    assert away[3:10].max() > 0.02, "it lags behind the head"
    assert away[-30:].max() < 5e-4 and np.abs(np.diff(ends[-30:], axis=0)).max() < 1e-5
    heads = np.concatenate([(rest[1:2] + np.zeros((len(ends), 1, 3))), ends[:, :-1]], 1)
    heads[:, 0] = ends[:, 0] - (ends[:, 0] - placed_head(len(ends)))
    lengths = np.linalg.norm(ends - heads, axis=2)
    assert np.abs(lengths - BONE_M).max() < 1e-5


def placed_head(frames: int) -> NDArray:
    """(frames, 3) where the braid begins in the test above, at 30 pictures a second."""
    t = np.arange(frames) / 30
    return np.array([0.0, 1.5, 0.0]) + np.array([[0.1, 0, 0]]) * np.minimum(t / 0.1, 1.0)[:, None]


@pytest.mark.parametrize("drag", [0.0, 0.05, 0.4])
def test_it_gains_no_energy(drag: float) -> None:
    """After a jolt each swing is at most as wide as those before it, even without any drag."""
    springs, rest = braid(drag=drag)
    ends = swung(springs, rest, 60, 8.0, lambda t: placed(turn_deg=(0, 0, 25 * np.sin(min(t, 0.5) * 4 * np.pi))))
    wide = np.linalg.norm(ends[:, -1] - springs.tails_m[-1], axis=1)[40:]
    seconds = wide[: len(wide) // 60 * 60].reshape(-1, 60).max(1)
    assert seconds[1:].max() <= seconds[0] * 1.05 and seconds[-3:].max() <= seconds[:3].max()
    assert drag < 0.1 or seconds[-1] < 0.02 * seconds[0]


@pytest.mark.parametrize("centre", [-1, 0])
def test_it_swings_alike_at_every_picture_rate(centre: int) -> None:
    """24, 25, 30 and 50 pictures a second against 60, at the moments they share, while the head sways as a speaker's does.
    Within a sixth of how far the hair swings: between pictures the head is taken to go straight."""
    springs, rest = braid(centre=centre)

    def body(t: float) -> NDArray:
        turn = (6 * np.sin(4 * t), 12 * np.sin(5.3 * t), 0)
        return placed(np.array([0.03 * np.sin(3.1 * t), 0, 0.02 * np.sin(2.3 * t)]), turn)

    fine = swung(springs, rest, 60, 4.0, body)
    rigid = np.array([ends_of(body(n / 60), springs) for n in range(len(fine))])
    swing = np.linalg.norm(fine - rigid, axis=2).max()
    assert centre == 0 or swing > 0.01
    for fps in (24, 25, 30, 50):
        coarse = swung(springs, rest, fps, 4.0, body)
        for second in range(1, 5):
            off = np.linalg.norm(coarse[second * fps] - fine[second * 60], axis=1).max()
            assert off < max(swing / 6, 1e-4), (fps, second, off, swing)


def test_the_same_movement_swings_the_same() -> None:
    springs, rest = braid()
    rng = np.random.default_rng(5)
    turns = rng.uniform(-10, 10, (91, 3))
    first, second = (swung(springs, rest, 30, 3.0, lambda t: placed(turn_deg=tuple(turns[round(t * 30)]))) for _ in range(2))
    assert np.array_equal(first, second)


def test_it_keeps_out_of_a_body() -> None:
    """A ball in its way: every end stays outside, whatever the head does; without the ball it would be inside."""
    def body(t: float) -> NDArray:
        return placed(turn_deg=(35 * np.sin(2 * t), 0, 0))

    for ball, inside in ((0.05, False), (0.0, True)):
        springs, rest = braid(stiffness=0.2, gravity=1.0, radius=0.01, ball=ball)
        motion, depth = SpringMotion(springs, rest), []
        for n in range(150):
            matrices = body(n / 30)
            centre = matrices[0, :, :3] @ BALL + matrices[0, :, 3]
            motion.move(matrices, n / 30)
            depth.append(0.06 - np.linalg.norm(motion.tails_m() - centre, axis=1).min())
        # since the last tick the ball may have gone on by a few millimetres
        assert max(depth) > 0.01 if inside else max(depth) < 0.005, max(depth)


def test_a_jump_or_a_gap_flings_nothing() -> None:
    """A cut, a take-over, a stalled clock, a clock set back: it hangs at once as it will in a second, and stands still."""
    springs, rest = braid()
    for shift, at_s in ((np.array([JUMP_M * 3, 0, 0]), 1 / 30), (np.array([0.2, 0, 0]), 40.0), (np.array([0.1, 0, 0.1]), -3.0)):
        motion = SpringMotion(springs, rest)
        motion.move(placed(turn_deg=(0, 0, 20)), 0.0)
        after = []
        for n in range(31):
            matrices = placed(shift, (0, 0, 20))
            motion.move(matrices, at_s + n / 30)
            after.append(ends_of(matrices, springs))
        assert np.linalg.norm(np.array(after) - after[-1], axis=2).max() < 2e-3


def figure_with_braid() -> AvatarModel:
    """The bust with a ribbon behind its head, on joints of its own."""
    model = bust()
    head = model.joint_names.index("head")
    start = model.joint_positions_m[head] + np.array([0.0, 0.06, -0.12])
    spots = np.array([start + DOWN * BONE_M * k for k in range(BONES + 1)], np.float32)
    first, mesh = len(model.joint_names), model.meshes[0]
    ends = np.repeat(spots, 2, axis=0) + np.tile(np.array([[0.02, 0, 0], [-0.02, 0, 0]], np.float32), (BONES + 1, 1))
    faces = np.array([(2 * k + a, 2 * k + b, 2 * k + c) for k in range(BONES) for a, b, c in ((0, 1, 2), (1, 3, 2))])
    count = len(ends)
    joints, weights = np.zeros((count, 4), np.uint8), np.zeros((count, 4), np.float32)
    joints[:, 0], weights[:, 0] = first + np.minimum(np.arange(count) // 2, BONES - 1), 1.0
    ribbon = AvatarMesh("ribbon", "hair", mesh.texture, ends.astype(np.float32), np.tile(np.float32([0, 0, -1]), (count, 1)),
                        np.zeros((count, 2), np.float32), np.ones((count, 3), np.float32), faces, joints, weights,
                        np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros((0, 0, 3), np.float32))
    return replace(
        model, meshes=(*model.meshes, ribbon), joint_names=(*model.joint_names, *(f"swing{k}" for k in range(BONES + 1))),
        joint_parents=np.concatenate([model.joint_parents, [head], np.arange(first, first + BONES)]),
        joint_positions_m=np.concatenate([model.joint_positions_m, spots]))


@pytest.mark.parametrize("how", [Foreign("vrm", "none", 1, 70, scale=100), Foreign("vrm", "none", 0, 75)], ids=["vrm1", "vrm0"])
def test_a_vrm_brings_its_springs(how: Foreign, tmp_path: Path) -> None:
    """Of both versions, in any unit: the ribbon hangs on joints that swing, with the file's stiffness, and follows the head.
    VRM 0 has Unity's axes, and its figures look the other way: what blows from her right there comes from (-x, y, z) here."""
    pull = np.random.default_rng().uniform(-1, 1, 3)
    given = {"stiffness": 0.7, "gravityPower": 0.4, "dragForce": 0.3, "hitRadius": 0.01 * how.scale}
    given["gravityDir"] = dict(zip("xyz", pull.tolist(), strict=True)) if how.vrm == 0 else pull.tolist()
    made = convert(open_document(foreign_glb(figure_with_braid(), replace(how, swings=given))), "x")
    springs, model = made.springs, made.stage
    # in VRM 0 the last bone reaches on by 7 cm
    assert springs is not None and len(springs.joints) == (BONES + 1 if how.vrm == 0 else BONES)
    lengths = np.linalg.norm(springs.tails_m - model.joint_positions_m[springs.joints], axis=1)
    assert np.allclose(lengths[:BONES], BONE_M, rtol=0.03) and np.allclose(lengths[BONES:], 0.07, rtol=1e-3)
    assert np.allclose(springs.collider_radius_m, SWING_BALL_M, rtol=0.03) and springs.hits.all()
    assert np.allclose(springs.radius_m, 0.01, rtol=0.03)
    assert np.allclose(springs.stiffness, 0.7 * made.rig.scale, rtol=1e-5)
    assert np.allclose(springs.gravity / made.rig.scale, pull * ((-1, 1, 1) if how.vrm == 0 else 1) * 0.4, atol=1e-6), pull
    file = (tmp_path / "model.npz").open("w+b")
    model.write(file)
    springs.append_to(file)
    file.close()
    again = springs_in(tmp_path / "model.npz")
    assert again is not None and np.array_equal(again.tails_m, springs.tails_m)
    assert AvatarModel.load(tmp_path / "model.npz").joint_names == model.joint_names

    skinner, motion = Skinner(model), SpringMotion(springs, model.joint_positions_m)
    ribbon = next(i for i, m in enumerate(model.meshes) if np.isin(m.joints[:, 0], springs.joints).any())
    swings = np.isin(model.meshes[ribbon].joints[:, 0], springs.joints)
    seen = []
    for n in range(45):
        pose = turned_head(25.0 * min(n / 5, 1.0))
        skinner.joint_matrices(pose)
        stiff = skinner.vertices(ribbon, pose)[0][swings].copy()
        motion.move(skinner.joint_matrices(pose), n / 30)
        seen.append(float(np.linalg.norm(skinner.vertices(ribbon, pose)[0][swings] - stiff, axis=1).max()))
    assert max(seen[2:12]) > 0.004 and max(seen) < BONE_M * (BONES + 2), seen


def turned_head(degrees: float) -> Pose:
    pose = rest_pose()
    joints = pose.joints.copy()
    joints[JOINTS.index("head")] = qn.from_euler_deg((0.0, 0.0, degrees))
    return Pose(pose.weights, joints, pose.hands)


def test_broken_springs_hang_still() -> None:
    """A file may say anything of its springs: numbers too large, nodes that are not there, lists that are none."""
    model = figure_with_braid()
    broken = {"stiffness": 1e30, "dragForce": -5, "gravityPower": "much", "gravityDir": [1, 2]}
    made = convert(open_document(foreign_glb(model, Foreign("vrm", "none", 1, 70, swings=broken))), "x")
    assert made.springs is not None
    motion, skinner = SpringMotion(made.springs, made.stage.joint_positions_m), Skinner(made.stage)
    for n in range(20):
        matrices = skinner.joint_matrices(turned_head(3.0 * n))
        motion.move(matrices, n / 25)
        assert np.isfinite(matrices).all()
    figure, bones = made.figure, made.bones
    for spec in ({"springs": 5}, {"springs": [{"joints": [{"node": 10**6}, {"node": True}, 7]}]}, {"springs": [{"joints": {}}]},
                 {"springs": [{"joints": [{"node": 1}, {"node": 1}], "colliderGroups": "x"}], "colliders": [None]}):
        for key, value in (("VRMC_springBone", spec), ("VRM", {"secondaryAnimation": {"boneGroups": [{"bones": spec}, spec]}})):
            assert swinging_of(replace(figure, json={"extensions": {key: value}}), bones).bones == ()


def test_a_model_without_springs_has_none(tmp_path: Path) -> None:
    data = io.BytesIO()
    bust().write(data)
    (tmp_path / "plain.npz").write_bytes(data.getvalue())
    assert springs_in(tmp_path / "plain.npz") is None
