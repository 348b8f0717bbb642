"""Products as sellers' tools make them, drawn at random: several parts, textures of three kinds, variants, wrong units."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from assets.gate.assembly import Assembly, Part
from assets.glb_container import open_document

UNITS = (1.0, 1000.0, 100.0, 1 / 0.0254, 10.0, 0.001)  # file units a metre
_Z_UP = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1.0]])


def lathe(profile: NDArray, segments: int) -> tuple[NDArray, NDArray, NDArray]:
    """Corners (f, 3, 3), normals (f, 3, 3), uv (f, 3, 2) of a turned shape. profile: (n, 2) radius and height."""
    angles = np.linspace(0, 2 * np.pi, segments + 1)
    r, y = profile[:, 0], profile[:, 1]
    grid = np.stack([r[:, None] * np.sin(angles), np.repeat(y[:, None], segments + 1, 1), r[:, None] * np.cos(angles)], -1)
    slope = np.gradient(profile, axis=0)
    out = np.stack([slope[:, 1], -slope[:, 0]], 1)
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    normal = np.stack([out[:, :1] * np.sin(angles), np.repeat(out[:, 1:], segments + 1, 1), out[:, :1] * np.cos(angles)], -1)
    uv = np.stack(np.broadcast_arrays(np.linspace(0, 1, segments + 1)[None], np.linspace(1, 0, len(profile))[:, None]), -1)
    i, j = np.meshgrid(np.arange(len(profile) - 1), np.arange(segments), indexing="ij")
    quad = np.stack([np.stack([i + a, j + b], -1) for a, b in ((0, 0), (0, 1), (1, 1), (1, 0))], -2)
    faces = np.concatenate([quad[..., (0, 1, 2), :], quad[..., (0, 2, 3), :]], 0).reshape(-1, 3, 2)
    at = faces[..., 0], faces[..., 1]
    corners = grid[at]
    solid = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) > 1e-12
    return corners[solid], normal[at][solid], uv[at][solid]


def picture(rng: np.random.Generator, side: int, kind: str, form: str = "PNG") -> bytes:
    """A texture with structure: "colour" has letters and blots, "orm" bands, "normal" small bumps."""
    y, x = np.mgrid[0:side, 0:side] / side
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * (x * rng.integers(2, 9) + 0.3 * np.sin(2 * np.pi * y * rng.integers(1, 5))))
    if kind == "normal":
        slope = 0.12 * np.cos(2 * np.pi * x * 24)
        pixels = np.stack([slope, 0 * x, np.sqrt(1 - slope**2)], -1) * 0.5 + 0.5
    elif kind == "orm":
        pixels = np.stack([np.ones_like(x), 0.3 + 0.5 * wave, (y > 0.8) * 1.0], -1)
    else:
        a, b = rng.uniform(0.15, 0.9, 3), rng.uniform(0.15, 0.9, 3)
        pixels = a * wave[..., None] + b * (1 - wave[..., None])
    image = Image.fromarray(np.uint8(np.clip(pixels, 0, 1) * 255))
    if kind == "colour":
        draw = ImageDraw.Draw(image)
        for _ in range(12):
            px, py = rng.integers(0, side, 2)
            draw.ellipse((px, py, px + side // 9, py + side // 14), tuple(int(c) for c in rng.integers(40, 230, 3)))
    out = io.BytesIO()
    image.save(out, form, quality=90)
    return out.getvalue()


def realistic(rng: np.random.Generator, triangles: int = 20_000, parts: int = 4, side: int = 256, unit: float = 1.0,
              z_up: bool = False, plain: int = 0) -> tuple[bytes, NDArray]:
    """(GLB, true size in m (3,)). Stacked turned parts; plain: as many more materials that are only a colour."""
    made = Assembly("generated for a test")
    world = np.diag([unit, unit, unit, 1.0]) @ (_Z_UP if z_up else np.eye(4))
    maps = [made.texture(picture(rng, side, k, f)) for k, f in (("colour", "JPEG"), ("orm", "PNG"), ("normal", "PNG"))]
    looks = [made.material({"name": "printed", "pbrMetallicRoughness": {"baseColorTexture": {"index": maps[0]},
                                                                      "metallicRoughnessTexture": {"index": maps[1]}},
                            "normalTexture": {"index": maps[2]}})]
    looks += [made.material({"name": f"plain{i}", "pbrMetallicRoughness": {
        "baseColorFactor": [*rng.uniform(0.05, 0.9, 3), 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.5}})
        for i in range(max(plain, 2))]
    base, width = 0.0, rng.uniform(0.03, 0.2)
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for k in range(parts):
        rings = max(6, int(np.sqrt(triangles / parts / 2)))
        height = rng.uniform(0.03, 0.2)
        radius = width * (1 + 0.3 * np.sin(np.linspace(0, rng.uniform(2, 6), rings) + rng.uniform(0, 6)))
        radius[0] = radius[-1] = 0.0
        profile = np.stack([radius, base + height * np.linspace(0, 1, rings)], 1)
        corners, normals, uv = lathe(profile, max(8, triangles // parts // 2 // rings))
        base += height * 1.02
        low, high = np.minimum(low, corners.min((0, 1))), np.maximum(high, corners.max((0, 1)))
        made.add(Part(f"part_{k}", corners, normals, uv, looks[k % len(looks)] if plain else looks[0 if k < 2 else 1], world))
    return made.glb(), high - low


def with_variants(glb: bytes, names: tuple[str, ...] = ("printed", "plain")) -> bytes:
    """The first mesh gets variants: material 0 and material 1."""
    document = open_document(glb)
    value: dict[str, Any] = document.json
    value.setdefault("extensions", {})["KHR_materials_variants"] = {"variants": [{"name": n} for n in names]}
    value.setdefault("extensionsUsed", []).append("KHR_materials_variants")
    value["meshes"][0]["primitives"][0]["extensions"] = {"KHR_materials_variants": {
        "mappings": [{"material": i, "variants": [i]} for i in range(len(names))]}}
    text = json.dumps(value).encode()
    text += b" " * (-len(text) % 4)
    binary = (document.binary or b"") + b"\0" * (-len(document.binary or b"") % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body
