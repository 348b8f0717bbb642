"""The show itself: the next sentence, the next shot, the next product; answers between sentences; nothing lost.

The director sees the world through four ports (stage, speaker, performer, media clock) and keeps at most one sentence
playing and one prepared. A sentence counts as spoken when its last sample has left; whatever cuts it short (studio
lost, slate) puts it back to be said again from its beginning.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog

from avatar.performance import Performance
from avatar.speech import GestureMark, Speech, Utterance
from dialogue.policy import Verdict
from dialogue.wording import base_of
from render.clock import RATE_HZ, seconds, ticks
from render.cue import CaptionCue, Cue, MuteCue, Play, SlateCue, StopSpeech
from render.timeline import play_end
from showroom.questions import Questions, Waiting
from showroom.rundown import Cursor, ScriptLine
from showroom.staging import Staging

log = structlog.get_logger("director")

LEAD_TICKS = ticks(0.12)  # a cue must reach the studio before its time; it took 0.05 s at most at a load of 6 (decision 0035)
AHEAD_TICKS = ticks(1.2)  # prepare the next sentence when this much of the last one is left
GAP_TICKS = ticks(0.12)  # between sentences; the speaker already puts a breath after each clause
CAPTION_TAIL_TICKS = ticks(0.5)
ANSWER_RUN = 2  # answers in a row before the script has a sentence again


class SpeakerPort(Protocol):
    """dialogue.speaking.Speaker."""

    def checked(self, utterance: Utterance) -> Verdict: ...
    def speak(self, utterance: Utterance) -> AsyncIterator[tuple[int, str, Speech]]: ...


Performer = Callable[[Speech, Utterance], Awaitable[Performance]]


@dataclass(slots=True)
class Unit:
    """One thing to say: a line of the script, or the answer to a question. plays: what was scheduled so far."""

    utterances: tuple[Utterance, ...]
    line: ScriptLine | None = None
    waiting: Waiting | None = None
    plays: list[Play] = field(default_factory=list)
    complete: bool = False

    def second(self, utterance: Utterance) -> tuple[str, str]:
        """The caption below the caption, with its language: what the asker was answered in a language of their own."""
        answer = self.waiting.answer if self.waiting else None
        if answer is None or base_of(answer.language) == base_of(utterance.language) or len(self.utterances) > 1:
            return "", "en"
        return answer.text, answer.language

    @property
    def end_at(self) -> int:
        """MediaTime after its last sample."""
        return max((p.at + len(p.pcm) for p in self.plays), default=0)


class Director:
    """Runs until cancelled. now: MediaTime; sleep: seconds of the same clock."""

    def __init__(self, *, cursor: Cursor, questions: Questions, speaker: SpeakerPort, performer: Performer,
                 send: Callable[[Cue], None], now: Callable[[], int], sleep: Callable[[float], Awaitable[None]],
                 staging: Staging, language: str, anchor_id: str = "anchor",
                 on_spoken: Callable[[Unit], None] = lambda unit: None,
                 on_answering: Callable[[Waiting, int], None] = lambda waiting, at: None,
                 on_blocked: Callable[[Utterance, str], None] = lambda utterance, why: None) -> None:
        self._cursor, self._questions, self._speaker, self._performer = cursor, questions, speaker, performer
        self._send, self._now, self._sleep, self._staging = send, now, sleep, staging
        self._language, self._anchor = language, anchor_id
        self._on_spoken, self._on_answering, self._on_blocked = on_spoken, on_answering, on_blocked
        self._in_flight: deque[Unit] = deque()
        self._redo: deque[Unit] = deque()
        self._air = asyncio.Event()
        self._cut = asyncio.Event()
        self._cursor_at = 0
        self._count = 0
        self._answers_run = 0
        self.slate = self.muted = self.human = False
        self.spoken = self.blocked = self.cut = 0

    @property
    def on_show(self) -> str | None:
        """sku on the hero plinth."""
        return self._staging.sku

    @property
    def current(self) -> Unit | None:
        """What is being said, or prepared when nothing sounds."""
        now = self._now()
        return next((u for u in self._in_flight if not u.complete or u.end_at > now), None)

    def on_air(self) -> None:
        """A studio is ready: go on."""
        self._staging.restart()
        self._go_on()

    def _go_on(self) -> None:
        if not (self.slate or self.human):
            self._air.set()

    def off_air(self) -> None:
        """The studio is lost: what it had not finished will be said again."""
        self._air.clear()
        self._interrupt()

    def skip(self) -> None:
        """End the sentence now; go on with the next, also when that one was prepared already."""
        now = self._now()
        self._send(StopSpeech(now, self._anchor))  # the mixer fades from the next sample on that it has not given out
        self._send(CaptionCue(now, now, "", self._language, self._anchor))
        self._settle()
        if units := self._in_flight or self._redo:
            self._finish(units.popleft(), spoken=False)
        self._interrupt()

    def skip_product(self) -> None:
        """Go to the next product of the rundown; an answer that was prepared is still given."""
        self._settle()
        item = self._cursor.position.spot.item
        self.skip()
        self._redo = deque(unit for unit in self._redo if unit.line is None)
        self._cursor.rewind()
        if self._cursor.position.spot.item == item:
            self._cursor.skip_item()

    def forget_product(self, sku: str) -> None:
        """A product was withdrawn: nothing more is said of it, not even to the end of the sentence."""
        self._forget(lambda unit: any(u.product == sku for u in unit.utterances))

    def rest_on(self, stands: Callable[[tuple[str, ...]], bool]) -> None:
        """The knowledge base is another: what rests on nothing any more is not said, not even to the end."""
        self._questions.rest_on(stands)
        for unit in self._forget(lambda unit: not all(stands(u.citations) for u in unit.utterances)):
            self._finish(unit, spoken=False)

    def _forget(self, gone: Callable[[Unit], bool]) -> list[Unit]:
        self._settle()
        if any(gone(unit) for unit in self._in_flight):
            at = self._now()
            self._send(StopSpeech(at, self._anchor))
            self._send(CaptionCue(at, at, "", self._language, self._anchor))
            self._interrupt()
        dropped = [unit for unit in self._redo if gone(unit)]
        self._redo = deque(unit for unit in self._redo if unit not in dropped)
        return dropped

    def forget_question(self, question_id: str) -> None:
        """A question was taken back: an answer that nobody else waits for ends now, card and caption with it."""
        self._settle()
        gone = [u for u in (*self._in_flight, *self._redo) if u.waiting is not None
                and not u.waiting.goes_on_without(question_id)]
        self._forget(lambda unit: any(unit is one for one in gone))
        self._redo = deque(unit for unit in self._redo if not any(unit is one for one in gone))

    def set_mute(self, on: bool) -> None:
        """Silence; the show goes on underneath."""
        self.muted = on
        self._send(MuteCue(self._now(), on, self._anchor))

    def set_slate(self, on: bool) -> None:
        """Stop to the slate, or come back at the same sentence."""
        if on == self.slate:
            return
        self.slate = on
        now = self._now()
        self._send(SlateCue(now, on, self._anchor))
        if on:
            self._send(StopSpeech(now, self._anchor))
            self.off_air()
        else:
            self.on_air()

    def set_human(self, on: bool, at: int) -> None:
        """A person speaks in the anchor's place from `at` on; or no longer: go on at the same sentence."""
        self.human = on
        if not on:
            self._go_on()
            return
        self._send(StopSpeech(at, self._anchor))
        self._send(CaptionCue(at, at, "", self._language, self._anchor))
        self._settle(at)  # so far the anchor is heard: a sentence that ends before is not said again
        self.off_air()

    def _interrupt(self) -> None:
        self._settle()  # what has sounded to its end is not said again
        unfinished = list(self._in_flight)
        self.cut += len(unfinished)
        for unit in reversed(unfinished):
            unit.plays.clear()
            unit.complete = False
            self._redo.appendleft(unit)
        self._in_flight.clear()
        self._cursor_at = 0
        self._cut.set()

    async def run(self) -> None:
        """The show, for ever."""
        while True:
            await self._air.wait()
            self._settle()
            room = self._cursor_at - self._now()
            if room > AHEAD_TICKS:
                await self._nap(seconds(room - AHEAD_TICKS))
                continue
            unit = self._choose()
            self._cut.clear()
            self._in_flight.append(unit)
            saying = asyncio.create_task(self._say(unit), name="say")
            cut = asyncio.create_task(self._cut.wait(), name="cut")
            try:
                await asyncio.wait({saying, cut}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (saying, cut):
                    task.cancel()
                await asyncio.gather(saying, cut, return_exceptions=True)
            if saying.done() and not saying.cancelled() and (error := saying.exception()) is not None:
                await self._failed(unit, error)

    async def _nap(self, wait_s: float) -> None:
        """Sleep, but wake for an interruption."""
        self._cut.clear()
        nap = asyncio.ensure_future(self._sleep(wait_s))
        cut = asyncio.create_task(self._cut.wait())
        await asyncio.wait({nap, cut}, return_when=asyncio.FIRST_COMPLETED)
        for task in (nap, cut):
            task.cancel()
        await asyncio.gather(nap, cut, return_exceptions=True)

    def _settle(self, until: int | None = None) -> None:
        heard = self._now() if until is None else until
        while self._in_flight and self._in_flight[0].complete and self._in_flight[0].end_at <= heard:
            self._finish(self._in_flight.popleft(), spoken=True)

    def _finish(self, unit: Unit, spoken: bool) -> None:
        if unit.line is not None:
            self._cursor.done(unit.line)
        if spoken:
            self.spoken += 1
            self._on_spoken(unit)

    def _choose(self) -> Unit:
        if self._redo:
            return self._redo.popleft()
        if self._answers_run < ANSWER_RUN and (waiting := self._questions.take(self.on_show)) is not None:
            self._answers_run += 1
            return Unit(tuple(replace(u, anchor_id=self._anchor) for u in waiting.spoken()), waiting=waiting)
        self._answers_run = 0
        line = self._cursor.next()
        self._count += 1
        spot = line.spot
        name = f"{line.sku}.{line.section_id}.{spot.variant}.{spot.line}.{spot.form}-{self._now() // RATE_HZ}-{self._count}"
        return Unit((Utterance(name, line.text, self._language, line.by or self._anchor, line.mood, line.marks, line.sku,
                               line.cites, delivery=line.delivery),), line=line)

    async def _say(self, unit: Unit) -> None:
        for utterance in unit.utterances:
            words = 0
            verdict = self._speaker.checked(utterance)
            if verdict.allowed:  # a rewritten sentence is rewritten in the caption and in the evidence, too
                same = verdict.text.startswith(utterance.text)  # what the law wants may follow it
                utterance = replace(utterance, text=verdict.text, delivery=utterance.delivery if same else ())
            async with contextlib.aclosing(self._speaker.speak(utterance)) as clauses:  # type: ignore[type-var]
                async for index, clause, speech in clauses:
                    said = utterance if index >= 0 else opening_of(utterance, clause)
                    part = replace(said, marks=marks_within(said.marks, words, len(speech.words)))
                    words += len(speech.words) if index >= 0 else 0
                    performance = await self._performer(speech, part)
                    if self._cut.is_set():  # this task is cancelled in a moment: what it sent now would come after the stop
                        return
                    at = max(self._cursor_at + (0 if unit.plays else GAP_TICKS), self._now() + LEAD_TICKS)
                    if not unit.plays:
                        self._open(unit, at)
                    self._play(unit, said, speech, performance, at, verdict if index >= 0 else None)
        unit.complete = not self._cut.is_set()

    def _open(self, unit: Unit, at: int) -> None:
        for cue in self._staging.cues(unit.utterances[0], unit.line.kind if unit.line else "answer", at):
            self._send(cue)
        if unit.waiting is not None:
            self._on_answering(unit.waiting, at)

    def _play(self, unit: Unit, utterance: Utterance, speech: Speech, performance: Performance, at: int,
              verdict: Verdict | None) -> None:
        """verdict: None for an opening, which is the answer in no language and rests on no rule."""
        play = Play(at, utterance.anchor_id, utterance.id, performance, speech.pcm, utterance.text, utterance.language,
                    speech.words, utterance.product, utterance.citations, (verdict and verdict.rule) or "", speech.phones)
        unit.plays.append(play)
        self._cursor_at = at + len(speech.pcm)
        # What the law wants shown beside a sentence goes before a second language.
        second = ("", "en")
        if verdict is not None:
            second = (" ".join(verdict.shown), utterance.language) if verdict.shown else unit.second(utterance)
        self._send(CaptionCue(at, self._cursor_at + CAPTION_TAIL_TICKS, utterance.text, utterance.language,
                              self._anchor, *second))
        self._send(play)
        for cue in self._staging.hold(utterance, performance, at):
            self._send(cue)

    async def _failed(self, unit: Unit, error: BaseException) -> None:
        """A sentence that cannot be said (policy, voice) is skipped with its reason; the show goes on."""
        self.blocked += 1
        self._on_blocked(unit.utterances[0], str(error))
        log.warning("not said", utterance=unit.utterances[0].id, why=str(error))
        if unit in self._in_flight:
            self._in_flight.remove(unit)
        self._finish(unit, spoken=False)
        await self._sleep(0.2)  # a script of blocked sentences only must not spin


def opening_of(utterance: Utterance, words: str) -> Utterance:
    """What is said before an answer, as an utterance of its own: it has its own caption and rests on nothing."""
    return replace(utterance, text=words, marks=(), citations=(), delivery=())


def marks_within(marks: tuple[GestureMark, ...], first: int, count: int) -> tuple[GestureMark, ...]:
    """The marks of the words [first, first + count), counted from `first`."""
    return tuple(replace(m, word=m.word - first) for m in marks if first <= m.word < first + count)


__all__ = ["Director", "SpeakerPort", "Unit", "play_end"]
