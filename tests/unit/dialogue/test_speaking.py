"""The speaker: policy first, clause by clause, one ahead; the fallback never leaves the listener without words."""

import asyncio
import contextlib
import random

import numpy as np
import pytest

from assets.policy_file import load_policy
from avatar.speech import Utterance
from dialogue.fallback import FAILURES, REST_S, SILENT_ENGINE, FallbackVoice, silent_speech
from dialogue.policy import Policy
from dialogue.ports import VoiceError
from dialogue.speaking import Blocked, Speaker
from tests.fakes.voice import FakeVoice

pytestmark = pytest.mark.unit
POLICY = Policy(load_policy("own-site"))
TEXT = "Welcome to the evening show. Here is a lamp for your desk, and a chair beside it! Do you like them?"


async def test_speaks_the_clauses_in_order_with_their_own_words() -> None:
    voice = FakeVoice()
    spoken = [item async for item in Speaker(voice, POLICY).speak(Utterance("u", TEXT, "en"))]
    assert [index for index, _, _ in spoken] == list(range(len(spoken))) and len(spoken) >= 3
    assert " ".join(clause for _, clause, _ in spoken) == TEXT
    for _, clause, speech in spoken:
        assert [w.text for w in speech.words] == clause.split()
        assert not speech.pcm[-1000:].any(), "a pause follows"
        assert speech.phones[-1].end_s == pytest.approx(speech.duration_s, abs=1e-3)


async def test_the_next_clause_is_made_while_the_first_is_played_and_no_more() -> None:
    voice = FakeVoice()
    async with contextlib.aclosing(Speaker(voice, POLICY).speak(Utterance("u", TEXT, "en"))) as clauses:
        await anext(clauses)
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(voice.calls) == 2
    assert len(voice.calls) == 2


async def test_nothing_blocked_reaches_the_voice() -> None:
    voice = FakeVoice()
    for text in (
        "This is the best lamp in the world.",
        f"It costs {random.randint(2, 99)} dollars.",
        "The chair cures back pain.",
    ):
        with pytest.raises(Blocked) as caught:
            async for _ in Speaker(voice, POLICY).speak(Utterance("u", text, "en")):
                pass
        assert caught.value.verdict.rule and caught.value.verdict.reason
    assert not voice.started


async def test_a_rewritten_sentence_is_spoken_as_rewritten() -> None:
    voice = FakeVoice()
    spoken = [c async for _, c, _ in Speaker(voice, POLICY).speak(Utterance("u", "It is 100% waterproof.", "en"))]
    assert spoken == ["It is waterproof."] and voice.calls == ["It is waterproof."]


async def test_stopping_early_cancels_the_look_ahead() -> None:
    voice = FakeVoice()
    async with contextlib.aclosing(Speaker(voice, POLICY).speak(Utterance("u", TEXT, "en"))) as clauses:
        await anext(clauses)
        voice.hold = asyncio.Event()
    assert len(voice.calls) <= 2
    assert not [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]


async def test_a_failing_voice_is_replaced_then_rested() -> None:
    now, told = [0.0], []
    first, second = FakeVoice("first"), FakeVoice("second")
    voice = FallbackVoice([first, second], clock=lambda: now[0], on_failure=lambda name, why: told.append((name, why)))
    first.fail_next = FAILURES
    for _ in range(FAILURES):
        assert (await voice.speak("hello there", "en")).engine == "second"
    calls = len(first.calls)
    assert (await voice.speak("hello there", "en")).engine == "second" and len(first.calls) == calls, "it rests"
    now[0] += REST_S + 1
    assert (await voice.speak("hello there", "en")).engine == "second", "it is tried beside the show first"
    await asyncio.sleep(0)
    assert (await voice.speak("hello there", "en")).engine == "first"
    assert [name for name, _ in told] == ["first"] * FAILURES and all(why for _, why in told)
    assert voice.spoken == {"second": FAILURES + 2, "first": 1}


async def test_a_slow_voice_is_passed_over() -> None:
    slow, quick = FakeVoice("slow"), FakeVoice("quick")
    slow.hold = asyncio.Event()
    assert (await FallbackVoice([slow, quick], step_s=0.05, first_step_s=0.05).speak("hello", "en")).engine == "quick"


async def test_without_any_voice_there_is_silence_of_the_right_length() -> None:
    broken = FakeVoice()
    broken.fail_next = 99
    short, long = random.randint(3, 6), random.randint(12, 20)
    voice = FallbackVoice([broken])
    speech = [await voice.speak(" ".join(["word"] * n), "en") for n in (short, long)]
    assert all(s.engine == SILENT_ENGINE and not s.pcm.any() for s in speech)
    assert speech[1].duration_s > speech[0].duration_s > 0.8
    assert 2.0 < long / speech[1].duration_s < 4.0, "words a second"
    assert [len(s.words) for s in speech] == [short, long]
    assert isinstance(silent_speech("你好").pcm, np.ndarray)


async def test_the_voices_failure_reaches_the_caller_of_a_bare_speaker() -> None:
    voice = FakeVoice()
    voice.fail_next = 1
    with pytest.raises(VoiceError):
        async for _ in Speaker(voice, POLICY).speak(Utterance("u", TEXT, "en")):
            pass
