"""The script is said ahead of the show, nearest sentence first; a voice that fails is let rest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from assets.policy_file import load_policy
from avatar.speech import Utterance
from dialogue.cached_voice import CachedVoice
from dialogue.openings import OPENINGS
from dialogue.policy import Policy
from dialogue.speaking import Speaker
from dialogue.speech_cache import SpeechCache
from showroom.rehearsal import FIRST, OPENING_LINES, REST_S, Rehearsal
from tests.fakes.voice import FakeVoice

pytestmark = pytest.mark.unit


class Enough(Exception):
    """The test has seen enough."""


class Script:
    """A cursor that stands still: line 0, line 1, …"""

    def peek(self, count: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(text=f"This is line number {letter}.", sku="lamp", cites=(), mood="warm", delivery=(), by="")
                for letter in "abcdefghijklmnopqrstuvwxyz"[:count]]


def rehearsal(inner: FakeVoice, folder: Path, slept: list[float], answer: Sequence[Utterance] = ()) -> Rehearsal:
    voice = CachedVoice(inner, SpeechCache(folder))

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) > 60:
            raise Enough

    return Rehearsal(Speaker(voice, Policy(load_policy("own-site")), voice, openers=[voice]), Script(),  # type: ignore[arg-type]
                     "en", sleep, answer=lambda: answer)


async def test_the_nearest_sentence_comes_first_and_openings_soon(tmp_path: Path) -> None:
    inner, slept = FakeVoice(), []
    with pytest.raises(Enough):
        await rehearsal(inner, tmp_path, slept).run()
    assert [c[-2] for c in inner.calls[:FIRST]] == list("abcd")[:FIRST]
    assert set(inner.calls[FIRST : FIRST + len(OPENINGS["en"])]) == set(OPENINGS["en"])
    assert len(inner.calls) == len(set(inner.calls)), "nothing is made twice"
    assert slept[-1] > 0, "it naps when all is ready"


async def test_the_first_sentences_are_there_before_the_show_opens(tmp_path: Path) -> None:
    inner = FakeVoice()
    await rehearsal(inner, tmp_path, []).opening()
    assert [c[-2] for c in inner.calls[:OPENING_LINES]] == list("abc")[:OPENING_LINES]
    broken = FakeVoice()
    broken.fail_next = 1
    await rehearsal(broken, tmp_path / "other", []).opening()


async def test_a_failing_voice_is_let_rest(tmp_path: Path) -> None:
    inner, slept = FakeVoice(), []
    inner.fail_next = 2
    with pytest.raises(Enough):
        await rehearsal(inner, tmp_path, slept).run()
    assert slept[:2] == [REST_S, REST_S] and len(inner.calls) > 5


async def test_an_answer_that_waits_for_its_turn_is_made_first_and_not_written_down(tmp_path: Path) -> None:
    inner = FakeVoice()
    answer = [Utterance("a", "Ana asked about the strap. It is padded.", "en", question_id="q1")]
    it = rehearsal(inner, tmp_path, [], answer)
    assert await it.once() == 2 and inner.calls == ["Ana asked about the strap.", "It is padded."]
    assert not list(tmp_path.iterdir())
    assert await it.once() == 1 and inner.calls[2].startswith("This is line")
    said = [part async for part in it.speaker.speak(answer[0])]
    assert len(said) == 2 and len(inner.calls) == 3, "at once, and without an opening"


async def test_a_voice_that_keeps_nothing_has_its_openings_made_and_no_more() -> None:
    inner, slept = FakeVoice(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    speaker = Speaker(inner, Policy(load_policy("own-site")), openers=[inner])
    inner.fail_next = 1
    await Rehearsal(speaker, Script(), "en", sleep).run()  # type: ignore[arg-type]
    assert inner.calls == [OPENINGS["en"][0], *OPENINGS["en"]] and slept[0] == REST_S
