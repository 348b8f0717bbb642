"""Written text as words: prices, units and signs, and the way back to the written words."""

import random

import pytest
from num2words import num2words

from avatar.speech import Word
from dialogue.spoken import spoken_text, spoken_with_words
from dialogue.spoken_words import han_number, number_words, plain_number

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "It costs $79.90.", "It costs seventy-nine dollars ninety."),
        (
            "en",
            "It weighs 1.2 kg & fits a 13-inch laptop 🎒",
            "It weighs one point two kilograms and fits a thirteen inch laptop",
        ),
        ("en", "20% off, 5–7 days", "twenty percent off, five to seven days"),
        ("en", "4K film at 2700 K", "4K film at two thousand seven hundred kelvins"),
        ("zh", "只要¥199.5元,重1.2kg", "只要一百九十九点五元,重一点二公斤"),
        ("zh", "防水95%", "防水百分之九十五"),
        ("de", "Das kostet 79,90 €", "Das kostet neunundsiebzig Euro neunzig"),
        ("ja", "価格は¥1,980", "価格は千九百八十円"),
        ("en", "👍🏽 see https://shop.example/x", "see"),
        ("en", "🎉", ""),
    ],
)
def test_says(language: str, text: str, said: str) -> None:
    assert " ".join(spoken_text(text, language).split()) == said


def test_any_number_is_said_in_words() -> None:
    for _ in range(50):
        value = random.randint(0, 10**9)
        assert number_words(f"{value:,}", "en") == num2words(value).replace(",", "")
        assert spoken_text(f"about {value:,} of them", "en") == f"about {num2words(value).replace(',', '')} of them"
    assert plain_number("79,9") == "79.9" and plain_number("1,299") == "1299"


def test_han_numbers_read_back() -> None:
    digits = {c: i for i, c in enumerate("零一二三四五六七八九")}

    def read(text: str) -> int:
        total = part = digit = 0
        for sign in text if text[0] != "十" else "一" + text:
            if sign in digits:
                digit = digits[sign]
            elif sign in "十百千":
                part, digit = part + digit * {"十": 10, "百": 100, "千": 1000}[sign], 0
            else:
                total, part, digit = total + (part + digit) * {"万": 10**4, "亿": 10**8}[sign], 0, 0
        return total + part + digit

    for value in [0, 10, 12, 20, 105, 110, 10050, 100000, *(random.randint(0, 10**9) for _ in range(200))]:
        assert read(han_number(value)) == value, han_number(value)


def test_times_come_back_to_the_written_words() -> None:
    price = f"${random.randint(20, 999)}.{random.randint(10, 99)}"
    text = f"Now only {price}, 👍 friends!"
    said, as_written = spoken_with_words(text, "en")
    words = [Word(w, i * 0.5, i * 0.5 + 0.4) for i, w in enumerate(said.split())]
    back = as_written(words)
    assert [w.text for w in back] == ["Now", "only", f"{price},", "friends!"]
    assert back[2].start_s == 1.0 and back[2].end_s == words[-2].end_s
