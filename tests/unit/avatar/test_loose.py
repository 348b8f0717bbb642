"""A stranger's JSON may be anything; and toon shade that has a texture of its own, or none."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from assets.glb_container import open_document
from avatar.build.bust import bust
from avatar.imported.convert import convert
from avatar.imported.loose import entry_of, number_of, object_of, objects_of, three_of, wholes_of
from avatar.imported.toons import MOST_DIFFERENCE
from tests.fakes.foreign_figures import Foreign, foreign_glb

pytestmark = pytest.mark.unit
ODD = ('"much"', "true", "null", "[]", "{}", "-1e400", "1e400", "1" + "0" * 400, "-3", "0.25", "[1, 2]", '[1, "x", {}, 4]',
       '{"x": 2}', '{"y": "low", "z": 1e999}', '[{}, 1, [2], true, {"a": 3}]')


def test_nothing_in_a_file_is_a_fault() -> None:
    for text in ODD:
        value: Any = json.loads(text)
        assert isinstance(object_of(value), dict) and all(isinstance(v, dict) for v in objects_of(value)), text
        assert all(type(v) is int for v in wholes_of(value)) and isinstance(entry_of(value, 0), dict), text
        number = number_of(value, 0.5, -1.0, 2.0)
        assert -1.0 <= number <= 2.0 and math.isfinite(number_of(value, 0.5)), text
        assert all(-1.0 <= v <= 1.0 for v in three_of(value, (0.0, -1.0, 0.0), -1.0, 1.0)), text
        assert entry_of([{"a": 1}], value) in ({}, {"a": 1}), text
    assert number_of(-3, 0.5, -1.0) == -1.0 and number_of(True, 0.5) == 0.5 and three_of({"x": 2}, (9, 9, 9), 0, 3) == (2, 0, 0)
    assert entry_of([{}, {"a": 1}], 1) == {"a": 1} and entry_of([{"a": 1}], -1) == {}


def plain_png(linear: np.ndarray) -> bytes:
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    data = io.BytesIO()
    Image.new("RGB", (8, 8), tuple(int(v) for v in np.round(srgb * 255))).save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize("version", [1, 0])
def test_shade_has_the_colour_of_its_own_texture(version: int) -> None:
    """Drawn colours of the lit and of the shade texture: what is left in shade is their ratio, as far as it is taken; without a
    texture of its own, shade has the file's colour alone."""
    rng = np.random.default_rng()
    lit, dark = rng.uniform(0.55, 0.9, 3), rng.uniform(0.35, 0.5, 3)
    model = bust()
    model = replace(model, textures={"lit": plain_png(lit), "dark": plain_png(dark)},
                    meshes=tuple(replace(m, material="plain", texture="lit") for m in model.meshes))
    flat = np.full(3, 0.5)
    srgb = [float(1.055 * v ** (1 / 2.4) - 0.055) for v in flat]
    for textured, wanted in ((True, flat * np.clip(dark / lit, 1 / MOST_DIFFERENCE, MOST_DIFFERENCE)), (False, flat / lit)):
        new = {"shadeColorFactor": flat.tolist(), **({"shadeMultiplyTexture": {"index": 1}} if textured else {})}
        old = {"vectorProperties": {"_Color": [1, 1, 1, 1], "_ShadeColor": [*srgb, 1]},
               "textureProperties": {"_MainTex": 0, **({"_ShadeTexture": 1} if textured else {})}}
        how = Foreign("vrm", "none", version, 60, toon=new if version else old)
        made = convert(open_document(foreign_glb(model, how)), "x")
        assert made.toons
        for look in made.toons.values():
            assert np.allclose(look.shade, wanted, atol=0.02), (look.shade, wanted, lit, dark)
