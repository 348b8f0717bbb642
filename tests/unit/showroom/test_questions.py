"""The queue of viewers' questions: bounded, merged, ranked, polite."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from avatar.speech import Utterance
from dialogue.question import Answer, Question
from showroom.questions import MAX_CHARS, MAX_WAIT_S, MAX_WAITING, MIN_INTERVAL_S, Questions, clean_text

pytestmark = pytest.mark.unit


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def ask(queue: Questions, n: int, *, cites: tuple[str, ...] = (), product: str | None = None, text: str = "",
        reply: str = "") -> str:
    cites = cites or (f"p{n}",)
    question = Question(f"q{n}", f"v{n}", text or f"question number {n}?", "en", datetime.now(UTC))
    spoken = (Utterance(f"u{n}", reply or f"answer {n}", "en", product=product),)
    return queue.offer(question, Answer(f"q{n}", reply or f"answer {n}", "en", spoken, cites, 1.0, False)).state


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> Questions:
    return Questions(clock)


def test_one_question_per_viewer_in_five_seconds(queue: Questions, clock: Clock) -> None:
    assert queue.admit("a", "is it red?").state == "accepted"
    assert queue.admit("a", "is it blue?").reason == "too_fast"
    assert queue.admit("b", "is it blue?").state == "accepted"
    clock.now += MIN_INTERVAL_S
    assert queue.admit("a", "is it blue?").state == "accepted"
    assert queue.refused == 1


@pytest.mark.parametrize(("text", "reason"), [("", "empty"), (" \u200b\x00\n", "empty"), ("x" * (MAX_CHARS + 1), "too_long")])
def test_what_is_no_question(queue: Questions, text: str, reason: str) -> None:
    assert queue.admit("a", text).reason == reason
    assert queue.admit("a", "a real one?").state == "accepted", "a refusal must not cost the viewer's turn"


def test_the_queue_is_bounded_and_refuses_the_newest(queue: Questions) -> None:
    states = [ask(queue, n) for n in range(MAX_WAITING + 10)]
    assert states == ["accepted"] * MAX_WAITING + ["refused"] * 10 and len(queue) == MAX_WAITING
    assert ask(queue, 0) == "merged", "joining an old one is always possible"


def test_memory_of_viewers_is_bounded(queue: Questions, clock: Clock) -> None:
    for n in range(30_000):
        clock.now += 0.01
        queue.admit(f"v{n}", "hm?")
    assert len(queue._last) <= 5_001 + MIN_INTERVAL_S / 0.01


def test_the_same_answer_is_said_once_to_all_who_asked(queue: Questions) -> None:
    assert ask(queue, 1, cites=("lamp:weight",), text="how heavy?", reply="1.9 kg") == "accepted"
    assert ask(queue, 2, cites=("lamp:weight",), text="was wiegt sie", reply="1.9 kg") == "merged"
    assert ask(queue, 3, cites=("lamp:weight",), text="heavy?", reply="It weighs 1.9 kg") == "accepted"
    taken = queue.take(None)
    assert [q for _, q in taken.askers] == ["q1", "q2"] and queue.merged == 1


def test_many_askers_then_the_product_on_show_then_age(queue: Questions, clock: Clock) -> None:
    ask(queue, 1, cites=("a",), reply="old")
    clock.now += 40
    ask(queue, 2, cites=("b",), product="lamp", reply="on show")
    for n in (3, 4, 5, 6):
        ask(queue, n, cites=("c",), reply="wanted by many")
    order = [queue.take("lamp").answer.text for _ in range(3)]
    assert order == ["wanted by many", "on show", "old"]
    assert queue.take("lamp") is None


def test_nobody_waits_for_ever(queue: Questions, clock: Clock) -> None:
    """With newcomers about the product on show every minute an old question still gets its turn."""
    ask(queue, 0, reply="patient")
    for n in range(1, 30):
        clock.now += 60
        ask(queue, n, product="lamp")
        if queue.take("lamp").answer.text == "patient":
            return
    pytest.fail("the patient one was never taken")


def test_stale_answers_expire(queue: Questions, clock: Clock) -> None:
    ask(queue, 1)
    clock.now += MAX_WAIT_S + 1
    assert queue.take(None) is None and queue.expired == 1


def test_cleaning_keeps_the_words_and_drops_the_rest() -> None:
    rng = random.Random()
    words = ["是否", "防水", "wie", "schwer", "क्या", "نعم", "🙂"]
    for _ in range(50):
        chosen = [rng.choice(words) for _ in range(5)]
        noisy = "".join(w + rng.choice((" ", "\n", "\t ", "\x07 ", "\u202e ", "\r\n")) for w in chosen)
        assert clean_text(noisy) == " ".join(chosen)


def test_what_comes_next_can_be_seen_before_it_is_taken(queue: Questions, clock: Clock) -> None:
    assert queue.next("lamp") is None
    for n in range(6):
        ask(queue, n, product=random.choice(["lamp", "mug", None]))
        clock.now += random.uniform(0, 9)
    for _ in range(6):
        seen = queue.next("lamp")
        assert seen is queue.take("lamp") is not None
    assert queue.take("lamp") is None


def test_one_sentence_is_said_once_whichever_language_it_was_asked_in(queue: Questions) -> None:
    """The written answers cite the asker's own language's passage beside the one that is said."""
    for n, written in enumerate((("faq.en",), ("faq.de", "faq.en"), ("faq.zh", "faq.en"))):
        question = Question(f"q{n}", f"v{n}", f"wording {n}?", "en", datetime.now(UTC))
        said = (Utterance(f"u{n}", "By card.", "en", citations=("faq.en",)),)
        state = queue.offer(question, Answer(f"q{n}", f"text {n}", "en", said, written, 1.0, False)).state
        assert state == ("merged" if n else "accepted")
