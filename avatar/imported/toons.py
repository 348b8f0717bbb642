"""MToon of VRM 1.0 and of VRM 0, as far as the stage can draw it: shade, its edge, the rim. Outlines, matcaps and animated
coordinates are left out; a shade texture counts as the material's own texture, which it is in nearly every figure."""

from __future__ import annotations

from typing import Any

import numpy as np

from avatar.build.look import to_linear
from avatar.imported.read import Figure
from avatar.toon import Toon, toon

OLD_SHADE = (0.97, 0.81, 0.86)  # VRM 0's own default, sRGB
DARKEST = 0.25  # of the texture's colour: shade without a texture is one flat colour there, black where the file says nothing


def toon_of(figure: Figure, material: int | None) -> Toon | None:
    """Of one material; None where it is no toon."""
    if material is None:
        return None
    spec = _listed(figure.json.get("materials"), material)
    new = _object(_object(spec.get("extensions")).get("VRMC_materials_mtoon"))
    if "VRMC_materials_mtoon" in _object(spec.get("extensions")):
        return _new(new, figure.materials[material].base_colour)
    vrm = _object(_object(figure.json.get("extensions")).get("VRM"))
    old = _listed(vrm.get("materialProperties"), material)
    return _old(old) if "MToon" in str(old.get("shader")) else None


def _new(spec: dict[str, Any], base: tuple[float, ...]) -> Toon:
    shade = _share(_colour(spec.get("shadeColorFactor"), (0.0, 0.0, 0.0)), base, "shadeMultiplyTexture" in spec)
    return toon(shade, _number(spec.get("shadingToonyFactor"), 0.9), _number(spec.get("shadingShiftFactor"), 0.0),
                _colour(spec.get("parametricRimColorFactor"), (0.0, 0.0, 0.0)),
                _number(spec.get("parametricRimFresnelPowerFactor"), 5.0), _number(spec.get("parametricRimLiftFactor"), 0.0),
                _number(spec.get("rimLightingMixFactor"), 1.0))


def _old(spec: dict[str, Any]) -> Toon:
    """VRM 0 counts toony and shift otherwise; its colours are sRGB."""
    numbers, vectors = _object(spec.get("floatProperties")), _object(spec.get("vectorProperties"))
    base = [to_linear(v) for v in _colour(vectors.get("_Color"), (1.0, 1.0, 1.0))]
    shade = [to_linear(v) for v in _colour(vectors.get("_ShadeColor"), OLD_SHADE)]
    rim = [to_linear(v) for v in _colour(vectors.get("_RimColor"), (0.0, 0.0, 0.0))]
    shift, toony = _number(numbers.get("_ShadeShift"), 0.0), _number(numbers.get("_ShadeToony"), 0.9)
    now = toony + (1.0 - toony) * (0.5 + 0.5 * min(max(shift, -1.0), 1.0))
    textured = "_ShadeTexture" in _object(spec.get("textureProperties"))
    return toon(_share(shade, base, textured), now, -shift - (1.0 - now), rim, _number(numbers.get("_RimFresnelPower"), 1.0),
                _number(numbers.get("_RimLift"), 0.0), _number(numbers.get("_RimLightingMix"), 0.0))


def _share(shade: Any, base: Any, textured: bool) -> list[float]:
    """What of the lit colour is left: both are given with the same texture before them, the vertices carry the lit one's."""
    return [min(max(s / max(b, 1e-3), 0.0 if textured else DARKEST), 1.0) for s, b in zip(shade, base, strict=False)]


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: object, index: int) -> dict[str, Any]:
    return _object(value[index]) if isinstance(value, list) and index < len(value) else {}


def _number(value: object, otherwise: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        return otherwise
    return float(value)


def _colour(value: object, otherwise: tuple[float, float, float]) -> list[float]:
    given = value if isinstance(value, list) and len(value) >= 3 else otherwise
    return [min(max(_number(v, o), 0.0), 1.0) for v, o in zip(given, otherwise, strict=False)]
