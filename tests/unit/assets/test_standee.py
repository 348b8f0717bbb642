"""A product with nothing but a photo: cut out, at true height, through the same gate."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from assets.gate import inspect
from assets.gate.standee import standee_glb
from assets.glb import GlbError, read_glb, scene_bounds

pytestmark = pytest.mark.unit


def photo(background=(246, 245, 243), kind: str = "JPEG") -> tuple[bytes, float]:
    """A red bottle of 160 x 300 pixels somewhere on a plain ground, with a white label; its width by its height."""
    picture = Image.new("RGB", (600, 500), background)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((220, 120, 379, 419), fill=(180, 30, 40))
    draw.rectangle((250, 200, 349, 299), fill=background)  # the label has the ground's colour and is no ground
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return out.getvalue(), 160 / 300


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_plain_ground_is_cut_away_and_the_height_is_true(tmp_path: Path, kind: str) -> None:
    height = float(np.random.default_rng().uniform(0.1, 1.8))
    data, aspect = photo(kind=kind)
    path = tmp_path / f"bottle.{kind.lower()}"
    path.write_bytes(data)
    report = inspect(path, (0.1, height, 0.1))
    assert not report.refused and report.scene is not None, report.findings
    assert [f.code for f in report.findings if f.tier == "repaired" and f.code == "standee"]
    low, high = scene_bounds(report.scene)
    assert high[1] - low[1] == pytest.approx(height, rel=0.01) and high[0] - low[0] == pytest.approx(height * aspect, rel=0.03)
    image = np.asarray(Image.open(io.BytesIO(report.scene.images[0].data)).convert("RGBA"))
    assert (image[..., 3] >= 128).mean() > 0.98  # bottle and label


def test_a_busy_photo_stands_as_a_board_and_transparency_is_kept() -> None:
    noise = np.random.default_rng().integers(0, 255, (200, 300, 3)).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    glb, cut = standee_glb(out.getvalue(), 1.0)
    low, high = scene_bounds(read_glb(glb))
    assert not cut and high[0] - low[0] == pytest.approx(1.5, rel=1e-3)
    clear = np.zeros((100, 100, 4), np.uint8)
    clear[20:80, 40:60] = 255
    out = io.BytesIO()
    Image.fromarray(clear).save(out, "PNG")
    glb, _ = standee_glb(out.getvalue(), 0.6)
    low, high = scene_bounds(read_glb(glb))
    assert high[0] - low[0] == pytest.approx(0.2, rel=1e-3)


def test_a_photo_without_a_size_and_what_is_no_photo_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.jpg"
    path.write_bytes(photo()[0])
    assert [f.code for f in inspect(path).findings] == ["size_missing"]
    for junk in (b"<html>", photo()[0][:50], photo(kind="PNG")[0][:200]):
        with pytest.raises(GlbError):
            standee_glb(junk, 1.0)
