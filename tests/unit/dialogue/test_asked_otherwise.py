"""Questions that ask two things, in another unit, of other goods, or who speaks; full names that mean something else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dialogue.analyser import normal
from dialogue.answering import Answerer
from dialogue.attributes import asked_attributes
from dialogue.evidence import wants
from dialogue.language import detect
from dialogue.other_units import unit_asked
from dialogue.part_questions import parts_of
from dialogue.question import Answer, Question
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    content = demo_content()
    return Answerer(content.passages, content.products, content.market)


def asked(answerer: Answerer, text: str, on_show: str = "lamp") -> Answer:
    return answerer.answer(Question("q", "v", text, detect(text, "en"), datetime.now(UTC)), on_show=on_show)


@pytest.mark.parametrize("text", [
    "how heavy is it and what does it cost?", "wie schwer ist sie und was kostet sie?", "多重？多少钱？",
    "¿cuánto pesa y cuánto cuesta?", "combien pèse-t-elle et combien ça coûte ?", "重さと値段は？",
])
def test_both_parts_are_answered(answerer: Answerer, text: str) -> None:
    answer = asked(answerer, text)
    assert set(answer.citations) == {"lamp:weight", "catalogue:lamp"}
    assert "89" in answer.text and ("1.9" in answer.text or "1,9" in answer.text)
    assert len({u.id for u in answer.utterances}) == 2


@pytest.mark.parametrize("text", ["is it made of steel and glass?", "do you ship to Canada and Japan?", "how heavy is it?"])
def test_one_question_stays_one(text: str) -> None:
    assert parts_of(text, "en") == []


@pytest.mark.parametrize(("text", "told"), [
    ("how tall is it in inches?", "42 cm (16.5 inches)"), ("wie hoch ist sie in Zoll?", "42 cm (16,5 Zoll)"),
    ("how heavy is it in pounds?", "1.9 kg (4.19 lb)"), ("how heavy is it in kg?", "1.9 kg"), ("重量是多少磅？", "(4.19磅)"),
])
def test_the_unit_asked_for_is_told(answerer: Answerer, text: str, told: str) -> None:
    assert told in asked(answerer, text).text


def test_a_quantity_in_the_question_asks_for_no_unit() -> None:
    assert unit_asked("does it carry 20 pounds?", "mass") == ""
    assert unit_asked("how heavy in pounds?", "mass") == "pound"
    assert unit_asked("how heavy in pounds?", "length") == ""


@pytest.mark.parametrize("text", ["do you sell fridges?", "你们卖冰箱吗？", "¿vendéis neveras?", "вы продаёте холодильники?"])
def test_goods_that_are_not_shown(answerer: Answerer, text: str) -> None:
    answer = asked(answerer, text)
    shown = [p.name(answer.language) for p in demo_content().products.values()]
    assert answer.refusal and all(name in answer.text for name in shown)


@pytest.mark.parametrize("text", ["do you sell mugs?", "verkauft ihr Becher?"])
def test_goods_that_are_sold_are_told_from_stock(answerer: Answerer, text: str) -> None:
    assert asked(answerer, text).citations == ("catalogue:mug",)


@pytest.mark.parametrize("text", ["are you a robot?", "who are you?", "你是真人吗？", "bist du ein Mensch?"])
def test_who_speaks(answerer: Answerer, text: str) -> None:
    assert any(word in asked(answerer, text).text for word in ("AI", "KI", "digital", "数字主播"))


def test_a_name_asks_for_nothing(answerer: Answerer) -> None:
    for language, text in (("en", "what does the {} weigh?"), ("de", "wie schwer ist {}?"), ("fr", "combien pèse {} ?"),
                           ("zh", "{}多重？"), ("es", "¿cuánto pesa {}?")):
        for sku, product in demo_content().products.items():
            answer = asked(answerer, text.format(product.name(language)))
            assert answer.citations == () or answer.citations[0].split(":")[0] == sku
            if not answer.refusal:
                assert answer.citations[0].endswith((":weight", ":weight_kg")), (text, sku, answer.text)


@pytest.mark.parametrize(("text", "language"), [
    ("quanto tempo funciona com uma carga?", "pt"), ("quanto dura con una carica?", "it"),
    ("how long does it run on one charge?", "en"), ("на сколько хватает одного заряда?", "ru"),
])
def test_time_on_a_charge_is_not_time_to_charge(text: str, language: str) -> None:
    found = [asked.name for asked in asked_attributes(normal(text), language, [])]
    assert "charge_time" not in found and "battery_life" in found


@pytest.mark.parametrize(("text", "language", "attribute"), [
    ("quanto tempo demora para carregar?", "pt", "charge_time"), ("in quanto tempo si ricarica?", "it", "charge_time"),
    ("y la duracion de la bateria?", "es", "battery_life"), ("wie gross ist sie, groesse?", "de", "dimensions"),
    ("nang bao nhieu", "vi", "weight"), ("garantia?", "pt", "warranty"), ("из чего сделан", "ru", "material"),
])
def test_attributes_are_known_in_every_language_with_or_without_accents(text: str, language: str, attribute: str) -> None:
    assert attribute in {asked.name for asked in asked_attributes(normal(text), language, [])}


def test_an_unaccented_syllable_is_not_the_start_of_another() -> None:
    assert not wants("price", normal("Giao hàng mấy ngày?"), "vi") and wants("price", normal("gia bao nhieu"), "vi")
