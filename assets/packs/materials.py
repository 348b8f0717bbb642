"""Fewer materials and pictures: equal ones become one, plain colours go into the vertices, what nothing uses goes."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assets.glb_read import moved_uv
from assets.packs.surfaces import Product, Surface

MOST_MATERIALS = 5  # Khronos asset auditor, khronos-recommended
SAMPLES = 4000  # vertices asked for the mean of a texture
_TRANSFORM = "KHR_texture_transform"


def texture_uses(material: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """(owner, key) of every texture of a material, those of extensions that we do not know included."""
    queue: list[dict[str, Any]] = [material]
    while queue:
        owner = queue.pop()
        for key, value in owner.items():
            if isinstance(value, dict) and isinstance(value.get("index"), int) and key.endswith("Texture"):
                yield owner, key
            elif isinstance(value, dict) and key != "extras":
                queue.append(value)


def merged(product: Product) -> Product:
    """Equal materials become one; with more than MOST_MATERIALS left, plain ones that shine alike share one material and
    have their colours in the vertices."""
    materials = product.value.get("materials", [])
    first: dict[str, int] = {}
    to = [first.setdefault(json.dumps({k: v for k, v in m.items() if k != "name"}, sort_keys=True), i)
          for i, m in enumerate(materials)]
    product = _renamed(product, dict(enumerate(to)))
    if len(set(to)) > MOST_MATERIALS:
        product = _painted(product)
    return replace(product, surfaces=tuple(_joined(product.surfaces)))


def _renamed(product: Product, to: dict[int, int]) -> Product:
    surfaces = []
    for s in product.surfaces:
        mappings = tuple({**m, "material": to[m["material"]]} for m in s.mappings)
        surfaces.append(replace(s, material=to[s.material] if s.material is not None else None, mappings=mappings))
    return replace(product, surfaces=tuple(surfaces))


def _painted(product: Product) -> Product:
    value = copy.deepcopy(product.value)
    kept = {m["material"] for s in product.surfaces for m in s.mappings} | {
        s.material for s in product.surfaces if s.mappings and s.material is not None}
    groups: dict[tuple[float, ...], list[int]] = {}
    for i in sorted({s.material for s in product.surfaces if s.material is not None} - kept):
        if (look := _plain_look(value["materials"][i])) is not None:
            groups.setdefault(look, []).append(i)
    colours: dict[int, list[float]] = {}
    to = {i: i for i in range(len(value["materials"]))}
    for members in groups.values():
        if len(members) > 1:
            for i in members:
                colours[i] = list(value["materials"][i].get("pbrMetallicRoughness", {}).get("baseColorFactor", [1.0] * 4))
                to[i] = members[0]
            value["materials"][members[0]].setdefault("pbrMetallicRoughness", {})["baseColorFactor"] = [1.0, 1.0, 1.0, 1.0]
    surfaces = []
    for s in product.surfaces:
        if s.material in colours:
            own = s.arrays.get("COLOR_0", np.ones((len(s.arrays["POSITION"]), 4), np.float32))
            s = replace(s, arrays={**s.arrays, "COLOR_0": (own * np.array(colours[s.material], np.float32)).astype(np.float32)})
        surfaces.append(s)
    return _renamed(replace(product, value=value, surfaces=tuple(surfaces)), to)


def _plain_look(material: dict[str, Any]) -> tuple[float, ...] | None:
    """What two plain materials must have in common, in steps of a tenth; None where there is more than a colour."""
    if set(material) - {"name", "pbrMetallicRoughness", "doubleSided", "alphaMode", "extras"} or any(texture_uses(material)):
        return None
    if material.get("alphaMode", "OPAQUE") != "OPAQUE":
        return None
    pbr = material.get("pbrMetallicRoughness", {})
    return (round(pbr.get("metallicFactor", 1.0) * 10), round(pbr.get("roughnessFactor", 1.0) * 10),
            float(material.get("doubleSided", False)))


def _joined(surfaces: tuple[Surface, ...]) -> list[Surface]:
    """Surfaces of one mesh that look alike become one draw."""
    groups: dict[tuple[Any, ...], list[Surface]] = {}
    for s in surfaces:
        extra = {"COLOR_0"}  # white where a neighbour is painted and this one is not
        key = (s.mesh, s.material, json.dumps(s.mappings, sort_keys=True), tuple(sorted(set(s.arrays) - extra)))
        groups.setdefault(key, []).append(s)
    out = []
    for members in groups.values():
        if len(members) == 1:
            out.append(members[0])
            continue
        painted = any("COLOR_0" in s.arrays for s in members)
        start = np.cumsum([0] + [len(s.arrays["POSITION"]) for s in members])
        names = set(members[0].arrays) | ({"COLOR_0"} if painted else set())
        arrays = {k: np.concatenate([s.arrays.get(k, np.ones((len(s.arrays["POSITION"]), 4), np.float32)) for s in members])
                  for k in sorted(names)}
        faces = np.concatenate([s.faces + start[i] for i, s in enumerate(members)])
        out.append(replace(members[0], arrays=arrays, faces=faces))
    return out


def untransformed(product: Product) -> Product:
    """KHR_texture_transform goes into the coordinates where one set serves one transform: what every viewer reads."""
    value = copy.deepcopy(product.value)
    surfaces = list(product.surfaces)
    for i, material in enumerate(value.get("materials", [])):
        uses = [owner[key] for owner, key in texture_uses(material)]
        looks = {json.dumps([u.get("extensions", {}).get(_TRANSFORM), u.get("texCoord", 0)], sort_keys=True) for u in uses}
        users = [k for k, s in enumerate(surfaces) if i == s.material or any(m["material"] == i for m in s.mappings)]
        if len(looks) != 1 or any(surfaces[k].mappings for k in users):
            continue
        moved = uses[0].get("extensions", {}).get(_TRANSFORM)
        key = f"TEXCOORD_{uses[0].get('texCoord', 0)}"
        if not moved or "texCoord" in moved or any(key not in surfaces[k].arrays for k in users):
            continue
        transform = (tuple(moved.get("offset", (0.0, 0.0))), moved.get("rotation", 0.0), tuple(moved.get("scale", (1.0, 1.0))))
        for k in users:
            uv = moved_uv(surfaces[k].arrays[key], transform)
            assert uv is not None
            surfaces[k] = replace(surfaces[k], arrays={**surfaces[k].arrays, key: uv})
        for use in uses:
            use["extensions"].pop(_TRANSFORM)
            if not use["extensions"]:
                use.pop("extensions")
    return replace(product, value=value, surfaces=tuple(surfaces))


def flattened(product: Product) -> Product:
    """Only the base colour keeps its picture; metal, roughness and glow become the mean of what theirs show."""
    value = copy.deepcopy(product.value)
    for i, material in enumerate(value.get("materials", [])):
        users = [s for s in product.surfaces if s.material == i or any(m["material"] == i for m in s.mappings)]
        pbr = material.setdefault("pbrMetallicRoughness", {})
        mean = _mean(product, pbr.get("metallicRoughnessTexture"), users)
        if mean is not None:
            pbr["metallicFactor"] = round(float(pbr.get("metallicFactor", 1.0) * mean[2]), 4)
            pbr["roughnessFactor"] = round(float(pbr.get("roughnessFactor", 1.0) * mean[1]), 4)
        glow = _mean(product, material.get("emissiveTexture"), users)
        if glow is not None:
            linear = np.where(glow <= 0.04045, glow / 12.92, ((glow + 0.055) / 1.055) ** 2.4)
            material["emissiveFactor"] = [round(float(a * b), 4) for a, b in zip(material.get("emissiveFactor", (0, 0, 0)),
                                                                                 linear, strict=True)]
        for owner, key in list(texture_uses(material)):
            if key not in ("baseColorTexture", "diffuseTexture"):
                owner.pop(key)
    return without_tangents(replace(product, value=value))


def without_tangents(product: Product) -> Product:
    """The same without them."""
    return replace(product, surfaces=tuple(replace(s, arrays={k: a for k, a in s.arrays.items() if k != "TANGENT"})
                                           for s in product.surfaces))


def _mean(product: Product, use: dict[str, Any] | None, users: list[Surface]) -> NDArray[np.float64] | None:
    """(3,) mean 0..1 of a picture where the surfaces lie in it; None when it cannot be told."""
    if use is None or not users:
        return None
    source = image_of(product.value, use["index"])
    if source is None:
        return None
    key = f"TEXCOORD_{use.get('texCoord', 0)}"
    uv = np.concatenate([s.arrays[key] for s in users if key in s.arrays] or [np.zeros((1, 2), np.float32)])
    uv = uv[np.linspace(0, len(uv) - 1, min(len(uv), SAMPLES)).astype(int)]
    try:
        picture = Image.open(io.BytesIO(product.images[source][0]))
        picture.draft("RGB", (256, 256))
        pixels = np.asarray(picture.convert("RGB").resize((256, 256), Image.Resampling.BOX), np.float64) / 255
    except (OSError, ValueError):
        return None
    at = np.floor((uv % 1.0) * 255.99).astype(int)
    return np.asarray(pixels[at[:, 1], at[:, 0]].mean(0))


def image_of(value: dict[str, Any], texture: int) -> int | None:
    """The image behind a texture: the WebP one where there are two."""
    spec = value["textures"][texture]
    source = spec.get("extensions", {}).get("EXT_texture_webp", spec).get("source", spec.get("source"))
    return source if isinstance(source, int) else None


def pruned(product: Product) -> Product:
    """Without materials, textures, images, samplers and vertex attributes that nothing uses."""
    value = copy.deepcopy(product.value)
    materials = value.get("materials", [])
    used = sorted({s.material for s in product.surfaces if s.material is not None}
                  | {m["material"] for s in product.surfaces for m in s.mappings})
    product = _renamed(product, {old: new for new, old in enumerate(used)})
    value["materials"] = [materials[i] for i in used]
    uses = [(owner, key) for m in value["materials"] for owner, key in texture_uses(m)]
    textures = sorted({owner[key]["index"] for owner, key in uses})
    sources = [image_of(value, t) for t in textures]
    images = sorted({s for s in sources if s is not None})
    samplers = value.get("samplers", [])
    value["textures"] = [
        {**({"sampler": value["textures"][t]["sampler"]} if value["textures"][t].get("sampler", -1) in range(len(samplers))
            else {}), **({"source": images.index(s)} if s is not None else {})} for t, s in zip(textures, sources, strict=True)]
    for owner, key in uses:
        owner[key]["index"] = textures.index(owner[key]["index"])
    value["images"] = [{k: v for k, v in value["images"][i].items() if k == "name"} for i in images]
    for name in ("materials", "textures", "images"):
        if not value[name]:
            del value[name]
    surfaces = []
    for s in product.surfaces:
        looks = [value["materials"][m] for m in {s.material, *(m["material"] for m in s.mappings)} if m is not None]
        sets = {f"TEXCOORD_{_set(owner[key])}" for m in looks for owner, key in texture_uses(m)}
        bent = any(key == "normalTexture" for m in looks for _, key in texture_uses(m))
        surfaces.append(replace(s, arrays={k: a for k, a in s.arrays.items() if (not k.startswith("TEXCOORD") or k in sets)
                                           and (k != "TANGENT" or bent)}))
    return replace(product, value=value, surfaces=tuple(map(_in_order, surfaces)),
                   images=tuple(product.images[i] for i in images))


def _set(use: dict[str, Any]) -> int:
    return int(use.get("extensions", {}).get(_TRANSFORM, {}).get("texCoord", use.get("texCoord", 0)))


def _in_order(surface: Surface) -> Surface:
    """glTF counts its sets from 0 without a gap."""
    if "TEXCOORD_1" in surface.arrays and "TEXCOORD_0" not in surface.arrays:
        return replace(surface, arrays={**surface.arrays, "TEXCOORD_0": surface.arrays["TEXCOORD_1"]})
    return surface
