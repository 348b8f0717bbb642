"""From an utterance to sound, clause by clause: policy, then words, then voice, one clause ahead of the listener."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from avatar.speech import RATE_HZ, Phone, Speech, Utterance, Word
from dialogue.clauses import clauses, word_count
from dialogue.openings import opening_for
from dialogue.policy import Policy, Verdict
from dialogue.ports import KeepingVoice, NotInTime, Voice, VoiceError
from dialogue.sayings import Sayings
from dialogue.spoken import NO_SAYINGS, spoken_text, spoken_with_words

__all__ = ["Blocked", "FallbackVoice", "Speaker", "clauses", "silent_speech", "spoken_text"]

SILENT_ENGINE = "caption-only"
STEP_S = 3.0  # a listener forgives that long a pause, not two of them
FIRST_STEP_S = 12.0  # a voice's first sentence also starts its process, on a machine that is busy starting a show
REST_S = 30.0  # a voice that failed often is left alone for so long
FAILURES = 3  # in a row, before it rests
_WORDS_PER_S = 2.6  # pace of the silent reading time; near that of the voices
# Silence after a clause. Speech has about a third of a second between sentences, half of that at a comma.
_PAUSES_S = {",": 0.14, "，": 0.14, "、": 0.12, ";": 0.2, "；": 0.2, ":": 0.18, "：": 0.18, "—": 0.18, "–": 0.18}
_SENTENCE_PAUSE_S = 0.3


class Blocked(RuntimeError):
    """The policy does not pass the utterance; nothing was synthesised. verdict: the rule and its reason."""

    def __init__(self, utterance: Utterance, verdict: Verdict) -> None:
        super().__init__(f"Utterance {utterance.id!r} is not spoken: rule {verdict.rule!r}: {verdict.reason}")
        self.utterance, self.verdict = utterance, verdict


class Speaker:
    """Speaks utterances with one voice under one policy."""

    def __init__(self, voice: Voice, policy: Policy, keeper: KeepingVoice | None = None,
                 sayings: Sayings = NO_SAYINGS,
                 on_verdict: Callable[[Utterance, Verdict], None] = lambda utterance, verdict: None) -> None:
        """keeper: the chosen voice where it keeps what it said; then an answer begins with a short opening that is kept,
        while its first clause is being made. sayings: how the seller wants names said; what the policy would not pass in
        a sentence is not said in a name. on_verdict: told of each judgement that `checked` gives."""
        self._voice, self._policy, self._keeper = voice, policy, keeper
        self._sayings = sayings.passing(lambda said, language: policy.check(Utterance("saying", said, language)).allowed)
        self._on_verdict = on_verdict
        self._opened = ""  # question whose answer has begun

    @property
    def keeps(self) -> bool:
        """Whether `rehearse` can do anything."""
        return self._keeper is not None

    def checked(self, utterance: Utterance) -> Verdict:
        """What the policy makes of it, without a sound: the text as it will be said."""
        verdict = self._policy.check(utterance)
        self._on_verdict(utterance, verdict)
        return verdict

    async def speak(self, utterance: Utterance) -> AsyncIterator[tuple[int, str, Speech]]:
        """Clauses with their sound, in order: (index, clause as written, Speech with the pause after it).

        The next clause is synthesised while the caller plays this one. Words of a Speech are the clause's own.
        An answer may begin with an opening: index -1, clause "", no words.
        Raises Blocked before anything is synthesised, VoiceError when the voice fails.
        Close the iterator (aclosing) to stop early: the look-ahead is cancelled.
        """
        verdict = self._policy.check(utterance)
        if not verdict.allowed:
            raise Blocked(utterance, verdict)
        parts = _parts(verdict.text, utterance.language)
        ahead: asyncio.Task[Speech] | None = None
        try:
            if parts and (opening := await self._opening(utterance, parts[0])) is not None:
                ahead = self._start(parts[0], utterance.language)
                yield -1, "", opening
            for index, clause in enumerate(parts):
                now = ahead or self._start(clause, utterance.language)
                ahead = now
                speech = await now
                ahead = self._start(parts[index + 1], utterance.language) if index + 1 < len(parts) else None
                yield index, clause, speech
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
        verdict = self._policy.check(utterance)
        if self._keeper is None or not verdict.allowed:
            return 0
        language, made = utterance.language, 0
        for clause in _parts(verdict.text, language):
            made += await self._keeper.prepare(self._said(clause, language), language)
        return made

    async def _opening(self, utterance: Utterance, clause: str) -> Speech | None:
        """A kept opening for an answer whose first clause is not kept itself, once for each question."""
        question, language = utterance.question_id, utterance.language
        if self._keeper is None or not question or question == self._opened:
            return None
        self._opened = question
        if await self._keeper.kept(self._said(clause, language), language) is not None:
            return None
        text = opening_for(language, question)
        if not text or not self._policy.check(replace(utterance, text=text, citations=())).allowed:
            return None
        speech = await self._keeper.kept(self._said(text, language), language)
        return None if speech is None else _with_pause(speech, (), pause_after_s(text))

    def _said(self, clause: str, language: str) -> str:
        return spoken_text(clause, language, self._sayings)

    def _start(self, clause: str, language: str) -> asyncio.Task[Speech]:
        return asyncio.create_task(self._say(clause, language))

    async def _say(self, clause: str, language: str) -> Speech:
        said, as_written = spoken_with_words(clause, language, self._sayings)
        speech = await self._voice.speak(said, language)
        return _with_pause(speech, as_written(speech.words), pause_after_s(clause))


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
    return Speech(np.concatenate([speech.pcm, quiet]), phones, words, speech.engine, speech.is_human)


@dataclass(slots=True)
class _Health:
    failures: int = 0
    resting_until_s: float = 0.0
    tried: bool = False


class FallbackVoice:
    """The chosen voice, else the next, at last silence of the right length under the caption. Never raises VoiceError.

    Speech.engine says which one spoke (SILENT_ENGINE for none). A voice that failed FAILURES times in a row for a
    language is skipped for REST_S seconds.
    """

    name = "fallback"

    def __init__(
        self, voices: Sequence[Voice], *, step_s: float = STEP_S, first_step_s: float = FIRST_STEP_S,
        clock: Callable[[], float] = time.monotonic,
        on_failure: Callable[[str, str], None] = lambda voice, reason: None,
    ) -> None:
        """voices: in order of preference; clock: seconds, any zero; on_failure: told (voice, sentence)."""
        self._voices, self._clock, self._on_failure = tuple(voices), clock, on_failure
        self._step_s, self._first_step_s = step_s, max(step_s, first_step_s)
        self._health: dict[tuple[str, str], _Health] = {}
        self.spoken: Counter[str] = Counter()  # clauses by the voice that said them

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice; takes at most step_s for each voice, first_step_s the first time."""
        speech = await self._speak(text, language)
        self.spoken[speech.engine] += 1
        return speech

    async def _speak(self, text: str, language: str) -> Speech:
        for voice in self._voices:
            health = self._health.setdefault((voice.name, language), _Health())
            if self._clock() < health.resting_until_s:
                continue
            step_s, health.tried = self._step_s if health.tried else self._first_step_s, True
            try:
                speech = await asyncio.wait_for(voice.speak(text, language), step_s)
            except NotInTime:
                continue  # it is well; this text is for the next voice
            except (VoiceError, TimeoutError) as error:
                self._failed(voice, health, str(error) or f"The {voice.name} voice took over {step_s:g} s.")
                continue
            health.failures = 0
            return speech
        return silent_speech(text)

    async def close(self) -> None:
        """Close every voice."""
        for voice in self._voices:
            await voice.close()

    def _failed(self, voice: Voice, health: _Health, reason: str) -> None:
        health.failures += 1
        if health.failures >= FAILURES:
            health.failures, health.resting_until_s = 0, self._clock() + REST_S
        self._on_failure(voice.name, reason)


def silent_speech(text: str) -> Speech:
    """Silence as long as the text takes to say, so that captions and shots keep their pace."""
    words = text.split() or [text]
    weights = np.array([max(word_count(word), 0.5) for word in words])
    duration_s = float(weights.sum()) / _WORDS_PER_S + 0.2
    edges = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()]) * duration_s
    timed = tuple(Word(w, float(a), float(b)) for w, a, b in zip(words, edges[:-1], edges[1:], strict=True))
    pcm = np.zeros(int(duration_s * RATE_HZ), np.int16)
    return Speech(pcm, (Phone("", 0.0, len(pcm) / RATE_HZ),), timed, SILENT_ENGINE)
