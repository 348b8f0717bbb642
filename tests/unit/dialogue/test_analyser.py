"""Text as search terms: words stay whole in every script, and the ways to spell one word meet."""

import pytest

from dialogue.analyser import content_terms, normal, terms

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("written", "also", "language"), [
    ("किताबें", "किताबों", "hi"), ("फ़ोन", "फोन", "hi"), ("पाँच", "पांच", "hi"), ("أحمد", "احمد", "ar"), ("الشَّمْس", "الشمس", "ar"),
    ("İstanbul'un", "istanbul", "tr"), ("ταχύτητα", "ταχυτητα", "el"), ("L’eau", "eau", "fr"), ("ёлки", "елки", "ru"),
])  # fmt: skip
def test_spellings_of_a_word_meet(written: str, also: str, language: str) -> None:
    assert terms(written, language) == terms(also, language)


def test_a_word_does_not_fall_apart_at_its_vowel_signs() -> None:
    assert terms("यह वाटरप्रूफ है", "hi") == ["यह", "वाटरप्रूफ", "है"]
    assert content_terms("क्या यह वाटरप्रूफ है?", "hi") == ["वाटरप्रूफ"]
    assert len(terms("পানি", "bn")) == 1


def test_scripts_without_blanks_give_pieces() -> None:
    assert {"水壶", "水", "壶"} <= set(terms("水壶", "zh"))
    assert set(terms("กันน้ำไหม", "th")) & set(terms("กันน้ำ", "th"))
    assert set(terms("서울은", "ko")) & set(terms("서울", "ko")), "particles are written to the word"
    assert "2" in terms("2 m_b", "en") and normal("ＡＢ") == "ab"
