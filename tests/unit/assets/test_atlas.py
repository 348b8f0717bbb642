"""Atlases: fewer materials, the same picture where it is seen, nothing shared that repeats or shines otherwise."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from assets.gate.assembly import Assembly, Part
from assets.gate.spec import container, validation
from assets.gate.spec.problems import Problems
from assets.glb import GlbScene, read_glb
from assets.glb_container import Document, open_document
from assets.packs import atlas
from assets.packs.build import packs
from tests.fakes.products import lathe, picture

pytestmark = pytest.mark.unit


def many_pictures(rng: np.random.Generator, looks: int, side: int, change: dict[int, dict[str, Any]] | None = None,
                  repeated: tuple[int, ...] = ()) -> bytes:
    """Stacked turned parts, each with pictures of its own. change: by look, more of its material; repeated: looks whose
    coordinates leave the picture."""
    made = Assembly("generated for a test")
    for k in range(looks):
        colour, bent = (made.texture(picture(rng, side >> k % 2, kind)) for kind in ("colour", "normal"))
        matter = made.texture(blots(rng, side >> k % 2))
        look = made.material({"name": f"look{k}", "normalTexture": {"index": bent}, "pbrMetallicRoughness": {
            "baseColorTexture": {"index": colour}, "metallicRoughnessTexture": {"index": matter},
            "baseColorFactor": [*rng.uniform(0.4, 1.0, 3).round(3), 1.0],
            "roughnessFactor": float(rng.uniform(0.5, 1.0))}} | ((change or {}).get(k) or {}))
        heights = np.linspace(0, 0.1, 6)
        corners, normals, uv = lathe(np.stack([0.1 + 0.03 * np.sin(heights * 40 + k), heights + k * 0.12], 1), 24)
        made.add(Part(f"part_{k}", corners, normals, uv * (3.0 if k in repeated else 1.0), look))
    return made.glb()


def blots(rng: np.random.Generator, side: int) -> bytes:
    """A picture that is like no other."""
    out = io.BytesIO()
    Image.fromarray(rng.integers(40, 250, (8, 8, 3), dtype=np.uint8)).resize((side, side)).save(out, "PNG")
    return out.getvalue()


def seen(scene: GlbScene, part: int, at: np.ndarray) -> np.ndarray:
    """(n, 3) linear colours that a part shows at fractions `at` along its vertices."""
    node = [n for n in scene.nodes if n.mesh is not None][part]
    p = scene.meshes[node.mesh].primitives[0]
    look = scene.materials[p.material]
    image = Image.open(io.BytesIO(scene.images[look.base_texture].data)).convert("RGB")
    pixels = np.asarray(image.filter(ImageFilter.BoxBlur(2)), np.float64) / 255  # a step of a pixel is no other picture
    order = np.lexsort(np.round(p.positions, 5).T)
    uv = p.uv0[order[(at * (len(order) - 1)).astype(int)]]
    x, y = (np.clip(uv[:, k] * pixels.shape[1 - k], 0, pixels.shape[1 - k] - 1).astype(int) for k in range(2))
    linear = np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear[y, x] * np.array(look.base_colour[:3]))


def product_of(glb: bytes) -> Document:
    return open_document(glb)


def test_seven_pictures_become_one_material_that_shows_the_same() -> None:
    seed = int(np.random.default_rng().integers(1 << 30))
    rng = np.random.default_rng(seed)
    glb = many_pictures(rng, 7, 256)
    made, whole = packs(product_of(glb)), read_glb(glb)
    for name in ("ar", "tour", "broadcast"):
        problems, scene = Problems(), read_glb(made[name])
        container.check(made[name], problems)
        validation.validate(open_document(made[name]), problems)
        assert not problems.counts and len(scene.materials) == 1, f"{name}, seed {seed}"
        assert [n.name for n in scene.nodes if n.mesh is not None] == [f"part_{k}" for k in range(7)]
    sides = {Image.open(io.BytesIO(i.data)).size for i in read_glb(made["ar"]).images}
    assert len(sides) == 1 and max(sides)[0] <= 1024, "colour, matter and bumps side by side"
    at = rng.uniform(0.1, 0.9, 60)
    scene = read_glb(made["ar"])
    for part in range(7):
        off = np.abs(seen(scene, part, at) - seen(whole, part, at)).max(1)
        assert np.median(off) < 0.08, f"part {part} shows another picture, seed {seed}: {np.median(off):.3f}"
    assert all(b.base_colour[:3] == (1.0, 1.0, 1.0) and b.roughness == 1.0 for b in scene.materials)


def test_what_repeats_is_clear_or_shines_otherwise_stays_alone() -> None:
    rng = np.random.default_rng()
    change = {0: {"alphaMode": "BLEND"}, 1: {"extensions": {"KHR_materials_clearcoat": {"clearcoatFactor": 1.0}}},
              2: {"doubleSided": True}}
    glb = many_pictures(rng, 8, 32, change, repeated=(3,))
    document = product_of(glb)
    document.json["extensionsUsed"] = ["KHR_materials_clearcoat"]
    names = [m.name for m in read_glb(packs(document)["ar"]).materials]
    assert sorted(names) == ["atlas", "look0", "look1", "look2", "look3"]


def test_few_materials_are_left_and_so_is_what_would_cost_more(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng()
    few = many_pictures(rng, 4, 32)
    assert len(read_glb(packs(product_of(few))["ar"]).materials) == 4
    monkeypatch.setattr(atlas, "PAYS", 0.1)
    many = many_pictures(rng, 7, 32)
    assert len(read_glb(packs(product_of(many))["ar"]).materials) == 7
