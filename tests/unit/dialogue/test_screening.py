"""Floods, repeats, advertising and abuse are turned away with a reason; ordinary chat is not."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from dialogue.chat.line import ChatLine
from dialogue.chat.screening import COPIES, FLOOD_LINES, FLOOD_S, MAX_WRITERS, MUTE_S, REASONS, REPEAT_S, Screening

pytestmark = pytest.mark.unit


class Chat:
    def __init__(self) -> None:
        self.now, self.count = 1000.0, 0
        self.screening = Screening(lambda: self.now)

    def say(self, text: str, author: str = "a", language: str = "en", paid: bool = False) -> str:
        self.count += 1
        line = ChatLine("test", f"m{self.count}", author, "", text, datetime.now(UTC), paid=paid)
        return self.screening.reason(line, text, language)


@pytest.mark.parametrize(("text", "reason"), [
    ("is it waterproof?", ""), ("多少钱", ""), ("does it cost $89.90?", ""), ("I am 178 cm, does it fit?", ""), ("?", ""),
    ("is 1.5 l enough for 2 people", ""),
    ("do you have 38 39 40 41 42?", ""),
    ("415 555 2671 text me", "advertising"), ("what is this.can I have it", ""),
    ("", "empty"), ("x" * 401, "too_long"), ("!discord", "command"), ("😂😂😂", "emote"),
    ("buy at https://cheap.shop", "advertising"),
    ("cheaper on www.other", "advertising"), ("bestdeals.xyz now", "advertising"), ("加微信 abc123", "advertising"),
    ("call +1 415 555 2671 now", "advertising"), ("write me a.b@mail.com", "advertising"), ("nooooooooooooooo", "advertising"),
    ("you whore", "abuse")])
def test_a_line_and_its_reason(text: str, reason: str) -> None:
    assert Chat().say(text) == reason and (not reason or reason in REASONS)


def test_a_flood_mutes_its_writer_only_and_longer_each_time() -> None:
    chat = Chat()
    states = [chat.say(f"question {n}?", "loud") for n in range(FLOOD_LINES + 2)]
    assert states == [""] * FLOOD_LINES + ["flood", "muted"]
    assert chat.say("is it red?", "quiet") == ""
    chat.now += MUTE_S + 1
    assert chat.say("sorry, is it red?", "loud") == ""
    for n in range(FLOOD_LINES):
        state = chat.say(f"again {n}?", "loud")
    assert state == "flood"
    chat.now += MUTE_S + 1
    assert chat.say("and now?", "loud") == "muted"
    chat.now += MUTE_S
    assert chat.say("and now?", "loud") == ""


def test_a_patient_writer_is_never_muted() -> None:
    chat, rng = Chat(), random.Random()
    for n in range(200):
        chat.now += FLOOD_S / FLOOD_LINES + 0.01 + rng.random()
        assert chat.say(f"question {n}?") == ""


def test_repeats_are_said_once_a_minute() -> None:
    chat = Chat()
    assert chat.say("How MUCH is it?") == ""
    chat.now += 20
    assert chat.say("how much is it???") == "repeat"
    assert chat.say("how much is it", "b") == "", "somebody else may ask the same"
    assert chat.say("how much is it?", paid=True) == ""
    chat.now += REPEAT_S + 1
    assert chat.say("how much is it?") == ""


def test_a_raid_is_cut_and_a_common_question_is_not() -> None:
    chat = Chat()
    copied = [chat.say("everyone come over to the other channel, the best show tonight", f"r{n}") for n in range(COPIES + 20)]
    assert copied.count("copied") == 20 and copied[:COPIES] == [""] * COPIES
    assert {chat.say("how much is it?", f"p{n}") for n in range(100)} == {""}


def test_memory_is_bounded() -> None:
    chat = Chat()
    for n in range(MAX_WRITERS * 2):
        chat.now += 0.01
        chat.say(f"hello number {n} how are you doing on this fine evening my friends", f"w{n}")
    assert len(chat.screening._writers) <= MAX_WRITERS and len(chat.screening._texts) <= 2000
