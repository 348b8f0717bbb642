"""The page of voices: rows for those that speak and for those that do not, in two languages, with measured figures."""

from __future__ import annotations

import asyncio
import base64
import io
import re
from pathlib import Path

import pytest
import soundfile

from avatar.speech import RATE_HZ, Speech
from dialogue.house_voice import HouseVoice
from dialogue.ports import LANGUAGES
from dialogue.prosody import Manner
from showroom import voices_page
from showroom.config import ShowConfig
from showroom.voices_page import SENTENCES, page, sampled, voices_command
from tests.fakes.voice import FakeVoice

pytestmark = pytest.mark.unit


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
    out = page(samples, texts, "en")
    assert out.count("<audio") == 4 and "RuntimeError: &lt;no&gt; card" in out and "<chair>" not in out and "声音" in out
    assert out.count('class="now"') == 1 and out.count("LUFS</td>") == 2 and "five kilograms" in out
    sounds = [soundfile.read(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"base64,([^\"]+)", out)]
    assert all(rate == RATE_HZ for _, rate in sounds)
    assert len(sounds[2][0]) == pytest.approx(len(sounds[0][0]) / 0.8, rel=0.1), "as the house has it said"


def test_the_command_writes_the_page_and_says_what_it_cannot_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices_page, "voices_of_language", lambda config, language, network: iter(
        [("fake a", FakeVoice), ("fake b", Broken)]))
    config, out = ShowConfig(folder=tmp_path), tmp_path / "voices.html"
    done = voices_command(config, "zh-CN", out, (), False, 12, lambda share, what: None)
    assert done["code"] == 0 and [bool(v.get("why")) for v in done["voices"]] == [False, True] and out.stat().st_size > 5000
    assert voices_command(config, "xx", out, (), False, 12, lambda share, what: None)["code"] == 2
    assert "cannot be written" in voices_command(config, "en", tmp_path / "no" / "x.html", ("hi",), False, 12,
                                                 lambda share, what: None)["lines"][0]
