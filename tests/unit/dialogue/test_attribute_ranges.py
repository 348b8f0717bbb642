"""A value that goes from one number to another fits what lies between, in any unit, and is no size of two sides."""

import random
from datetime import UTC, datetime

import pytest

from assets.knowledge import Passage
from assets.market import Market
from dialogue.answering import Answerer
from dialogue.other_units import unit_asked
from dialogue.quantities import is_stretch
from dialogue.question import Question
from dialogue.wording import sentence
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit


def test_what_lies_between_fits() -> None:
    content, chance = demo_content(), random.Random()
    for _ in range(8):
        low = chance.randint(120, 160)
        high = low + chance.randint(20, 60)
        value = f"{low} {chance.choice(('to', '–', '-'))} {high}"
        wrist = Passage("watch:wrist_size", "attribute", f"It fits wrists of {value} mm.", "test", "en", "watch",
                        attribute="wrist_size", value=value, unit="mm")
        answerer = Answerer([wrist], content.products, Market("us-en", "en", "espeak", "own-site", "USD"))
        for size, fits in ((chance.randint(low, high), True), (low, True), (high, True), (low - chance.randint(1, 40), False),
                           (high + chance.randint(1, 40), False)):
            for written in (f"{size} mm", f"{size / 10:g} cm", f"{size / 10:g}cm"):
                answer = answerer.answer(Question("q", "v", f"does it fit a {written} wrist?", "en", datetime.now(UTC)),
                                         on_show="watch")
                assert answer.text.startswith(sentence("yes" if fits else "no", "en")), (value, written, answer.text)


def test_two_sides_are_no_stretch() -> None:
    assert is_stretch("150 to 205") and is_stretch("5–40") and is_stretch("20 bis 60") and is_stretch("45 to 92 cm")
    assert not any(map(is_stretch, ("31 x 42 x 16.5", "30 × 40", "5", "automatic with 24 jewels", "55 x 40 x 20 cm")))


def test_half_of_a_unit_is_none() -> None:
    assert unit_asked("手腕16厘米能戴吗", "length") == "" and unit_asked("高度是多少厘米", "length") == "centimeter"
