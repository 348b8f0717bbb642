"""What sending costs is asked more than anything: answered in every language from the passage that says it, else not at all."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from assets.knowledge import Passage
from assets.market import Market
from dialogue.answering import Answerer
from dialogue.question import Answer, Question
from dialogue.shipping import asks_cost
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit
ASKED = [
    ("wats the shippin cost", "en"), ("is shipping free?", "en"), ("how much does it cost to ship to Canada?", "en"),
    ("邮费多少呀", "zh"), ("包邮吗", "zh"), ("送料はいくらですか", "ja"), ("cuanto cuesta el envio", "es"),
    ("¿gastos de envío?", "es"),
    ("c koi les frais de port", "fr"), ("combien coûte la livraison ?", "fr"), ("wie hoch sind die Versandkosten?", "de"),
    ("was kostet der versand", "de"), ("qual o valor do frete?", "pt"), ("quanto costa la spedizione", "it"),
    ("डिलीवरी का कितना पैसा लगेगा?", "hi"), ("كم سعر الشحن؟", "ar"),
    ("Сколько стоит доставка?", "ru"), ("доставка платная?", "ru"),
    ("ongkirnya berapa kak", "id"), ("ค่าส่งเท่าไหร่คะ", "th"), ("phí ship bao nhiêu vậy shop", "vi"),
]


def passage(identity: str, language: str, question: str | None, text: str) -> Passage:
    return Passage(identity, "faq" if question else "text", text, "test", language, question=question)


OTHERS = [passage("time", "en", "How long does shipping take?", "It takes 2 to 5 days."),
          passage("gift", "en", "Can you wrap it?", "Yes, for 3 dollars, with a card."),
          passage("back", "en", "Are returns free?", "Returns are free, we pay the shipping.")]


def shop(passages: Sequence[Passage]) -> Answerer:
    return Answerer(passages, demo_content().products, Market("us-en", "en", "espeak", "own-site", "USD"))


def told(answerer: Answerer, text: str, language: str) -> Answer:
    return answerer.answer(Question("q", "v", text, language, datetime.now(UTC)), on_show="mug")


def test_the_cost_is_told_in_every_language_and_nothing_else_is() -> None:
    without = shop(OTHERS)
    for text, language in ASKED:
        assert told(without, text, language).refusal, f"{text}: neither the time, nor the return, nor the gift"
    for said in (("en", "How much is shipping?", "It costs {} dollars."), ("en", "What does shipping cost?", "${} an order."),
                 ("en", None, "We deliver everywhere for ${}."), ("de", "Was kostet der Versand?", "Das kostet ${}.")):
        amount = f"{random.randint(3, 40)}.{random.randint(10, 99)}"
        answerer = shop([*OTHERS, passage("cost", said[0], said[1], said[2].format(amount))])
        for text, language in ASKED:
            answer = told(answerer, text, language)
            assert answer.citations[:1] == ("cost",) and amount in answer.text, (said, text)


@pytest.mark.parametrize(("text", "language"), [
    ("are returns free?", "en"), ("how long does shipping take?", "en"), ("ist der Rückversand kostenlos?", "de"),
    ("quanto tempo demora o frete?", "pt"), ("退货运费谁出", "zh"), ("ship bao lâu tới", "vi"), ("сколько идёт доставка", "ru"),
    ("how much is the lamp?", "en"), ("do you ship to Austria?", "en"),
])
def test_other_questions_about_sending(text: str, language: str) -> None:
    assert not asks_cost(text, language)


def test_the_country_asked_for_comes_before_others() -> None:
    costs = (("Canada", 9), ("Japan", 14), ("France", 11))
    rows = [passage(place, "en", f"What does shipping to {place} cost?", f"To {place} it costs {sum_} dollars.")
            for place, sum_ in costs]
    answerer = shop(rows)
    for place in ("Canada", "Japan", "France"):
        assert told(answerer, f"how much is shipping to {place}?", "en").citations[0] == place
