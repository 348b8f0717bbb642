"""The measuring shop: drawn by seed, its judge is strict, and what is known of it is answered in each language."""

import random
from dataclasses import replace

import pytest

from dialogue.answering import Answerer
from dialogue.ports import LANGUAGES
from dialogue.training.shop_set import MARKET, measured, outcome, report, right, shop_set
from dialogue.training.unseen_kinds import HELD_FILES, kinds_in, more_kinds, unseen_kinds

pytestmark = pytest.mark.unit


def test_the_same_seed_draws_the_same_shop() -> None:
    one, same, other = (shop_set(random.Random(seed), 2) for seed in (5, 5, 6))
    assert one.passages == same.passages != other.passages and one.asked == same.asked != other.asked


def test_a_third_has_no_answer() -> None:
    shop = shop_set(random.Random(), 4)
    share = sum(a.value is None for a in shop.asked) / len(shop.asked)
    assert 0.25 < share < 0.4
    assert {a.question.language for a in shop.asked} == set(LANGUAGES)


def test_words_alone_answer_english_without_a_wrong_value() -> None:
    shop = shop_set(random.Random(), 3, languages=("en", "zh"))
    results = [(asked, outcome(asked, answer)) for asked, answer in measured(shop, None)]
    shares = report(results)
    assert shares["right of answered"] >= 0.9 and shares["answered"] >= 0.5, shares
    assert shares["wrong on off-topic"] == 0.0, shares


def test_the_judge_is_strict() -> None:
    shop = shop_set(random.Random(9), 2, languages=("en",))
    asked = next(a for a in shop.asked if a.attribute == "weight" and a.value)
    answer = Answerer(shop.passages, shop.products, MARKET).answer(asked.question, on_show=asked.sku)
    assert right(asked, answer)
    assert not right(asked, replace(answer, text=answer.text.replace(asked.value, "77.7")))
    assert not right(asked, replace(answer, citations=(f"{asked.sku}:height",)))
    assert outcome(asked, replace(answer, refusal=True)) == "declined"
    assert right(replace(asked, value=None), replace(answer, refusal=True)) and not right(replace(asked, value=None), answer)


def test_nothing_is_taught_that_is_measured_with() -> None:
    taught = {name for kinds in more_kinds() for name, _, _ in kinds}
    assert len(taught) > 1200 and all(value and asked for kinds in more_kinds() for _, value, asked in kinds)
    for file in HELD_FILES:
        held = unseen_kinds(file)
        assert len(held) > 110 and not taught & {name for name, _, _ in held}
        assert all(len(asked) == 2 for _, _, asked in kinds_in(file))
