"""Findings as a page with pictures: drawn by the real renderer, both languages, nothing for a refused file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.gate.assembly import Assembly, Part
from assets.gate.inspection import repair
from showroom.commands import add_command
from showroom.config import load_config
from showroom.product_report import draw_pictures, report_html
from tests.fakes.products import lathe, realistic
from tests.fakes.show_parts import DEMO, demo_content

pytestmark = pytest.mark.unit


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"), np.int16)


def test_true_size_is_true_beside_a_person(tmp_path: Path) -> None:
    """A red post of half a person's height is half as high in the picture."""
    made = Assembly("test")
    corners, normals, _ = lathe(np.array([[0, 0], [0.2, 0], [0.2, 0.85], [0, 0.85]]), 24)
    red = made.material({"pbrMetallicRoughness": {"baseColorFactor": [0.8, 0.02, 0.02, 1], "metallicFactor": 0}})
    made.add(Part("post", corners, normals, None, red))
    model = tmp_path / "post.glb"
    model.write_bytes(made.glb())
    names = draw_pictures(model, model, tmp_path / "out")
    assert {"poster.jpg", "turntable.webp", "true_size.jpg", "before.jpg", "after.jpg",
            *(f"view_{k}.jpg" for k in range(8))} == set(names)
    picture = pixels(tmp_path / "out/true_size.jpg")
    post = (picture[..., 0] - picture[..., 1] > 60).any(1).nonzero()[0]
    person = ((np.abs(picture - (152, 158, 172)).max(2) < 14).sum(1) > 4).nonzero()[0]
    high, tall = np.ptp(post) + 1, np.ptp(person) + 1
    assert high / tall == pytest.approx(0.5, abs=0.03)
    assert np.ptp((picture[..., 0] - picture[..., 1] > 60).any(0).nonzero()[0]) / high == pytest.approx(0.4 / 0.85, abs=0.04)


def test_eight_views_go_around_the_product(tmp_path: Path) -> None:
    """A handle on one side is on the right, behind, on the left, in front; no view is empty."""
    made = Assembly("test")
    corners, normals, _ = lathe(np.array([[0, 0], [0.1, 0], [0.1, 0.3], [0, 0.3]]), 24)
    grey = made.material({"pbrMetallicRoughness": {"baseColorFactor": [0.3, 0.3, 0.3, 1], "metallicFactor": 0}})
    red = made.material({"pbrMetallicRoughness": {"baseColorFactor": [0.8, 0.02, 0.02, 1], "metallicFactor": 0}})
    made.add(Part("body", corners, normals, None, grey))
    made.add(Part("front", corners * (0.3, 0.3, 0.3) + (0, 0.1, 0.12), normals, None, red))  # +Z is the front
    (tmp_path / "m.glb").write_bytes(made.glb())
    draw_pictures(tmp_path / "m.glb", None, tmp_path / "out")
    spots = []
    for k in range(8):
        picture = pixels(tmp_path / f"out/view_{k}.jpg")
        assert np.abs(picture - picture[0, 0]).max(2).mean() > 5, "not blank"
        x = (picture[..., 0] - picture[..., 1] > 60).nonzero()[1]
        spots.append(float(x.mean()) / picture.shape[1] - 0.5 if len(x) > 20 else None)
    assert spots[0] == pytest.approx(0, abs=0.03) and spots[4] is None, "seen from the front, hidden from behind"
    assert Image.open(tmp_path / "out/turntable.webp").n_frames > 12, "frames that look alike are joined"
    assert spots[2] > 0.1 and spots[6] == pytest.approx(-spots[2], abs=0.04)


def test_a_report_of_a_model_in_millimetres_shows_both_and_says_what_was_done(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    seed = int(np.random.default_rng().integers(1 << 30))
    glb, size = realistic(np.random.default_rng(seed), triangles=1500, side=64, unit=1000.0, z_up=True)
    model, page = tmp_path / "a<b>.glb", tmp_path / "report.html"
    model.write_bytes(glb)
    listed = ",".join(f"{v:.4f}" for v in size)
    result = add_command(load_config(DEMO), demo_content(), model, "thing", None, listed, True, report=page)
    assert result["code"] == 0 and result["verdict"] == "repaired", f"seed {seed}: {result['lines']}"
    words = page.read_text(encoding="utf-8")
    assert "a&lt;b&gt;.glb" in words and "a<b>" not in words
    assert "As it came" in words and "原始文件" in words and "已修复" in words
    assert words.count("data:image/jpeg;base64,") == 12 and words.count("data:image/webp;base64,") == 1
    for finding in result["findings"]:
        assert finding["message"]["zh"] in words and finding["code"] in words
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a<b>.glb", "report.html", "state"]


def test_a_refused_file_gets_a_page_without_pictures(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    model, page = tmp_path / "bad.glb", tmp_path / "report.html"
    model.write_bytes(realistic(np.random.default_rng(2), triangles=300, side=16)[0][:-900])
    result = add_command(load_config(DEMO), demo_content(), model, "bad", None, None, False, report=page)
    assert result["code"] == 1
    words = page.read_text(encoding="utf-8")
    assert "已拒绝" in words and "data:image" not in words
    assert result["findings"][0]["message"]["en"].split("(")[0][:20] in words
    nowhere = add_command(load_config(DEMO), demo_content(), model, "bad", None, None, True, report=tmp_path / "no/r.html")
    assert nowhere["code"] == 2 and "cannot be written" in nowhere["lines"][0]


def test_before_and_after_differ_where_a_repair_can_be_seen(tmp_path: Path) -> None:
    glb, size = realistic(np.random.default_rng(3), triangles=1500, side=64, z_up=True)
    model = tmp_path / "m.glb"
    model.write_bytes(glb)
    report = repair(model, tmp_path / "fixed.glb", (float(size[0]), float(size[1]), float(size[2])))
    assert report.needs_repair
    draw_pictures(tmp_path / "fixed.glb", model, tmp_path / "out")
    before, after = pixels(tmp_path / "out/before.jpg"), pixels(tmp_path / "out/after.jpg")
    assert np.abs(before - after).mean() > 4, "it lay on its back"


def test_the_page_needs_nothing_but_what_it_is_given() -> None:
    words = report_html("x", {"verdict": "accepted", "findings": []}, {})
    assert "未发现问题" in words and "http" not in words
