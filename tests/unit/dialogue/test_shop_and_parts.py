"""Where the shop is, what is the heaviest of all, and parts that can be changed: by words alone, in fourteen languages."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assets.knowledge import Passage
from assets.market import Market
from assets.product import Price
from dialogue.answering import Answerer
from dialogue.question import Answer, Question
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit
MARKET = Market("us-en", "en", "espeak", "own-site", "USD")

SEAT = [
    ("ur in which country", "en"), ("your in which country", "en"), ("where are you guys located?", "en"),
    ("你们在哪个国家", "zh"), ("お店はどこにありますか", "ja"), ("¿en qué país están?", "es"),
    ("vous êtes dans quel pays ?", "fr"), ("in welchem land sitzt ihr?", "de"), ("vocês ficam em que país?", "pt"),
    ("in che paese siete?", "it"), ("आप किस देश में हैं?", "hi"), ("في أي بلد أنتم؟", "ar"), ("в какой стране вы находитесь?", "ru"),
    ("kalian di negara mana?", "id"), ("ร้านอยู่ประเทศไหน", "th"), ("shop ở nước nào vậy?", "vi"),
]
HEAVIEST = [
    ("which is the heaviest you sell", "en"), ("which one is the heaviest thing you sell", "en"), ("你们最重的是哪个", "zh"),
    ("was ist das schwerste was ihr verkauft", "de"), ("cuál es el más pesado que tienen", "es"),
    ("lequel est le plus lourd de la boutique", "fr"), ("qual é o mais pesado da loja?", "pt"),
    ("qual è il più pesante che avete?", "it"), ("सबसे भारी कौन सा है?", "hi"), ("ما هو أثقل شيء لديكم؟", "ar"),
    ("что самое тяжелое у вас, что весит больше", "ru"), ("yang paling berat di toko apa?", "id"),
    ("ในร้านอะไรหนักที่สุด", "th"), ("cái nào nặng nhất trong shop?", "vi"),
]
STRAP = [
    ("¿se puede cambiar la correa?", "es"), ("je peux changer le bracelet ?", "fr"), ("kann man das armband wechseln", "de"),
    ("dá pra trocar a pulseira?", "pt"), ("si può cambiare il cinturino?", "it"), ("ремешок можно поменять?", "ru"),
    ("ベルトは交換できますか", "ja"), ("पट्टा बदल सकते हैं?", "hi"), ("هل يمكن تغيير السوار؟", "ar"),
    ("bisa ganti tali jamnya?", "id"), ("เปลี่ยนสายได้ไหม", "th"), ("thay dây được không", "vi"),
]


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    content = demo_content()
    return Answerer(content.passages, content.products, MARKET)


def asked(answerer: Answerer, text: str, language: str, sku: str | None = None) -> Answer:
    return answerer.answer(Question("q", "v", text, language, datetime.now(UTC)), on_show=sku)


@pytest.mark.parametrize(("text", "language"), SEAT)
def test_where_the_shop_is_no_list_of_countries_says(answerer: Answerer, text: str, language: str) -> None:
    assert asked(answerer, text, language).refusal


def test_where_the_shop_is_its_own_answer_says() -> None:
    content = demo_content()
    told = Passage("faq.en:seat", "faq", "We are in Lisbon.", "faq.csv", question="Which country are you in?")
    shop = Answerer((*content.passages, told), content.products, MARKET)
    for text, language in SEAT:
        assert asked(shop, text, language, "lamp").citations == (told.id,), text


@pytest.mark.parametrize(("text", "cited"), [
    ("which country do you ship to", "faq.en:countries"), ("where is it made", "lamp:origin"),
    ("can I exchange it for another colour", "faq.en:exchange"),
])
def test_other_countries_and_exchanges_are_answered_as_before(answerer: Answerer, text: str, cited: str) -> None:
    assert cited in asked(answerer, text, "en", "lamp").citations


@pytest.mark.parametrize(("text", "language"), HEAVIEST)
def test_the_heaviest_of_all_is_told_with_its_weight(answerer: Answerer, text: str, language: str) -> None:
    answer = asked(answerer, text, language, "lamp")
    assert answer.citations[0] == "chair:weight" and {"lamp:weight", "watch:weight"} <= set(answer.citations)
    assert "8.6" in answer.text.replace(",", ".")


def test_nothing_is_the_heaviest_where_one_is_unknown_or_other_goods_are_meant(answerer: Answerer) -> None:
    content = demo_content()
    gone = random.choice(sorted(content.products))
    without = Answerer([p for p in content.passages if p.id != f"{gone}:weight"], content.products, MARKET)
    assert asked(without, "which is the heaviest you sell", "en").refusal
    assert asked(answerer, "what is the heaviest piano you sell", "en").refusal


def test_the_dearest_of_all_is_told_by_its_price_of_now() -> None:
    products = demo_content().products
    sums = dict(zip(products, random.sample(range(20, 400), len(products)), strict=True))
    shop = Answerer((), {sku: replace(p, price=Price(Decimal(sums[sku]), "USD")) for sku, p in products.items()}, MARKET)
    most = max(sums, key=lambda sku: sums[sku])
    answer = asked(shop, "what is the most expensive thing you sell", "en")
    assert answer.citations[0] == f"catalogue:{most}" and str(sums[most]) in answer.text


@pytest.mark.parametrize(("text", "language"), STRAP)
def test_of_a_part_no_exchange_of_goods_is_told(answerer: Answerer, text: str, language: str) -> None:
    answer = asked(answerer, text, language, "watch")
    assert answer.refusal or all(cited.startswith("watch:") for cited in answer.citations), answer.text


@pytest.mark.parametrize(("text", "language", "sku"), [
    ("does rain come through", "en", "backpack"), ("will my stuff get wet in the rain", "en", "backpack"),
    ("is it ruined by rain", "en", "backpack"), ("does it die in water", "en", "watch"),
    ("will rain kill them", "en", "headphones"), ("下雨会湿吗", "zh", "backpack"),
    ("雨で中が濡れますか", "ja", "backpack"), ("kommt regen durch?", "de", "backpack"),
    ("¿entra la lluvia?", "es", "backpack"), ("la pluie passe à travers ?", "fr", "backpack"),
])
def test_of_water_that_gets_in_no_yes_is_said(answerer: Answerer, text: str, language: str, sku: str) -> None:
    answer = asked(answerer, text, language, sku)
    assert answer.citations == (f"{sku}:water_resistance",)
    assert not answer.text.lower().startswith(("yes", "no.", "no:", "no,", "ja", "sí", "oui", "是", "はい", "不")), answer.text


def test_of_rain_that_it_stands_a_yes_is_said(answerer: Answerer) -> None:
    for text in ("can I wear it in the rain", "is it ok in rain", "can it get wet in the rain"):
        assert asked(answerer, text, "en", "watch").text.startswith("Yes"), text


@pytest.mark.parametrize(("text", "language", "cited"), [
    ("elle arrive montée ?", "fr", "chair:assembly"), ("¿viene montada?", "es", "chair:assembly"),
    ("quanto è alta la seduta?", "it", "chair:seat_height"), ("¿qué altura tiene el asiento?", "es", "chair:seat_height"),
    ("कैश ऑन डिलीवरी है क्या", "hi", "faq.en:payment"),
])
def test_what_a_neighbouring_word_had_led_astray(answerer: Answerer, text: str, language: str, cited: str) -> None:
    assert asked(answerer, text, language, "chair").citations == (cited,)
