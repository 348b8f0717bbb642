"""A slow voice made quick: what it said is kept, what it will say is said beforehand, and a live sentence goes first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from avatar.speech import Speech
from dialogue.clauses import word_count
from dialogue.ports import NotInTime, Voice, VoiceError
from dialogue.speech_cache import SpeechCache, clip_key

IN_TIME_S = 1.9  # on air, what is expected to take longer is left to a quicker voice: an opening lasts 1 s, a pause 1.2 s
WORDS_PER_S = 2.7  # pace of the voices, for guessing how long a text will sound
FIRST_RATIO = 0.9  # work for a second of sound, before any was measured
NEW_SHARE = 0.3  # of the newest measurement in the running mean


class CachedVoice:
    """A voice with a memory. `speak` gives what is kept, or has it said if that will be in time; `prepare` has it said in
    the background and is interrupted by `speak`."""

    def __init__(self, voice: Voice, cache: SpeechCache, version: str = "", *, in_time_s: float = float("inf"),
                 clock: Callable[[], float] = time.monotonic) -> None:
        """version: what else than the text decides the sound (model, speaker, pace); in_time_s: IN_TIME_S on air, no limit
        where nobody waits; clock: seconds, any zero."""
        self.name = voice.name
        self._voice, self._cache, self._version = voice, cache, version
        self.in_time_s, self._clock = in_time_s, clock
        self._ratio = FIRST_RATIO
        self._live = 0
        self._nobody_waits = asyncio.Event()
        self._nobody_waits.set()
        self._rehearsal: tuple[str, asyncio.Task[Speech]] | None = None

    @property
    def ratio(self) -> float:
        """Seconds of work for a second of sound, as measured lately."""
        return self._ratio

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice. Raises NotInTime at once for what would take longer than in_time_s."""
        if (kept := await self.kept(text, language)) is not None:
            return kept
        key = self._key(text, language)
        if self._rehearsal is not None and self._rehearsal[0] == key:
            return await asyncio.shield(self._rehearsal[1])  # already on its way
        expected_s = _expected_s(text)
        wanted_s = self._ratio * expected_s
        if not self.makes_in_time(text):
            raise NotInTime(f"The {self.name} voice would need {wanted_s:.1f} s for {text!r}.")
        self._live += 1
        self._nobody_waits.clear()
        if self._rehearsal is not None:
            self._rehearsal[1].cancel()
        start_s = self._clock()
        try:
            return await self._said(text, language)
        except asyncio.CancelledError:  # too late: what is as long must not be tried again before the machine is quicker
            self._ratio = max(self._ratio, (self._clock() - start_s) / expected_s)
            raise
        finally:
            self._live -= 1
            if not self._live:
                self._nobody_waits.set()

    def makes_in_time(self, text: str) -> bool:
        """Whether a text that is not kept would be said within in_time_s."""
        return self._ratio * _expected_s(text) <= self.in_time_s

    async def kept(self, text: str, language: str) -> Speech | None:
        """The clip of a text that was said before, None when it was not."""
        key = self._key(text, language)
        return await asyncio.to_thread(self._cache.get, key) if self._cache.has(key) else None

    async def prepare(self, text: str, language: str) -> bool:
        """Have a text said for later; True when work was done. Gives way to `speak` and begins again after it.
        Raises VoiceError."""
        key = self._key(text, language)
        while not self._cache.has(key):
            await self._nobody_waits.wait()
            task = asyncio.create_task(self._said(text, language), name="rehearsal")
            self._rehearsal = (key, task)
            try:
                await asyncio.wait({task})
            finally:
                self._rehearsal = None
                task.cancel()
            if not task.cancelled():
                task.result()
                return True
        return False

    async def close(self) -> None:
        """See dialogue.ports.Voice."""
        if self._rehearsal is not None:
            self._rehearsal[1].cancel()
        await self._voice.close()

    def _key(self, text: str, language: str) -> str:
        return clip_key(text, language, self.name, self._version)

    async def _said(self, text: str, language: str) -> Speech:
        start = self._clock()
        speech = await self._voice.speak(text, language)
        if speech.duration_s > 0.5:  # shorter ones say little about the pace
            self._ratio += NEW_SHARE * ((self._clock() - start) / speech.duration_s - self._ratio)
        await asyncio.to_thread(self._cache.put, self._key(text, language), speech)
        return speech


def _expected_s(text: str) -> float:
    """How long it will sound."""
    return word_count(text) / WORDS_PER_S + 0.3


__all__ = ["CachedVoice", "NotInTime", "VoiceError"]
