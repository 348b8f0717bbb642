"""Clauses lose nothing and cut nothing that belongs together, whatever the text."""

import re
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dialogue.clauses import LONG_SIGNS, LONG_WORDS, clauses, head_and_rest, word_count
from dialogue.spoken import spoken_pieces, spoken_text
from dialogue.spoken_words import CENTS, number_words, plain_number

pytestmark = pytest.mark.property

PIECES = st.sampled_from(
    [
        "Hello",
        "the backpack",
        "costs $1,299.50",
        "e.g.",
        "Dr.",
        "at 20:00",
        "weighs 1.2 kg",
        ",",
        ". ",
        "! ",
        "? ",
        "; ",
        " – ",
        "…",
        "\n",
        "这个背包",
        "防水",
        "，",
        "。",
        "！",
        "重1.2公斤",
        "、",
        '"quoted." ',
        "(a note)",
        "www.shop.example",
        " and ",
        "🎒",
        "もしもし。",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES, max_size=25).map("".join)
)


@pytest.mark.parametrize(("language", "parts"), [
    ("en", ["The U.S. version ships from St. Louis on Jan. 5. ", "At 5 p.m. we close, ", "at 6 p.m. ", "The shop opens."]),
    ("en", ["No. ", "Thank you, no. 5 is gone."]),
    ("de", ["Die Fa. Müller liefert z. B. am Mo. und Di. aus."]),
    ("es", ["EE. UU. es grande. ", "¡Claro que sí!"]), ("ru", ["Ул. Ленина, д. 5, г. Москва. ", "Это всё."]),
    ("hi", ["यह दीपक है। ", "इसकी कीमत ₹500 है। ", "डॉ. शर्मा आए।"]),  # a danda ended nothing
    ("ar", ["كم السعر؟ ", "السعر 5.5 ريال؛ ", "نعم."]), ("zh", ["OK.", "下一个要1.5元。"]),
    ("th", ["ราคา 1,299 บาท ค่ะ ", "สนใจไหมคะ ", "ส่งฟรี"]), ("id", ["Sdr. Budi di Jl. Merdeka No. 5, hlm. 3."]),
    ("en", ["It costs $5 incl. tax."]), ("es", ["Véase pág. 5, ", "p. ej. la tabla. ", "Pregunte a la Dra. Ruiz."]),
    ("ru", ["Ок. ", "Весит ок. 1,5 кг."]), ("th", ["น้ำหนัก 1.5 กก. ค่ะ ", "ขอบคุณค่ะ"]),
])
def test_dots_of_abbreviations_end_nothing_and_signs_of_other_scripts_do(language: str, parts: list[str]) -> None:
    assert clauses("".join(parts), language) == parts


@given(TEXTS, st.sampled_from(["en", "zh", "ja", "th"]))
@settings(max_examples=300, deadline=None)
@example("1,299.50, then 3.5. Done.", "en")
def test_clauses_joined_are_the_text(text: str, language: str) -> None:
    parts = clauses(text, language)
    assert "".join(parts) == (text if text.strip() else "")
    assert all(part.strip() for part in parts)


@given(
    st.lists(st.from_regex(r"\A(\$?\d{1,3}(,\d{3}){0,2}(\.\d{1,2})?|[01]?\d:[0-5]\d)\Z"), min_size=1, max_size=6),
    st.sampled_from([", then ", ". And ", "，", "。", "! "]),
)
@settings(max_examples=200, deadline=None)
def test_numbers_stay_whole(numbers: list[str], joint: str) -> None:
    text = joint.join(f"costs {n} now" for n in numbers)
    found = [n for part in clauses(text, "en") for n in re.findall(r"\$?\d[\d,.:]*\d|\d", part)]
    assert found == [n for text_part in [text] for n in re.findall(r"\$?\d[\d,.:]*\d|\d", text_part)]


@given(st.integers(1, 400))
@settings(max_examples=40, deadline=None)
def test_no_clause_is_much_longer_than_allowed(count: int) -> None:
    text = " ".join(["word"] * count)
    assert max(map(word_count, clauses(text, "en"))) <= LONG_WORDS + 1


@given(st.sampled_from(["字", "ที่", "a", "عر", "を"]), st.integers(500, 20_000), st.sampled_from(["zh", "th", "en", "ar", "ja"]))
@settings(max_examples=25, deadline=None)
def test_kilobytes_without_a_sign_or_blank_are_cut_into_breaths(letter: str, count: int, language: str) -> None:
    text = (letter * count)[:20_000]
    parts = clauses(text, language)
    assert "".join(parts) == text
    assert max(map(len, parts)) <= LONG_SIGNS and max(map(word_count, parts)) <= LONG_WORDS + 1


@given(st.decimals(0, 10**7, places=2), st.sampled_from(["en", "de", "es", "pt", "it", "fr", "id", "vi", "ru"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_price_written_as_its_country_does_is_read_to_the_cent(price: Decimal, language: str, grouped: bool) -> None:
    locale = {"pt": "pt_BR", "en": "en_US", "es": "es_ES"}.get(language, language)
    written = format_decimal(price, "#,##0.00" if grouped else "0.00", locale=locale)
    assert Decimal(plain_number(written, language)) == price
    said = spoken_text(f"{written} €", language)
    assert not any(c.isdigit() for c in said), said
    alone = 0 < price < 1 and language in CENTS  # "noventa y nueve céntimos", not "cero euros con"
    first = number_words(str(int(price * 100 if alone else price)), language).split()[0]
    assert said.startswith(first) or said.split()[0][:2] == first[:2], "one is shortened: uno, un euro"


def test_common_cuts() -> None:
    assert clauses("Hello everyone, welcome back. It costs $1,299.50, e.g. with tax!", "en") == [
        "Hello everyone, welcome back. ",
        "It costs $1,299.50, ",
        "e.g. with tax!",
    ]
    assert clauses("大家好,欢迎回来。这个背包防水!喜欢吗?", "zh") == ["大家好,欢迎回来。", "这个背包防水!", "喜欢吗?"]
    assert clauses("Ask Dr. Smith about it. Thanks.", "en") == ["Ask Dr. Smith about it. ", "Thanks."]


@given(TEXTS, st.sampled_from(["en", "zh", "es", "de", "ja", "ar"]))
@settings(max_examples=200, deadline=None)
def test_spoken_pieces_cover_the_text_and_leave_nothing_unsayable(text: str, language: str) -> None:
    assert "".join(piece.written for piece in spoken_pieces(text, language)) == text
    said = spoken_text(text, language)
    assert not re.search(r"[\x00-\x08\U0001F300-\U0001FAFF\ufe0f]", said)
    assert said == "" or any(c.isalnum() for c in said)


@given(TEXTS, st.floats(0, 30))
@settings(max_examples=300, deadline=None)
@example("the lamp stands on a steel foot and it turns without a sound", 8.0)
def test_a_head_is_short_enough_and_no_number_loses_its_unit(text: str, most: float) -> None:
    cut = head_and_rest(text, most)
    if cut is not None:
        head, rest = cut
        assert f"{head} {rest}" == text and word_count(head) <= most and rest
        assert not any(c.isdigit() for c in head.split(" ")[-1] + rest.split(" ")[0])


def test_a_head_ends_before_a_linking_word() -> None:
    assert head_and_rest("the lamp stands on a steel foot and it turns without a sound", 9) == (
        "the lamp stands on a steel foot", "and it turns without a sound")
