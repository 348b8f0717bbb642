"""The last voice that still sounds: clips of what any voice of this show said before, when none can speak any more."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import replace

from avatar.speech import Speech
from dialogue.ports import NotInTime
from dialogue.speech_cache import SpeechCache, clip_key

_ANY = "any voice"
# Whether what is being said may be kept: lines of the script may, answers may not, they can name who asked.
MAY_KEEP: ContextVar[bool] = ContextVar("may_keep", default=True)


class KeptClips:
    """A dialogue.ports.Voice that says what `remember` was given, by whoever said it."""

    name = "kept clips"

    def __init__(self, cache: SpeechCache, who: str = "") -> None:
        """who: the anchor whose lines they are, "" for the first; one does not speak with the other's voice."""
        self._cache, self._who = cache, who
        self._known: set[str] = set()  # keys that need no second look at the disk

    async def speak(self, text: str, language: str) -> Speech:
        """The clip; NotInTime where there is none."""
        key = clip_key(text, language, _ANY, self._who)
        speech = await asyncio.to_thread(self._cache.get, key)
        if speech is None:
            self._known.discard(key)
            raise NotInTime(f"The {self.name} have none of {text[:60]!r}.")
        return replace(speech, engine=self.name)

    async def remember(self, text: str, language: str, speech: Speech) -> None:
        """Keep a clip, where MAY_KEEP; costs nothing when it is there already. Never raises for a disk that refuses."""
        if not MAY_KEEP.get():
            return
        key = clip_key(text, language, _ANY, self._who)
        if key in self._known:
            return
        if len(self._known) > 50_000:  # a month of free text; they are found on disk all the same
            self._known.clear()
        self._known.add(key)
        if not self._cache.has(key):
            await asyncio.to_thread(self._cache.put, key, speech)

    async def close(self) -> None:
        """Nothing runs."""
