"""Japanese as it is read: kanji, numbers with their counters, particles; katakana as phones."""

from __future__ import annotations

import random

import pytest

from avatar.speech import Word
from avatar.visemes import visemes_of
from dialogue.adapters.japanese import japanese_words, kana_phones, number_kana, readings, written_words
from dialogue.spoken import spoken_text
from dialogue.spoken_words import number_words

pytestmark = pytest.mark.unit
SENTENCES = ("このランプは7,990円で、高さは46cm、重さは1.2kgです。", "皆さんこんばんは、今日は新しい商品をご紹介します。",
             "Haloランプは USB 充電です。", "送料無料！50%オフ", "チャットでなんでも聞いてください。")


READ = {
    "東京へ行きます": "トーキョーエイキマス", "今日は商品です": "キョーワショーヒンデス", "20:00開始": "ニジュージカイシ",
    "3本で300円": "サンボンデサンビャクエン", "4時と7時、14時": "ヨジトシチジジューヨジ", "2人で1個": "フタリデイッコ",
    "8,600円": "ハッセンロッピャクエン", "1.2kg": "イッテンニキログラム", "11月20日": "ジューイチガツハツカ",
    "USBです": "ユーエスビーデス",
}


@pytest.mark.parametrize("text", READ)
def test_readings(text: str) -> None:
    assert "".join(kana for _, kana in readings(spoken_text(text, "ja"))) == READ[text]


def test_words_joined_are_the_text_and_every_word_has_phones_with_shapes() -> None:
    for text in SENTENCES:
        said = spoken_text(text, "ja")
        words = readings(said)
        assert "".join(w for w, _ in words) == said
        for written, phones in japanese_words(said):
            assert phones or written.strip().isascii(), written
            assert all(visemes_of(p) for p in phones if p != "ʔ"), (written, phones)


def test_any_number_has_a_reading_in_kana() -> None:
    for _ in range(300):
        value = random.randrange(10**random.randint(1, 8))
        said = number_kana(number_words(str(value), "ja"))
        if said is None:
            assert value in (1, 10, 100, 1000)
        else:
            assert said and all("ァ" <= c <= "ー" for c in said), value
    assert number_kana("三千三百三十三") == "サンゼンサンビャクサンジューサン" and number_kana("二十万") == "ニジューマン"


@pytest.mark.parametrize(("kana", "ipa"), [
    ("シャッター", "ɕ a ʔ t aː"), ("ニッポン", "nʲ i ʔ p o ɴ"), ("サンポ", "s a m p o"), ("パーティ", "p aː t i"),
    ("キョー", "kʲ oː"), ("スズキ", "s ɨ z ɨ kʲ i"), ("フォント", "ɸ o n t o")])
def test_kana_as_phones(kana: str, ipa: str) -> None:
    assert list(kana_phones(kana)) == ipa.split()


def test_times_over_readings_come_back_to_the_written_words() -> None:
    read = readings("今日は商品です。")
    said = " ".join(k for _, k in read)
    spoken = [Word(part, i / 2, i / 2 + 0.4) for i, part in enumerate(said.split())]
    assert [(w.text, w.start_s) for w in written_words(spoken, said, read)] == [("今日は", 0.0), ("商品です。", 0.5)]
