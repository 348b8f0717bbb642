"""What a line is about, by its words: alike for small words and order, and ours when it asks what a shop knows."""

from __future__ import annotations

import pytest

from dialogue.chat.matter import is_our_business, matter_of

pytestmark = pytest.mark.unit


def test_the_same_in_other_small_words_is_one_matter() -> None:
    assert matter_of("how heavy is the lamp?", "en") == matter_of("the lamp, is it heavy", "en")
    assert matter_of("how heavy is the lamp?", "en") != matter_of("how heavy is the mug?", "en")
    assert matter_of("lamp", "en") != matter_of("lamp", "de")


@pytest.mark.parametrize(("text", "language", "ours"), [
    ("how much is it?", "en", True), ("多重？", "zh", True), ("kann ich es zurückgeben?", "de", True),
    ("in stock?", "en", True),
    ("would your cat like jazz?", "en", False), ("who won last night?", "en", False),
])
def test_what_a_shop_knows(text: str, language: str, ours: bool) -> None:
    assert is_our_business(text, language) is ours
