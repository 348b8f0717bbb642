"""Letters as keyboards write them: Thai's "am" in three ways, Arabic without hamza or with vowels, Hindi without dots."""

from __future__ import annotations

import random
import unicodedata

import pytest

from dialogue.analyser import normal
from dialogue.attributes import asked_attributes, kinds
from dialogue.concepts import concepts_in

pytestmark = pytest.mark.unit
AM = "ำ"


def typed(language: str, text: str) -> list[str]:
    """A text in other ways to type it."""
    if language == "th":
        apart = unicodedata.normalize("NFKD", text)
        return [text, apart, _ring_first(apart)]
    if language == "ar":
        vowels = "".join(c + random.choice(["", "\u064e", "\u0650", "\u0640"]) if c.isalpha() else c for c in text)
        return [text, text.translate(str.maketrans("أإآ", "ااا")), text.replace("ة", "ه"), vowels]
    return [text, text.replace("\u093c", ""), text.replace("ँ", "ं"), unicodedata.normalize("NFC", text)]


def _ring_first(apart: str) -> str:
    """The ring typed before the tone."""
    for tone in "\u0e48\u0e49\u0e4a\u0e4b":
        apart = apart.replace(f"{tone}\u0e4d\u0e32", f"\u0e4d{tone}\u0e32")
    return apart


@pytest.mark.parametrize("language", ["th", "ar", "hi"])
def test_every_name_of_an_attribute_is_found_however_it_is_typed(language: str) -> None:
    labels = {name: kind.labels[language] for name, kind in kinds().items() if language in kind.labels}
    assert len(labels) > 20 and (language != "th" or sum(AM in label for label in labels.values()) > 5)
    for name, label in labels.items():
        for form in typed(language, label):
            assert name in {asked.name for asked in asked_attributes(normal(form), language, ())}, (name, label, form)


def test_one_form_of_thai_is_compared() -> None:
    forms = {normal(form) for word in ("น้ำหนัก", "ทำจาก", "กันน้ำ") for form in typed("th", word)}
    assert forms == {"น้ำหนัก", "ทำจาก", "กันน้ำ"}
    assert normal("ตา") == "ตา", "a long a without its ring stays"


@pytest.mark.parametrize(("language", "text"), [
    ("de", "Wie bringe ich die Tasse wieder zu euch zurück?"), ("id", "apakah bisa saya kembalikan"),
    ("id", "cara mengembalikan barang"), ("ar", "كيف أُعيدها"), ("ar", "كيف اعيده"),
    ("hi", "यह वापस कैसे होगा"), ("hi", "वापस नहीं करना है तो?")])
def test_giving_back_in_other_words(language: str, text: str) -> None:
    assert "return" in concepts_in(normal(text), language)


@pytest.mark.parametrize(("language", "text"), [
    ("de", "Geht der Arm von selbst zurück?"), ("id", "tasnya bisa dibolak-balik?"),
    ("ar", "هل هي هدية العيد"), ("hi", "पीछे क्या है")])
def test_what_only_looks_like_giving_back(language: str, text: str) -> None:
    assert "return" not in concepts_in(normal(text), language)
