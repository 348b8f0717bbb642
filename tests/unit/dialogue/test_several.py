"""Questions about several products: each one's value with its source, who has least or most, and what is not known is said."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assets.knowledge import Passage
from assets.product import Price
from dialogue.answering import Answerer
from dialogue.question import Answer, Question
from tests.fakes import shop

pytestmark = pytest.mark.unit
NAMES = {"backpack": {"en": "Trail Backpack", "zh": "远行双肩包", "de": "Rucksack Trail", "es": "Mochila Trail"},
         "watch": {"en": "Tide Watch", "zh": "潮汐手表", "de": "Uhr Tide", "es": "Reloj Tide"},
         "headphones": {"en": "Hush Headphones", "zh": "静听耳机", "de": "Kopfhörer Hush", "es": "Auriculares Hush"}}


def weight(sku: str, grams: int) -> Passage:
    value, unit = (f"{grams / 1000:g}", "kg") if random.random() < 0.5 else (str(grams), "g")
    return Passage(f"{sku}:w", "attribute", f"Weight: {value} {unit}", "sheet", "en", sku, None, "weight", value, unit)


def ask(text: str, language: str, passages: list[Passage], on_show: str = "backpack", **prices: str) -> Answer:
    products = {sku: replace(p, names=NAMES[sku], price=Price(Decimal(prices.get(sku, "50.00")), "USD"))
                for sku, p in shop.products().items()}
    answerer = Answerer(passages, products, shop.MARKET)
    return answerer.answer(Question("q", "v", text, language, datetime.now(UTC)), on_show=on_show)


def test_what_is_shown_is_compared_with_the_one_that_is_named() -> None:
    shown, other = random.sample(range(10, 90), 2)
    prices = {"watch": f"{shown}.00", "backpack": f"{other}.00"}
    answer = ask("are they cheaper than the backpack?", "en", [weight("backpack", 900)], on_show="watch", **prices)
    assert f"${shown}.00" in answer.text and f"${other}.00" in answer.text and "catalogue:watch" in answer.citations
    assert f"the {NAMES['watch' if shown < other else 'backpack']['en']} has the lowest price" in answer.text


@pytest.mark.parametrize(("text", "language", "least"), [
    ("Which is lighter, the backpack or the watch?", "en", True),
    ("which of the two is heavier, watch or backpack?", "en", False),
    ("双肩包和手表哪个更轻？", "zh", True), ("Was ist schwerer, der Rucksack oder die Uhr?", "de", False),
    ("¿Cuál es más ligero, la mochila o el reloj?", "es", True), ("Is the watch lighter than the backpack?", "en", True),
])
def test_who_is_lighter_follows_from_the_values_whatever_their_units(text: str, language: str, least: bool) -> None:
    a, b = random.sample(range(100, 5000), 2)
    answer = ask(text, language, [weight("backpack", a), weight("watch", b)])
    winner = "backpack" if (a < b) == least else "watch"
    assert not answer.refusal and set(answer.citations) == {"backpack:w", "watch:w"}, (a, b, answer.text)
    other = "watch" if winner == "backpack" else "backpack"
    assert answer.text.index(NAMES[winner][language]) < answer.text.index(NAMES[other][language]) or (
        answer.text.count(NAMES[winner][language]) == 2), (a, b, answer.text)
    assert answer.text.count(NAMES[winner][language]) == 2 and answer.text.count(NAMES[other][language]) == 1


def test_equal_values_have_no_winner_and_what_is_unknown_is_said() -> None:
    same = random.randint(100, 900)
    text = ask("Which is lighter, the backpack or the watch?", "en", [weight("backpack", same), weight("watch", same)]).text
    assert "Of these" not in text and "Trail Backpack" in text and "Tide Watch" in text
    half = ask("Which is lighter, the backpack or the watch?", "en", [weight("watch", same)])
    assert "I don't know that of the Trail Backpack yet." in half.text and half.citations == ("watch:w",)
    assert ask("Which is lighter, the backpack or the watch?", "en", []).refusal


def test_prices_come_from_the_catalogue_alone() -> None:
    a, b = random.sample(range(1000, 99999), 2)
    lie = Passage("lie", "attribute", "Price: 1 USD", "x", "en", "watch", None, "price", "1", "USD")
    answer = ask("Which is cheaper, the watch or the headphones?", "en", [lie], watch=f"{a / 100:.2f}",
                 headphones=f"{b / 100:.2f}")
    cheaper = "Tide Watch" if a < b else "Hush Headphones"
    assert f"Of these, the {cheaper} has the lowest price." in answer.text
    assert f"${a / 100:,.2f}" in answer.text and f"${b / 100:,.2f}" in answer.text
    assert answer.citations == ("catalogue:watch", "catalogue:headphones")


def test_yes_and_no_for_each() -> None:
    def safe(sku: str, value: str) -> Passage:
        return Passage(f"{sku}:d", "attribute", f"Dishwasher safe: {value}", "sheet", "en", sku, None, "dishwasher_safe", value)

    answer = ask("Are the watch and the backpack dishwasher safe?", "en", [safe("watch", "no"), safe("backpack", "yes")])
    watch, backpack = answer.text.split("Tide Watch")[1], answer.text.split("Trail Backpack")[1]
    assert "no" in watch[:20] and "yes" in backpack[:20] and set(answer.citations) == {"watch:d", "backpack:d"}


@pytest.mark.parametrize("text", ["Does the watch fit in the backpack?", "How heavy is the backpack?", "I have a watch."])
def test_one_product_is_not_taken_for_two(text: str) -> None:
    grams = random.randint(100, 900)
    answer = ask(text, "en", [weight("backpack", grams), weight("watch", grams + 50)])
    assert "watch:w" not in answer.citations or "backpack:w" not in answer.citations
