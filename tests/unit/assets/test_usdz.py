"""USDZ: opens again with Pixar's library, at true size, with its parts and pictures, laid out as phones ask for it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.gate.inspection import repair
from assets.gate.standee import standee_glb
from assets.gate.usd import usd_to_glb
from assets.glb import read_glb, scene_bounds
from assets.glb_container import open_document
from assets.packs import usdz
from assets.packs.kept import PackError, kept_packs, make_usdz
from tests.fakes.products import realistic

pytestmark = pytest.mark.unit


def broken_rules(path: Path) -> list[str]:
    """What Pixar's own validators call an error or a warning."""
    from pxr import Usd, UsdValidation

    context = UsdValidation.ValidationContext(UsdValidation.ValidationRegistry().GetOrLoadAllValidators())
    return [f"{e.GetName()}: {e.GetMessage()}" for e in context.Validate(Usd.Stage.Open(str(path)))]


def test_opens_again_with_size_parts_materials_and_pictures(tmp_path: Path) -> None:
    seed = int(np.random.default_rng().integers(1 << 30))
    rng = np.random.default_rng(seed)
    parts = int(rng.integers(2, 6))
    glb, size = realistic(rng, triangles=6000, parts=parts, side=64, plain=parts + 4)
    path = usdz.write_usdz(open_document(glb), tmp_path, "product")
    assert broken_rules(path) == [], f"seed {seed}"
    with zipfile.ZipFile(path) as file, path.open("rb") as raw:
        names = [i.filename for i in file.infolist()]
        assert names[0] == "product.usdc" and {n.rpartition(".")[2] for n in names[1:]} == {"png", "jpg"}
        for item in file.infolist():
            raw.seek(item.header_offset + 26)
            name, extra = (int.from_bytes(raw.read(2), "little") for _ in range(2))
            assert item.compress_type == zipfile.ZIP_STORED
            assert (item.header_offset + 30 + name + extra) % 64 == 0, "phones read it where it lies"
    again = read_glb(usd_to_glb(path))
    low, high = scene_bounds(again)
    assert high - low == pytest.approx(size, rel=1e-4), f"true size, seed {seed}"
    assert again.triangle_count == read_glb(glb).triangle_count
    whole = read_glb(glb)
    drawn = {whole.materials[p.material].name for m in whole.meshes for p in m.primitives if p.material is not None}
    assert {m.name for m in again.materials} == drawn and len(again.images) >= 3, f"seed {seed}"
    shown = {m.name: m for m in again.materials}
    for material in (m for m in whole.materials if m.name in drawn):
        found = shown[material.name]
        if material.base_texture is None:
            assert found.base_colour == pytest.approx(material.base_colour, abs=1e-5)
            assert (found.metallic, found.roughness) == pytest.approx((material.metallic, material.roughness), abs=1e-5)
        else:
            assert found.base_texture is not None


def test_a_photo_stands_in_the_room_at_its_height(tmp_path: Path) -> None:
    height = float(np.random.default_rng().uniform(0.2, 2.0))
    picture = Image.new("RGB", (96, 128), (250, 250, 250))
    picture.paste((180, 40, 30), (20, 16, 76, 112))
    data = io.BytesIO()
    picture.save(data, "PNG")
    glb, cut = standee_glb(data.getvalue(), height)
    path = usdz.write_usdz(open_document(glb), tmp_path, "photo")
    again = read_glb(usd_to_glb(path))
    low, high = scene_bounds(again)
    assert cut and broken_rules(path) == [] and float((high - low)[1]) == pytest.approx(height, rel=1e-4)
    masked = [m for m in again.materials if m.alpha_mode == "MASK"]
    assert len(masked) == 2 and all(m.alpha_cutoff == pytest.approx(0.5) for m in masked), "cut out, not a white board"


def test_more_vertices_than_a_phone_takes_are_made_fewer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from pxr import Usd, UsdGeom

    monkeypatch.setattr(usdz, "VERTICES", 2000)
    glb, size = realistic(np.random.default_rng(), triangles=9000, parts=3, side=32)
    stage = Usd.Stage.Open(str(usdz.write_usdz(open_document(glb), tmp_path, "p")))
    meshes = [UsdGeom.Mesh(p) for p in stage.Traverse() if p.IsA(UsdGeom.Mesh)]
    assert 0 < sum(len(m.GetPointsAttr().Get()) for m in meshes) <= 2000
    bounds = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"]).ComputeWorldBound(stage.GetDefaultPrim()).GetRange()
    assert np.array(bounds.GetSize()) == pytest.approx(size, rel=0.02)


def test_made_beside_the_packs_in_the_locked_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    source, mended = tmp_path / "p.glb", tmp_path / "mended.glb"
    source.write_bytes(realistic(np.random.default_rng(), triangles=1500, parts=2, side=32)[0])
    assert not repair(source, mended).refused
    path = make_usdz(mended)
    assert kept_packs(mended)["usdz"] == path and make_usdz(mended) == path and path.read_bytes()[:2] == b"PK"
    assert sorted(p.name for p in path.parent.iterdir()) == sorted(
        ["broadcast.npz", "made.json", "product.usdz", *(f"{n}.glb" for n in ("broadcast", "tour", "first", "ar"))])
    assert [p.name for p in path.parent.parent.iterdir()] == [path.parent.name], "nothing half made is left"
    broken = tmp_path / "broken.glb"
    broken.write_bytes(source.read_bytes()[:200])
    with pytest.raises(PackError, match="could not be made"):
        make_usdz(broken)
