"""The fallback's steps in virtual time: none longer than three seconds, rests that grow, clips and captions at the end."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import numpy as np
import pytest

from assets.policy_file import load_policy
from avatar.speech import Phone, Speech, Utterance
from dialogue.fallback import FAILURES, LONGEST_REST_S, REST_S, SILENT_ENGINE, STEP_S, FallbackVoice
from dialogue.kept_clips import KeptClips
from dialogue.policy import Policy
from dialogue.speaking import Speaker
from dialogue.speech_cache import SpeechCache
from tests.fakes.virtual_loop import run_virtual
from tests.fakes.voice import FakeVoice

pytestmark = pytest.mark.unit


class Hanging(FakeVoice):
    """Never answers."""

    async def speak(self, text: str, language: str) -> Speech:
        self.started.append(text)
        await asyncio.sleep(10**9)
        raise AssertionError


class Sending(FakeVoice):
    """Sends what it was given, or raises it."""

    def __init__(self, answer: Speech | Exception) -> None:
        super().__init__("sending")
        self.answer = answer

    async def speak(self, text: str, language: str) -> Speech:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_each_step_takes_three_seconds_at_most_and_a_dead_voice_costs_less_and_less() -> None:
    voices = [Hanging(f"v{n}") for n in range(random.randint(1, 3))]

    async def night() -> list[float]:
        loop = asyncio.get_running_loop()
        chain = FallbackVoice([*voices, good], clock=loop.time)
        took, resting = [], {}
        for _ in range(200):
            start = loop.time()
            assert (await chain.speak("hello there", "en")).engine == "good"
            took.append(loop.time() - start)
            resting |= chain.resting()
            await asyncio.sleep(4)
        assert set(resting) == {v.name for v in voices} and 0 < max(resting.values()) <= LONGEST_REST_S
        return took

    good = FakeVoice("good")
    took = run_virtual(night())
    assert max(took) <= STEP_S * len(voices) + 1e-6 and took[0] > 0
    assert not any(took[2:]), "two hangs, and nobody waits for a dead voice any more: it is tried beside the show"
    tries = len(voices[0].started)
    assert FAILURES < tries <= FAILURES + 200 * 4 / LONGEST_REST_S + np.log2(LONGEST_REST_S / REST_S) + 2


def test_a_voice_that_hung_comes_back_without_anybody_waiting_for_it() -> None:
    class Hung(FakeVoice):
        async def speak(self, text: str, language: str) -> Speech:
            if asyncio.get_running_loop().time() < until_s:
                self.started.append(text)
                await asyncio.sleep(10**9)
            return await super().speak(text, language)

    async def night() -> list[tuple[float, str]]:
        loop = asyncio.get_running_loop()
        chain, out = FallbackVoice([first, FakeVoice("good")], clock=loop.time), []
        while not out or (out[-1][1] == "good" and loop.time() < 3000):
            start = loop.time()
            engine = (await chain.speak("hello there", "en")).engine
            out.append((loop.time() - start, engine))
            await asyncio.sleep(4)
        await chain.close()
        return out

    first, until_s = Hung("first"), random.uniform(40, 900)
    said = run_virtual(night())
    assert said[-1][1] == "first" and [took for took, _ in said[2:]] == [0.0] * (len(said) - 2)
    assert first.started.count("hello there") == 3, "twice before its rest, then when it had said a word that nobody heard"


def test_a_voice_on_trial_is_asked_where_no_other_speaks() -> None:
    async def night() -> str:
        loop = asyncio.get_running_loop()
        voice = FakeVoice("only")
        chain, voice.fail_next = FallbackVoice([voice], clock=loop.time), FAILURES
        for _ in range(FAILURES):
            assert (await chain.speak("hello there", "en")).engine == SILENT_ENGINE
        assert (await chain.speak("hello there", "en")).engine == SILENT_ENGINE and len(voice.started) == FAILURES
        host = FallbackVoice([FakeVoice("host")], clock=loop.time)
        host._beside.append(chain)
        assert host.resting() == {"only": round(REST_S)}, "a guest's voice rests on the same board"
        await asyncio.sleep(REST_S)
        engine = (await chain.speak("hello there", "en")).engine
        await chain.close()
        return engine

    assert run_virtual(night()) == "only"


def test_warming_waits_longer_than_a_step_and_for_all_at_once() -> None:
    class Slow(FakeVoice):
        async def speak(self, text: str, language: str) -> Speech:
            await asyncio.sleep(9)
            return await super().speak(text, language)

    async def start() -> tuple[tuple[str, ...], float]:
        chain = FallbackVoice([Slow("a"), Slow("b"), Hanging("c")])
        return await chain.warm("en"), asyncio.get_running_loop().time()

    assert run_virtual(start()) == (("a", "b"), pytest.approx(12.0))


SOUND = Speech(np.full(4800, 3000, np.int16), (Phone("a", 0.0, 0.1),), (), "sending")


@pytest.mark.parametrize("answer", [
    ValueError("half a sample"), KeyError("phones"), RuntimeError("anything"), OSError("gone"),
    Speech(np.zeros(48_000, np.int16), (), (), "sending"), Speech(np.zeros(0, np.int16), (), (), "sending"),
    Speech(np.full(48_000 * 30, 3000, np.int16), (), (), "sending")], ids=lambda a: type(a).__name__)
async def test_whatever_a_voice_raises_or_sends_the_next_one_speaks(answer: Speech | Exception) -> None:
    told: list[tuple[str, str]] = []
    chain = FallbackVoice([Sending(answer), FakeVoice("next")], on_failure=lambda name, why: told.append((name, why)))
    assert (await chain.speak("hello there", "en")).engine == "next"
    assert [name for name, _ in told] == ["sending"] and told[0][1].endswith(".") and "\n" not in told[0][1]
    assert (await FallbackVoice([Sending(SOUND)]).speak("hello there", "en")).engine == "sending"


async def test_what_was_said_once_is_said_again_when_no_voice_can(tmp_path: Path) -> None:
    told: list[str] = []
    voice = FakeVoice("only")
    chain = FallbackVoice([voice], clips=KeptClips(SpeechCache(tmp_path)), on_failure=lambda name, why: told.append(name))
    before = await chain.speak("the brass lamp", "en")
    await asyncio.gather(*chain._keeping)
    voice.fail_next = 10
    again, new = await chain.speak("the brass lamp", "en"), await chain.speak("a new sentence", "en")
    assert again.engine == "kept clips" and np.array_equal(again.pcm, before.pcm) and again.words == before.words
    assert new.engine == SILENT_ENGINE and [w.text for w in new.words] == ["a", "new", "sentence"]
    assert told == ["only", "only", SILENT_ENGINE] and chain.now == SILENT_ENGINE
    await chain.speak("another one", "en")
    assert told.count(SILENT_ENGINE) == 1, "the operator is told once for each time that it goes quiet"


async def test_answers_to_viewers_are_not_kept(tmp_path: Path) -> None:
    """They may name who asked."""
    chain = FallbackVoice([FakeVoice("only")], clips=KeptClips(SpeechCache(tmp_path)))
    speaker = Speaker(chain, Policy(load_policy("own-site")))
    for name, question in (("Anastasia asked that.", "q1"), ("The lamp is here.", None)):
        assert [c async for _, c, _ in speaker.speak(Utterance("u", name, "en", question_id=question))] == [name]
        await asyncio.gather(*chain._keeping)
    kept = [path.read_text() for path in tmp_path.glob("*.json")]
    assert len(kept) == 1 and "lamp" in kept[0] and "Anastasia" not in kept[0]
