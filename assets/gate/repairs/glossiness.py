"""KHR_materials_pbrSpecularGlossiness to metal and roughness: browsers no longer draw it, the stage never did.

Formula: appendix B of the extension's specification (Khronos, archived): the metalness at which a surface with the usual
4 % reflection shows the given diffuse and specular colours.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assets.gate.edit import Edit
from assets.gate.findings import Finding
from assets.gate.repairs.textures import images_of

NAME = "KHR_materials_pbrSpecularGlossiness"
DIELECTRIC = 0.04  # what glass, plastic and paint reflect straight on
SIDE_PX = 1024  # converted pictures: both maps of a material are worked through pixel by pixel
SOURCE = f"{NAME}: archived by Khronos in favour of metal and roughness"


def repair(edit: Edit) -> list[Finding]:
    """Convert every material that has the extension and take the extension out."""
    owners = [m for m in edit.value.get("materials", []) if isinstance(m.get("extensions", {}).get(NAME), dict)]
    if not owners:
        return []
    pictures = dict(images_of(edit))
    for material in owners:
        _convert(edit, material, material["extensions"].pop(NAME), pictures)
        if not material["extensions"]:
            del material["extensions"]
    for key in ("extensionsUsed", "extensionsRequired"):
        names = [n for n in edit.value.get(key, []) if n != NAME]
        edit.value.pop(key, None)
        if names:
            edit.value[key] = names
    return [Finding("specular_glossiness", "repaired",
                    f"{len(owners)} materials were described by gloss; they are now described by metal and roughness.",
                    f"{len(owners)} 种材质由高光光泽度改为金属度粗糙度表示。", len(owners), 0, SOURCE)]


def metal_rough(diffuse: NDArray[np.float32], specular: NDArray[np.float32], gloss: NDArray[np.float32],
                ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """(…, 3) base colour, (…) metalness, (…) roughness. diffuse, specular: (…, 3) linear 0..1; gloss: (…) 0..1."""
    luma = np.array([0.299, 0.587, 0.114], np.float32)
    shown, mirrored = np.sqrt((diffuse**2) @ luma), np.sqrt((specular**2) @ luma)
    left = 1 - specular.max(-1)
    b = shown * left / (1 - DIELECTRIC) + mirrored - 2 * DIELECTRIC
    root = np.sqrt(np.maximum(b * b - 4 * DIELECTRIC * (DIELECTRIC - mirrored), 0))
    metal = np.where(mirrored < DIELECTRIC, 0, np.clip((-b + root) / (2 * DIELECTRIC), 0, 1))[..., None]
    from_diffuse = diffuse * (left[..., None] / (1 - DIELECTRIC) / np.maximum(1 - metal, 1e-4))
    from_specular = (specular - DIELECTRIC * (1 - metal)) / np.maximum(metal, 1e-4)
    base = np.clip(from_diffuse + (from_specular - from_diffuse) * metal**2, 0, 1)
    return base.astype(np.float32), metal[..., 0].astype(np.float32), (1 - gloss).astype(np.float32)


def _convert(edit: Edit, material: dict[str, Any], gloss: dict[str, Any], pictures: dict[int, bytes]) -> None:
    diffuse = np.array(gloss.get("diffuseFactor", (1, 1, 1, 1)), np.float32)
    specular = np.array(gloss.get("specularFactor", (1, 1, 1)), np.float32)
    shine = np.asarray(gloss.get("glossinessFactor", 1), np.float32)
    colour, reflection = _pixels(edit, gloss, "diffuseTexture", pictures), None
    if "specularGlossinessTexture" in gloss:
        reflection = _pixels(edit, gloss, "specularGlossinessTexture", pictures)
    if reflection is None:
        base, metal, rough = metal_rough(diffuse[:3], specular, shine)
        pbr: dict[str, Any] = {"baseColorFactor": [*base.tolist(), float(diffuse[3])], "metallicFactor": float(metal),
                               "roughnessFactor": float(rough)}
        if "diffuseTexture" in gloss:
            pbr["baseColorTexture"] = gloss["diffuseTexture"]
        material["pbrMetallicRoughness"] = pbr
        return
    side = reflection.size
    first = np.ones((side[1], side[0], 4), np.float32) if colour is None else _linear(colour.resize(side))
    second = _linear(reflection)
    base, metal, rough = metal_rough(first[..., :3] * diffuse[:3], second[..., :3] * specular, second[..., 3] * shine)
    picture = np.concatenate([_srgb(base), np.round(first[..., 3:] * diffuse[3] * 255).astype(np.uint8)], axis=-1)
    packed = np.stack([np.ones_like(metal), rough, metal], axis=-1)  # glTF: roughness in green, metalness in blue
    info = {k: v for k, v in gloss["specularGlossinessTexture"].items() if k != "index"}
    material["pbrMetallicRoughness"] = {
        "baseColorTexture": {**info, "index": _texture(edit, Image.fromarray(picture, "RGBA"))},
        "metallicRoughnessTexture": {**info, "index": _texture(edit, Image.fromarray(np.round(packed * 255).astype(np.uint8)))}}


def _pixels(edit: Edit, gloss: dict[str, Any], key: str, pictures: dict[int, bytes]) -> Image.Image | None:
    textures, index = edit.value.get("textures", []), gloss.get(key, {}).get("index", -1)
    source = textures[index].get("source", -1) if 0 <= index < len(textures) else -1
    if source not in pictures:
        return None
    picture = Image.open(io.BytesIO(pictures[source]), formats=("PNG", "JPEG", "WEBP")).convert("RGBA")
    picture.thumbnail((SIDE_PX, SIDE_PX))
    return picture


def _linear(picture: Image.Image) -> NDArray[np.float32]:
    """(h, w, 4) 0..1; colours from sRGB to linear light, alpha as it is."""
    values = np.asarray(picture, np.float32) / 255
    rgb = values[..., :3]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.concatenate([linear, values[..., 3:]], axis=-1).astype(np.float32)


def _srgb(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    coded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.power(np.maximum(linear, 0), 1 / 2.4) - 0.055)
    return np.round(np.clip(coded, 0, 1) * 255).astype(np.uint8)


def _texture(edit: Edit, picture: Image.Image) -> int:
    out = io.BytesIO()
    picture.save(out, "PNG")
    images, textures = edit.value.setdefault("images", []), edit.value.setdefault("textures", [])
    images.append({"bufferView": edit.add_view(out.getvalue()), "mimeType": "image/png"})
    textures.append({"source": len(images) - 1})
    return len(textures) - 1
