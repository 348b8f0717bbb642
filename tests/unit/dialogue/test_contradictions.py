"""Knowledge that contradicts itself is found and named; the shop and the demo, which don't, are let through."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assets.catalogue import load_catalogue
from assets.knowledge import Passage
from assets.knowledge_file import load_knowledge
from dialogue.contradictions import Finding, contradictions
from tests.fakes.shop import passages, products

pytestmark = pytest.mark.unit
TODAY = date(2026, 11, 22)


def found(*more: Passage) -> list[Finding]:
    return contradictions([*passages(), *more], products(), TODAY)


def weight(value: str, unit: str, source: str = "b.csv, line 9") -> Passage:
    return Passage("w2", "attribute", f"It weighs {value} {unit}.", source, "en", "backpack", None, "weight", value, unit)


def test_honest_knowledge_has_no_findings() -> None:
    assert found() == []
    demo = Path(__file__).parents[3] / "examples" / "demo"
    known = load_knowledge(demo / "knowledge")
    goods = load_catalogue(demo / "catalogue.csv", demo / "models", known).products
    assert contradictions(known, goods, TODAY) == []


def test_two_values_of_one_attribute() -> None:
    heavier = random.randint(2, 9)
    finding = found(weight(f"{heavier}", "kg"))[0]
    assert "0.9 kg" in finding.en and f"{heavier} kg" in finding.en and "b.csv, line 9" in finding.zh
    assert found(weight("900", "g")) == [], "the same in another unit"


def test_prices_that_are_not_the_catalogues() -> None:
    lie = Passage("l", "text", "It costs $12.50 only.", "page.md, line 3", "en", "backpack")
    assert "12.5" in found(lie)[0].en and "79.9" in found(lie)[0].zh
    assert found(replace(lie, text="It costs $79.90.")) == []
    assert found(replace(lie, text="Shipping costs $5.", sku=None)) == []


def test_a_page_of_no_product_may_not_price_one() -> None:
    names = products()["backpack"].names
    page = Passage("l", "text", f"The {names['en']} now costs 59 dollars in our outlet.", "promo.html, line 4", "en")
    assert "backpack is said to cost 59" in found(page)[0].en
    for text in (f"The {names['en']} costs 79.90 dollars.", f"We repair zips of the {names['en']} for twelve or 12 dollars.",
                 f"Shipping the {names['en']} costs 5 dollars.", "A glass of water costs 2 dollars."):
        assert found(replace(page, text=text)) == [], text


def test_what_has_expired_and_what_does_not_state_its_value() -> None:
    old = Passage("promo", "text", "Free shipping this week.", "promo.md, line 1", "en", None, valid_until="2026-11-21")
    assert "2026-11-21" in found(old)[0].en
    assert found(replace(old, valid_until="2026-11-22")) == []
    stale = replace(weight("0.9", "kg", "c.csv, line 2"), text="It weighs 7 kg.")
    assert "c.csv, line 2" in found(stale)[0].en
