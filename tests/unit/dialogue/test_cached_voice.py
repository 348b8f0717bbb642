"""A voice with a memory: what was said once costs nothing, live speech goes first, the folder stays small."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path

import numpy as np
import pytest

from assets.policy_file import load_policy
from avatar.speech import Speech, Utterance
from dialogue import speaking, wording
from dialogue.cached_voice import FIRST_RATIO, IN_TIME_S, RECENT, TAKE_OVER_S, WAKING, CachedVoice
from dialogue.clauses import clauses
from dialogue.fallback import FallbackVoice, _Health
from dialogue.openings import OPENINGS, opening_for
from dialogue.policy import Policy
from dialogue.ports import LANGUAGES, NotInTime
from dialogue.speaking import Speaker
from dialogue.speech_cache import LOOK_EVERY, SpeechCache, clip_key
from tests.fakes.voice import LETTER_S, FakeVoice, tone_speech

pytestmark = pytest.mark.unit
POLICY = Policy(load_policy("own-site"))


def words(count: int) -> str:
    return " ".join(random.choice(["lamp", "river", "seven", "paper"]) + str(random.randint(0, 999)) for _ in range(count))


def same(a: Speech, b: Speech) -> bool:
    return bool(np.array_equal(a.pcm, b.pcm)) and (a.phones, a.words, a.engine) == (b.phones, b.words, b.engine)


def test_a_kept_clip_comes_back_as_it_was(tmp_path: Path) -> None:
    cache, text = SpeechCache(tmp_path / "speech"), words(4)
    key = clip_key(text, "en", "fake", "1")
    assert cache.get(key) is None and not cache.has(key)
    cache.put(key, tone_speech(text))
    assert cache.has(key) and same(cache.get(key), tone_speech(text))
    others = [clip_key(text, "en", "fake", "2"), clip_key(text, "es", "fake", "1"), clip_key(text + ".", "en", "fake", "1")]
    assert not any(map(cache.has, others)) and len({key, *others}) == 4


@pytest.mark.parametrize("damage", ["cut", "empty", "times", "gone"])
def test_a_damaged_clip_is_made_again(tmp_path: Path, damage: str) -> None:
    cache, text = SpeechCache(tmp_path), words(3)
    key = clip_key(text, "en", "fake", "1")
    cache.put(key, tone_speech(text))
    sound, times = next(tmp_path.glob("*.flac")), next(tmp_path.glob("*.json"))
    match damage:
        case "cut":
            sound.write_bytes(sound.read_bytes()[: sound.stat().st_size // 2])
        case "empty":
            sound.write_bytes(b"")
        case "times":
            times.write_text("{")
        case "gone":
            sound.unlink()
    assert cache.get(key) is None
    cache.put(key, tone_speech(text))
    assert same(cache.get(key), tone_speech(text))


def test_the_folder_stays_below_its_bound_and_loses_the_oldest(tmp_path: Path) -> None:
    texts = [words(5) for _ in range(12)]
    keys = [clip_key(t, "en", "fake", "1") for t in texts]
    probe = SpeechCache(tmp_path / "probe")
    probe.put(keys[0], tone_speech(texts[0]))
    one_mb = sum(p.stat().st_size for p in (tmp_path / "probe").iterdir()) / 1e6
    cache = SpeechCache(tmp_path / "kept", max_mb=5.5 * one_mb)
    for key, text in zip(keys, texts, strict=True):
        cache.put(key, tone_speech(text))
        assert sum(p.stat().st_size for p in (tmp_path / "kept").iterdir()) <= 5.5 * one_mb * 1e6
    assert cache.has(keys[-1]) and not cache.has(keys[0])


def test_a_full_folder_is_not_looked_through_for_each_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 15,000 clips in it a look took a quarter of a second of a core, beside a studio that draws."""
    looks = []
    real = SpeechCache._make_room
    monkeypatch.setattr(SpeechCache, "_make_room", lambda cache: (looks.append(1), real(cache)))
    cache, other, speech = SpeechCache(tmp_path), SpeechCache(tmp_path), tone_speech("hello")
    for n in range(LOOK_EVERY + 50):
        cache.put(f"mine{n}", speech)
    assert len(looks) == 2  # at the start, and for what others may have put
    other.put("theirs", speech)
    assert len(looks) == 3 and cache.has("theirs")


def test_a_disk_that_refuses_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    SpeechCache(tmp_path / "file").put("k", tone_speech("hello"))
    assert SpeechCache(tmp_path / "file").get("k") is None


async def test_the_second_time_costs_nothing(tmp_path: Path) -> None:
    inner, text = FakeVoice(), words(4)
    voice = CachedVoice(inner, SpeechCache(tmp_path))
    first, second = await voice.speak(text, "en"), await voice.speak(text, "en")
    assert same(first, second) and inner.calls == [text]
    assert await voice.prepare(text, "en") is False and await voice.prepare(words(5), "en") is True


async def test_what_would_take_too_long_goes_to_the_next_voice_without_an_alarm(tmp_path: Path) -> None:
    slow, quick, told = FakeVoice("slow"), FakeVoice("quick"), []
    voice = CachedVoice(slow, SpeechCache(tmp_path), in_time_s=IN_TIME_S)
    long = words(40)
    with pytest.raises(NotInTime, match="slow voice would need"):
        await voice.speak(long, "en")
    chain = FallbackVoice([voice, quick], on_failure=lambda name, why: told.append(why))
    for _ in range(5):
        assert (await chain.speak(long, "en")).engine == "quick"
    await voice.prepare(long, "en")
    assert (await chain.speak(long, "en")).engine == "slow" and not told and slow.calls == [long]


async def test_a_machine_that_was_too_slow_is_not_asked_for_as_much_again(tmp_path: Path) -> None:
    """Until a rehearsal shows that it is quicker."""
    now = [0.0]
    inner = FakeVoice("slow")
    voice = CachedVoice(inner, SpeechCache(tmp_path), in_time_s=IN_TIME_S, clock=lambda: now[0])
    inner.hold = asyncio.Event()
    live = asyncio.create_task(voice.speak(words(4), "en"))
    while not inner.started:
        await asyncio.sleep(0)
    now[0] += 3.0
    live.cancel()
    with pytest.raises(asyncio.CancelledError):
        await live
    inner.hold = None
    with pytest.raises(NotInTime):
        await voice.speak(words(5), "en")
    for _ in range(8):
        await voice.prepare(words(5), "en")
    assert (await voice.speak(words(5), "en")).engine == "slow"


async def test_live_speech_interrupts_a_rehearsal_which_begins_again(tmp_path: Path) -> None:
    inner = FakeVoice()
    voice, later, now = CachedVoice(inner, SpeechCache(tmp_path)), words(6), words(2)
    inner.hold = asyncio.Event()
    rehearsal = asyncio.create_task(voice.prepare(later, "en"))
    while not inner.started:
        await asyncio.sleep(0)
    live = asyncio.create_task(voice.speak(now, "en"))
    while len(inner.started) < 2:
        await asyncio.sleep(0)
    inner.hold.set()
    assert (await live).engine == "fake" and await rehearsal
    assert inner.started == [later, now, later] and inner.calls == [now, later]


async def test_a_live_sentence_that_is_being_rehearsed_is_not_begun_anew(tmp_path: Path) -> None:
    inner, text = FakeVoice(), words(3)
    voice = CachedVoice(inner, SpeechCache(tmp_path))
    inner.hold = asyncio.Event()
    rehearsal = asyncio.create_task(voice.prepare(text, "en"))
    while not inner.started:
        await asyncio.sleep(0)
    live = asyncio.create_task(voice.speak(text, "en"))
    for _ in range(3):
        await asyncio.sleep(0)
    inner.hold.set()
    assert same(await live, tone_speech(text)) and await rehearsal and inner.started == [text]


async def test_an_answer_opens_with_a_kept_clip_while_its_first_clause_is_made(tmp_path: Path) -> None:
    inner = FakeVoice()
    voice = CachedVoice(inner, SpeechCache(tmp_path))
    speaker = Speaker(voice, POLICY, voice, openers=[voice])
    question = f"q{random.randint(0, 9999)}"
    opening = opening_for("en", question)
    assert [await speaker.prepare_opening("en") for _ in range(len(OPENINGS["en"]) + 1)] == [1] * len(OPENINGS["en"]) + [0]
    voice = speaker._keeper = CachedVoice(inner, SpeechCache(tmp_path / "lost"))  # what is in memory needs no disk
    answer = Utterance("a", "It has a padded strap. The zips run smoothly.", "en", question_id=question)
    made = len(inner.calls)
    inner.hold = asyncio.Event()
    async with contextlib.aclosing(speaker.speak(answer)) as parts:
        index, clause, speech = await anext(parts)
        assert (index, clause) == (-1, opening) and speech.duration_s > 0.3
        assert " ".join(w.text for w in speech.words) == opening, "it has a caption, word by word"
        assert np.array_equal(speech.pcm[: len(tone_speech(opening).pcm)], tone_speech(opening).pcm)
        inner.hold.set()
        rest = [item async for item in parts]
    assert [i for i, _, _ in rest] == [0, 1] and len(inner.calls) == made + 2
    again = [item async for item in speaker.speak(answer)]
    assert [i for i, _, _ in again] == [0, 1], "kept now, and the question was opened once"
    plain = [item async for item in speaker.speak(Utterance("s", words(5), "en"))]
    assert plain[0][0] == 0, "only answers open"


async def test_where_a_quicker_voice_says_the_answer_there_is_no_opening_in_another(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "QUICK_S", 60.0)  # however busy this machine is
    slow, quick = FakeVoice("slow"), FakeVoice("quick")
    voice = CachedVoice(slow, SpeechCache(tmp_path), in_time_s=IN_TIME_S)
    speaker = Speaker(FallbackVoice([voice, quick]), POLICY, voice, openers=[voice, quick])
    while await speaker.prepare_opening("en"):
        pass
    voice._at_work.ratio = 0.4  # the openings came at once
    long = " ".join(str(random.randint(21, 99)) for _ in range(25))  # nothing is cut beside a number
    answers = [(long, ["quick"]), ("It has a strap.", ["slow", "slow"])]
    for number, (text, voices) in enumerate(answers):
        said = [s async for _, _, s in speaker.speak(Utterance("a", text, "en", question_id=f"q{number}"))]
        assert [s.engine for s in said] == voices, text


async def test_an_answer_of_a_quick_voice_that_is_held_up_opens_in_that_voice(tmp_path: Path) -> None:
    slow, quick = FakeVoice("slow"), FakeVoice("quick")
    voice = CachedVoice(slow, SpeechCache(tmp_path), in_time_s=IN_TIME_S)
    chain = FallbackVoice([voice, quick])
    speaker = Speaker(chain, POLICY, voice, openers=[voice, quick])
    while await speaker.prepare_opening("en"):
        pass
    long = " ".join(str(random.randint(21, 99)) for _ in range(25))
    voice._at_work.ratio = 5.0
    quick.hold = asyncio.Event()
    async with contextlib.aclosing(speaker.speak(Utterance("a", long, "en", question_id="q1"))) as parts:
        index, clause, speech = await anext(parts)
        assert (index, clause, speech.engine) == (-1, opening_for("en", "q1"), "quick")
        quick.hold.set()
        assert [i async for i, _, _ in parts] == [0]
    chain._health["quick", "en"] = _Health(resting_until_s=chain._clock() + 99)
    assert (await anext(speaker.speak(Utterance("a", long, "en", question_id="q2"))))[0] == 0, "it rests: who speaks has none"


async def test_a_show_with_one_quick_voice_has_openings_too() -> None:
    voice = FakeVoice()
    speaker = Speaker(FallbackVoice([voice]), POLICY, openers=[voice])
    while await speaker.prepare_opening("en"):
        pass
    voice.hold = asyncio.Event()
    async with contextlib.aclosing(speaker.speak(Utterance("a", "It is padded.", "en", question_id="q"))) as parts:
        assert (await anext(parts))[0] == -1
        voice.hold.set()
        assert [clause async for _, clause, _ in parts] == ["It is padded."]


async def test_what_would_take_too_long_is_said_in_pieces_of_the_same_voice(tmp_path: Path) -> None:
    now, inner, quick = [0.0], FakeVoice("slow"), FakeVoice("quick")
    voice = CachedVoice(inner, SpeechCache(tmp_path), in_time_s=IN_TIME_S, clock=lambda: now[0])
    speaker = Speaker(FallbackVoice([voice, quick]), POLICY, voice)
    text = " ".join(random.choice(["river", "lamp", "summer", "window"]) for _ in range(25)) + "."
    said = [(i, c, s) async for i, c, s in speaker.speak(Utterance("a", text, "en", question_id="q"))]
    assert {s.engine for _, _, s in said} == {"slow"} and len(said) >= 2
    assert " ".join(c for _, c, _ in said) == text and [i for i, _, _ in said] == list(range(len(said)))
    assert [w.text for _, _, s in said for w in s.words] == text.split()
    pauses = [speech.duration_s - len(clause) * LETTER_S for _, clause, speech in said]
    assert max(pauses[:-1]) < 0.1 < pauses[-1], "no pause as after a full stop"


async def test_once_another_voice_has_taken_over_it_says_the_rest_of_the_sentence(tmp_path: Path) -> None:
    inner, quick = FakeVoice("slow"), FakeVoice("quick")
    voice = CachedVoice(inner, SpeechCache(tmp_path), in_time_s=IN_TIME_S)
    await voice.prepare("The zips run smoothly.", "en")
    voice._at_work.ratio = FIRST_RATIO
    chain = FallbackVoice([voice, quick])
    text = " ".join(str(random.randint(21, 99)) for _ in range(20)) + " are here. It has a strap. The zips run smoothly."
    said = [s.engine async for _, _, s in Speaker(chain, POLICY, voice).speak(Utterance("a", text, "en", question_id="q"))]
    assert said == ["quick"] * 3
    said = [s.engine async for _, _, s in Speaker(chain, POLICY, voice).speak(Utterance("s", "It has a strap.", "en"))]
    assert said == ["slow"], "the next sentence is hers again"


async def test_a_sentence_that_takes_longer_than_was_expected_goes_to_the_next_voice(tmp_path: Path) -> None:
    inner, quick = FakeVoice("slow"), FakeVoice("quick")
    voice = CachedVoice(inner, SpeechCache(tmp_path), in_time_s=TAKE_OVER_S + 0.02)
    voice._at_work.ratio = 0.001
    inner.hold = asyncio.Event()
    chain = FallbackVoice([voice, quick], on_failure=lambda who, why: pytest.fail(why))
    answer = Utterance("a", "It has a strap.", "en", question_id="q")
    said = [s.engine async for _, _, s in Speaker(chain, POLICY, voice).speak(answer)]
    assert said == ["quick"] and inner.started and voice.ratio > 0.001, "it will not be asked for as much again"
    rehearsal = asyncio.create_task(voice.prepare("The zips run.", "en"))
    while len(inner.started) < 2:
        await asyncio.sleep(0)
    assert (await chain.speak("The zips run.", "en")).engine == "quick" and not rehearsal.done(), "what is on its way goes on"
    inner.hold.set()
    assert await rehearsal and (await chain.speak("The zips run.", "en")).engine == "slow"


async def test_a_voice_that_is_not_started_is_started_beside_and_not_waited_for(tmp_path: Path) -> None:
    inner, up, here = FakeVoice("slow"), [False], [False]
    voice = CachedVoice(inner, SpeechCache(tmp_path), in_time_s=IN_TIME_S, present=lambda: here[0], ready=lambda: up[0])
    with pytest.raises(NotInTime, match="not started"):
        await voice.speak("It has a strap.", "en")
    await asyncio.sleep(0)
    assert not inner.started and not await voice.prepare("It has a strap.", "en"), "it is not on this machine"
    here[0] = True
    assert not voice.makes_in_time("Yes.")
    for _ in range(3):
        with pytest.raises(NotInTime, match="not started"):
            await voice.speak("It has a strap.", "en")
    await asyncio.sleep(0)
    assert inner.started == [WAKING], "once"
    up[0] = True
    assert (await voice.speak("It has a strap.", "en")).engine == "slow"
    await voice.close()


async def test_before_a_show_the_voice_itself_is_started_not_its_memory(tmp_path: Path) -> None:
    inner = FakeVoice("slow")
    for _ in range(2):  # two nights
        voice = CachedVoice(inner, SpeechCache(tmp_path))
        assert await FallbackVoice([voice]).warm("en") == ("slow",)
    assert len(inner.calls) == 2 and not list(tmp_path.iterdir())


async def test_answers_are_remembered_but_not_written_to_disk(tmp_path: Path) -> None:
    """They can name who asked."""
    inner = FakeVoice()
    voice = CachedVoice(inner, SpeechCache(tmp_path))
    speaker = Speaker(voice, POLICY, voice)
    for number in range(RECENT + 3):
        text = f"It fits you, {words(1)} {number}."
        for _ in range(2):
            assert [s async for _, _, s in speaker.speak(Utterance("a", text, "en", question_id=f"q{number}"))]
    assert len(inner.calls) == RECENT + 3 == len(set(inner.calls)) and not list(tmp_path.iterdir())
    assert len(voice._recent) == RECENT


async def test_what_the_policy_forbids_is_not_rehearsed(tmp_path: Path) -> None:
    inner = FakeVoice()
    voice = CachedVoice(inner, SpeechCache(tmp_path))
    assert await Speaker(voice, POLICY, voice).rehearse(Utterance("u", "This is the best lamp in the world.", "en")) == 0
    assert not inner.started


def test_every_language_has_openings_that_promise_nothing() -> None:
    assert set(OPENINGS) == set(LANGUAGES)
    for language, texts in OPENINGS.items():
        for text in texts:
            assert POLICY.check(Utterance("o", text, language)).allowed and not any(c.isdigit() for c in text)
    assert opening_for("xx", "q") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_not_called_good_twice(language: str) -> None:
    greeting = wording.chat("good_question", language, name="Ana")
    assert POLICY.check(Utterance("o", greeting, language)).allowed and "Ana" in clauses(greeting, language)[0]
    openings = {opening_for(language, f"q{n}", greeting) for n in range(40)}
    assert openings and openings <= set(OPENINGS[language][1:]), "the first of each language is that of the greeting"
