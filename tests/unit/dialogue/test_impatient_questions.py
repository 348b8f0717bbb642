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


@pytest.mark.parametrize(("text", "language", "cited", "sku"), [
    ("do they cancle noise", "en", "headphones:noise_cancelling", "headphones"),
    ("nois canceling??", "en", "headphones:noise_cancelling", "headphones"),
    ("ok and how fast do they charge", "en", "headphones:charge_time", "headphones"),
    ("is it light", "en", "headphones:weight", "headphones"), ("what colour temp", "en", "lamp:colour_temperature", "lamp"),
    ("A 220v socket", "en", "lamp:power_supply", "lamp"), ("can it charge my phone", "en", "lamp:usb_port", "lamp"),
    ("how many hours does the bulb last", "en", "lamp:bulb_life", "lamp"), ("can i nuke it", "en", "mug:microwave_safe", "mug"),
    ("whats ur return policy", "en", "faq.en:returns", "lamp"), ("可以戴着洗澡吗", "zh", "watch:water_resistance", "watch"),
    ("日付表示ありますか", "ja", "watch:date", "watch"), ("puedo meterla al micro", "es", "mug:microwave_safe", "mug"),
    ("elle pivote ou pas", "fr", "chair:swivel", "chair"),
    ("il rentre un pc 15 pouces", "fr", "backpack:fits_laptop", "backpack"),
    ("kann ich die mit zwei handys koppeln", "de", "headphones:multipoint", "headphones"),
    ("шумодав есть", "ru", "headphones:noise_cancelling", "headphones"),
    ("هل فيها عزل ضوضاء", "ar", "headphones:noise_cancelling", "headphones"),
])
def test_as_shoppers_talk(answerer: Answerer, text: str, language: str, cited: str, sku: str) -> None:
    assert detect(text, language) == language and cited in asked(answerer, text, language, on_show=sku).citations


@pytest.mark.parametrize(("text", "sku"), [
    ("isnt the battery replaceable?", "headphones"),
    ("how heavy is the desk", "lamp"), ("is it quiet", "lamp"), ("are you human", "chair"),
])
def test_what_words_seem_to_say_is_not_answered(answerer: Answerer, text: str, sku: str) -> None:
    assert asked(answerer, text, "en", on_show=sku).refusal


def test_of_a_sum_each_price_is_told_and_none_is_the_lowest(answerer: Answerer) -> None:
    answer = asked(answerer, "is it cheaper than the watch and the mug together", "en")
    assert answer.citations == ("catalogue:lamp", "catalogue:watch", "catalogue:mug") and "lowest" not in answer.text


def test_lighter_names_no_lamp_and_hours_no_headphones(answerer: Answerer) -> None:
    compared = asked(answerer, "is it lighter than the mug", "en", on_show="headphones")
    assert set(compared.citations) == {"headphones:weight", "mug:weight"}
    timed = asked(answerer, "how many hours does it stay hot", "en", on_show="mug")
    assert timed.citations == ("mug:heat_retention",)


def test_of_two_questions_the_known_one_is_answered(answerer: Answerer) -> None:
    both = asked(answerer, "how long is the cord and can i return it", "en")
    assert {"lamp:cable_length", "faq.en:returns"} <= set(both.citations)


@pytest.mark.parametrize(("text", "language", "sku", "cited"), [
    ("how many hours does it run", "en", "watch", "watch:power_reserve"),
    ("less than 250 grams?", "en", "headphones", "headphones:weight"),
    ("faut une pile", "fr", "watch", "watch:battery_life"), ("thay bóng được ko", "vi", "lamp", "lamp:bulb"),
    ("e a garantia?", "pt", "lamp", "lamp:warranty"), ("can i dim to like 2%", "en", "lamp", "lamp:dimming_range"),
    ("how long does it take to build", "en", "chair", "chair:assembly"),
    ("機内に持ち込める？", "ja", "backpack", "backpack:cabin_size"),
    ("pode nadar com ele", "pt", "watch", "watch:water_resistance"),
])
def test_what_is_meant_by_few_words(answerer: Answerer, text: str, language: str, sku: str, cited: str) -> None:
    assert detect(text, language) == language and asked(answerer, text, language, on_show=sku).citations == (cited,)


def test_what_is_denied_and_asked_back_gets_no_yes(answerer: Answerer) -> None:
    answer = asked(answerer, "non è impermeabile vero?", "it", on_show="watch")
    assert answer.citations == ("watch:water_resistance",) and not answer.text.startswith("Sì")
