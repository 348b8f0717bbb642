"""From an utterance to sound, clause by clause: policy, then words, then voice, one clause ahead of the listener."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from avatar.speech import RATE_HZ, Phone, Speech, Utterance, Word
from dialogue.cached_voice import ALLOWED_S, NEVER_S
from dialogue.clauses import clauses, head_and_rest, word_count
from dialogue.delivery import Part, parts_of, shaped
from dialogue.house_voice import HouseVoice
from dialogue.kept_clips import MAY_KEEP
from dialogue.opening_clips import OpeningClips
from dialogue.openings import opening_for
from dialogue.policy import Policy, Verdict
from dialogue.ports import KeepingVoice, Voice, VoiceError
from dialogue.prosody import PLAIN
from dialogue.sayings import Sayings
from dialogue.spoken import NO_SAYINGS, Fixed, spoken_text, spoken_with_words
from dialogue.tidying import tidy

__all__ = ["Blocked", "Speaker", "clauses", "spoken_text"]

# Silence after a clause. Speech has about a third of a second between sentences, half of that at a comma.
_PAUSES_S = {",": 0.14, "，": 0.14, "、": 0.12, ";": 0.2, "；": 0.2, ":": 0.18, "：": 0.18, "—": 0.18, "–": 0.18}
_SENTENCE_PAUSE_S = 0.3
_CUT_PAUSE_S = 0.03  # in mid-sentence; clips have a tenth of a second of silence of their own
SCRIPT_S = 2.8  # for a line of the script that is not kept yet: a breath more is better than another voice
LEAD_S = 0.12  # the caller places a clause that far ahead
PAUSE_S = 1.0  # between clauses of one sentence that nobody takes for its end, with LEAD_S 1.12 s
LONGEST_S = 2.8  # for any clause: the chain of voices gives up after three seconds
NEW_SHARE = 0.3  # of the newest measurement in a running mean
# A quick voice, or a clip on the disk, is given so long before an opening is heard in its place; nothing where it took half
# of that lately: now and then it would be waited for in vain.
QUICK_S = 0.08


class Blocked(RuntimeError):
    """The policy does not pass the utterance; nothing was synthesised. verdict: the rule and its reason."""

    def __init__(self, utterance: Utterance, verdict: Verdict) -> None:
        super().__init__(f"Utterance {utterance.id!r} is not spoken: rule {verdict.rule!r}: {verdict.reason}")
        self.utterance, self.verdict = utterance, verdict


class Speaker:
    """Speaks utterances with one voice under one policy."""

    def __init__(self, voice: Voice, policy: Policy, keeper: KeepingVoice | None = None,
                 sayings: Sayings = NO_SAYINGS, house: HouseVoice = HouseVoice(),  # noqa: B008 frozen
                 on_verdict: Callable[[Utterance, Verdict], None] = lambda utterance, verdict: None,
                 openers: Sequence[Voice] = (), clock: Callable[[], float] = time.monotonic) -> None:
        """keeper: the chosen voice where it keeps what it said. sayings: how the seller wants names said; what the policy would
        not pass in a sentence is not said in a name. house: pace, pitch and energy of each mood. on_verdict: told of each
        judgement that `checked` gives. openers: voices of the chain that may say an answer, the keeper first, the quickest
        last: an answer whose first clause is not there at once begins with a short opening that is (`prepare_opening`).
        clock: seconds, any zero."""
        self._clock = clock
        self._voice, self._policy, self._keeper = voice, policy, keeper
        self._sayings = sayings.passing(lambda said, language: policy.check(Utterance("saying", said, language)).allowed)
        self._house, self._on_verdict = house, on_verdict
        self._has: Callable[[str, str], bool] = getattr(voice, "has", lambda said, language: False)
        self._resting: Callable[[], dict[str, int]] = getattr(voice, "resting", dict)
        self._openings = OpeningClips(openers, self._opening_finished, self._opening_said)
        self._opened = ""  # question whose answer has begun
        self._quick_s = 0.0  # running mean of what a clause of the quick voice takes: a busy machine is not waited for

    @property
    def keeps(self) -> bool:
        """Whether `rehearse` can do anything."""
        return self._keeper is not None

    def checked(self, utterance: Utterance) -> Verdict:
        """What the policy makes of it, without a sound: the text as it will be said."""
        verdict = self._policy.check(tidy(utterance))
        self._on_verdict(utterance, verdict)
        return verdict

    async def speak(self, utterance: Utterance) -> AsyncIterator[tuple[int, str, Speech]]:
        """Clauses with their sound, in order: (index, clause as written, Speech with the pause after it).

        The next clause is synthesised while the caller plays this one. Words of a Speech are the clause's own.
        An answer may begin with an opening: index -1, its own words, which are not among the utterance's.
        Raises Blocked before anything is synthesised, VoiceError when the voice fails.
        Close the iterator (aclosing) to stop early: the look-ahead is cancelled.
        """
        utterance = tidy(utterance)
        verdict = self._policy.check(utterance)
        if not verdict.allowed:
            raise Blocked(utterance, verdict)
        run = _Run(deque(self._parts(utterance, verdict)), None if utterance.question_id else SCRIPT_S)
        language, index = utterance.language, 0
        ahead: asyncio.Task[Speech] | None = None
        try:
            part = self._next(run, language)
            if part is not None and (opening := self._opening(utterance, part)) is not None:
                text, speech, wait_s = opening
                ahead = self._start(part, language, run.allowed_s())
                if not wait_s or not (await asyncio.wait({ahead}, timeout=wait_s))[0]:
                    run.gave(speech)
                    yield -1, text, speech
            while part is not None:
                now = ahead or self._start(part, language, run.allowed_s())
                ahead, said = now, part
                speech = await now
                run.gave(speech)
                if self._keeper is not None and speech.engine != self._keeper.name and not speech.is_human:
                    run.no_time()  # one voice for the rest of the sentence
                part = self._next(run, language)
                ahead = self._start(part, language, run.allowed_s()) if part else None
                yield index, said.text, speech
                index += 1
        finally:
            if ahead is not None and not ahead.done():
                ahead.cancel()
                with suppress(asyncio.CancelledError, VoiceError):
                    await ahead
            elif ahead is not None and not ahead.cancelled():
                ahead.exception()  # nobody will wait for it any more

    async def rehearse(self, utterance: Utterance) -> int:
        """Have an utterance's clauses made and kept for later, with the keeper; how many had to be made. Blocked ones and
        shows without a keeper: 0. Raises VoiceError."""
        utterance = tidy(utterance)
        if self._keeper is None:
            return 0
        verdict = await asyncio.to_thread(self._policy.check, utterance)  # a model may judge it; it remembers what it judged
        if not verdict.allowed:
            return 0
        language, made = utterance.language, 0
        for part in self._parts(utterance, verdict):
            keeping = MAY_KEEP.set(not part.answer)
            try:
                made += await self._keeper.prepare(self._said(part, language), language)
            finally:
                MAY_KEEP.reset(keeping)
        return made

    def _parts(self, utterance: Utterance, verdict: Verdict) -> list[Part]:
        # Tags have their places in the text, which a disclosure may follow.
        delivery = utterance.delivery if verdict.text.startswith(utterance.text) else ()
        answer = utterance.question_id is not None
        return parts_of(verdict.text, utterance.language, delivery, utterance.mood, answer)

    def _next(self, run: _Run, language: str) -> Part | None:
        """The next clause; a piece of it where the whole would not be made in time."""
        if not run.parts:
            return None
        part, allowed_s = run.parts.popleft(), run.allowed_s()
        if self._keeper is None or allowed_s == NEVER_S or part.delivery:
            return part
        if self._has(said := self._said(part, language), language):
            return part
        too_much = word_count(said) / max(0.01, self._keeper.words_within(allowed_s))
        cut = head_and_rest(part.text, word_count(part.text) / too_much) if too_much > 1 else None
        if cut is None:
            return part
        run.parts.appendleft(replace(part, text=cut[1]))
        return replace(part, text=cut[0], goes_on=True)

    async def prepare_opening(self, language: str) -> int:
        """Make one more opening of answers, for the memory; 0 when all are there. Raises VoiceError."""
        return await self._openings.prepare(language)

    def _opening(self, utterance: Utterance, part: Part) -> tuple[str, Speech, float] | None:
        """An opening for an answer, once for each question, and how long the first clause may take before it is heard. In the
        voice that will most likely say that clause."""
        question, language = utterance.question_id, utterance.language
        if not question or question == self._opened:
            return None
        self._opened = question
        text = opening_for(language, question, part.text)
        if not text or not self._policy.check(replace(utterance, text=text, citations=(), delivery=())).allowed:
            return None
        said, keeper = self._said(part, language), self._keeper
        names, wait_s = [name for name in self._openings.names if name not in self._resting()], QUICK_S
        if keeper is not None and not self._has(said, language):
            if keeper.name in names and keeper.makes_in_time(said):
                wait_s = 0.0
            else:
                names = [name for name in names if name != keeper.name]
        clip = self._openings.of(names[0], text, language, part.mood) if names else None
        return None if clip is None else (text, clip, wait_s if self._quick_s < QUICK_S / 2 else 0.0)

    def _opening_said(self, text: str, language: str) -> str:
        return spoken_text(text, language, self._sayings)

    async def _opening_finished(self, raw: Speech, text: str, language: str, mood: str) -> Speech:
        _, as_written = spoken_with_words(text, language, self._sayings, ())
        written, manner = replace(raw, words=as_written(raw.words)), self._house.manner_of(mood)
        speech = written if manner == PLAIN else await asyncio.to_thread(shaped, written, Part(text, (), mood), manner)
        return _with_pause(speech, speech.words, pause_after_s(text))

    def _fixed(self, part: Part, language: str) -> tuple[Fixed, ...]:
        return part.fixed(language, lambda said: self._policy.check(Utterance("said-as", said, language)).allowed)

    def _said(self, part: Part, language: str) -> str:
        return spoken_text(part.text, language, self._sayings, self._fixed(part, language))

    def _start(self, part: Part, language: str, allowed_s: float | None) -> asyncio.Task[Speech]:
        return asyncio.create_task(self._say(part, language, allowed_s))

    async def _say(self, part: Part, language: str, allowed_s: float | None) -> Speech:
        said, as_written = spoken_with_words(part.text, language, self._sayings, self._fixed(part, language))
        MAY_KEEP.set(not part.answer)  # of this task alone
        ALLOWED_S.set(allowed_s)
        start_s = self._clock()
        raw = await self._voice.speak(said, language)
        if self._keeper is None or raw.engine != self._keeper.name:
            self._quick_s += NEW_SHARE * (self._clock() - start_s - self._quick_s)
        written = replace(raw, words=as_written(raw.words))
        manner = self._house.manner_of(part.mood)
        speech = written if manner == PLAIN and not part.delivery else await asyncio.to_thread(shaped, written, part, manner)
        return _with_pause(speech, speech.words, _CUT_PAUSE_S if part.goes_on else pause_after_s(part.text))


class _Run:
    """One sentence on its way: what is left of it, and until when the listener has something to hear."""

    def __init__(self, parts: deque[Part], first_s: float | None) -> None:
        """first_s: for the first clause; None leaves it to the voice."""
        self.parts, self._first_s = parts, first_s
        self._clock = asyncio.get_running_loop().time
        self._heard_until_s, self._given = 0.0, 0
        self._other = False

    def gave(self, speech: Speech) -> None:
        """The caller has it, and plays it after what it has."""
        self._heard_until_s = max(self._heard_until_s, self._clock() + LEAD_S) + speech.duration_s
        self._given += 1

    def no_time(self) -> None:
        """Another voice has taken over."""
        self._other = True

    def allowed_s(self) -> float | None:
        """How long the next clause may take."""
        if self._other:
            return NEVER_S
        if not self._given:
            return self._first_s
        return min(LONGEST_S, max(0.0, self._heard_until_s - LEAD_S + PAUSE_S - self._clock()))


def said_clauses(text: str, language: str, sayings: Sayings = NO_SAYINGS) -> list[str]:
    """What a voice is asked for, clause by clause, when `text` is spoken."""
    return [spoken_text(clause, language, sayings) for clause in _parts(text, language)]


def _parts(text: str, language: str) -> list[str]:
    """Clauses that leave something to say."""
    return [c for c in (c.strip() for c in clauses(text, language)) if spoken_text(c, language)]


def pause_after_s(clause: str) -> float:
    """Silence that follows a clause, by its last sign."""
    return _PAUSES_S.get(clause.rstrip()[-1:], _SENTENCE_PAUSE_S)


def _with_pause(speech: Speech, words: tuple[Word, ...], pause_s: float) -> Speech:
    quiet = np.zeros(int(pause_s * RATE_HZ), np.int16)
    end_s = speech.duration_s
    phones = (*speech.phones, Phone("", end_s, end_s + len(quiet) / RATE_HZ))
    whole = np.concatenate([speech.pcm, quiet])
    whole.setflags(write=False)  # else it is copied once more
    return Speech(whole, phones, words, speech.engine, speech.is_human)
