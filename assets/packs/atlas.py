"""Materials that differ only in their pictures share one: the pictures side by side, the coordinates moved to fit."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assets.packs.materials import MOST_MATERIALS, image_of, merged, texture_uses
from assets.packs.pictures import ATLAS
from assets.packs.surfaces import Product

SIDE_PX = 2048  # of an atlas: what every platform takes
CELL_PX = 1024  # of one picture in it
OUTSIDE = 1e-3  # of a picture: rounding; what reaches further repeats it, and cannot stand beside another
PAYS = 2.5  # times the pixels that the pictures had: powers of two cost up to 2, a picture that several use is doubled
FEWEST = 3  # materials worth joining: two for one saves a draw and costs a picture
_KNOWN = {"name", "pbrMetallicRoughness", "normalTexture", "occlusionTexture", "emissiveTexture", "emissiveFactor",
          "doubleSided", "alphaMode", "extras"}
_FLAT = (128, 128, 255)  # a normal map that bends nothing


@dataclass(frozen=True, slots=True)
class _Cell:
    """material: index; px: side of its square, a power of two; x, y: of its corner in the atlas."""

    material: int
    px: int
    x: int = 0
    y: int = 0

    @property
    def edge(self) -> int:
        """Pixels of its rim that repeat its border: smaller copies of the atlas must not mix neighbours."""
        return max(1, self.px // 64)


def atlased(product: Product) -> Product:
    """The same product with fewer materials, where it has more than MOST_MATERIALS and some of them can share."""
    value = product.value
    used = sorted({s.material for s in product.surfaces if s.material is not None})
    if len(used) <= MOST_MATERIALS:
        return product
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i in used:
        if (look := _look(product, i)) is not None:
            groups.setdefault(look, []).append(i)
    for members in sorted(groups.values(), key=len, reverse=True):
        if len(members) >= FEWEST:
            product = _shared(product, members)
    return merged(product) if product.value is not value else product


def _look(product: Product, index: int) -> tuple[Any, ...] | None:
    """What two materials must have in common; None for one that must stay alone."""
    spec = product.value["materials"][index]
    pbr, uses = spec.get("pbrMetallicRoughness", {}), [owner[key] for owner, key in texture_uses(spec)]
    if set(spec) - _KNOWN or spec.get("alphaMode", "OPAQUE") != "OPAQUE" or "baseColorTexture" not in pbr:
        return None
    if any(use.get("extensions") or use.get("texCoord", 0) for use in uses):
        return None
    if any(image_of(product.value, use["index"]) is None for use in uses):
        return None
    for s in product.surfaces:
        if any(m["material"] == index for m in s.mappings) or (s.material == index and s.mappings):
            return None
        if s.material == index:
            uv = s.arrays.get("TEXCOORD_0")
            if uv is None or uv.min() < -OUTSIDE or uv.max() > 1 + OUTSIDE:
                return None
    bent, shade = spec.get("normalTexture"), spec.get("occlusionTexture")
    return (bool(spec.get("doubleSided", False)), bool(bent), bent and bent.get("scale", 1.0),
            bool(shade), shade and shade.get("strength", 1.0))


def _shared(product: Product, members: list[int]) -> Product:
    """One material for the members; the product as it was where that costs more than it saves."""
    cells, (wide, high), had = _placed(product, members)
    value, images = copy.deepcopy(product.value), list(product.images)
    first = value["materials"][members[0]]
    pbr = first["pbrMetallicRoughness"]
    specs = {i: product.value["materials"][i] for i in members}
    glows = any(any(s.get("emissiveFactor", (0, 0, 0))) for s in specs.values())
    layers = [("colour", True), ("matter", any(set(_uses(s)) & {"matter", "shade"} for s in specs.values())
                                 or len({_matter(s) for s in specs.values()}) > 1),
              ("bent", "normalTexture" in first), ("glow", glows)]
    if wide * high * sum(wanted for _, wanted in layers) > PAYS * had:
        return product
    lossy = all(product.images[k][1] == "image/jpeg" for spec in specs.values() for use in _uses(spec).values()
                if (k := image_of(product.value, use["index"])) is not None)
    made = {name: _new_picture(value, images, _layer(product, cells, (high, wide), name), len(members), lossy)
            for name, wanted in layers if wanted}
    pbr |= {"baseColorTexture": {"index": made["colour"]}, "baseColorFactor": [1.0, 1.0, 1.0, 1.0]}
    if "matter" in made:
        pbr |= {"metallicRoughnessTexture": {"index": made["matter"]}, "metallicFactor": 1.0, "roughnessFactor": 1.0}
        if "occlusionTexture" in first:
            first["occlusionTexture"]["index"] = made["matter"]
    if "bent" in made:
        first["normalTexture"]["index"] = made["bent"]
    if glows:
        first |= {"emissiveTexture": {"index": made["glow"]}, "emissiveFactor": [1.0, 1.0, 1.0]}
    else:
        first.pop("emissiveTexture", None)
    first["name"] = "atlas"
    places = {c.material: c for c in cells}
    surfaces = []
    for s in product.surfaces:
        if (cell := places.get(s.material if s.material is not None else -1)) is not None:
            inner = cell.px - 2 * cell.edge
            uv = (np.clip(s.arrays["TEXCOORD_0"], 0, 1) * inner + (cell.x + cell.edge, cell.y + cell.edge)) / (wide, high)
            s = replace(s, material=members[0], arrays={**s.arrays, "TEXCOORD_0": uv.astype(np.float32)})
        surfaces.append(s)
    return replace(product, value=value, images=tuple(images), surfaces=tuple(surfaces))


def _placed(product: Product, members: list[int]) -> tuple[list[_Cell], tuple[int, int], int]:
    """Cells; width and height of what holds them, px; pixels that all pictures have, none counted above CELL_PX a side.
    Squares of powers of two, the largest first, fill a square along a Z-shaped curve without a gap, its upper half first."""
    sides, sizes = dict[int, int](), dict[int, tuple[int, int]]()
    for i in members:
        sources = {image_of(product.value, use["index"]) for use in _uses(product.value["materials"][i]).values()} - {None}
        own = {k: Image.open(io.BytesIO(product.images[k][0])).size for k in sources if k is not None}
        sides[i] = min(CELL_PX, 1 << (max(max(s) for s in own.values()) - 1).bit_length())
        sizes |= own
    had = sum(min(CELL_PX, w) * min(CELL_PX, h) for w, h in sizes.values())  # one that several materials use counts once
    while sum(v * v for v in sides.values()) > SIDE_PX**2:
        sides = {i: v // 2 if v == max(sides.values()) else v for i, v in sides.items()}
    side = 1
    while side * side < sum(v * v for v in sides.values()):
        side *= 2
    cells, at = [], 0
    for i, px in sorted(sides.items(), key=lambda item: (-item[1], item[0])):
        step = at // (px * px)
        x = sum((step >> 2 * b & 1) << b for b in range(12)) * px
        y = sum((step >> 2 * b + 1 & 1) << b for b in range(12)) * px
        cells.append(_Cell(i, px, x, y))
        at += px * px
    return cells, (side, side // 2 if 2 * at <= side * side else side), had


def _uses(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    pbr = spec.get("pbrMetallicRoughness", {})
    found = {"colour": pbr.get("baseColorTexture"), "matter": pbr.get("metallicRoughnessTexture"),
             "bent": spec.get("normalTexture"), "shade": spec.get("occlusionTexture"), "glow": spec.get("emissiveTexture")}
    return {k: v for k, v in found.items() if v}


def _matter(spec: dict[str, Any]) -> tuple[float, float]:
    pbr = spec.get("pbrMetallicRoughness", {})
    return pbr.get("roughnessFactor", 1.0), pbr.get("metallicFactor", 1.0)


def _layer(product: Product, cells: list[_Cell], size: tuple[int, int], name: str) -> NDArray[np.uint8]:
    """(height, width, 3): one kind of picture of all members, their factors painted in."""
    out = np.zeros((*size, 3), np.uint8)
    for cell in cells:
        spec, inner = product.value["materials"][cell.material], cell.px - 2 * cell.edge
        pixels = np.pad(_painted(product, spec, inner, name), ((cell.edge,) * 2, (cell.edge,) * 2, (0, 0)), mode="edge")
        out[cell.y:cell.y + cell.px, cell.x:cell.x + cell.px] = pixels
    return out


def _painted(product: Product, spec: dict[str, Any], px: int, name: str) -> NDArray[np.uint8]:
    uses, pbr = _uses(spec), spec.get("pbrMetallicRoughness", {})

    def picture(key: str, otherwise: tuple[int, int, int]) -> NDArray[np.uint8]:
        source = image_of(product.value, uses[key]["index"]) if key in uses else None
        if source is None:
            return np.full((px, px, 3), otherwise, np.uint8)
        opened = Image.open(io.BytesIO(product.images[source][0]), formats=("PNG", "JPEG", "WEBP")).convert("RGB")
        return np.asarray(opened.resize((px, px), Image.Resampling.LANCZOS))

    if name == "bent":
        return picture("bent", _FLAT)
    if name == "matter":
        rough, metal = _matter(spec)
        own, shade = picture("matter", (255, 255, 255)), picture("shade", (255, 255, 255))
        scaled = own[..., 1:].astype(np.float64) * (rough, metal)
        return np.concatenate([shade[..., :1], np.round(np.clip(scaled, 0, 255)).astype(np.uint8)], axis=2)
    if name == "glow":
        return _tinted(picture("glow", (255, 255, 255)), spec.get("emissiveFactor", (0.0, 0.0, 0.0)))
    return _tinted(picture("colour", (255, 255, 255)), pbr.get("baseColorFactor", (1.0,) * 4)[:3])


def _tinted(pixels: NDArray[np.uint8], factor: Any) -> NDArray[np.uint8]:
    """An sRGB picture times a linear colour."""
    if all(f == 1.0 for f in factor):
        return pixels
    ramp = np.arange(256) / 255
    linear = np.where(ramp <= 0.04045, ramp / 12.92, ((ramp + 0.055) / 1.055) ** 2.4)
    out = np.empty_like(pixels)
    for k, f in enumerate(factor):
        scaled = np.clip(linear * f, 0, 1)
        table = np.where(scaled <= 0.0031308, scaled * 12.92, 1.055 * scaled ** (1 / 2.4) - 0.055)
        out[..., k] = np.round(table * 255).astype(np.uint8)[pixels[..., k]]
    return out


def _new_picture(value: dict[str, Any], images: list[tuple[bytes, str]], pixels: NDArray[np.uint8],
                 cells: int, lossy: bool) -> int:
    """Index of a texture with the picture. lossy: what it is made of was, too."""
    out, picture = io.BytesIO(), Image.fromarray(pixels)
    if lossy:
        picture.save(out, "JPEG", quality=92, subsampling=0)
    else:
        picture.save(out, "PNG", compress_level=4)
    images.append((out.getvalue(), "image/jpeg" if lossy else "image/png"))
    value.setdefault("images", []).append({"name": f"{ATLAS}{cells}"})
    value.setdefault("textures", []).append({"source": len(images) - 1})
    return len(value["textures"]) - 1
