"""Whatever is wrong in voice.toml is said in one sentence a mistake, in English and in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.market import Market
from showroom.casting import voice_mistakes
from showroom.config import ShowConfig
from showroom.page_words import chinese

pytestmark = pytest.mark.unit
MARKET = Market("en-US", "en", "", "own-site", "USD")
WRONG = {
    'engine = "koroko"': ("known are", "可用的有"),
    'speaker = "zz_nobody"\nengine = "espeak"': ("it has f1", "有 f1"),
    'speaker = "Sonia"\nengine = "edge"': ("names look like", "名字形如"),
    'speaker = "any"\nengine = "pyttsx3"': ("leave speaker out", "请去掉"),
    'engine = "nowhere:Voice"': ("cannot be loaded", "无法载入"),
    "pace = 3": ("at most 1.4", "最多 1.4"), "energy_db = -20": ("at least -6", "至少 -6"),
    'pitch = "high"': ("a number", "写数字"),
    "speaker = 5": ("a text in quotes", "带引号"),
    "mood = 3": ("a table", "一节"), "[mood.angry]": ("'warm' or 'serious'", "之一"),
    "pase = 1": ("did you mean 'pace'", "是不是 'pace'"), "volume = 1": ("known here", "这里可用的有"),
    "pace =": ("not valid TOML", "不是正确的 TOML"), '[anchor.eve]\npace = 1.0': ("nobody on this stage", "台上没有这个人"),
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_each_mistake_is_one_sentence_in_two_languages(text: str, tmp_path: Path) -> None:
    (tmp_path / "voice.toml").write_text(text + "\n", encoding="utf-8")
    found = voice_mistakes(ShowConfig(folder=tmp_path), MARKET)
    english, zh = WRONG[text]
    assert len(found) == 1 and english in found[0] and "\n" not in found[0]
    assert zh in chinese(found[0])


def test_bytes_that_are_no_text_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "voice.toml").write_bytes(b"\xff\xfe\x00")
    (found,) = voice_mistakes(ShowConfig(folder=tmp_path), MARKET)
    assert "not UTF-8 text (byte 0)" in found and "不是 UTF-8 文本" in chinese(found)
