"""The page of voices: rows for those that speak and for those that do not, in two languages, with measured figures."""

from __future__ import annotations

import asyncio
import base64
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from assets.market import Market
from avatar.speech import RATE_HZ, Speech
from dialogue.house_voice import HouseVoice
from dialogue.polish import loudness_lufs
from dialogue.ports import LANGUAGES
from dialogue.prosody import Manner
from showroom import voices_page
from showroom.casting import voice_mistakes
from showroom.config import ShowConfig, SoundSection, VoiceSection, load_config
from showroom.content import load_content
from showroom.own_voices import anchors, over_music, section
from showroom.speakers import ESPEAK, espeak_style, market_voice_mistakes, speaker_mistakes
from showroom.voices_page import SENTENCES, Sample, page, sampled, voices_command, voices_of_language
from tests.fakes.show_parts import DEMO
from tests.fakes.voice import FakeVoice

pytestmark = pytest.mark.unit


def demo_market() -> Market:
    return load_content(load_config(DEMO)).market


class Broken(FakeVoice):
    async def speak(self, text: str, language: str) -> Speech:
        raise RuntimeError("<no> card")


def test_every_language_has_its_sentences() -> None:
    assert set(SENTENCES) == set(LANGUAGES) and all(len(set(pair)) == 2 for pair in SENTENCES.values())


def test_voices_stand_side_by_side_with_the_same_sentences() -> None:
    texts = ("A brass lamp & a <chair>.", "It is 5 kg.")
    slow = HouseVoice(manner=Manner(0.8))
    makers = (("good", FakeVoice(), HouseVoice()), ("slow", FakeVoice(), slow), ("bad", Broken(), HouseVoice()))
    samples = [asyncio.run(sampled(name, voice, texts, "en", house, name == "slow")) for name, voice, house in makers]
    mute = Sample("mute", (), 0.0, 0.0, "The mute voice sent silence.")
    out = page([*samples, mute], texts, "en")
    assert "mute 语音发来的是静音。" in out
    assert out.count("<audio") == 4 and "RuntimeError: &lt;no&gt; card" in out and "<chair>" not in out and "声音" in out
    assert out.count('class="now"') == 1 and out.count("LUFS</td>") == 2 and "five kilograms" in out
    sounds = [soundfile.read(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"base64,([^\"]+)", out)]
    assert all(rate == RATE_HZ for _, rate in sounds)
    assert len(sounds[2][0]) == pytest.approx(len(sounds[0][0]) / 0.8, rel=0.1), "as the house has it said"


def test_the_command_writes_the_page_and_says_what_it_cannot_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices_page, "voices_of_language", lambda config, market, language, network: iter(
        [("fake a", FakeVoice), ("fake b", Broken), ("fake c", FakeVoice)]))
    config, out, market = ShowConfig(folder=tmp_path), tmp_path / "voices.html", demo_market()

    def done(language: str, to: Path, most: int = 90) -> dict[str, Any]:
        return voices_command(config, market, language, to, (), False, most, lambda share, what: None)

    first = done("zh-CN", out, 2)
    assert first["code"] == 0 and [bool(v.get("why")) for v in first["voices"]] == [False, True]
    assert "1 left out" in first["lines"][0] and "还有 1 种声音未列出" in out.read_text(encoding="utf-8")
    assert "Your show now" not in out.read_text(encoding="utf-8"), "that show speaks English"
    assert done("xx", out)["code"] == 2 and "cannot be written" in done("zh", tmp_path)["lines"][0]
    mute = voices_command(config, market, "en", tmp_path / "no" / "x.html", ("Hi.", "😀"), False, 1, lambda share, what: None)
    assert mute["code"] == 2 and mute["lines"] == ["--say '😀': nothing in it can be said.",
                                                   f"-o {tmp_path}/no/x.html: there is no folder {tmp_path}/no."]


def test_the_show_is_heard_in_each_mood_and_a_missing_licence_is_said(tmp_path: Path) -> None:
    (tmp_path / "voice.toml").write_text('engine = "tests.fakes.voice:FakeVoice"\n[mood.happy]\npace = 1.25\n'
                                         "[mood.serious]\nenergy_db = -6\n", encoding="utf-8")
    (tmp_path / "b.flac").write_bytes(b"x")
    config = ShowConfig(folder=tmp_path, sound=SoundSection(bed=Path("b.flac")))
    found = asyncio.run(anchors(config, demo_market(), "A lamp of brass."))
    (anchor,) = found
    neutral, happy, warm, serious = (speech for speech, _ in anchor.moods)
    assert len(happy.pcm) == pytest.approx(len(neutral.pcm) / 1.25, rel=0.05) and np.array_equal(warm.pcm, neutral.pcm)
    assert np.abs(serious.pcm).max() == pytest.approx(np.abs(neutral.pcm).max() / 2, rel=0.05)
    music = over_music(config, neutral)
    out = section(found, music, "", [["<audio>"] * 4])
    assert music[0] is None and "no licence" in out and "缺少许可说明" in out
    assert "pace = 1.25" in out and "energy_db = -6" in out and out.count("<audio>") == 4


def test_the_show_is_heard_over_its_music_as_the_studio_mixes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    t = np.arange(9 * RATE_HZ) / RATE_HZ
    soundfile.write(tmp_path / "b.flac", 0.1 * np.sin(2 * np.pi * 330 * t), RATE_HZ)
    (tmp_path / "b.licence.toml").write_text('licence = "CC0-1.0"\nsource = "this test"\n', encoding="utf-8")
    speech = asyncio.run(FakeVoice().speak("A lamp of brass on a desk.", "en"))
    pcm, en, zh = over_music(ShowConfig(folder=tmp_path, sound=SoundSection(bed=Path("b.flac"))), speech)
    assert pcm is not None and not en and not zh
    assert loudness_lufs(pcm[: RATE_HZ] / 32768.0) == pytest.approx(-30.0, abs=1.0), "music before she speaks"
    assert over_music(ShowConfig(folder=tmp_path), speech) == (None, "", "")


def test_a_speaker_can_be_taken_from_the_page_and_one_that_is_not_there_is_refused() -> None:
    config = ShowConfig(folder=Path("/nowhere"))
    names = [name for name, _ in voices_of_language(config, demo_market(), "de", False)]
    assert names[0] == "espeak f2" and {f"espeak {name}" for name in ESPEAK} <= set(names), "the show's own first"
    for engine, language, good, bad in (("espeak", "de", "m3", "f9"), ("edge", "de", "de-DE-KatjaNeural", "en-US-AriaNeural"),
                                        ("auto", "de", "f4", "af_heart"), ("auto", "en", "af_heart", "af__"),
                                        ("kokoro", "zh", "zf_xiaobei", "af_heart"), ("openai", "en", "alloy", "")):
        assert not speaker_mistakes(HouseVoice(speaker=good), engine, language)
        found = speaker_mistakes(HouseVoice(guests={"adam": HouseVoice(speaker=bad)}), engine, language)
        assert [repr(bad) in line and "[anchor.adam]" in line for line in found] == [True] * bool(bad), (engine, bad)
    assert speaker_mistakes(HouseVoice(engine="pyttsx3", speaker="x"), "auto", "en") == \
        ["voice.toml: speaker = 'x': pyttsx3 has one voice of each language; leave speaker out"]
    assert "was 'm3' meant" not in speaker_mistakes(HouseVoice(speaker="zz"), "espeak", "en")[0]
    assert (espeak_style("f4", True).variant, espeak_style("am_echo", False).variant) == ("f4", "m3"), "a man stays a man"


def test_a_name_in_the_market_that_no_voice_has_is_refused_and_one_of_another_engine_is_not(tmp_path: Path) -> None:
    market = demo_market()
    for name in ("", "af_heart", "f2", "en-US-AriaNeural", "zf_xiaobei"):
        assert not market_voice_mistakes(replace(market, voice=name), "espeak"), name
    assert not market_voice_mistakes(replace(market, voice="alloy"), "openai")
    for engine in ("espeak", "kokoro", "edge", "pyttsx3"):
        (found,) = market_voice_mistakes(replace(market, voice="alloy"), engine)
        assert "market.toml: voice = 'alloy'" in found
    (tmp_path / "sayings.toml").write_text("[en]\n\"A\" = 5\n", "utf-8")
    (tmp_path / "voice.toml").write_text("speaker = \"zz\"\n", "utf-8")
    spoken = VoiceSection(engine="espeak", sayings=Path("sayings.toml"), recordings=Path("none.csv"))
    broken = ShowConfig(folder=tmp_path, voice=spoken)
    found = voice_mistakes(broken, replace(market, voice="alloy"))
    assert [any(word in line for line in found) for word in ("none.csv", "'A' = 5", "'zz'", "'alloy'")] == [True] * 4, found
