"""Packs: within their budgets, sound glTF, the same parts, places, coordinates and variants."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh
from scipy.spatial import cKDTree

from assets.explode import exploded
from assets.gate.spec import container, validation
from assets.gate.spec.problems import Problems
from assets.glb import GlbScene, read_glb, scene_bounds
from assets.glb_container import open_document
from assets.packs import build, kept
from assets.packs.coarser import staged_scene
from assets.packs.kept import PackError, kept_packs, make_packs
from assets.packs.simplify import simplified
from tests.fakes.products import lathe, realistic, with_variants

pytestmark = pytest.mark.unit


def drawn(scene: GlbScene) -> tuple[np.ndarray, np.ndarray]:
    """World positions and first texture coordinates (0 where there are none) of all vertices."""
    points, uvs = [], []
    for node in scene.nodes:
        for p in scene.meshes[node.mesh].primitives if node.mesh is not None else ():
            points.append(p.positions @ node.matrix[:3, :3].T + node.matrix[:3, 3])
            uvs.append(p.uv0 if p.uv0 is not None else np.zeros((len(p.positions), 2)))
    return np.concatenate(points).astype(float), np.concatenate(uvs).astype(float)


def problems(data: bytes) -> dict[str, int]:
    found = Problems()
    container.check(data, found)
    validation.validate(open_document(data), found)
    return dict(found.counts)


def test_packs_of_a_product_with_parts_textures_and_variants() -> None:
    seed = int(np.random.default_rng().integers(1 << 30))
    glb, size = realistic(np.random.default_rng(seed), triangles=24_000, side=512)
    glb = with_variants(glb)
    whole, made = read_glb(glb), build.packs(open_document(glb))
    assert set(made) == {"broadcast", "tour", "first", "ar"}
    assert len(made["first"]) <= build.FIRST_BYTES and len(made["tour"]) <= build.TOUR_BYTES, f"seed {seed}"
    assert len(made["tour"]) < len(glb) / 3, f"seed {seed}"
    points, uvs = drawn(whole)
    near = cKDTree(points)
    for name, data in made.items():
        assert problems(data) == {}, f"{name}, seed {seed}"
        scene = read_glb(data)
        assert [n.name for n in scene.nodes if n.mesh is not None] == [n.name for n in whole.nodes if n.mesh is not None]
        low, high = scene_bounds(scene)
        assert high - low == pytest.approx(size, rel=0.01), f"{name}, seed {seed}"
        assert exploded(scene) is not None and scene.variants == whole.variants
        chosen, own = drawn(scene)
        far, _ = near.query(chosen)  # vertices are dropped, not moved: each lies where one of the seller's lies
        assert far.max() < 2e-3 * size.max(), f"{name}, seed {seed}"
        textured = own.any(1)
        # More than one of the seller's vertices may lie there (a seam): one of them has these coordinates.
        for p, uv in list(zip(chosen[textured], own[textured], strict=True))[::97]:
            same = near.query_ball_point(p, 2e-3 * size.max())
            assert np.abs(uvs[same] - uv).max(1).min() < 2e-3, f"{name}, seed {seed}"
    json = open_document(made["ar"]).json
    assert "extensionsRequired" not in json and {i["mimeType"] for i in json["images"]} <= {"image/png", "image/jpeg"}
    assert set(open_document(made["tour"]).json["extensionsRequired"]) == {
        "EXT_meshopt_compression", "EXT_texture_webp", "KHR_mesh_quantization"}


def test_the_stage_gets_the_mean_of_maps_that_it_does_not_draw() -> None:
    glb, _ = realistic(np.random.default_rng(4), triangles=2000, parts=1)
    stage = read_glb(build.packs(open_document(glb))["broadcast"])
    printed = next(m for m in stage.materials if m.name == "printed")
    assert printed.base_texture is not None and len(stage.images) == 1
    assert 0.3 < printed.roughness < 0.8 and 0.02 < printed.metallic < 0.5, "a fifth of the picture is metal, not all of it"


def test_many_plain_materials_become_one_with_their_colours() -> None:
    rng = np.random.default_rng(9)
    glb, _ = realistic(rng, triangles=4000, parts=9, plain=8)
    before, after = read_glb(glb), read_glb(build.packs(open_document(glb))["tour"])
    assert len(before.materials) == 9 and len(after.materials) == 2
    nodes = [[n for n in scene.nodes if n.mesh is not None] for scene in (before, after)]
    for a, b in zip(*nodes, strict=True):
        wanted = before.materials[before.meshes[a.mesh].primitives[0].material]
        part = after.meshes[b.mesh].primitives[0]
        if wanted.base_texture is None:
            assert part.colours is not None and np.abs(part.colours - wanted.base_colour).max() < 1e-3


@pytest.mark.parametrize(("target", "missing"), [(300, 0.06), (2000, 0.01)])  # an inscribed ball of 300 triangles lacks 5 %
def test_closed_shapes_stay_closed_and_full(target: int, missing: float) -> None:
    ball = trimesh.creation.icosphere(5)
    left = simplified(ball.vertices, np.zeros(len(ball.vertices), int), ball.faces, target)
    assert len(left) <= target
    shape = trimesh.Trimesh(ball.vertices, left, process=False)
    assert shape.is_watertight and shape.volume == pytest.approx(ball.volume, rel=missing)


def test_borders_corners_and_seams_hold() -> None:
    n = 41
    x, y = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, n))
    points = np.stack([x, y, np.where(x > 0.5, 0.3 * (x - 0.5), 0)], -1).reshape(-1, 3)  # a sheet with one crease
    i = np.arange(n * n).reshape(n, n)
    faces = np.concatenate([np.stack([i[:-1, :-1], i[:-1, 1:], i[1:, 1:]], -1).reshape(-1, 3),
                            np.stack([i[:-1, :-1], i[1:, 1:], i[1:, :-1]], -1).reshape(-1, 3)])
    left = simplified(points, np.zeros(len(points), int), faces, 0, error=1e-4)
    assert 4 <= len(left) < 60, "flat sheets need few triangles"
    used = points[np.unique(left)]
    for corner in ((0, 0, 0), (0, 1, 0), (1, 0, 0.15), (1, 1, 0.15)):
        assert np.abs(used - corner).max(1).min() < 1e-9
    area = np.linalg.norm(np.cross(points[left[:, 1]] - points[left[:, 0]], points[left[:, 2]] - points[left[:, 0]]), axis=1)
    assert area.sum() / 2 == pytest.approx(0.5 + 0.5 * np.hypot(1, 0.3), rel=1e-6)


def test_a_turned_shape_keeps_its_texture_seam() -> None:
    profile = np.stack([0.1 + 0.02 * np.sin(np.linspace(0, 5, 60)), np.linspace(0, 0.3, 60)], 1)
    corners, _, uv = lathe(profile, 80)
    rows = np.concatenate([corners.reshape(-1, 3), uv.reshape(-1, 2)], 1).round(9)
    vertices, faces = np.unique(rows, axis=0, return_inverse=True)
    left = simplified(vertices[:, :3], np.zeros(len(vertices), int), faces.reshape(-1, 3), 900, uv=vertices[:, 3:])
    assert len(left) <= 900
    wide = np.ptp(vertices[left, 3], axis=1)
    assert wide.max() < 0.5, "no triangle reaches around the seam and smears the whole picture"


def test_packs_are_made_once_and_a_broken_file_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    model = tmp_path / "a.glb"
    model.write_bytes(realistic(np.random.default_rng(1), triangles=1500, side=64)[0])
    assert kept_packs(model) == {}
    made = make_packs(model)
    stamps = {name: path.stat().st_mtime_ns for name, path in made.items()}
    twin = tmp_path / "b.glb"
    twin.write_bytes(model.read_bytes())
    assert make_packs(twin) == made and {n: p.stat().st_mtime_ns for n, p in made.items()} == stamps
    coarser = made["broadcast"].with_suffix(".npz")
    assert coarser.exists() and any(p.coarser for m in staged_scene(made["broadcast"]).meshes for p in m.primitives)
    monkeypatch.setattr(kept, "VERSION", "another")  # packs of another version are not taken: they are made anew
    kept._digest.cache_clear()
    assert kept_packs(model) == {}
    monkeypatch.undo()
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    kept._digest.cache_clear()
    assert kept_packs(model) == made
    broken = tmp_path / "c.glb"
    broken.write_bytes(model.read_bytes()[:900])
    with pytest.raises(PackError, match=r"c\.glb: its packs could not be made \(.+\)\."):
        make_packs(broken)
    assert sorted(p.name for p in (tmp_path / "cache/packs").iterdir()) == [next(iter(made.values())).parent.name]
