"""A seller's own figure on software GL: it stands upright before the wall, and its mouth is seen to speak."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from assets.avatar_model import AvatarModel
from assets.glb_container import open_document
from avatar.build.bust import bust
from avatar.imported.convert import convert
from avatar.pose import rest_pose
from avatar.toon import toon
from avatar.visemes import OCULUS
from render.puppet import Puppet
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


def ball() -> AvatarModel:
    """A white ball of 0.2 m at (0, 1.5, 0), one plain mesh."""
    model = bust()
    u, v = np.meshgrid(np.linspace(0, 2 * np.pi, 49), np.linspace(0, np.pi, 25))
    normals = np.stack([np.sin(v) * np.sin(u), np.cos(v), np.sin(v) * np.cos(u)], 2).reshape(-1, 3).astype(np.float32)
    at = np.arange(48)[None] + 49 * np.arange(24)[:, None]
    faces = np.concatenate([np.stack([at, at + a, at + b], 2).reshape(-1, 3) for a, b in ((49, 50), (50, 1))])
    data, count = io.BytesIO(), len(normals)
    Image.new("RGB", (4, 4), "white").save(data, "PNG")
    mesh = replace(
        model.meshes[0], name="ball", material="plain", texture="white", morph_rows=np.zeros(0, np.int32),
        positions=normals * np.float32(0.2) + np.float32([0, 1.5, 0]), normals=normals, uvs=np.zeros((count, 2), np.float32),
        colours=np.ones((count, 3), np.float32), key_open=np.ones(count, np.float32), faces=faces.astype(np.int32),
        joints=np.zeros((count, 4), np.uint8), weights=np.tile((1.0, 0, 0, 0), (count, 1)).astype(np.float32),
        morph_vertices=np.zeros(0, np.int32), morph_deltas=np.zeros((0, 0, 3), np.float32))
    return replace(model, meshes=(mesh,), textures={"white": data.getvalue()})


def test_toon_light_has_two_tones() -> None:
    """Where the key comes, the texture's own colour; where not, its shade in the file's tint; little between. The plain look
    has neither."""
    model, shade = ball(), (0.6, 0.2, 0.2)
    shot, seen = ((0.0, 1.5, 1.6), (0.0, 1.5, 0.0), 20.0), {}
    inside = np.hypot(*(np.mgrid[:SIZE_PX, :SIZE_PX] - SIZE_PX / 2 + 0.5)) < 0.6 * SIZE_PX / 2
    booth = photographed(model)
    try:
        for name, toons in (("plain", {}), ("toon", {"ball": toon(shade, 0.95, 0.0)}),
                            ("rim", {"ball": toon(shade, 0.95, 0.0, (0.0, 0.0, 1.0), 3.0)})):
            booth.puppet.node.remove_node()
            booth.puppet = Puppet(model, toons=toons)
            booth.puppet.node.reparent_to(booth.root)
            booth.puppet.light(booth.puppet.lights)
            seen[name] = booth.shoot(rest_pose(), shot).astype(int)[inside]
    finally:
        booth.close()
    lit, dark = (np.quantile(seen["toon"], q, axis=0) for q in (0.97, 0.02))
    assert lit.min() > 225, "white stays white"
    ratio = ((dark / 255) ** 2.2) / ((lit / 255) ** 2.2)
    assert np.allclose(ratio, shade, atol=0.08), ratio

    def between(pixels: NDArray) -> float:
        low, high = np.quantile(pixels[:, 1], (0.02, 0.97))
        return float(((pixels[:, 1] > low + 0.2 * (high - low)) & (pixels[:, 1] < high - 0.2 * (high - low))).mean())

    assert between(seen["toon"]) < 0.12 < 0.3 < between(seen["plain"]), [between(p) for p in seen.values()]
    bluer = (seen["rim"] - seen["toon"]).mean(0)
    assert bluer[2] > bluer[0] + 2, bluer


@pytest.mark.parametrize("version", [1, 0])
def test_a_toon_figure_keeps_its_shade(version: int) -> None:
    """Both versions of MToon come to the same look: VRM 0 writes sRGB and counts the edge otherwise."""
    new = {"shadeColorFactor": [0.5, 0.3, 0.2], "shadeMultiplyTexture": {"index": 0}, "shadingToonyFactor": 0.9,
           "shadingShiftFactor": -0.05, "parametricRimColorFactor": [0.2, 0.2, 0.2], "parametricRimFresnelPowerFactor": 4.0}
    srgb = [1.055 * v ** (1 / 2.4) - 0.055 for v in (0.5, 0.3, 0.2, 0.2)]
    # by three-vrm's way from 0 to 1: toony' = mix(toony, 1, (1 + shift) / 2), shift' = -shift - (1 - toony')
    shift = -0.05
    old = {"vectorProperties": {"_Color": [1, 1, 1, 1], "_ShadeColor": [*srgb[:3], 1], "_RimColor": [srgb[3]] * 3},
           "floatProperties": {"_ShadeShift": shift, "_ShadeToony": 1 - 0.1 / (0.5 - shift / 2), "_RimFresnelPower": 4.0,
                               "_RimLightingMix": 1.0}, "textureProperties": {"_ShadeTexture": 0}}
    made = convert(open_document(foreign_glb(bust(), Foreign("vrm", "none", version, 60, toon=new if version else old))), "x")
    assert set(made.toons) == {m.name for m in made.stage.meshes} and {m.material for m in made.stage.meshes} == {"plain"}
    wanted = toon((0.5, 0.3, 0.2), 0.9, -0.05, (0.2, 0.2, 0.2), 4.0)
    for look in made.toons.values():
        assert np.allclose(look.shade, wanted.shade, atol=1e-3) and np.allclose(look.rim, wanted.rim, atol=1e-3)
        assert np.allclose((look.start, look.width, look.power, look.follows),
                           (wanted.start, wanted.width, wanted.power, wanted.follows), atol=1e-6)


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
