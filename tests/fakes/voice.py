"""A voice without a synthesiser: a tone per letter. Instant, the same every time; can be told to fail or to wait."""

from __future__ import annotations

import asyncio

import numpy as np

from avatar.speech import RATE_HZ, Phone, Speech, Word
from dialogue.ports import VoiceError

LETTER_S = 0.06


class FakeVoice:
    """calls: the texts it was asked for, in order; fail_next: so many calls raise; hold: when set, calls wait."""

    def __init__(self, name: str = "fake") -> None:
        self.name = name
        self.calls: list[str] = []
        self.started: list[str] = []
        self.fail_next = 0
        self.hold: asyncio.Event | None = None
        self.closed = 0

    async def speak(self, text: str, language: str) -> Speech:
        self.started.append(text)
        if self.hold is not None:
            await self.hold.wait()
        self.calls.append(text)
        if self.fail_next:
            self.fail_next -= 1
            raise VoiceError(f"The {self.name} voice was told to fail.")
        return tone_speech(text, self.name)

    async def close(self) -> None:
        self.closed += 1


def tone_speech(text: str, engine: str = "fake") -> Speech:
    """LETTER_S of a tone for each letter, as long a silence for each blank; phones are the letters."""
    step = int(LETTER_S * RATE_HZ)
    pcm = np.zeros(step * max(len(text), 1), np.float64)
    phones, words = [], []
    for i, letter in enumerate(text):
        if letter.isalnum():
            hz = 120.0 + ord(letter) % 64 * 8
            pcm[i * step : (i + 1) * step] = np.sin(2 * np.pi * hz * np.arange(step) / RATE_HZ)
        phones.append(Phone(letter if letter.isalnum() else "", i * LETTER_S, (i + 1) * LETTER_S))
    at = 0
    for word in text.split():
        at = text.index(word, at)
        if any(c.isalnum() for c in word):
            words.append(Word(word, at * LETTER_S, (at + len(word)) * LETTER_S))
        at += len(word)
    return Speech((pcm * 9000).astype(np.int16), tuple(phones), tuple(words), engine)
