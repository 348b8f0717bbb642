"""Which product, card and shot go with a sentence."""

from __future__ import annotations

import functools
import itertools
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from assets.product import Price
from avatar.speech import GestureMark, Utterance
from render.clock import ticks
from render.cue import CardCue, ExplodeCue, LabelCue, ProductCue, ShotCue
from showroom.staging import MIN_SHOT_TICKS, Staging, card_lines, price_text
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit
content = functools.cache(demo_content)


@pytest.fixture
def staging() -> Staging:
    return Staging(content().spec, content().products, "en", "AI presenter")


def say(product: str | None, *marks: str) -> Utterance:
    return Utterance("u", "Hello.", "en", product=product, marks=tuple(GestureMark(m) for m in marks))


def test_the_first_sentence_brings_label_product_card_and_shot(staging: Staging) -> None:
    cues = staging.cues(say("lamp"), "hook", 500)
    assert [type(c) for c in cues] == [LabelCue, ProductCue, CardCue, ShotCue]
    assert all(c.at == 500 for c in cues) and cues[1].sku == "lamp" and staging.sku == "lamp"


def test_nothing_is_said_twice_to_the_studio_and_everything_to_a_new_one(staging: Staging) -> None:
    staging.cues(say("lamp"), "hook", 0)
    again = staging.cues(say("lamp"), "hook", ticks(1))
    assert not [c for c in again if isinstance(c, LabelCue | ProductCue | CardCue)]
    staging.restart()
    after = staging.cues(say(None), "answer", ticks(2))
    assert [c.sku for c in after if isinstance(c, ProductCue)] == ["lamp"], "an answer about nothing keeps what stands"
    assert any(isinstance(c, LabelCue) for c in after)


def test_shots_last_and_pointing_hands_are_seen(staging: Staging) -> None:
    rng, shots, at = random.Random(), [], 0
    products = list(content().products)
    product = products[0]
    for _ in range(400):
        fresh = rng.random() < 0.05
        product = rng.choice(products) if fresh else product
        pointing = rng.random() < 0.3
        kind = rng.choice(("hook", "facts", "offer", "question", "answer"))
        before = staging.sku
        for cue in staging.cues(say(product, *(["point"] if pointing else [])), kind, at):
            if isinstance(cue, ShotCue):
                shots.append((cue.at, cue.name, staging.sku != before))
        if pointing and staging.sku == before and at - shots[-1][0] >= MIN_SHOT_TICKS:
            assert shots[-1][1] != "product", "a pointing hand must be seen"
        at += ticks(rng.uniform(0.5, 6))
    for (a, _, _), (b, _, fresh) in itertools.pairwise(shots):
        assert fresh or b - a >= MIN_SHOT_TICKS
    assert {name for _, name, _ in shots} == {"wide", "medium", "product"}


def test_a_product_that_was_withdrawn_is_not_cued(staging: Staging) -> None:
    staging.products = {k: v for k, v in content().products.items() if k != "lamp"}
    cues = staging.cues(say("lamp"), "hook", 0)
    assert not [c for c in cues if isinstance(c, ProductCue | CardCue)]
    staging.products = dict(content().products)
    staging.cues(say("mug"), "hook", ticks(10))
    staging.products.pop("mug")
    staging.restart()
    assert not [c for c in staging.cues(say("mug"), "hook", ticks(20)) if isinstance(c, ProductCue)]


def test_the_card_names_price_and_facts() -> None:
    for product in content().products.values():
        lines = card_lines(product, "en")
        assert lines[0] == product.name("en") and price_text(product.price) in lines
        assert 2 <= len(lines) <= 4
    told = replace(content().products["lamp"], price=None, facts=())
    assert card_lines(told, "en") == (told.name("en"), *(p.text for p in told.points_in("en")[:2]))
    plain = replace(told, points=())
    assert card_lines(plain, "en") == (plain.name("en"),)


@pytest.mark.parametrize(("amount", "currency", "shown"), [
    ("49.90", "USD", "$49.90"), ("399", "CNY", "¥399"), ("12.00", "CHF", "12.00 CHF"), ("5", "EUR", "€5")])
def test_prices_are_written_with_their_sign(amount: str, currency: str, shown: str) -> None:
    assert price_text(Price(Decimal(amount), currency)) == shown


def test_a_marked_sentence_takes_the_product_apart_and_the_next_one_puts_it_together(staging: Staging) -> None:
    model = content().products["headphones"]
    assert model.exploded is not None and (model.exploded.size_m[0] > model.size_m[0] or
                                           model.exploded.size_m[1] > model.size_m[1])
    whole = {type(c): c for c in staging.cues(say("headphones"), "facts", 0)}
    opened = {type(c): c for c in staging.cues(say("headphones", "explode"), "facts", ticks(3))}
    assert opened[ExplodeCue].amount == 1.0 and opened[ShotCue].name == "product"
    assert opened[ShotCue].camera != whole[ShotCue].camera
    closed = {type(c): c for c in staging.cues(say("headphones"), "facts", ticks(6))}
    assert closed[ExplodeCue].amount == 0.0 and ShotCue in closed
    later = staging.cues(say("headphones"), "facts", ticks(9))
    assert not [c for c in later if isinstance(c, ExplodeCue)]
    staging.cues(say("headphones", "explode"), "facts", ticks(12))
    other = staging.cues(say("lamp"), "hook", ticks(15))
    assert not [c for c in other if isinstance(c, ExplodeCue)], "another product is whole by itself"
