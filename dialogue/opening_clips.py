"""Openings of answers, finished and in memory: the first sound of an answer waits for no disk and no process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from avatar.speech import Speech
from dialogue.openings import OPENINGS
from dialogue.ports import Voice

MOODS = ("neutral", "happy", "warm", "serious")
Finish = Callable[[Speech, str, str, str], Awaitable[Speech]]  # of (raw, text, language, mood)


class OpeningClips:
    """Made by every voice that may say an answer, so that whoever does also opens it."""

    def __init__(self, voices: Sequence[Voice], finish: Finish, said: Callable[[str, str], str]) -> None:
        """voices: in order of preference; finish: raw speech to what is heard, with words as written; said: the words a voice
        is asked for, of (text, language), "" where it is not to be said."""
        self._voices, self._finish, self._said = tuple(voices), finish, said
        self._clips: dict[tuple[str, str, str, str], Speech] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Whose there may be, in order of preference."""
        return tuple(voice.name for voice in self._voices)

    def of(self, voice: str, text: str, language: str, mood: str) -> Speech | None:
        """The clip, None before it is made."""
        return self._clips.get((voice, text, language, mood))

    async def prepare(self, language: str) -> int:
        """Make the next one that is missing, in all moods: 1, or 0 when all are there or cannot be had yet. Raises
        VoiceError."""
        for voice in self._voices:
            for text in OPENINGS.get(language.split("-")[0].lower(), ()):
                if (voice.name, text, language, MOODS[-1]) not in self._clips and (said := self._said(text, language)) and \
                        (raw := await _raw(voice, said, language)) is not None:
                    for mood in MOODS:
                        self._clips[voice.name, text, language, mood] = await self._finish(raw, text, language, mood)
                    return 1
        return 0


async def _raw(voice: Any, said: str, language: str) -> Speech | None:
    """A voice with a memory gives way to live sentences and is asked for nothing while it is not on this machine."""
    if not hasattr(voice, "prepare"):
        return await voice.speak(said, language)  # type: ignore[no-any-return]
    await voice.prepare(said, language)
    return await voice.kept(said, language)  # type: ignore[no-any-return]
