"""A slow voice made quick: what it said is kept, what it will say is said beforehand, and a live sentence goes first."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from copy import copy

from avatar.speech import Speech
from dialogue.clauses import word_count
from dialogue.kept_clips import MAY_KEEP
from dialogue.ports import NotInTime, Voice, VoiceError
from dialogue.speech_cache import SpeechCache, clip_key

IN_TIME_S = 1.9  # on air, what is expected to take longer is left to a quicker voice: an opening lasts 1 s, a pause 1.2 s
# How long a clause may take before the listener hears a pause, where the speaker knows it: of the task alone that asks.
ALLOWED_S: ContextVar[float | None] = ContextVar("allowed_s", default=None)
TAKE_OVER_S = 0.25  # of that time, left to the quicker voice that says what took longer than was expected
NEVER_S = -1.0  # as ALLOWED_S: another voice has begun the sentence, and goes on with what this one has kept, too
WORDS_PER_S = 2.7  # pace of the voices, for guessing how long a text will sound
HEAD_S = 0.3  # of any sound besides its words
FIXED_S = 0.3  # of sound: the work that any text takes, however short (phones, levels, alignment; measured with Kokoro)
FIRST_RATIO = 0.6  # work for a second of sound, before any was measured: 0.25 on a free core, twice that beside a studio
NEW_SHARE = 0.3  # of the newest measurement in the running mean
RECENT = 32  # answers kept in memory, a few MB: the same question comes again, and an answer may name who asked
WAKING = "ready"  # said so that a process starts; nobody hears it


class _AtWork:
    """What speakers that share a process share besides."""

    def __init__(self) -> None:
        self.waking: asyncio.Task[None] | None = None
        self.ratio = FIRST_RATIO
        self.live = 0
        self.nobody_waits = asyncio.Event()
        self.nobody_waits.set()
        self.rehearsal: tuple[str, asyncio.Task[Speech]] | None = None


class CachedVoice:
    """A voice with a memory. `speak` gives what is kept, or has it said if that will be in time; `prepare` has it said in
    the background and is interrupted by `speak`."""

    def __init__(self, voice: Voice, cache: SpeechCache, version: str = "", *, in_time_s: float = float("inf"),
                 present: Callable[[], bool] = lambda: True, ready: Callable[[], bool] = lambda: True,
                 clock: Callable[[], float] = time.monotonic) -> None:
        """version: what else than the text decides the sound (model, speaker, pace); in_time_s: IN_TIME_S on air, no limit
        where nobody waits; present: whether the voice is on this machine; ready: whether its process runs and has loaded;
        clock: seconds, any zero."""
        self.name = voice.name
        self._voice, self._cache, self._version = voice, cache, version
        self.in_time_s, self._clock = in_time_s, clock
        self._present, self._ready = present, ready
        self._recent: OrderedDict[str, Speech] = OrderedDict()
        self._at_work = _AtWork()

    def with_voice(self, voice: Voice, version: str) -> CachedVoice:
        """Another speaker of the same process: they wait for each other, and a live sentence of one interrupts what the other
        prepares. Closing one closes both."""
        other = copy(self)
        other._voice, other._version, other.name = voice, version, voice.name
        return other

    @property
    def version(self) -> str:
        """What else than the text decides the sound."""
        return self._version

    @property
    def ratio(self) -> float:
        """Seconds of work for a second of sound, FIXED_S added to each, as measured lately."""
        return self._at_work.ratio

    @property
    def itself(self) -> Voice:
        """The voice without its memory: what starts it, for example."""
        return self._voice

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice. On air, NotInTime at once for what would take longer than ALLOWED_S, else in_time_s, and
        later for what does; and while its process is not there: it is started beside."""
        if self._on_air and ALLOWED_S.get() == NEVER_S:
            raise NotInTime(f"The {self.name} voice is not to go on in the middle of another's sentence.")
        if (kept := await self.kept(text, language)) is not None:
            return kept
        key = self._key(text, language)
        if self._at_work.rehearsal is not None and self._at_work.rehearsal[0] == key:
            async with self._in_time(text):
                return await asyncio.shield(self._at_work.rehearsal[1])  # already on its way
        expected_s = _expected_s(text)
        if self._on_air and not self._ready():
            self._wake(language)
            raise NotInTime(f"The {self.name} voice is not started yet.")
        if self._on_air and self._at_work.ratio * expected_s > self._limit_s():
            raise NotInTime(f"The {self.name} voice would need {self._at_work.ratio * expected_s:.1f} s for {text!r}.")
        self._at_work.live += 1
        self._at_work.nobody_waits.clear()
        if self._at_work.rehearsal is not None:
            self._at_work.rehearsal[1].cancel()
        start_s = self._clock()
        try:
            async with self._in_time(text):
                return await self._said(text, language)
        except (asyncio.CancelledError, NotInTime):  # what is as long must not be tried again before the machine is quicker
            self._at_work.ratio = max(self._at_work.ratio, (self._clock() - start_s) / expected_s)
            raise
        finally:
            self._at_work.live -= 1
            if not self._at_work.live:
                self._at_work.nobody_waits.set()

    @asynccontextmanager
    async def _in_time(self, text: str) -> AsyncIterator[None]:
        """Raises NotInTime when, on air, another voice has to begin."""
        try:
            async with asyncio.timeout(max(0.0, self._limit_s() - TAKE_OVER_S) if self._on_air else None):
                yield
        except TimeoutError:
            raise NotInTime(f"The {self.name} voice took longer than was expected for {text!r}.") from None

    @property
    def _on_air(self) -> bool:
        return self.in_time_s != float("inf")

    def _limit_s(self) -> float:
        allowed_s = ALLOWED_S.get()
        return self.in_time_s if allowed_s is None else allowed_s

    def makes_in_time(self, text: str) -> bool:
        """Whether a text that is not kept would be said within in_time_s."""
        return not self._on_air or (self._ready() and self._at_work.ratio * _expected_s(text) <= self.in_time_s)

    def words_within(self, allowed_s: float | None) -> float:
        """How many words it says within that time, None for in_time_s; no limit off the air."""
        if not self._on_air:
            return float("inf")
        limit_s = self.in_time_s if allowed_s is None else allowed_s
        return max(0.0, (limit_s / self._at_work.ratio - FIXED_S - HEAD_S) * WORDS_PER_S)

    def has(self, text: str, language: str) -> bool:
        """Whether `kept` will likely give a clip."""
        key = self._key(text, language)
        return key in self._recent or self._cache.has(key)

    async def kept(self, text: str, language: str) -> Speech | None:
        """The clip of a text that was said before, None when it was not."""
        key = self._key(text, language)
        if key in self._recent:
            self._recent.move_to_end(key)
            return self._recent[key]
        return await asyncio.to_thread(self._cache.get, key) if self._cache.has(key) else None

    async def prepare(self, text: str, language: str) -> bool:
        """Have a text said for later; True when work was done. Gives way to `speak` and begins again after it.
        Nothing is done while the voice is not on this machine. Raises VoiceError."""
        key = self._key(text, language)
        while self._present() and not self.has(text, language):
            await self._at_work.nobody_waits.wait()
            task = asyncio.create_task(self._said(text, language), name="rehearsal")
            self._at_work.rehearsal = (key, task)
            try:
                await asyncio.wait({task})
            finally:
                self._at_work.rehearsal = None
                task.cancel()
            if not task.cancelled():
                task.result()
                return True
        return False

    async def close(self) -> None:
        """See dialogue.ports.Voice."""
        if self._at_work.waking is not None:
            self._at_work.waking.cancel()
        if self._at_work.rehearsal is not None:
            self._at_work.rehearsal[1].cancel()
        await self._voice.close()

    def _wake(self, language: str) -> None:
        """Start the process; the sentence that asks does not wait for it."""
        if self._present() and (self._at_work.waking is None or self._at_work.waking.done()):
            self._at_work.waking = asyncio.create_task(self._woken(language), name="waking")

    async def _woken(self, language: str) -> None:
        with suppress(VoiceError):  # the next sentence tries again
            await self._voice.speak(WAKING, language)

    def _key(self, text: str, language: str) -> str:
        return clip_key(text, language, self.name, self._version)

    async def _said(self, text: str, language: str) -> Speech:
        start, was_ready = self._clock(), self._ready()
        speech = await self._voice.speak(text, language)
        if was_ready and speech.duration_s > 0.5:  # shorter ones say little about the pace; loading is no pace
            self._at_work.ratio += NEW_SHARE * ((self._clock() - start) / (speech.duration_s + FIXED_S) - self._at_work.ratio)
        await self._keep(self._key(text, language), speech)
        return speech

    async def _keep(self, key: str, speech: Speech) -> None:
        if MAY_KEEP.get():
            await asyncio.to_thread(self._cache.put, key, speech)
            return
        self._recent[key] = speech
        while len(self._recent) > RECENT:
            self._recent.popitem(last=False)


def _expected_s(text: str) -> float:
    """How long it will sound, and what its making takes besides, as sound."""
    return word_count(text) / WORDS_PER_S + HEAD_S + FIXED_S


__all__ = ["CachedVoice", "NotInTime", "VoiceError"]
