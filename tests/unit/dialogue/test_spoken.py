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
        ("zh", "128GB 手机只要 $299", "一百二十八GB 手机只要 二百九十九美元"),
        ("en", "128GB 手机只要 $299", "one hundred and twenty-eight gigabytes 手机只要 two hundred and ninety-nine dollars"),
        ("es", "1.299,50 €", "mil doscientos noventa y nueve euros con cincuenta"),
        ("es", "$1,299.50", "mil doscientos noventa y nueve dólares con cincuenta"),
        ("de", "Ab 1.299 € am 5. Mai", "Ab eintausendzweihundertneunundneunzig Euro am 5. Mai"),
        ("fr", "1 299,50 €", "mille deux cent quatre-vingt-dix-neuf euros cinquante"),
        ("fr", "1\u202f299 €", "mille deux cent quatre-vingt-dix-neuf euros"),
        ("pt", "R$ 1.299,90", "mil duzentos e noventa e nove reais e noventa"),
        ("vi", "Giá 299.000₫", "Giá hai trăm chín mươi chín nghìn đồng"),
        ("id", "Rp 1.250.000", "satu juta dua ratus lima puluh ribu rupiah"),
        ("en", "only ₹12,34,567", "only one million two hundred and thirty-four thousand five hundred and sixty-seven rupees"),
        ("en", "€1.50 each", "one euro fifty each"),
        ("en", "until 2025-03-09", "until March 9, 2025"),
        ("en", "16:9, 5'6\" and 3pcs", "sixteen to nine, five feet six inch and three pieces"),
        ("en", "3/4 cup, call 555-0100", "3/4 cup, call 555-0100"),
        ("en", "AB-1234X, X200-B, IPX7, version 3.14.15", "AB-1234X, X200-B, IPX7, version 3.14.15"),
        ("en", "\x00\x07hi\u202e there", "hi there"),
    ],
)
def test_says(language: str, text: str, said: str) -> None:
    assert " ".join(spoken_text(text, language).split()) == said


def test_any_number_is_said_in_words() -> None:
    for _ in range(50):
        value = random.randint(0, 10**9)
        assert number_words(f"{value:,}", "en") == num2words(value).replace(",", "")
        assert spoken_text(f"about {value:,} of them", "en") == f"about {num2words(value).replace(',', '')} of them"
    assert plain_number("1.299", "de") == "1299" and plain_number("1.299", "en") == "1.299"
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
