"""MToon of VRM 1.0 and of VRM 0, as far as the stage can draw it: shade, its edge, the rim. Outlines, matcaps and animated
coordinates are left out. Shade is the lit texture in another colour: where it has a texture of its own, or none, by how the two
differ in the mean."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from avatar.build.look import to_linear
from avatar.imported.loose import entry_of, number_of, object_of, three_of
from avatar.imported.read import Figure
from avatar.toon import Toon, toon

OLD_SHADE = (0.97, 0.81, 0.86)  # VRM 0's own default, sRGB
FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PX = 4096 * 4096  # of one texture: more is decoded by nobody's phone
MEAN_PX = 64  # wide and high a texture is looked at for its mean
MOST_DIFFERENCE = 2.0  # of two textures' means: a sheet of many things says little of one of them
DARKEST = 0.25  # of the texture's colour: shade without a texture is one flat colour there, black where the file says nothing


def toon_of(figure: Figure, material: int | None) -> Toon | None:
    """Of one material; None where it is no toon."""
    if material is None:
        return None
    spec = entry_of(figure.json.get("materials"), material)
    new = object_of(object_of(spec.get("extensions")).get("VRMC_materials_mtoon"))
    if "VRMC_materials_mtoon" in object_of(spec.get("extensions")):
        return _new(new, figure.materials[material].base_colour, figure, figure.materials[material].base_texture)
    vrm = object_of(object_of(figure.json.get("extensions")).get("VRM"))
    old = entry_of(vrm.get("materialProperties"), material)
    return _old(old, figure, figure.materials[material].base_texture) if "MToon" in str(old.get("shader")) else None


def _new(spec: dict[str, Any], base: Sequence[float], figure: Figure, lit: int | None) -> Toon:
    textured = "shadeMultiplyTexture" in spec
    texture = object_of(spec.get("shadeMultiplyTexture")).get("index")
    shade = _share(three_of(spec.get("shadeColorFactor"), (0.0, 0.0, 0.0), 0.0, 1.0), base, textured,
                   _differs(figure, texture if textured else None, lit))
    rim = three_of(spec.get("parametricRimColorFactor"), (0.0, 0.0, 0.0), 0.0, 1.0)
    return toon(shade, number_of(spec.get("shadingToonyFactor"), 0.9), number_of(spec.get("shadingShiftFactor"), 0.0), rim,
                number_of(spec.get("parametricRimFresnelPowerFactor"), 5.0),
                number_of(spec.get("parametricRimLiftFactor"), 0.0), number_of(spec.get("rimLightingMixFactor"), 1.0))


def _old(spec: dict[str, Any], figure: Figure, lit: int | None) -> Toon:
    """VRM 0 counts toony and shift otherwise; its colours are sRGB."""
    numbers, vectors = object_of(spec.get("floatProperties")), object_of(spec.get("vectorProperties"))
    base = [to_linear(v) for v in three_of(vectors.get("_Color"), (1.0, 1.0, 1.0), 0.0, 1.0)]
    shade = [to_linear(v) for v in three_of(vectors.get("_ShadeColor"), OLD_SHADE, 0.0, 1.0)]
    rim = [to_linear(v) for v in three_of(vectors.get("_RimColor"), (0.0, 0.0, 0.0), 0.0, 1.0)]
    shift, toony = number_of(numbers.get("_ShadeShift"), 0.0), number_of(numbers.get("_ShadeToony"), 0.9)
    now = toony + (1.0 - toony) * (0.5 + 0.5 * min(max(shift, -1.0), 1.0))
    pictures = object_of(spec.get("textureProperties"))
    differs = _differs(figure, pictures.get("_ShadeTexture"), lit)
    return toon(_share(shade, base, "_ShadeTexture" in pictures, differs), now, -shift - (1.0 - now), rim,
                number_of(numbers.get("_RimFresnelPower"), 1.0), number_of(numbers.get("_RimLift"), 0.0),
                number_of(numbers.get("_RimLightingMix"), 0.0))


def _share(shade: Sequence[float], base: Sequence[float], textured: bool, differs: Sequence[float]) -> list[float]:
    """What of the lit colour is left in the shade. differs: of the textures that both are multiplied with."""
    return [min(max(s * d / max(b, 1e-3), 0.0 if textured else DARKEST), 1.0)
            for s, b, d in zip(shade, base, differs, strict=False)]


def _differs(figure: Figure, texture: object, lit: int | None) -> tuple[float, float, float]:
    """Mean colour of a texture of the file (None: white) over that of the lit image; 1 where either cannot be read."""
    if texture is None:
        over: tuple[float, float, float] | None = (1.0, 1.0, 1.0)
    else:
        spec = entry_of(figure.json.get("textures"), texture)
        webp = object_of(object_of(spec.get("extensions")).get("EXT_texture_webp"))
        source = webp.get("source", spec.get("source"))
        if source == lit:
            return 1.0, 1.0, 1.0
        over = _mean(figure, source)
    under = (1.0, 1.0, 1.0) if lit is None else _mean(figure, lit)
    if over is None or under is None:
        return 1.0, 1.0, 1.0
    r, g, b = (min(max(a / max(u, 1e-3), 1 / MOST_DIFFERENCE), MOST_DIFFERENCE) for a, u in zip(over, under, strict=True))
    return r, g, b


def _mean(figure: Figure, image: object) -> tuple[float, float, float] | None:
    if isinstance(image, bool) or not isinstance(image, int) or not 0 <= image < len(figure.images):
        return None
    return _mean_of(figure.images[image].data)


@functools.lru_cache(maxsize=64)
def _mean_of(data: bytes) -> tuple[float, float, float] | None:
    """Linear, of what is not transparent."""
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MAX_PX:
            return None
        picture.draft("RGB", (MEAN_PX, MEAN_PX))
        pixels = np.asarray(picture.convert("RGBA").resize((MEAN_PX, MEAN_PX), Image.Resampling.BOX), np.float64) / 255
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    weights = pixels[..., 3:].reshape(-1, 1)
    linear = np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)[..., :3].reshape(-1, 3)
    if weights.sum() < 1e-6:
        return None
    r, g, b = (float(v) for v in (linear * weights).sum(0) / weights.sum())
    return r, g, b
