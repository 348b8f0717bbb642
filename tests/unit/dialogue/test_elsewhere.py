"""A question about goods that are not sold here is not answered of the product on show."""

import random
from datetime import UTC, datetime

import pytest

from assets.knowledge import Passage
from assets.product import ProductModel
from dialogue.analyser import normal
from dialogue.answering import Answerer
from dialogue.attributes import label_of
from dialogue.elsewhere import kinds, other_goods, sold_kinds, unknown_thing
from dialogue.ports import LANGUAGES
from dialogue.question import Question
from dialogue.training.shop_set import MARKET, questions_of, shop_set

pytestmark = pytest.mark.unit
WEIGH = {
    "en": "How heavy is the {}?", "zh": "那个{}多重？", "ja": "{}の重さは？", "es": "¿Cuánto pesa el {}?",
    "fr": "Combien pèse le {} ?",
    "de": "Wie schwer ist das {}?", "pt": "Quanto pesa o {}?", "it": "Quanto pesa il {}?", "hi": "{} का वज़न कितना है?",
    "ar": "كم يزن {}؟", "ru": "Сколько весит {}?", "id": "Berapa berat {}?", "th": "{}หนักเท่าไร", "vi": "{} nặng bao nhiêu?",
}


def test_goods_of_other_kinds_are_declined_in_every_language() -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    shop = shop_set(chance, 3)
    answerer = Answerer(shop.passages, shop.products, MARKET)
    sold = sold_kinds(p.names for p in shop.products.values())
    foreign = sorted(set(kinds()) - sold - {"watch", "desk"})
    for language in LANGUAGES:
        for kind in chance.sample(foreign, 6):
            word = chance.choice(kinds()[kind][language])
            if any(word in normal(label_of(p, language)) for p in shop.passages):
                continue  # "dishwasher" is an attribute here
            question = Question("q", "v", WEIGH[language].format(word), language, datetime.now(UTC))
            for sku in shop.products:
                assert answerer.answer(question, on_show=sku).refusal, (seed, question.text)


def test_questions_about_what_is_shown_are_not_taken_for_others() -> None:
    """The wordings that the tables were written with, in fourteen languages."""
    asks = questions_of("shop_questions")
    sold = sold_kinds([{"en": "Aurora Kettle"}])
    stopped = [(language, row[language][0]) for row in asks.values() for language in LANGUAGES
               if other_goods(normal(row[language][0]), language, sold)
               or unknown_thing(normal(row[language][0]), language, frozenset())]
    assert len(stopped) <= 0.01 * len(asks) * len(LANGUAGES), stopped


@pytest.mark.parametrize(("text", "language", "answered"), [
    ("How heavy is the kettle?", "en", True), ("How heavy is it?", "en", True), ("How heavy is the Nimbus 4000?", "en", False),
    ("How heavy is the accordion?", "en", False), ("Wie schwer ist das Akkordeon?", "de", False), ("水壶多重？", "zh", True),
    ("多重？", "zh", True), ("Сколько весит Nimbus 4000?", "ru", False), ("กาต้มน้ำหนักเท่าไร", "th", True),
])
def test_a_kettle_on_show(text: str, language: str, answered: bool) -> None:
    product = ProductModel("k", {"en": "Aurora Kettle"}, {"broadcast": "k.glb"}, (0.2, 0.2, 0.2))  # type: ignore[dict-item, arg-type]
    known = [Passage("k:w", "attribute", "Weight: 1.2 kg", "x", "en", "k", None, "weight", "1.2", "kg")]
    answer = Answerer(known, {"k": product}, MARKET).answer(Question("q", "v", text, language, datetime.now(UTC)), on_show="k")
    assert answer.refusal is not answered, answer.text
