"""The show in virtual time: answers between sentences, interruptions that lose nothing, sentences that cannot be said."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest

from avatar.speech import Speech, Utterance
from dialogue.question import Answer, Question
from render.clock import RATE_HZ, media_now, seconds
from render.cue import CaptionCue, CardCue, LabelCue, MuteCue, Play, ProductCue, ShotCue, SlateCue, StopSpeech
from showroom.director import ANSWER_RUN, Unit
from tests.fakes.show_parts import FakeShow, demo_content, make_show
from tests.fakes.virtual_loop import run_virtual
from tests.fakes.voice import tone_speech

pytestmark = pytest.mark.unit
CONTENT = []


def content():
    if not CONTENT:
        CONTENT.append(demo_content())
    return CONTENT[0]


def perform(act: Callable[[FakeShow], Awaitable[None]], **options: object) -> FakeShow:
    """Run a show, do `act` in it, stop."""

    async def night() -> FakeShow:
        show = make_show(content(), **options)
        tasks = [asyncio.create_task(show.director.run()), asyncio.create_task(show.studio.run())]
        await act(show)
        for task in tasks:
            assert not task.done(), task
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return show

    return run_virtual(night())


def ask(show: FakeShow, n: int, text: str = "It is enamelled steel.") -> None:
    reply = Utterance(f"a{n}", f"Number {n}. {text}", "en", product="lamp", citations=("lamp:material",))
    show.questions.offer(Question(f"q{n}", f"v{n}", f"question {n}", "en", datetime.now(UTC)),
                         Answer(f"q{n}", reply.text, "en", (reply,), ("lamp:material", f"n{n}"), 1.0, False))


def kinds(show: FakeShow) -> str:
    return "".join("a" if u.waiting else "s" for u in show.spoken)


def sounding(show: FakeShow) -> list[tuple[float, float, str]]:
    """What was heard: begin, end (s), text; stops applied."""
    out: list[list] = []
    for cue in show.cues:
        if isinstance(cue, Play):
            out.append([seconds(cue.at), seconds(cue.at + len(cue.pcm)), cue.text])
        elif isinstance(cue, StopSpeech):
            at = seconds(cue.at)
            out = [[a, min(b, at), t] for a, b, t in out if a < at]
    return [tuple(o) for o in out]


async def until(what: Callable[[], object], limit_s: float = 300) -> None:
    for _ in range(int(limit_s / 0.05)):
        if what():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("did not happen")


def test_sentences_follow_each_other_without_holes_or_overlaps() -> None:
    async def act(show: FakeShow) -> None:
        await until(lambda: show.director.spoken >= 20)

    show = perform(act)
    heard = sounding(show)
    for (_, end, _), (begin, _, _) in itertools.pairwise(heard):
        assert 0 <= begin - end < 0.5
    captions = {c.text for c in show.cues if isinstance(c, CaptionCue)}
    assert {t for _, _, t in heard} <= captions
    at = [c.at for c in show.cues if isinstance(c, Play)]
    assert at == sorted(at)


def test_answers_come_between_sentences_and_let_the_script_through() -> None:
    async def act(show: FakeShow) -> None:
        await until(lambda: show.director.spoken >= 2)
        for n in range(7):
            ask(show, n)
        await until(lambda: kinds(show).count("a") == 7)

    show = perform(act)
    story = kinds(show)
    assert "a" * (ANSWER_RUN + 1) not in story and "a" * ANSWER_RUN + "s" in story, story
    texts = [u.utterances[0].text for u in show.spoken if u.waiting]
    assert len(set(texts)) == 7
    begins = {t: a for a, _, t in sounding(show)}
    ends = sorted(b for _, b, _ in sounding(show))
    for text in texts:
        assert not any(begins[text] < e - 1e-6 < begins[text] + 0.01 for e in ends), "an answer cut into a sentence"


def test_a_skip_ends_one_sentence_and_only_that() -> None:
    lines: list[str] = []
    counts: list[int] = []

    async def act(show: FakeShow) -> None:
        await until(lambda: show.director.spoken >= 3)
        await until(lambda: len(show.director._in_flight) == 2)  # the next one is prepared already
        lines.extend(u.utterances[0].text for u in show.director._in_flight)
        counts.append(show.director.spoken)
        show.director.skip()
        now = media_now(0.0, asyncio.get_running_loop().time())
        assert [c.at for c in show.cues if isinstance(c, StopSpeech)] == [now], "at once: what is added here is heard"
        await until(lambda: show.director.spoken >= counts[0] + 2)

    show = perform(act)
    said = [u.utterances[0].text for u in show.spoken]
    skipped, prepared = lines
    assert skipped not in said and said[counts[0]] == prepared, "the sentence after the skipped one must be said"
    cut = next(b - a for a, b, t in sounding(show) if t == skipped)
    assert cut > 0


def test_skip_product_goes_to_the_next_product_and_keeps_answers() -> None:
    before: list = []

    async def act(show: FakeShow) -> None:
        await until(lambda: show.director.spoken >= 2)
        ask(show, 1)
        await until(lambda: any(u.waiting for u in show.director._in_flight))
        before.extend((show.cursor.position.sku, show.director.spoken))
        show.director.skip_product()
        await until(lambda: show.director.spoken >= before[1] + 4)

    show = perform(act)
    sku, count = before
    lines = [u for u in show.spoken[count:] if u.line]
    assert len(lines) == 3 and all(u.line.sku != sku for u in lines)
    assert kinds(show)[count] == "a", "the prepared answer is given first"
    items = [item.product for item in show.content.rundown.items]
    assert lines[0].line.sku == items[items.index(sku) + 1] and lines[0].line.spot.line == 0


def test_slate_and_back_at_the_same_sentence() -> None:
    seen: list[str] = []

    async def act(show: FakeShow) -> None:
        await until(lambda: show.director.spoken >= 3)
        await asyncio.sleep(1.0)
        seen.append(show.director.current.utterances[0].text)
        show.director.set_slate(True)
        before = show.plays
        await asyncio.sleep(60)
        assert show.plays == before, "nothing may be said behind the slate"
        show.director.set_slate(False)
        await until(lambda: show.director.spoken >= 4)

    show = perform(act)
    assert show.spoken[3].utterances[0].text == seen[0]
    assert [c.on for c in show.cues if isinstance(c, SlateCue)] == [True, False]


def test_a_person_who_begins_where_a_sentence_ends_does_not_make_it_heard_twice() -> None:
    seen: list[str] = []
    begin: list[int] = []

    async def act(show: FakeShow) -> None:
        await until(lambda: show.director.spoken >= 3)
        await asyncio.sleep(0.5)
        ends, lead = show.director.current.end_at, int(0.2 * RATE_HZ)
        seen.append(show.director.current.utterances[0].text)
        await until(lambda: media_now(0.0, asyncio.get_running_loop().time()) > ends - lead // 2)
        assert show.director.current.utterances[0].text == seen[0], "it still sounds"
        begin.append(ends + lead // 2)
        show.director.set_human(True, begin[0])
        await asyncio.sleep(5)
        show.director.set_human(False, 0)
        await until(lambda: show.director.spoken >= 6)

    show = perform(act)
    assert show.spoken[3].utterances[0].text == seen[0]
    assert max(c.at for c in show.cues if isinstance(c, Play) and c.text == seen[0]) < begin[0]


def test_a_lost_studio_repeats_the_sentence_once() -> None:
    seen: list[str] = []

    async def act(show: FakeShow) -> None:
        await until(lambda: show.director.spoken >= 3)
        await asyncio.sleep(1.0)
        seen.append(show.director.current.utterances[0].text)
        show.links[-1].kill(11)
        await until(lambda: show.director.spoken >= 8)

    show = perform(act)
    said = [u.utterances[0].text for u in show.spoken]
    assert said[3] == seen[0] and said.count(seen[0]) == 1
    killed = show.spoken[2].end_at or 0
    clauses = [c.at for c in show.cues if isinstance(c, Play) and c.text == seen[0]]
    assert killed <= clauses[0] and clauses == sorted(clauses)
    after = [c for c in show.cues if c.at > 0]
    last_stage = [type(c) for c in after[-200:]]
    assert {ProductCue, ShotCue, LabelCue, CardCue} <= set(last_stage), "a new studio must be told everything"


def test_a_studio_that_keeps_dying_loses_no_sentence() -> None:
    async def act(show: FakeShow) -> None:
        for n in range(12):
            await asyncio.sleep(7 + n % 5)
            show.links[-1].kill(9)
        await until(lambda: show.director.spoken >= 25, 2000)

    show = perform(act, start_s=0.5)
    spots = [(s.item, s.section, s.line) for s in (u.line.spot for u in show.spoken if u.line)]
    assert len(spots) == len(set(spots)) or len(show.content.rundown.items) * 40 < len(spots)
    again = make_order(show)
    assert spots == again[: len(spots)], "left out, twice or out of order"


def make_order(show: FakeShow) -> list[tuple[int, int, int]]:
    """Item, section, line of one round, with the variants that were said."""
    out, order = [], show.cursor._sections
    chosen = {(u.line.spot.item, u.line.spot.section): u.line.spot.variant for u in show.spoken if u.line}
    for i, item in enumerate(show.content.rundown.items):
        for s, index in enumerate(order[i]):
            lines = item.sections[index].variants[chosen.get((i, s), 0)]
            out += [(i, s, n) for n in range(len(lines))]
    return out


def test_a_blocked_sentence_is_skipped_and_reported() -> None:
    reported: list[tuple[Utterance, str]] = []

    async def act(show: FakeShow) -> None:
        show.director._on_blocked = lambda u, why: reported.append((u, why))
        await until(lambda: show.director.spoken >= 1)
        bad = Utterance("bad", "This lamp cures insomnia and heals cancer.", "en", product="lamp")
        show.director._redo.append(Unit((bad,)))
        await until(lambda: show.director.blocked >= 1)
        await until(lambda: show.director.spoken >= 4)

    show = perform(act)
    assert [u.id for u, _ in reported] == ["bad"] and reported[0][1]
    assert "bad" not in [c.utterance_id for c in show.cues if isinstance(c, Play)]
    assert not any("cures" in t for t in show.voice.spoken), "nothing is synthesised that the policy has not passed"


def test_a_voice_that_fails_costs_one_sentence() -> None:
    async def act(show: FakeShow) -> None:
        await until(lambda: show.director.spoken >= 2)
        speak, failed = show.voice.speak, []

        async def once(text: str, language: str):
            if not failed:
                failed.append(text)
                raise RuntimeError("the voice broke")
            return await speak(text, language)

        show.voice.speak = once
        await until(lambda: show.director.spoken >= 6)

    assert perform(act).director.blocked == 1


def test_mute_is_a_cue_and_the_show_goes_on() -> None:
    async def act(show: FakeShow) -> None:
        await until(lambda: show.director.spoken >= 1)
        show.director.set_mute(True)
        await until(lambda: show.director.spoken >= 4)
        show.director.set_mute(False)

    show = perform(act)
    assert [c.on for c in show.cues if isinstance(c, MuteCue)] == [True, False]


def test_every_cue_reaches_the_studio_in_time_and_never_far_ahead() -> None:
    async def act(show: FakeShow) -> None:
        loop, margins = asyncio.get_running_loop(), []
        send = show.director._send

        def timed(cue):
            if isinstance(cue, Play):
                margins.append(cue.at / RATE_HZ - loop.time())
            send(cue)

        show.director._send = timed
        await until(lambda: show.director.spoken >= 25)
        assert min(margins) >= 0.12 - 1e-6, "at >= now + 0.12 s"
        assert max(margins) <= 10, "at most 10 s ahead"

    perform(act)


def test_an_asker_of_another_language_reads_the_answer_below_the_caption() -> None:
    async def act(show: FakeShow) -> None:
        for n, (language, text) in enumerate((("zh", "灯重 1.9 公斤。"), ("en", "The lamp weighs 1.9 kg."))):
            said = Utterance(f"a{n}", f"The lamp weighs 1.9 kg, says {n}.", "en", product="lamp", citations=("lamp:weight",))
            show.questions.offer(Question(f"q{n}", f"v{n}", "?", language, datetime.now(UTC), "Ana"),
                                 Answer(f"q{n}", text, language, (said,), ("lamp:weight", f"{n}"), 1.0, False, "weight"))
        await until(lambda: kinds(show).count("a") == 2)

    show = perform(act)
    cues = {c.text: (c.second, c.second_language) for c in show.cues if isinstance(c, CaptionCue) and "says" in c.text}
    assert cues == {"Ana asks about the weight. The lamp weighs 1.9 kg, says 0.": ("灯重 1.9 公斤。", "zh"),
                    "Ana asks about the weight. The lamp weighs 1.9 kg, says 1.": ("", "en")}
    assert all(not c.second for c in show.cues if isinstance(c, CaptionCue) and "says" not in c.text)


def test_an_opening_has_its_own_caption_and_rests_on_nothing() -> None:
    async def act(show: FakeShow) -> None:
        speak = show.director._speaker.speak

        async def opened(utterance: Utterance) -> AsyncIterator[tuple[int, str, Speech]]:
            if utterance.question_id is not None:
                yield -1, "Good question!", tone_speech("Good question!")
            async for item in speak(utterance):
                yield item

        show.director._speaker.speak = opened  # type: ignore[method-assign]
        said = Utterance("a", "The lamp weighs 1.9 kg.", "en", product="lamp", citations=("lamp:weight",), question_id="q")
        show.questions.offer(Question("q", "v", "?", "zh", datetime.now(UTC)),
                             Answer("q", "灯重 1.9 公斤。", "zh", (said,), ("lamp:weight",), 1.0, False))
        await until(lambda: "a" in kinds(show))

    show = perform(act)
    plays = {c.text: c for c in show.cues if isinstance(c, Play) and c.utterance_id == "a"}
    assert {text: play.citations for text, play in plays.items()} == {
        "Good question!": (), "The lamp weighs 1.9 kg.": ("lamp:weight",)}
    shown = {c.text: (c.at, c.second) for c in show.cues if isinstance(c, CaptionCue) and c.text in plays}
    assert shown == {"Good question!": (plays["Good question!"].at, ""),
                     "The lamp weighs 1.9 kg.": (plays["The lamp weighs 1.9 kg."].at, "灯重 1.9 公斤。")}


def test_an_answer_ends_when_its_question_is_taken_back_unless_others_asked_it_too() -> None:
    async def act(show: FakeShow) -> None:
        long = " ".join(["It is enamelled steel all the way through."] * 8)
        ask(show, 1, long)
        await until(lambda: any("Number 1" in t for _, _, t in sounding(show)))
        await asyncio.sleep(1.0)
        show.director.forget_question("q1")
        await until(lambda: len(show.spoken) > 4)
        assert not [u for u in show.spoken if u.waiting], "nobody else waits for it: it is not said to its end, nor again"
        ask(show, 2, long)
        show.questions.offer(Question("q3", "v3", "the same", "en", datetime.now(UTC)),
                             show.questions.list()[0].answer)
        await until(lambda: any("Number 2" in t for _, _, t in sounding(show)))
        show.director.forget_question("q2")
        await until(lambda: kinds(show).count("a") == 1)

    show = perform(act)
    cleared = [c for c in show.cues if isinstance(c, CaptionCue) and not c.text]
    first = next(a for a, _, t in sounding(show) if "Number 1" in t)
    last = max(b for _, b, t in sounding(show) if "Number 1" in t)
    assert cleared and last - first < 5, "it ended within a moment, and its caption with it"


def test_what_rests_on_nothing_any_more_is_not_said_to_its_end() -> None:
    async def act(show: FakeShow) -> None:
        ask(show, 1, " ".join(["It is enamelled steel all the way through."] * 8))
        await until(lambda: any("Number 1" in t for _, _, t in sounding(show)))
        ask(show, 2)
        show.director.rest_on(lambda citations: "lamp:material" not in citations)
        assert not len(show.questions)
        before = len(show.spoken)
        await until(lambda: len(show.spoken) > before + 3)

    show = perform(act)
    assert not [u for u in show.spoken if u.waiting] and not any("Number 2" in t for _, _, t in sounding(show))
