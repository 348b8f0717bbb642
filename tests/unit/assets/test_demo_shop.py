"""The demo shop: products of true size with named parts, files that load, claims that can be looked up."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.catalogue import load_catalogue
from assets.demo.build import PRODUCTS, build_plinth, build_products
from assets.demo.product import assemble
from assets.demo.shapes import circle, disc, lathe, rounded_box, shell, sweep, tube
from assets.gate import inspect
from assets.glb import GlbScene, read_glb, scene_bounds
from assets.knowledge_file import load_knowledge
from assets.market_file import load_market
from assets.rundown_file import load_rundown
from assets.scene import stretched
from assets.scene_file import load_showroom

pytestmark = pytest.mark.unit

DEMO = Path(__file__).parents[3] / "examples" / "demo"


def volume(shape) -> float:
    a, b, c = (shape.positions[shape.faces[:, k]] for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


@pytest.mark.parametrize(
    ("shape", "expected", "tolerance"),
    [
        (lathe([(0, 0), (0.5, 0), (0.5, 2), (0, 2)], 96), np.pi * 0.25 * 2, 0.01),
        (tube([(0, 0, 0), (0, 1, 1), (0, 2, 2)], 0.3, 64), np.pi * 0.09 * 8**0.5, 0.01),
        (
            sweep([(np.cos(a), np.sin(a), 0) for a in np.arange(64) * np.pi / 32], circle(0.2, 48), closed=True),
            2 * np.pi**2 * 0.04,
            0.02,
        ),
        (rounded_box((1, 2, 3), 0.01), 6.0, 0.01),
        (shell(np.stack([*np.meshgrid(np.arange(3), -np.arange(3)), np.zeros((3, 3))], -1), 0.5), 2.0, 0.01),
    ],
)
def test_solids_are_closed_and_face_outwards(shape, expected: float, tolerance: float) -> None:
    assert volume(shape) == pytest.approx(expected, rel=tolerance)
    edges = np.sort(np.concatenate([shape.faces[:, [0, 1]], shape.faces[:, [1, 2]], shape.faces[:, [2, 0]]]), 1)
    places = np.unique(np.round(shape.positions, 6), axis=0, return_inverse=True)[1].reshape(-1)
    counts = np.unique(np.sort(places[edges], 1), axis=0, return_counts=True)[1]
    assert (counts == 2).all()


def test_a_disc_faces_plus_z() -> None:
    shape = disc(0.5)
    a, b, c = (shape.positions[shape.faces[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()


@cache
def made(sku: str) -> GlbScene:
    return assemble(PRODUCTS[sku]())


@pytest.mark.parametrize("sku", sorted(PRODUCTS))
def test_a_product_has_true_size_parts_and_soft_shade(sku: str) -> None:
    product, scene = PRODUCTS[sku](), made(sku)
    low, high = scene_bounds(scene)
    np.testing.assert_allclose(high - low, product.size_m, rtol=1e-3)
    np.testing.assert_allclose([(low + high)[0] / 2, low[1], (low + high)[2] / 2], 0, atol=1e-4)
    assert 2_000 <= scene.triangle_count <= 10_000
    assert scene.nodes[0].name == sku and len(scene.nodes) >= 6
    assert [n.name for n in scene.nodes[1:]] == [p.name for p in product.parts]
    shades = np.concatenate([p.colours[:, 0] for m in scene.meshes for p in m.primitives])
    assert shades.max() > 0.9 and shades.min() < 0.75 and 0.55 < shades.mean() < 0.98  # crevices are darker, the rest is not
    for mesh in scene.meshes:
        for p in mesh.primitives:
            np.testing.assert_allclose(np.linalg.norm(p.normals, axis=1), 1, atol=1e-3)


def test_products_on_disk_are_what_the_generator_makes(tmp_path) -> None:
    assert [p.name for p in build_products(tmp_path, ("mug",))] == ["mug.glb"]
    for sku in PRODUCTS:
        path = DEMO / "models" / f"{sku}.glb"
        kept, new = read_glb(path), made(sku)
        assert new.triangle_count == kept.triangle_count and [n.name for n in new.nodes] == [n.name for n in kept.nodes]
        np.testing.assert_allclose(scene_bounds(new), scene_bounds(kept), atol=1e-4)
        assert path.stat().st_size <= 250_000
    size = np.subtract(*reversed(scene_bounds(read_glb(build_plinth(tmp_path / "plinth.glb")))))
    np.testing.assert_allclose(size, (0.52, 1.0, 0.52), atol=1e-3)


def test_one_product_has_colour_variants() -> None:
    lamp = read_glb(DEMO / "models" / "lamp.glb")
    assert len(lamp.variants) >= 2
    shade = next(m for m in lamp.meshes if m.name == "shade")
    chosen = {lamp.materials[i].base_colour for i in shade.primitives[0].variants.values()}
    assert len(chosen) == len(lamp.variants)


@pytest.mark.parametrize("sku", sorted(PRODUCTS))
def test_the_gate_has_nothing_to_refuse_or_mend(sku: str) -> None:
    product = load_catalogue(DEMO / "catalogue.csv", DEMO / "models").products[sku]
    report = inspect(product.packs["broadcast"], tuple(float(v) for v in product.size_m))
    assert {f.code for f in report.findings} <= {
        "materials", "draws",  # parts that come apart need draws of their own
        "colour_range", "uv_range"}  # black rubber and cloth that repeats are meant


def test_every_demo_file_loads_and_every_citation_exists() -> None:
    passages = load_knowledge(DEMO / "knowledge")
    catalogue = load_catalogue(DEMO / "catalogue.csv", DEMO / "models", passages)
    assert not catalogue.errors and len(catalogue.products) == 6
    assert all(len(p.facts) >= 20 for p in catalogue.products.values())
    market, spec, rundown = (
        load_market(DEMO / "market.toml"),
        load_showroom(DEMO / "showroom.toml"),
        load_rundown(DEMO / "rundown.toml"),
    )
    ids = {p.id for p in passages} | {f"catalogue:{sku}" for sku in catalogue.products}
    assert {i.product for i in rundown.items} <= set(catalogue.products) and len(rundown.items) == 3
    for item in rundown.items:
        assert {s.kind for s in item.sections} >= set(market.section_order)
        for section in item.sections:
            assert len(section.variants) >= 4
            for variant in section.variants:
                assert 2 <= len(variant) <= 4
                for line in variant:
                    assert set(line.cites) <= ids
                    assert line.cites or section.kind != "facts"  # what states a fact shows where it is from
    assert len([p for p in spec.plinths if not p.hero]) > len(catalogue.products)  # one place is free for a new model
    languages = {p.language for p in passages if p.id.endswith(":returns")}
    assert languages == {"en", "zh", "es", "de", "fr", "ja"}


def test_the_room_is_light_enough_for_phones_and_for_a_cpu() -> None:
    path = DEMO / "room.glb"
    room = read_glb(path)
    assert path.stat().st_size <= 1_500_000 and len(room.images) == 1 and len(room.images[0].data) <= 700_000
    assert 3_000 <= room.triangle_count <= 25_000
    assert all(m.unlit and m.texcoord == 1 for m in room.materials)
    low, high = scene_bounds(room)
    assert low[1] > -1 and high[1] < 5 and (high - low)[[0, 2]].max() < 20


def test_plinths_are_no_part_of_the_room_and_stand_free() -> None:
    """So they can be moved; each is as its file says once it is stretched, and wide enough for what may stand on it."""
    room, spec = read_glb(DEMO / "room.glb"), load_showroom(DEMO / "showroom.toml")
    assert not [n.name for n in room.nodes if "plinth" in n.name]
    homes = [p for p in spec.plinths if not p.hero]
    assert len(homes) == 7 and all(p.glb == DEMO / "home_plinth.glb" for p in homes)
    column = read_glb(DEMO / "home_plinth.glb")
    for plinth in homes:
        high = 0.0
        for node in column.nodes:
            if node.mesh is not None:
                ys = np.concatenate([p.positions[:, 1] for p in column.meshes[node.mesh].primitives])
                scale, shift = stretched(float(ys.min()), float(ys.max()), plinth.top_m)
                assert scale > 0 and ys.min() * scale + shift >= -1e-3
                high = max(high, float(ys.max()) * scale + shift)
        assert high == pytest.approx(plinth.top_m, abs=1e-3)
        assert min(plinth.max_size_m[[0, 2]]) / 2 <= plinth.radius_m


def test_the_room_picture_has_no_black_seams() -> None:
    room = read_glb(DEMO / "room.glb")
    picture = np.asarray(Image.open(io.BytesIO(room.images[0].data)).convert("L"))
    height, width = picture.shape
    dark = []
    for mesh in room.meshes:
        for p in mesh.primitives:
            at = np.clip((p.uv1 * [width, height]).astype(int), 0, [width - 1, height - 1])
            dark.append(picture[at[:, 1], at[:, 0]])
    assert np.mean(np.concatenate(dark) < 3) < 0.01  # corners of charts, where a seam would show first


def test_a_changed_value_changes_the_sentence(tmp_path) -> None:
    """Each sentence of an attribute is written around its value, except for plain yes, no and none."""
    import csv

    rows = list(csv.DictReader((DEMO / "knowledge" / "attributes.csv").read_text("utf-8").splitlines()))
    fixed = [r["id"] for r in rows if r["text"] and "{value}" not in r["text"]]
    values = {r["id"]: r["value"] for r in rows}
    assert all(values[i].split(",")[0] in ("yes", "no", "none", "no battery") for i in fixed)
    assert len(rows) > 6 * 22 and len(fixed) < 0.16 * len(rows)


def test_the_script_has_wordings_for_three_hours() -> None:
    """No section needs a wording twice within three hours at a brisk pace, answers and pauses left out."""
    import re
    from statistics import mean

    choice = re.compile(r"\{([^{}]*)\}")
    rundown = load_rundown(DEMO / "rundown.toml")

    def wordings(text: str) -> int:
        return int(np.prod([c.count("|") + 1 for c in choice.findall(text)] or [1]))

    def seconds(text: str) -> float:
        return 0.6 + 0.36 * len(choice.sub(lambda c: c[1].split("|")[0], text).split())

    sections = [s for item in rundown.items for s in item.sections]
    round_s = sum(mean(sum(seconds(line.text) for line in v) for v in s.variants) for s in sections)
    for section in sections:
        supply = sum(min(wordings(line.text) for line in v) for v in section.variants)
        assert supply >= 3 * 3600 / round_s, f"{section.id} has {supply} wordings for {3 * 3600 / round_s:.0f} rounds"
