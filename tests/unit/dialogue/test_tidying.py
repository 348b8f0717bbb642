"""Markup, entities, unseen signs and halves of letters are neither said nor shown; everything else stays as it is."""

from __future__ import annotations

import asyncio
import random

import pytest

from assets.policy_file import load_policy
from assets.ssml import Delivery
from avatar.speech import Utterance
from dialogue.policy import Policy
from dialogue.speaking import Speaker
from dialogue.tidying import tidied, tidy
from tests.fakes.voice import FakeVoice

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("text", "seen"), [
    ("<p>The <b>brass</b> lamp</p><p>It&rsquo;s nice &amp; heavy.</p>", "The brass lamp It’s nice & heavy."),
    ("<B>Br</B>ass<br/>and steel", "Brass and steel"), ('<a href="https://x">Here</a>', "Here"),
    ("Schreib\u00adtisch\u00adlampe", "Schreibtischlampe"), ("wor\u200bld\u202e", "world"), ("a\x00b\x07", "a b"),
    ("\ud83dlamp", "\ufffdlamp"), ("क्\u200dष", "क्\u200dष"), ("👩\u200d👧", "👩\u200d👧"), ("caf&eacute;", "café"),
    ("size <M>, 3 < 5 > 2, R&D, AT&T; &bogus;", "size <M>, 3 < 5 > 2, R&D, AT&T; &bogus;"), ("two  blanks", "two  blanks"),
    ("I <3 this <big> lamp", "I <3 this <big> lamp"), ("<br/>", ""), ("", ""),
])
def test_what_nobody_would_write_is_left_out(text: str, seen: str) -> None:
    assert tidied(text) == seen


def test_any_text_can_be_encoded_and_tidying_again_changes_nothing() -> None:
    seed = random.randrange(1 << 30)
    rng = random.Random(seed)
    pieces = ["<b>", "</b>", "&amp;", "&lt;b&gt;",
              "\ud83d", "\udc00", "\u00ad", "\x07", " ", "lamp", "灯", "<M>", "\u200d", "&", ";"]
    for _ in range(200):
        text = "".join(rng.choices(pieces, k=rng.randint(0, 12)))
        once = tidied(text)
        once.encode()
        assert not set(once) & {"\u00ad", "\x07"}, f"seed {seed}"


def test_words_that_are_counted_stay_and_nothing_left_is_nothing_said() -> None:
    tagged = Utterance("u", "<b>Brass</b> \ud83dlamp", "en", delivery=(Delivery("emphasis", 3, 8, "strong"),))
    assert tidy(tagged).text == "<b>Brass</b> \ufffdlamp"
    plain = Utterance("u", "A lamp.", "en")
    assert tidy(plain) is plain
    voice = FakeVoice()
    speaker = Speaker(voice, Policy(load_policy("own-site")))

    async def said(text: str) -> list[str]:
        return [clause async for _, clause, _ in speaker.speak(Utterance("u", text, "en"))]

    assert asyncio.run(said("<br/>")) == [] and asyncio.run(said("\ud83d")) == [] and not voice.calls
    assert asyncio.run(said("<p>A \ud83dlamp.</p>")) == ["A \ufffdlamp."] and voice.calls == ["A lamp."]
    assert speaker.checked(Utterance("u", "<i>A lamp.</i>", "en")).text == "A lamp.", "the caption is of the same text"
