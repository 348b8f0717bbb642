"""Two anchors of one show sound like two: heard in their pitch, in the chosen voice, in the one that steps in, and in what is
kept; captions and words stay each sentence's own."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path

import numpy as np
import pytest

from assets.policy_file import load_policy
from avatar.speech import RATE_HZ, Speech, Utterance
from dialogue.adapters import kokoro
from dialogue.cast import Cast
from dialogue.fallback import FallbackVoice
from dialogue.policy import Policy
from showroom import wiring
from showroom.casting import casting_mistakes, make_speaker
from showroom.config import ShowConfig, load_config
from showroom.content import load_content
from showroom.rehearsal import Rehearsal
from tests.fakes.show_parts import DEMO

pytestmark = pytest.mark.peer
WORDS = ("river", "lamp", "summer", "seven", "window", "paper", "morning", "garden", "travel", "yellow", "winter", "room")
HIGHER = 1.25  # a woman's voice over a man's: four semitones; usually seven to twelve


def median_pitch_hz(pcm: np.ndarray) -> float:
    """Of voiced stretches of 60 ms, by the autocorrelation's highest peak between 65 and 400 Hz."""
    x, found = pcm[::6].astype(float), []
    rate_hz, size = RATE_HZ // 6, 480
    for at in range(0, len(x) - size, 160):
        part = x[at : at + size] * np.hanning(size)
        if np.abs(part).max() < 800:
            continue
        likeness = np.fft.irfft(np.abs(np.fft.rfft(part, 1024)) ** 2)
        first = int(rate_hz / 400)
        lag = first + int(likeness[first : int(rate_hz / 65)].argmax())
        if likeness[lag] > 0.45 * likeness[0]:
            found.append(rate_hz / lag)
    return float(np.median(found))


def duet(tmp_path: Path, engine: str, voice: str = "", avatar: str = "mira") -> ShowConfig:
    config = load_config(DEMO)
    show = config.show.model_copy(update={"anchors": {"adam": "adam"}, "avatar": avatar})
    spoken = config.voice.model_copy(update={"engine": engine, "recordings": None, "sayings": None})
    if voice:
        (tmp_path / "voice.toml").write_text(voice)
        config = config.model_copy(update={"folder": tmp_path})
    return config.model_copy(update={"show": show, "voice": spoken})


def sentence() -> str:
    return f"The {' '.join(random.sample(WORDS, 6))}."


def speakers(config: ShowConfig) -> tuple[FallbackVoice, Cast]:
    market = load_content(load_config(DEMO)).market
    return make_speaker(config, market, Policy(load_policy("own-site")), lambda voice, why: None, lambda said, verdict: None)


async def heard(cast: Cast, who: str, text: str) -> Speech:
    async with contextlib.aclosing(cast.speak(Utterance(f"u{random.random()}", text, "en", who))) as said:  # type: ignore[type-var]
        clauses = [speech async for _, _, speech in said]
    assert len(clauses) == 1
    return clauses[0]


async def test_the_second_anchor_has_a_mans_voice_when_the_small_voice_speaks(tmp_path: Path,
                                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    chain, cast = speakers(duet(tmp_path, "espeak"))
    try:
        assert await chain.warm("en") == ("espeak",)
        text = sentence()
        hers, his = await heard(cast, "anchor", text), await heard(cast, "adam", text)
        assert hers.engine == his.engine == "espeak"
        assert median_pitch_hz(hers.pcm) > HIGHER * median_pitch_hz(his.pcm), text
        assert [w.text for w in hers.words] == [w.text for w in his.words] == text.split()
        assert chain.spoken == {"espeak": 2}, "both are counted on the operator's board"
        await asyncio.gather(*chain._keeping, *chain._beside[0]._keeping)
        her_clip, his_clip = [await c._clips.speak(text, "en") for c in (chain, chain._beside[0])]
        assert median_pitch_hz(her_clip.pcm) > HIGHER * median_pitch_hz(his_clip.pcm), "what is kept is each one's own"
    finally:
        await chain.close()


@pytest.mark.skipif(not kokoro.is_here(), reason="Kokoro's parts are not in the cache; `nightwindow prepare` fetches them")
async def test_both_neural_voices_come_out_of_one_process_and_are_kept_apart(tmp_path: Path) -> None:
    chain, _ = speakers(duet(tmp_path, "kokoro"))
    try:
        first, guest = (c._voices[0] for c in (chain, chain._beside[0]))
        text = "Good evening."
        for voice in (first, guest):
            voice.in_time_s = float("inf")  # nobody waits
        hers, his = await first.speak(text, "en"), await guest.speak(text, "en")
        assert median_pitch_hz(hers.pcm) > HIGHER * median_pitch_hz(his.pcm)
        assert first.itself.worker is guest.itself.worker and first.version != guest.version
    finally:
        await chain.close()


def test_voice_toml_decides_where_it_names_the_guest(tmp_path: Path) -> None:
    config = duet(tmp_path, "kokoro", '[anchor.adam]\nspeaker = "am_fenrir"\npace = 0.9\n')
    chain, cast = speakers(config)
    guest = chain._beside[0]._voices[0]
    assert "am_fenrir" in guest.version and "am_fenrir" not in chain._voices[0].version
    assert cast.of(Utterance("u", "x", "en", "adam"))._house.manner.pace == 0.9
    assert cast.of(Utterance("u", "x", "en", "nobody")) is cast.of(Utterance("u", "x", "en"))
    assert not casting_mistakes(config, "en")
    wrong = duet(tmp_path, "kokoro", '[anchor.adma]\nspeaker = "am_fenrir"\n')
    assert "[anchor.adma]" in casting_mistakes(wrong, "en")[0] and "adam" in casting_mistakes(wrong, "en")[0]


def test_adam_alone_is_a_man_unless_the_market_chose_a_voice(tmp_path: Path) -> None:
    market = load_content(load_config(DEMO)).market
    assert "am_michael" in wiring.make_voice("kokoro", duet(tmp_path, "kokoro", avatar="adam"), market).version  # type: ignore[attr-defined]
    assert "af_heart" in wiring.make_voice("kokoro", duet(tmp_path, "kokoro"), market).version  # type: ignore[attr-defined]


async def test_a_guests_lines_are_rehearsed_in_the_guests_voice() -> None:
    class Who:
        keeps = True

        def __init__(self) -> None:
            self.said: list[str] = []

        async def rehearse(self, utterance: Utterance) -> int:
            self.said.append(utterance.text)
            return 0

        async def prepare_opening(self, language: str) -> int:
            return 0

    class Script:
        def peek(self, ahead: int) -> list[object]:
            line = type("Line", (), {"sku": None, "cites": (), "mood": "warm", "delivery": ()})
            return [type("L", (line,), {"text": f"line {i}", "by": by})() for i, by in enumerate(["", "adam", "", "adam"])]

    async def sleep(seconds: float) -> None:
        return None

    her, him = Who(), Who()
    await Rehearsal(Cast(her, {"adam": him}), Script(), "en", sleep).once(4)  # type: ignore[dict-item, arg-type]
    assert him.said == ["line 1", "line 3"] and her.said == ["line 0", "line 2"]
