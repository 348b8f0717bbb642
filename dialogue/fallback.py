"""Who speaks when the chosen voice does not: the next one, at last a kept clip, and silence under the caption."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from avatar.speech import RATE_HZ, Phone, Speech, Word
from dialogue.clauses import word_count
from dialogue.kept_clips import KeptClips
from dialogue.ports import NotInTime, Voice, VoiceError

SILENT_ENGINE = "caption-only"
STEP_S = 3.0  # a listener forgives that long a pause, not two of them
FIRST_STEP_S = 12.0  # a voice's first sentence also starts its process, on a machine that is busy starting a show
REST_S = 10.0  # a voice that failed often is left alone for so long,
LONGEST_REST_S = 300.0  # and twice as long each time until it speaks again: each try is an alarm
FAILURES = 3  # in a row, before it rests; after a rest, one
SLOW = 2  # failures that one counts for which kept the listener waiting for half a step or longer
_WORDS_PER_S = 2.6  # pace of the silent reading time; near that of the voices
_SILENT_PEAK = 104  # of int16, -50 dBFS: below it nobody hears a word
_LONGEST_S, _LETTERS = 4.0, 5  # for a word of five letters, spelled out; no voice drawls more, a broken stream does
WARMING = "ready"  # a word that every voice can say


@dataclass(slots=True)
class _Health:
    failures: int = 0
    rest_s: float = 0.0  # the last one, 0 since it spoke
    resting_until_s: float = 0.0
    trial: asyncio.Task[None] | None = None  # after a rest: it says a word that nobody hears


class FallbackVoice:
    """The chosen voice, else the next, else a kept clip, at last silence of the right length under the caption. Never
    raises VoiceError, whatever the voices raise or send.

    Speech.engine says which one spoke (SILENT_ENGINE for none). A voice that failed FAILURES times in a row for a
    language is skipped for REST_S seconds, longer each time that it still fails. After a rest it is tried beside the others,
    so that nobody waits for one that still hangs; only where no other speaks is it asked at once.
    """

    name = "fallback"

    def __init__(
        self, voices: Sequence[Voice], *, clips: KeptClips | None = None, step_s: float = STEP_S,
        first_step_s: float = FIRST_STEP_S, clock: Callable[[], float] = time.monotonic,
        on_failure: Callable[[str, str], None] = lambda voice, reason: None,
    ) -> None:
        """voices: in order of preference; clips: where what is said is kept for the day when none of them speaks;
        clock: seconds, any zero; on_failure: told (voice, sentence), SILENT_ENGINE when it comes to that."""
        self._voices, self._clips, self._clock, self._on_failure = tuple(voices), clips, clock, on_failure
        self._step_s, self._first_step_s = step_s, max(step_s, first_step_s)
        self._health: dict[tuple[str, str], _Health] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._beside: list[FallbackVoice] = []
        self.spoken: Counter[str] = Counter()  # clauses by the voice that said them
        self.now = ""  # the voice of the newest clause

    def beside(self, voices: Sequence[Voice], clips: KeptClips | None = None) -> FallbackVoice:
        """The chain of another anchor of the same show: it is warmed, counted and closed with this one."""
        other = FallbackVoice(voices, clips=clips, step_s=self._step_s, first_step_s=self._first_step_s, clock=self._clock,
                              on_failure=self._on_failure)
        other.spoken = self.spoken
        self._beside.append(other)
        return other

    @property
    def chosen(self) -> str:
        """The voice of the show when all is well; a table of recordings is none."""
        return next((v.name for v in self._voices if v.name != "recorded"), SILENT_ENGINE)

    def resting(self) -> dict[str, int]:
        """Voices of this chain and those beside it that failed too often, and for how many seconds more they are not asked."""
        left_s = {name: health.resting_until_s - self._clock() for (name, _), health in self._health.items()}
        others = [other.resting() for other in self._beside]
        return {name: math.ceil(s) for name, s in left_s.items() if s > 0} | {n: s for o in others for n, s in o.items()}

    def has(self, text: str, language: str) -> bool:
        """Whether one of the voices has that very text already: kept or recorded."""
        return any(voice.has(text, language) for voice in self._voices if hasattr(voice, "has"))

    async def warm(self, language: str) -> tuple[str, ...]:
        """Start every voice before the show, each within first_step_s, so that none has to start when another fails.
        The names of those that spoke. A voice with a memory is asked past it: what it has kept starts nothing."""
        said = await asyncio.gather(*(self._asked(getattr(v, "itself", v), WARMING, language, self._first_step_s)
                                      for v in self._voices))
        for other in self._beside:
            await other.warm(language)
        return tuple(v.name for v, speech in zip(self._voices, said, strict=True) if isinstance(speech, Speech))

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice; takes at most step_s for each voice."""
        speech = await self._speak(text, language)
        if speech.engine == SILENT_ENGINE != self.now:
            self._on_failure(SILENT_ENGINE, "no voice speaks, viewers read captions.")
        self.spoken[speech.engine] += 1
        self.now = speech.engine
        return speech

    async def _speak(self, text: str, language: str) -> Speech:
        on_trial: list[tuple[Voice, _Health]] = []
        for voice in self._voices:
            health = self._health.setdefault((voice.name, language), _Health())
            if self._clock() < health.resting_until_s:
                continue
            if health.rest_s and not self._passed(voice, language, health):
                on_trial.append((voice, health))
            elif speech := await self._said(voice, health, text, language):
                return speech
        for voice, health in on_trial:
            if speech := await self._said(voice, health, text, language):
                return speech
        if self._clips is not None:
            with suppress(VoiceError):
                return await self._clips.speak(text, language)
        return silent_speech(text)

    async def _said(self, voice: Voice, health: _Health, text: str, language: str) -> Speech | None:
        start_s = asyncio.get_running_loop().time()
        speech = await self._asked(voice, text, language, self._step_s)
        if isinstance(speech, Speech):
            health.failures, health.rest_s = 0, 0.0
            self._remember(text, language, speech)
            return speech
        if speech:
            slow = asyncio.get_running_loop().time() - start_s >= self._step_s / 2
            self._failed(voice, health, speech, SLOW if slow else 1)
        return None

    def _passed(self, voice: Voice, language: str, health: _Health) -> bool:
        """Whether a voice whose rest is over has said a word since; else it is asked to, beside the show."""
        if health.trial is None:
            health.trial = asyncio.create_task(self._tried(voice, language, health))
        if not health.trial.done():
            return False
        health.trial = None
        return True

    async def _tried(self, voice: Voice, language: str, health: _Health) -> None:
        speech = await self._asked(getattr(voice, "itself", voice), WARMING, language, self._first_step_s)
        if isinstance(speech, str) and speech:
            health.trial = None
            self._failed(voice, health, speech)

    async def _asked(self, voice: Voice, text: str, language: str, limit_s: float) -> Speech | str:
        """What it said; else why it did not, "" when nothing is wrong with it."""
        try:
            async with asyncio.timeout(limit_s):  # not wait_for, which may lose a barge-in (Python 3.11)
                speech = await voice.speak(text, language)
        except NotInTime:
            return ""  # it is well; this text is for the next voice
        except TimeoutError as error:
            return str(error) or f"The {voice.name} voice took over {limit_s:g} s."
        except VoiceError as error:
            return str(error)
        except Exception as error:  # a voice of the seller's own may raise anything; the show goes on
            return f"The {voice.name} voice failed ({type(error).__name__}: {error})."
        return _fault(voice.name, text, speech) or speech

    def _remember(self, text: str, language: str, speech: Speech) -> None:
        if self._clips is not None:
            task = asyncio.create_task(self._clips.remember(text, language, speech))
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    async def close(self) -> None:
        """Close every voice."""
        trials = [health.trial for health in self._health.values() if health.trial is not None]
        for trial in trials:
            trial.cancel()
        await asyncio.gather(*self._keeping, *trials, return_exceptions=True)
        for other in self._beside:
            await other.close()
        for voice in self._voices:
            await voice.close()

    def _failed(self, voice: Voice, health: _Health, reason: str, weight: int = 1) -> None:
        health.failures += weight
        if health.failures >= FAILURES or health.rest_s:
            health.rest_s = min(LONGEST_REST_S, 2 * health.rest_s) or REST_S
            health.failures, health.resting_until_s = 0, self._clock() + health.rest_s
        self._on_failure(voice.name, reason)


def _fault(name: str, text: str, speech: Speech) -> str:
    """Why a sound cannot be that text, "" when it can."""
    if not len(speech.pcm) or max(int(speech.pcm.max()), -int(speech.pcm.min())) < _SILENT_PEAK:
        return f"The {name} voice sent silence."
    if speech.duration_s > _LONGEST_S * max(1.0, word_count(text), len(text) / _LETTERS):
        return f"The {name} voice sent {speech.duration_s:.0f} s of sound for {text[:40]!r}."
    return ""


def silent_speech(text: str) -> Speech:
    """Silence as long as the text takes to say, so that captions and shots keep their pace."""
    words = text.split() or [text]
    weights = np.array([max(word_count(word), 0.5) for word in words])
    duration_s = float(weights.sum()) / _WORDS_PER_S + 0.2
    edges = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()]) * duration_s
    timed = tuple(Word(w, float(a), float(b)) for w, a, b in zip(words, edges[:-1], edges[1:], strict=True))
    pcm = np.zeros(int(duration_s * RATE_HZ), np.int16)
    return Speech(pcm, (Phone("", 0.0, len(pcm) / RATE_HZ),), timed, SILENT_ENGINE)
