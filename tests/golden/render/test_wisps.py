"""Blended hair: what is behind it shines through by its alpha, on the wall as on the figure."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from assets.avatar_model import AvatarMesh, AvatarModel
from avatar.build.bust import bust
from avatar.build.wisps import picture
from avatar.pose import rest_pose
from render.puppet_sheet import Booth

pytestmark = pytest.mark.golden

FACE = ((0.0, 1.56, 0.9), (0.0, 1.56, 0.1), 30.0)
SIZE_PX = 120


def sheet(alpha: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (230, 40, 40, alpha)).save(out, "PNG")
    return out.getvalue()


def veiled(model: AvatarModel, alpha: int) -> AvatarModel:
    """A red sheet before the left half of the picture, face and wall."""
    corners = np.array([(-0.5, 1.3, 0.35), (0.0, 1.3, 0.35), (0.0, 1.8, 0.35), (-0.5, 1.8, 0.35)], np.float32)
    head = model.joint_names.index("head")
    veil = AvatarMesh(
        "veil", "wisps", "veil", corners, np.tile(np.array([0, 0, 1], np.float32), (4, 1)),
        np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32), np.ones((4, 3), np.float32),
        np.array([(0, 1, 2), (0, 2, 3)], np.int32), np.tile(np.array([head, 0, 0, 0], np.uint8), (4, 1)),
        np.tile(np.array([1, 0, 0, 0], np.float32), (4, 1)), np.zeros(0, np.int32), np.zeros(0, np.int32),
        np.zeros((0, 0, 3), np.float32))
    return replace(model, meshes=(veil, *model.meshes), textures={**model.textures, "veil": sheet(alpha)})


def shot(model: AvatarModel) -> np.ndarray:
    try:
        booth = Booth(model, SIZE_PX, SIZE_PX)
    except RuntimeError as error:
        pytest.skip(str(error))
    out = booth.shoot(rest_pose(), FACE).astype(float)
    booth.close()
    return out


def test_what_is_behind_shines_through_by_alpha_whatever_is_listed_first() -> None:
    alpha = int(np.random.default_rng().integers(60, 200))
    bare, whole, half = shot(bust()), shot(veiled(bust(), 255)), shot(veiled(bust(), alpha))
    under = np.abs(whole - bare).max(2) > 20
    assert under[:, : SIZE_PX // 2 - 2].mean() > 0.5 and not under[:, SIZE_PX // 2 + 2 :].any()
    wanted = bare + (whole - bare) * (alpha / 255)
    assert np.abs(half - wanted)[under].max() <= 3.0, f"alpha {alpha}"
    assert (half == bare)[~under].mean() > 0.99


@pytest.mark.parametrize("shrink", [1, 2])
def test_the_picture_of_the_hairs_is_clear_at_its_cards_edges_and_dense_where_hair_keeps_together(shrink: int) -> None:
    alpha = np.asarray(Image.open(io.BytesIO(picture(shrink))).convert("RGBA"))[..., 3].astype(float) / 255
    clump, loose, single, clipped = np.split(alpha, 4, axis=1)
    for column in (clump, loose, single, clipped):
        assert column[:, [0, -1]].max() < 0.15 and column[[0, -1]].max() < 0.15
    middle = clump.shape[1] // 2
    # rows run down to the root
    assert clump[len(clump) // 2 :, middle - 6 // shrink : middle + 6 // shrink].max(1).mean() > 0.6
    assert clump.mean() > loose.mean() > single.mean() > 0.01
