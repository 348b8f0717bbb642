"""Questions as they are typed in a chat: against a sum, with slips, without accents, to a country, in two languages at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dialogue.answering import Answerer
from dialogue.language import detect
from dialogue.misspelt import corrected
from dialogue.question import Answer, Question
from dialogue.shipping import places
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    content = demo_content()
    return Answerer(content.passages, content.products, content.market)


def asked(answerer: Answerer, text: str, language: str, on_show: str = "lamp") -> Answer:
    return answerer.answer(Question("q", "v", text, language, datetime.now(UTC)), on_show=on_show)


@pytest.mark.parametrize(("text", "language", "opening"), [
    ("cheaper than 100 dollars?", "en", "Yes"), ("is it under $50?", "en", "No"), ("billiger als 100 dollar?", "de", "Ja"),
    ("más barato que 100 dólares?", "es", "Sí"), ("比100美元便宜吗", "zh", "是"), ("比80美元贵吗", "zh", "是"),
    ("c'est moins cher que 50 dollars ?", "fr", "Non"), ("more expensive than 80 €?", "en", "The price"),
])
def test_a_price_is_held_against_a_sum_of_its_currency(answerer: Answerer, text: str, language: str, opening: str) -> None:
    answer = asked(answerer, text, language)
    assert answer.citations == ("catalogue:lamp",) and answer.text.startswith(opening)


@pytest.mark.parametrize(("text", "language", "listed"), [
    ("do you ship to Germany", "en", True), ("versandet ihr nach Österreich?", "de", True), ("livraison belgique?", "fr", True),
    ("ships to me? im in canada", "en", True), ("能寄到日本吗", "zh", True), ("spedite in svizzera", "it", False),
    ("доставка в Австрию есть?", "ru", True), ("bisa kirim ke singapura?", "id", True), ("hacen envios a mexico", "es", False),
])
def test_a_country_is_looked_for_in_the_list_of_where_to(answerer: Answerer, text: str, language: str, listed: bool) -> None:
    answer = asked(answerer, text, language)
    assert any("countries" in cited for cited in answer.citations) and answer.language == language
    assert answer.text.startswith(("Yes", "Ja", "Oui", "是", "Да", "Ya")) == listed


def test_how_long_to_a_country_is_no_question_for_the_list(answerer: Answerer) -> None:
    answer = asked(answerer, "how long does shipping to Canada take?", "en")
    assert not any("countries" in cited for cited in answer.citations)


@pytest.mark.parametrize(("text", "language", "attribute", "sku"), [
    ("battry life?", "en", "battery_life", "headphones"), ("warrenty", "en", "warranty", "lamp"),
    ("cuanto mide en pulgadas?", "es", "dimensions", "lamp"), ("garantia?", "pt", "warranty", "lamp"),
    ("grosse?", "de", "dimensions", "lamp"), ("แบตอึดไหม", "th", "battery_life", "headphones"),
    ("co bao hanh khong", "vi", "warranty", "lamp"), ("co chong nuoc ko", "vi", "water_resistance", "watch"),
])
def test_slips_and_missing_accents_are_read(answerer: Answerer, text: str, language: str, attribute: str, sku: str) -> None:
    assert any(cited.endswith(attribute) for cited in asked(answerer, text, language, sku).citations)


def test_words_that_are_right_stay() -> None:
    known = {"stripe", "batter"}
    for text in ("do you sell shells?", "does it smell?", "a stripe of batter", "how tall is the table"):
        assert corrected(text, "en", known) == text
    assert corrected("haight? wieght?", "en", known) == "height? weight?"


@pytest.mark.parametrize(("text", "language"), [
    ("ships to me? im in canada", "en"), ("कितने ml आता है", "hi"), ("сколько ml", "ru"),
    ("gia bn vay", "vi"), ("kitne ka hai", "hi"), ("aguenta 120kg?", "pt"),
])
def test_short_lines_are_told_by_their_small_words(text: str, language: str) -> None:
    assert detect(text, language) == language


def test_the_list_of_countries_names_countries_only() -> None:
    assert places("we ship to the united kingdom, japan and the eu", "en") == {"GB", "JP", "EU"}
    assert not places("a man from nowhere in the world", "en")
