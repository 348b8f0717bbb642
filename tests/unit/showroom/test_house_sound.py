"""Music with and without a licence, and loops that nobody hears begin again."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import soundfile

from render.clock import RATE_HZ
from showroom.config import ShowConfig, SoundSection
from showroom.house_sound import BedRefused, bed_findings, looped, music_bed, prepared_bed
from tests.fakes.loudness_meter import ebur128_lufs

pytestmark = pytest.mark.unit
GOOD = 'licence = "CC0-1.0"\nsource = "https://example.org/evening"\n'


def music(seconds: float, rate_hz: int) -> np.ndarray:
    """Slow chords that swell: beginning and end differ."""
    rng, t = np.random.default_rng(random.randrange(10**6)), np.arange(int(seconds * rate_hz)) / rate_hz
    tones = sum(np.sin(2 * np.pi * f * t + rng.uniform(0, 6)) * (1.2 + np.sin(t * rng.uniform(0.3, 2)))
                for f in rng.uniform(150, 900, 5))
    return np.asarray(tones * 0.05 + rng.normal(0, 0.002, len(t)))


def show(folder: Path, name: str = "evening.wav", licence: str | None = GOOD, seconds: float = 9.0) -> ShowConfig:
    rate_hz = random.choice([22_050, 44_100, 48_000])
    soundfile.write(folder / name, np.stack([music(seconds, rate_hz)] * 2, axis=1), rate_hz)
    if licence is not None:
        (folder / "evening.licence.toml").write_text(licence, encoding="utf-8")
    return ShowConfig(folder=folder, sound=SoundSection(bed=Path(name)))


def test_licensed_music_becomes_a_loop_of_the_wanted_loudness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    config = show(tmp_path, seconds=random.uniform(9, 14))
    assert bed_findings(config) == []
    bed = prepared_bed(config)
    assert bed is not None and bed == prepared_bed(config) and bed.duck_db == config.sound.duck_db
    assert ebur128_lufs(np.load(bed.loop)) == pytest.approx(config.sound.bed_lufs, abs=1.0)
    assert prepared_bed(ShowConfig(folder=tmp_path)) is None and bed_findings(ShowConfig(folder=tmp_path)) == []


def test_the_seam_is_no_louder_than_the_music_and_no_click() -> None:
    loop = looped(music(10, RATE_HZ), RATE_HZ, -30.0).astype(float)
    twice = np.concatenate([loop, loop])
    usual = np.abs(np.diff(loop)).max()
    assert np.abs(np.diff(twice[len(loop) - 500 : len(loop) + 500])).max() <= usual * 1.05
    blocks = [np.sqrt((twice[a : a + 4800] ** 2).mean()) for a in range(0, len(twice) - 4800, 4800)]
    inside = blocks[: len(loop) // 4800]
    seam = blocks[len(loop) // 4800 - 25 : len(loop) // 4800 + 5]
    assert 0.4 * min(inside[:-25]) < min(seam) and max(seam) < 1.8 * max(inside[:-25])


@pytest.mark.parametrize(("licence", "en", "zh"), [
    (None, "has no licence", "缺少许可"), ('source = "https://a.b"', "licence", "licence"),
    ('licence = "CC0-1.0"', "source", "source"), ('licence = "unknown"\nsource = "x"', "licence", "licence"),
    ('licence = "CC-BY-NC-4.0"\nsource = "https://a.b"', "forbids", "不允许"),
    ('licence = "CC BY-ND 4.0"\nsource = "https://a.b"', "forbids", "不允许"), ("licence = ", "cannot be read", "无法读取"),
    ('licence = 7\nsource = "x"', "licence", "licence")])
def test_music_without_the_right_to_it_is_refused_at_check_and_on_air(tmp_path: Path, licence: str | None, en: str,
                                                                      zh: str) -> None:
    config, told = show(tmp_path, licence=licence), []
    [finding] = bed_findings(config)
    assert en in finding.en and zh in finding.zh and "evening.wav" in finding.en and "\n" not in finding.en
    assert music_bed(config, told.append) is None and len(told) == 1 and finding.en in told[0]


@pytest.mark.parametrize("fault", ["gone", "text", "short", "silent", "cut"])
def test_files_that_are_no_music_are_refused_in_one_sentence(tmp_path: Path, fault: str,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    config = show(tmp_path, seconds=3.0 if fault == "short" else 9.0)
    path = tmp_path / "evening.wav"
    if fault == "gone":
        path.unlink()
    elif fault == "text":
        path.write_text("la la la")
    elif fault == "silent":
        soundfile.write(path, np.zeros(9 * RATE_HZ), RATE_HZ)
    elif fault == "cut":
        path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(BedRefused) as caught:
        prepared_bed(config)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".") and caught.value.finding.zh.endswith("。")
