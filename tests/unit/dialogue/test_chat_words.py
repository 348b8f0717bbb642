"""Questions as chats write them: of goods that come in pairs, in short words, two at once, in every language."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assets.knowledge import Passage
from assets.market import Market
from assets.product import Price
from dialogue import wording
from dialogue.answering import Answerer
from dialogue.ports import LANGUAGES
from dialogue.quantities import quantities
from dialogue.question import Answer, Question
from dialogue.replies import CatalogueReply
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit
MARKET = Market("us-en", "en", "espeak", "own-site", "USD")


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    content = demo_content()
    return Answerer(content.passages, content.products, MARKET)


def asked(answerer: Answerer, text: str, language: str, sku: str = "headphones") -> Answer:
    return answerer.answer(Question("q", "v", text, language, datetime.now(UTC)), on_show=sku)


@pytest.mark.parametrize(("text", "language", "cited"), [
    ("how much r they", "en", "catalogue:headphones"), ("скок стоят", "ru", "catalogue:headphones"),
    ("сколько стоят наушники", "ru", "catalogue:headphones"), ("c combien", "fr", "catalogue:headphones"),
    ("咋卖的", "zh", "catalogue:headphones"), ("vous en avez encore", "fr", "catalogue:headphones"),
    ("habt ihr die noch da", "de", "catalogue:headphones"), ("hay stock", "es", "catalogue:headphones"),
    ("متوفرة؟", "ar", "catalogue:headphones"), ("còn hàng không shop", "vi", "catalogue:headphones"),
    ("сколько весят", "ru", "headphones:weight"), ("quanto pesam", "pt", "headphones:weight"),
    ("多沉呀", "zh", "headphones:weight"), ("сколько держат заряд", "ru", "headphones:battery_life"),
    ("能听多长时间", "zh", "headphones:battery_life"), ("donde se fabrican", "es", "headphones:origin"),
    ("ils sont en quoi", "fr", "headphones:material"), ("woraus sind die", "de", "headphones:material"),
    ("они влагозащищённые?", "ru", "headphones:water_resistance"),
])
def test_plurals_and_short_words(answerer: Answerer, text: str, language: str, cited: str) -> None:
    assert cited in asked(answerer, text, language).citations


@pytest.mark.parametrize(("text", "language"), [
    ("posso restituirlo", "it"), ("क्या इसे वापस कर सकते हैं", "hi"), ("ممكن ارجعه", "ar"),
    ("можно вернуть если не понравится", "ru"),
    ("bisa dibalikin ga kalo ga cocok", "id"), ("คืนได้ไหม", "th"), ("không thích có trả lại được không", "vi"),
])
def test_returns_are_told_in_languages_that_the_shop_does_not_write(answerer: Answerer, text: str, language: str) -> None:
    answer = asked(answerer, text, language, "mug")
    assert answer.citations[0] == "faq.en:returns", "how it is done, not in which condition"


def test_a_thing_goes_through_where_each_side_does() -> None:
    content, chance = demo_content(), random.Random()
    for _ in range(6):
        sides = chance.sample(range(40, 81), 3)
        row = Passage("chair:dimensions", "attribute", f"It measures {sides[0]} x {sides[1]} x {sides[2]} cm.", "test", "en",
                      "chair", attribute="dimensions", value=" x ".join(map(str, sides)), unit="cm")
        shop = Answerer([row], content.products, MARKET)
        told = {room: asked(shop, f"does its size fit through a {room} cm door?", "en", "chair").text
                for room in (max(sides), max(sides) + 7, min(sides) - 3, (min(sides) + max(sides)) // 2)}
        opened = [text.split(".")[0] for text in told.values()]
        assert opened[:3] == ["Yes", "Yes", "No"], told
        if min(sides) <= list(told)[3] < max(sides):
            assert opened[3] not in ("Yes", "No"), "which side goes first is not known"


@pytest.mark.parametrize(("text", "language", "sku", "cited"), [
    ("aguenta quantos quilos", "pt", "chair", "chair:max_load"),
    ("quantos quilos ela suporta?", "pt", "chair", "chair:max_load"),
    ("che lampadina usa", "it", "lamp", "lamp:bulb"), ("какая там лампочка", "ru", "lamp", "lamp:bulb"),
    ("y en verde?", "es", "lamp", "lamp:colours"), ("elle existe en vert ?", "fr", "lamp", "lamp:colours"),
])
def test_other_things_are_meant(answerer: Answerer, text: str, language: str, sku: str, cited: str) -> None:
    assert asked(answerer, text, language, sku).citations == (cited,)


@pytest.mark.parametrize(("text", "language", "cited"), [
    ("how long they last on 1 charge n how heavy r they", "en", {"headphones:battery_life", "headphones:weight"}),
    ("сколько держит заряд и сколько весят", "ru", {"headphones:battery_life", "headphones:weight"}),
    ("重さは？あと色は何色ある？", "ja", {"headphones:weight", "headphones:colours"}),
])
def test_two_at_once(answerer: Answerer, text: str, language: str, cited: set[str]) -> None:
    answer = asked(answerer, text, language)
    assert set(answer.citations) == cited and answer.language == language


CHEAPEST = [
    ("what's the cheapest thing u got", "en"), ("哪个最便宜", "zh"), ("一番安いのはどれ？", "ja"),
    ("cuál es el más barato?", "es"),
    ("c'est lequel le moins cher ?", "fr"), ("was ist das günstigste?", "de"), ("qual é o mais barato?", "pt"),
    ("qual è il più economico?", "it"), ("सबसे सस्ता कौन सा है?", "hi"), ("ما هو أرخص شيء؟", "ar"), ("что самое дешёвое?", "ru"),
    ("yang paling murah yang mana?", "id"), ("อันไหนถูกที่สุด", "th"), ("cái nào rẻ nhất?", "vi"),
]


def test_the_cheapest_of_all_is_told_by_its_price_of_now() -> None:
    products = demo_content().products
    sums = dict(zip(products, random.sample(range(20, 400), len(products)), strict=True))
    priced = {sku: replace(p, price=Price(Decimal(sums[sku]), "USD")) for sku, p in products.items()}
    alike = {sku: replace(p, price=Price(Decimal(9), "USD")) for sku, p in priced.items()}
    shop, of_one_price = Answerer((), priced, MARKET), Answerer((), alike, MARKET)
    least = min(sums, key=lambda sku: sums[sku])
    for text, language in CHEAPEST:
        answer = asked(shop, text, language)
        assert answer.citations == (f"catalogue:{least}",) and str(sums[least]) in answer.text, text
        assert "catalogue:lamp" not in asked(of_one_price, text, language, "mug").citations


def test_stock_is_told_in_every_language() -> None:
    content = demo_content()
    count = random.randint(2, 900)
    product = replace(content.products["headphones"], stock=count)
    for language in LANGUAGES:
        worded = CatalogueReply(product, "stock", True).worded(language)
        assert str(count) in worded.text.replace(",", "").replace(".", "")
        assert all(q.unit == "" for q in quantities(worded.text)), (language, worded.text)


@pytest.mark.parametrize("said", ["30 sản phẩm", "5 mẫu", "2 lần", "10 góc"])
def test_the_first_letter_of_a_word_is_no_unit(said: str) -> None:
    assert [q.unit for q in quantities(said)] == [""]


def test_a_colour_of_the_list_is_answered_yes_and_no_other_no() -> None:
    content, chance = demo_content(), random.Random()
    for _ in range(8):
        colours = chance.sample(["Cream", "Rust", "Night Blue", "Forest", "Sand", "Rose", "Pearl White", "Slate"], 3)
        row = Passage("mug:colours", "attribute", f"It comes in {', '.join(colours)}.", "test", "en", "mug",
                      attribute="colours", value=", ".join(colours))
        shop = Answerer([row], content.products, MARKET)
        for colour in colours:
            told = asked(shop, f"is {colour.lower()} one of the colours?", "en", "mug").text
            assert told.startswith(wording.sentence("yes", "en"))
        other = asked(shop, "is light purple one of the colours?", "en", "mug").text
        assert not other.startswith((wording.sentence("yes", "en"), wording.sentence("no", "en")))
