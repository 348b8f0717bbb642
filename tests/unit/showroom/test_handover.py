"""Declined questions are grouped for the team; its answers pass the policy, become knowledge and find their askers."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dialogue.policy import Policy
from showroom.handover import MAX_ANSWER, MAX_ASKERS, MAX_QUESTIONS, Asker, Handover, HandoverError
from showroom.store import Store
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit


@pytest.fixture
def handover(tmp_path: Path) -> Handover:
    return Handover(Store(tmp_path / "show.sqlite"), Policy(demo_content().policy))


def ask(handover: Handover, words: str, viewer: str, language: str = "en", product: str | None = "lamp") -> None:
    handover.noted(Asker(viewer, f"p-{viewer}", words, language), product)


def test_nearly_equal_questions_are_one_and_the_most_asked_is_first(handover: Handover) -> None:
    ask(handover, "Can I paint it?", "v0")
    for n in range(3):
        ask(handover, "Is it made by robots?", f"v{n}")
    ask(handover, "is it made by robots", "v9")
    ask(handover, "Ist es von Robotern gebaut?", "v5", "de")
    first, *rest = handover.groups()
    assert first["asked"] == 4 and len(first["also"]) == 1 and {g["text"] for g in rest} == {
        "Can I paint it?", "Ist es von Robotern gebaut?"}


def test_an_answer_becomes_a_passage_and_names_who_waits(handover: Handover, tmp_path: Path) -> None:
    colour = random.choice(("green", "violet", "orange"))
    ask(handover, "Is it made by robots?", "v1")
    ask(handover, "is it made by robots", "v2")
    passage, askers = handover.teach("Is it made by robots?", f"No, by a {colour} dragon.", None)
    assert passage.kind == "faq" and passage.text == f"No, by a {colour} dragon." and passage.sku == "lamp"
    assert passage.source.startswith("the team, 20") and {a.viewer for a in askers} == {"v1", "v2"}
    assert not handover.groups() and handover.passages() == (passage,)
    again = Handover(Store(tmp_path / "show.sqlite"), Policy(demo_content().policy))
    assert again.passages() == (passage,), "it is there after a restart"
    with pytest.raises(HandoverError, match="answered already"):
        handover.teach("Is it made by robots?", "Yes.", None)


@pytest.mark.parametrize(("answer", "words"), [("", "Write an answer"), ("x" * (MAX_ANSWER + 1), "Write an answer"),
                                               ("It cures every disease.", "policy forbids")])
def test_what_may_not_be_said_does_not_become_knowledge(handover: Handover, answer: str, words: str) -> None:
    ask(handover, "What is it good for?", "v1")
    with pytest.raises(HandoverError, match=words):
        handover.teach("What is it good for?", answer, None)
    assert handover.groups() and not handover.passages()


def test_a_flood_of_strange_questions_keeps_its_bounds(handover: Handover) -> None:
    for n in range(MAX_QUESTIONS + 50):
        ask(handover, f"question number {n} about {random.random()}", "v")
    for n in range(MAX_ASKERS + 20):
        ask(handover, "The one that all ask?", f"v{n}")
    assert len(handover._askers) <= MAX_QUESTIONS and len(handover._askers["The one that all ask?"]) == MAX_ASKERS
