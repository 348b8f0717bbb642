"""A shop to measure answers with: products with attributes of random values, and questions in fourteen languages.

`python -m dialogue.training.shop_set [--products 40] [--seed 1]` asks all of them and prints what came out right. About a
third of the questions have no answer: the attribute is not in the knowledge base, or the question has nothing to do with it.
"""

from __future__ import annotations

import argparse
import random
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from assets.knowledge import Passage
from assets.market import Market
from assets.product import Price, ProductModel
from dialogue import wording
from dialogue.ports import LANGUAGES, Embedder
from dialogue.question import Answer, Question

MARKET = Market("set", "en", "espeak", "own-site", "USD")
HELD = 17  # of the 25 attributes are known of a product: a third of the questions has no answer
NOW = datetime(2026, 11, 21, tzinfo=UTC)
_GOODS = ("Lamp", "Chair", "Kettle", "Backpack", "Blender", "Suitcase", "Speaker", "Tent", "Heater", "Stroller")
_MAKES = ("Aurora", "Borea", "Cedro", "Dunlin", "Ember", "Fjord", "Garnet", "Heron", "Indigo", "Juniper", "Kestrel", "Lark")
# unit, lowest, highest, decimals of what is measured; words to choose from; None for yes or no.
_VALUES: dict[str, tuple[str, float, float, int] | tuple[str, ...] | None] = {
    "weight": ("kg", 0.2, 24, 1), "height": ("cm", 8, 180, 0), "width": ("cm", 5, 120, 0),
    "material": ("bamboo", "aluminium", "stoneware", "recycled polyester", "beech wood", "borosilicate glass"),
    "colours": ("black and white", "sage green", "navy or sand", "red, blue and grey"),
    "warranty": ("years", 1, 10, 0), "origin": ("Portugal", "Vietnam", "Germany", "Japan", "Mexico"),
    "care": ("wipe with a damp cloth", "hand wash at 30 °C", "dry brush only"),
    "assembly": None, "power": ("W", 5, 2400, 0), "cable_length": ("m", 0.8, 5, 1), "battery_life": ("hours", 3, 60, 0),
    "charge_time": ("minutes", 20, 300, 0), "water_resistance": ("IPX4", "IPX5", "IPX7"), "capacity": ("L", 0.5, 60, 1),
    "max_load": ("kg", 5, 150, 0), "voltage": ("V", 5, 240, 0), "foldable": None, "dishwasher_safe": None, "gift_box": None,
    "noise_level": ("dB", 20, 80, 0), "recommended_age": ("years", 3, 18, 0), "heat_limit": ("°C", 60, 260, 0),
    "spare_parts": None, "set_size": ("pieces", 2, 12, 0),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the set. attribute: asked for, "" when off topic; value, unit: of the right answer, None when there is
    none; kind: "answerable", "near" (an attribute that is not known), "off"."""

    question: Question
    sku: str
    attribute: str
    value: str | None
    unit: str
    kind: str


@dataclass(frozen=True, slots=True)
class ShopSet:
    """products by sku, their passages (English), and the questions."""

    products: dict[str, ProductModel]
    passages: tuple[Passage, ...]
    asked: tuple[Asked, ...]


def questions_of(name: str) -> dict[str, dict[str, Any]]:
    """topic -> language -> wordings (in shop_rules under "ask" and "answer"), from dialogue/training/<name>.toml."""
    return tomllib.loads((files("dialogue.training") / f"{name}.toml").read_text("utf-8"))


def shop_set(chance: random.Random, products: int = 40, languages: Sequence[str] = LANGUAGES, form: int = 1) -> ShopSet:
    """A shop drawn by `chance`; form: which wording of each question, 1 is for testing."""
    asks, strange = questions_of("shop_questions"), questions_of("strange_questions")
    goods: dict[str, ProductModel] = {}
    passages: list[Passage] = []
    asked: list[Asked] = []
    for index in range(products):
        name = f"{_MAKES[index % len(_MAKES)]} {_GOODS[index // 4 % len(_GOODS)]}"
        sku = f"p{index}"
        price = Price(Decimal(chance.randint(500, 99_999)) / 100, "USD")
        goods[sku] = ProductModel(sku, {"en": name}, {"broadcast": Path(f"{sku}.glb")}, np.full(3, 0.3), price=price, stock=3)
        known = set(chance.sample(sorted(_VALUES), HELD))
        drawn = {attribute: _drawn(attribute, chance) for attribute in _VALUES}
        passages += [_passage(sku, attribute, *drawn[attribute]) for attribute in sorted(known)]
        for attribute in _VALUES:
            for language in languages:
                value, unit = drawn[attribute]
                here = attribute in known
                asked.append(_asked(len(asked), asks[attribute][language][form], language, sku, attribute,
                                    value if here else None, unit, "answerable" if here else "near"))
        for language in languages:
            off_topic = strange["off_topic"][language]
            text = chance.choice(off_topic[4:] if form else off_topic[:4])
            asked.append(_asked(len(asked), text, language, sku, "", None, "", "off"))
    return ShopSet(goods, tuple(passages), tuple(asked))


def _asked(number: int, text: str, language: str, sku: str, attribute: str, value: str | None, unit: str, kind: str) -> Asked:
    return Asked(Question(f"s{number}", "viewer", text, language, NOW), sku, attribute, value, unit, kind)


def _drawn(attribute: str, chance: random.Random) -> tuple[str, str]:
    """(value, unit)."""
    kind = _VALUES[attribute]
    if kind is None:
        return chance.choice(("yes", "no")), ""
    if len(kind) == 4 and isinstance(kind[1], (int, float)):
        unit, low, high, places = kind  # type: ignore[misc]
        return f"{round(chance.uniform(low, high), places):g}", str(unit)  # type: ignore[arg-type]
    return str(chance.choice(kind)), ""


def _passage(sku: str, attribute: str, value: str, unit: str) -> Passage:
    text = f"{attribute.replace('_', ' ').capitalize()}: {value} {unit}".strip()
    return Passage(f"{sku}:{attribute}", "attribute", text, "sheet", "en", sku, None, attribute, value, unit or None)


def right(asked: Asked, answer: Answer) -> bool:
    """Whether an answer states the value (with its unit where it has one) from the right passage, or rightly declines."""
    if asked.value is None:
        return answer.refusal
    if answer.refusal or f"{asked.sku}:{asked.attribute}" not in answer.citations:
        return False
    said = wording.valued(asked.value, asked.unit or None, answer.language)
    return asked.value in ("yes", "no") or said in answer.text or f"{asked.value} {asked.unit}".strip() in answer.text


def outcome(asked: Asked, answer: Answer) -> str:
    """"right", "wrong" (something else was said) or "declined" (an answer was there)."""
    return "right" if right(asked, answer) else "declined" if answer.refusal else "wrong"


def measured(shop: ShopSet, embedder: Embedder | None) -> Iterator[tuple[Asked, Answer]]:
    """Every question with its answer."""
    from dialogue.answering import Answerer

    answerer = Answerer(shop.passages, shop.products, MARKET, embedder=embedder)
    for asked in shop.asked:
        yield asked, answerer.answer(asked.question, on_show=asked.sku)


def report(results: Sequence[tuple[Asked, str]]) -> dict[str, Any]:
    """Shares by kind of question: of answerable ones answered, and right of those; of the others, wrongly answered."""
    counts: Counter[tuple[str, str]] = Counter((asked.kind, how) for asked, how in results)
    total = {kind: sum(n for (k, _), n in counts.items() if k == kind) or 1 for kind in ("answerable", "near", "off")}
    said = counts["answerable", "right"] + counts["answerable", "wrong"]
    return {
        "answered": said / total["answerable"], "right of answered": counts["answerable", "right"] / max(said, 1),
        "wrong on near-topic": counts["near", "wrong"] / total["near"],
        "wrong on off-topic": counts["off", "wrong"] / total["off"],
    }


def main() -> None:
    """Print the report for all languages together and each alone."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.training.shop_set")
    parser.add_argument("--products", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--form", type=int, default=1, choices=(0, 1))
    parser.add_argument("--words-only", action="store_true")
    chosen = parser.parse_args()
    from dialogue.adapters.e5 import installed

    shop = shop_set(random.Random(chosen.seed), chosen.products, form=chosen.form)
    results = [(a, outcome(a, answer)) for a, answer in measured(shop, None if chosen.words_only else installed())]
    for language in ("all", *LANGUAGES):
        part = [r for r in results if language in ("all", r[0].question.language)]
        print(f"{language}: " + ", ".join(f"{name} {share:.3f}" for name, share in report(part).items()))


if __name__ == "__main__":
    main()
