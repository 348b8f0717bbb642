"""Scripts that leave sounds unwritten: Thai by the rules of its spelling, Arabic with the vowels of its sentence."""

from __future__ import annotations

import random
import unicodedata

import pytest

from avatar.speech import Phone, Word
from avatar.visemes import visemes_of
from dialogue.adapters.arabic import vocalised
from dialogue.adapters.espeak_library import EspeakLibrary
from dialogue.adapters.espeak_worker import EspeakHandler
from dialogue.adapters.thai import irregular, phonemes, syllables_of, thai_words
from dialogue.adapters.timeline import spoken_words

pytestmark = pytest.mark.unit
TONE = {"rate_wpm": 150, "pitch": 46, "pitch_range": 60}
# Read by a grammar of Thai, not by this program: consonants, vowel and tone (3 middle, 2 low, 1 falling, 4 high, 5 rising).
READ = {
    "มา": "ma:3", "ข้าว": "kha:w1", "น้อง": "nO:N4", "หมา": "ma:5", "ไหม": "maj5", "เสื้อ": "sW:a1", "เมือง": "mW:aN3",
    "ครู": "khru:3", "เปิด": "p@:t2", "เลย": "l@:j3", "เรียน": "ri:an3", "เห็น": "hen5", "แข็ง": "khEN5", "ตัว": "tu:a3",
    "สวย": "su:aj5", "คน": "khon3", "ตลาด": "ta2la:t2", "ขนม": "kha2nom5", "ถนน": "tha2non5", "สบาย": "sa2ba:j3",
    "อร่อย": "?a2rO:j2",
    "อยาก": "ja:k2", "อยู่": "ju:2", "กรรม": "kam3", "พร": "phO:n3", "ชาติ": "tSha:t1", "เหตุ": "he:t2", "รัก": "rak4",
    "มาก": "ma:k1", "จัด": "tS;at2", "ผิด": "phit2", "โต๊ะ": "to4", "เดี๋ยว": "di:aw5", "เก่า": "kaw2", "ใหญ่": "jaj2",
    "ทำ": "tham3", "เกาะ": "kO2", "เพราะ": "phrO4", "ควร": "khu:an3", "สำคัญ": "sam5khan3", "ไลน์": "laj3", "เบอร์": "b@:3",
    "น้ำ": "na:m4", "จริง": "tS;iN3", "สวัสดี": "sa2wat2di:3", "ฟรี": "fri:3",
}  # fmt: skip


@pytest.mark.parametrize("written", READ)
def test_a_thai_word_is_read_by_its_spelling(written: str) -> None:
    assert phonemes(written) == f"[[{READ[written]}]]"


def test_thai_without_blanks_becomes_words_that_joined_are_the_text() -> None:
    texts = ["วันนี้เรามีกระเป๋าใบนี้กันน้ำได้", "ราคา สองร้อย บาท ค่ะ", "รุ่น USB-C ใช้งานง่าย", " โคมไฟ ", "ๆ", "Wi-Fi"]
    for text in texts:
        words = thai_words(text)
        assert "".join(written for written, _ in words) == text
    assert [w.strip() for w, _ in thai_words("กระเป๋าใบนี้กันน้ำได้")] == ["กระเป๋า", "ใบ", "นี้", "กัน", "น้ำ", "ได้"]
    assert dict(thai_words("รุ่น USB-C"))["USB-C"] == "USB-C"


def test_repetition_and_silenced_letters() -> None:
    assert phonemes("ช้าๆ") == "[[tSha:4tSha:4]]" and phonemes("ศูนย์") == "[[su:n5]]" and phonemes("จันทร์") == "[[tS;an3]]"
    assert phonemes("ๆ") == phonemes("์") == ""


def test_any_row_of_thai_letters_is_read_without_failing() -> None:
    letters = [chr(c) for c in range(0x0E01, 0x0E5C) if unicodedata.category(chr(c)) != "Cn"]
    seed = random.randrange(1 << 30)
    rng = random.Random(seed)
    for _ in range(200):
        word = "".join(rng.choices(letters, k=rng.randint(1, 14)))
        assert phonemes(word).count("[[") <= 1, (seed, word)
    assert not syllables_of("") and all(syllables_of(part) for said in irregular().values() for part in said.split("-"))


@pytest.fixture(scope="module")
def espeak() -> EspeakHandler:
    return EspeakHandler(EspeakLibrary())


def spoken(espeak: EspeakHandler, text: str, language: str, voice: str) -> tuple[list[str], list[str]]:
    reply, _ = espeak({"op": "timeline", "text": text, "language": language, "tone": {"voice": voice, **TONE}})
    words = spoken_words([Phone(*p) for p in reply["phones"]], [Word(*w) for w in reply["words"]])
    return [w for w, _ in words], ["".join(ipas).replace("ˈ", "").replace("ˌ", "") for _, ipas in words]


def test_thai_is_spoken_as_it_is_read_and_its_words_are_the_written_ones(espeak: EspeakHandler) -> None:
    words, ipas = spoken(espeak, "สวัสดีค่ะ กระเป๋ากันน้ำ", "th", "th+f2")
    assert words == ["สวัสดี", "ค่ะ", "กระเป๋า", "กัน", "น้ำ"]
    assert ipas == ["sawatdi", "kha", "kɹapaw", "kan", "naːm"]
    named, _ = espeak({"op": "phones", "words": ["คืน", "เมือง"], "language": "th", "tone": {"voice": "th+f2", **TONE}})
    assert "".join(named["words"][0]).replace("ˈ", "") == "khɯn"
    assert all(visemes_of(p) for word in named["words"] for p in word)


def test_arabic_gets_the_vowels_that_nobody_writes(espeak: EspeakHandler) -> None:
    written = "هذا المصباح يعطي ضوءا دافئا"
    pairs = vocalised(written)
    assert [w for w, _ in pairs] == written.split()
    bare = "".join(c for c in " ".join(v for _, v in pairs) if not unicodedata.combining(c))
    assert bare == written, "letters stay, vowels are added"
    assert sum(unicodedata.combining(c) > 0 for _, v in pairs for c in v) >= len(pairs)
    words, ipas = spoken(espeak, "السعر خمسون ريالا", "ar", "ar+f2")
    assert words == ["السعر", "خمسون", "ريالا"]
    assert ipas[1].startswith("χams"), "five is said with its a"
    assert vocalised("مَرْحَبًا بِكُمْ") == [("مَرْحَبًا", "مَرْحَبًا"), ("بِكُمْ", "بِكُمْ")], "what has its vowels keeps them"
    assert vocalised("") == vocalised("  ") == []


def test_a_long_arabic_text_is_read_in_parts() -> None:
    text = " ".join(["السعر خمسون ريالا"] * 200)
    assert [w for w, _ in vocalised(text)] == text.split()
