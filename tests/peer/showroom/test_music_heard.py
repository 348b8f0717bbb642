"""Speech and music as they are in a finished file: through mixer and AAC encoder, judged by ffmpeg's loudness meter."""

from __future__ import annotations

import asyncio
import random
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from avatar.perform import perform
from avatar.speech import Speech, Utterance
from avatar.visemes import VISEME_WEIGHTS
from dialogue.adapters.espeak import EspeakVoice
from render.clock import RATE_HZ, ticks
from render.cue import Cue, Play
from render.messages import ClipRequest
from showroom.avatars import prepare_avatar
from showroom.clips import _settings, run_clip
from showroom.config import PictureSection, ShowConfig, SoundSection
from showroom.house_sound import prepared_bed
from tests.fakes.loudness_meter import ebur128_lufs
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.peer
BEFORE_S, AFTER_S = 1.5, 3.2


def clip(folder: Path, speech: Speech) -> np.ndarray:
    """(n,) int16 of a finished mp4: music alone, speech, music alone."""
    content = demo_content()
    config = ShowConfig(folder=folder, picture=PictureSection(width_px=320, height_px=180, fps=24, preset="ultrafast"),
                        sound=SoundSection(bed=Path("evening.flac")))
    out = folder / "out.mp4"

    async def render() -> None:
        settings = await _settings(config, content, prepare_avatar(lambda share, what: None), ())
        moves = perform(speech, Utterance("u", "u", "en"), visemes=VISEME_WEIGHTS, targets={}, mark=content.spec.marks[0],
                        seed=1)
        anchor = content.spec.marks[0].anchor_id
        cues: tuple[Cue, ...] = (Play(ticks(BEFORE_S), anchor, "u", moves, speech.pcm, "u", "en"),)
        end = ticks(BEFORE_S) + len(speech.pcm) // 2000 * 2000 + ticks(AFTER_S)
        await run_clip(ClipRequest(replace(settings, bed=prepared_bed(config)), cues, end, out, None))

    asyncio.run(render())
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(out), "-f", "s16le", "-ac", "1", "-ar", str(RATE_HZ), "-"],
                         capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.int16)


def test_music_lies_below_speech_and_fills_the_pauses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(random.randrange(10**6))
    t = np.arange(12 * RATE_HZ) / RATE_HZ
    soundfile.write(tmp_path / "evening.flac", sum(np.sin(2 * np.pi * f * t) for f in rng.uniform(150, 800, 6)) * 0.05, RATE_HZ)
    (tmp_path / "evening.licence.toml").write_text('licence = "CC0-1.0"\nsource = "made by this test"\n')

    async def said() -> Speech:
        voice = EspeakVoice()
        try:
            return await voice.speak("Turn the brass knob on the base, and it dims without steps.", "en")
        finally:
            await voice.close()

    speech = asyncio.run(said())
    sound = clip(tmp_path, speech)
    start, end = ticks(BEFORE_S), ticks(BEFORE_S) + len(speech.pcm)
    assert ebur128_lufs(sound[start:end]) == pytest.approx(-16.0, abs=1.0), "speech"
    assert ebur128_lufs(sound[4800 : start - 14_400]) == pytest.approx(-30.0, abs=1.5), "music alone"
    assert ebur128_lufs(sound[end + ticks(2.2) :]) == pytest.approx(-30.0, abs=1.5), "music alone again"
    loud = np.abs(speech.pcm.astype(int)) > 3000
    assert np.abs(sound[start:end][loud]).max() <= 32_767 * 10 ** (-0.2 / 20), "and room above it"
    late = np.correlate(sound[start - 200 : start + 40_200].astype(float), speech.pcm[:40_000].astype(float), "valid")
    assert abs(int(late.argmax()) - 200) <= 2, "speech is where it was put"
