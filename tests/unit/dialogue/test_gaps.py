"""What nobody could answer is gathered, approved, and answers the next one."""

import random
from datetime import UTC, datetime

import pytest

from assets.knowledge import Passage
from dialogue.answering import Answerer
from dialogue.gaps import gathered
from dialogue.question import Question
from tests.fakes.shop import MARKET, passages, products

pytestmark = pytest.mark.unit
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def asked(*texts: str) -> list[tuple[Question, str | None]]:
    return [(Question(f"q{i}", f"v{i}", text, "en", NOW), "backpack") for i, text in enumerate(texts)]


def test_alike_questions_become_one_gap() -> None:
    questions = asked("does it have an engraved whistle", "is there a whistle engraved?", "who is the designer",
                      "engraved whistle?")
    random.shuffle(questions)
    gaps = gathered(questions, None)
    assert [len(gap.questions) for gap in gaps] == [3, 1] and all(gap.sku == "backpack" for gap in gaps)
    assert {viewer for viewer, _ in gaps[0].askers} == {"v0", "v1", "v3"}
    assert gathered([], None) == ()


def test_an_approved_answer_is_given_to_the_next_asker() -> None:
    shop = Answerer(passages(), products(), MARKET)
    question = asked("who is the designer of the buckle?")[0][0]
    assert shop.answer(question, on_show="backpack").refusal
    gap = gathered([(question, "backpack")], None)[0]
    passage = Passage("approved:1", "faq", "The buckle was designed by Ines Prado.", "the team", "en", gap.sku,
                      gap.questions[0].text)
    shop.replace([*passages(), passage], products())
    answer = shop.answer(question, on_show="backpack")
    assert not answer.refusal and "Ines Prado" in answer.text and answer.citations == ("approved:1",)
