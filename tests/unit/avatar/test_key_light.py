"""The key light's shade: where a lamp before and above is hidden, and that moving arms keep out of it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assets.avatar_model import AvatarMesh, AvatarModel
from assets.cache import cache_dir
from assets.lights import LIGHT_PRESETS
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.build.key_light import TO_LAMP, KeyLight
from showroom.parts import fetch

pytestmark = pytest.mark.unit
JOINTS = ("root", "chest", "leftLowerArm")


def square(middle: NDArray, across: NDArray, up: NDArray, joint: int, cells: int = 40) -> AvatarMesh:
    """A flat grid that spans `across` and `up` (each half its size) and hangs on one joint."""
    s = np.linspace(-1, 1, cells + 1)
    places = middle + s[None, :, None] * across + s[:, None, None] * up
    i = np.arange((cells + 1) ** 2).reshape(cells + 1, cells + 1)
    a, b, c, d = (k.ravel() for k in (i[:-1, :-1], i[:-1, 1:], i[1:, 1:], i[1:, :-1]))
    n = places.size // 3
    normal = np.cross(across, up) / np.linalg.norm(np.cross(across, up))
    return AvatarMesh(
        "sheet", "cloth", "", places.reshape(-1, 3).astype(np.float32), np.tile(np.float32(normal), (n, 1)),
        np.zeros((n, 2), np.float32), np.ones((n, 3), np.float32),
        np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]),
        np.full((n, 4), joint, np.uint8), np.tile(np.float32([1, 0, 0, 0]), (n, 1)), np.zeros(0, np.int32),
        np.zeros(0, np.int32), np.zeros((0, 0, 3), np.float32))


def test_a_board_before_a_wall_throws_its_shade_there_and_only_there() -> None:
    rng = np.random.default_rng()
    lamp = TO_LAMP / np.linalg.norm(TO_LAMP)
    side = np.cross([0.0, 1.0, 0.0], lamp)
    side /= np.linalg.norm(side)
    up = np.cross(lamp, side)
    away, off = rng.uniform(0.05, 0.10), rng.uniform(-0.08, 0.08, 2)
    wall = square(np.zeros(3), side * 0.3, up * 0.3, 1)
    middle = lamp * away + side * off[0] + up * off[1]
    board = square(middle, side * 0.06, up * 0.06, 1, 12)
    seen = KeyLight([wall, board], JOINTS).on(wall).key_open
    assert seen is not None
    flat = np.abs(np.stack([wall.positions @ side - off[0], wall.positions @ up - off[1]], 1)).max(1)
    assert seen[flat < 0.02].max() < 0.1
    assert seen[flat > 0.06 + 0.3 * away + 0.02].min() > 0.9
    on_an_arm = square(middle, side * 0.06, up * 0.06, 2, 12)
    assert KeyLight([wall, on_an_arm], JOINTS).on(wall).key_open.min() > 0.9  # type: ignore[union-attr]
    assert (KeyLight([wall, board], JOINTS).on(square(np.zeros(3), side * 0.3, up * 0.3, 2)).key_open == 1).all()


def test_every_preset_has_its_key_where_shade_is_reckoned_for() -> None:
    for name, preset in LIGHT_PRESETS.items():
        key = next(light for light in preset.lights if light.kind == "key")
        assert -key.direction @ TO_LAMP / np.linalg.norm(TO_LAMP) > 0.9, name  # the shaders fade it out from there on


def test_her_throat_lies_in_the_shade_of_her_chin() -> None:
    try:
        folder = fetch(part("body"))
    except PartError as error:
        pytest.skip(str(error))
    model = AvatarModel.load(ensure(folder, cache_dir("avatars")) / "full.npz")
    head = next(m for m in model.meshes if m.name == "head")
    eye = model.joint_positions_m[model.joint_names.index("leftEye")]
    x, y, z = head.positions.T
    assert head.key_open is not None
    brow = (np.abs(x) < 0.03) & (np.abs(y - eye[1] - 0.045) < 0.012) & (z > eye[2] - 0.02)
    under = (np.abs(x) < 0.03) & (np.abs(y - eye[1] + 0.125) < 0.012) & (z > eye[2] - 0.09)
    assert brow.sum() >= 8 and under.sum() >= 8
    assert head.key_open[under].mean() < 0.5 < 0.85 < head.key_open[brow].mean()
