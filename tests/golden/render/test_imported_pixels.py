"""A seller's own figure on software GL: it stands upright before the wall, and its mouth is seen to speak."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from assets.avatar_model import AvatarModel
from assets.glb_container import open_document
from avatar.build.bust import bust
from avatar.imported.convert import convert
from avatar.pose import rest_pose
from avatar.visemes import OCULUS
from render.puppet_sheet import Booth, standing, with_weights
from tests.fakes.foreign_figures import Foreign, foreign_glb

pytestmark = pytest.mark.golden

SIZE_PX = 160
MOUTH = ((0.0, 1.513, 0.8), (0.0, 1.513, 0.1), 8.0)
# at the scale of this camera even DD opens the mouth by ten pixels' rows; what has no shape of its own may stay closed
SILENT = {"oculus": {"sil"}, "vowels": {"sil", "PP", "FF", "SS"}, "jaw": {"sil", "PP", "SS", "FF"}}


def photographed(model: AvatarModel) -> Booth:
    try:
        return Booth(model, SIZE_PX, SIZE_PX)
    except RuntimeError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("how", [Foreign("mixamo:", "oculus", None, 80, scale=100),
                                 Foreign("vroid", "vowels", 0, 75, toon=True), Foreign("mixamo", "jaw", None, 60)],
                         ids=lambda how: how.shapes)
def test_a_foreign_figure_stands_and_speaks(how: Foreign) -> None:
    booth = photographed(convert(open_document(foreign_glb(bust(), how)), "x").stage)
    try:
        picture = booth.shoot(standing(), "half").astype(int)
        figure = np.abs(picture - picture[4, 4]).max(2) > 24
        assert 0.12 < figure.mean() < 0.7 and figure[:, SIZE_PX // 2].mean() > figure[:, 6].mean() + 0.4
        rest = booth.shoot(rest_pose(), MOUTH).astype(int)
        for name, weights in zip(OCULUS, booth.puppet.model.visemes, strict=True):
            change = np.abs(booth.shoot(with_weights(rest_pose(), weights), MOUTH).astype(int) - rest).max(2) > 16
            assert name in SILENT[how.shapes] or change.sum() > 30, name
    finally:
        booth.close()


def test_holes_in_a_texture_are_seen_through() -> None:
    """Hair cards, lashes, lace: half of a plane's texture is transparent."""
    model = bust()
    colours = np.full((8, 8, 4), (200, 40, 40, 255), np.uint8)
    colours[:, 4:, 3] = 0
    data = io.BytesIO()
    Image.fromarray(colours).save(data, "PNG")
    plane = replace(
        model.meshes[0], name="card", material="plain", texture="card", morph_rows=np.zeros(0, np.int32),
        positions=np.array([(-0.3, 1.2, 0.4), (0.3, 1.2, 0.4), (0.3, 1.7, 0.4), (-0.3, 1.7, 0.4)], np.float32),
        normals=np.tile((0.0, 0.0, 1.0), (4, 1)).astype(np.float32), uvs=np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32),
        colours=np.ones((4, 3), np.float32), key_open=np.ones(4, np.float32), faces=np.array([(0, 1, 2), (0, 2, 3)], np.int32),
        joints=np.zeros((4, 4), np.uint8), weights=np.tile((1.0, 0, 0, 0), (4, 1)).astype(np.float32),
        morph_vertices=np.zeros(0, np.int32),
        morph_deltas=np.zeros((0, 0, 3), np.float32))
    booth = photographed(replace(model, meshes=(plane,), textures={"card": data.getvalue()}))
    try:
        picture = booth.shoot(rest_pose(), ((0.0, 1.45, 1.6), (0.0, 1.45, 0.4), 20.0)).astype(int)
        left, right = picture[SIZE_PX // 2, SIZE_PX // 3], picture[SIZE_PX // 2, 2 * SIZE_PX // 3]
        assert left[0] > left[2] + 60 and np.ptp(right) < 20  # red here, the grey wall there
    finally:
        booth.close()
