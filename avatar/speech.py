"""What is to be said and what was said: Utterance in, Speech out of a voice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.checked import frozen_array, require, require_id, require_language
from assets.ssml import Delivery

RATE_HZ = 48_000


@dataclass(frozen=True, slots=True)
class Phone:
    """ipa: one phone as espeak-ng writes it, "" for silence; times in seconds from the first sample."""

    ipa: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Word:
    """text: as in the utterance; times in seconds from the first sample."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class GestureMark:
    """name: "point", "open", "wave", "nod", "count1" …; word: index of the word it starts on;
    target: "product", "camera" or "chat"."""

    name: str
    word: int = 0
    target: str = "product"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence on its way to the voice. mood: "neutral", "happy", "warm", "serious";
    citations: ids of the passages behind its claims; product: sku it speaks of;
    question_id: of the viewer's question it answers; human: spoken by a person (microphone); delivery: how stretches of the
    text are said."""

    id: str
    text: str
    language: str
    anchor_id: str = "anchor"
    mood: str = "warm"
    marks: tuple[GestureMark, ...] = ()
    product: str | None = None
    citations: tuple[str, ...] = ()
    question_id: str | None = None
    delivery: tuple[Delivery, ...] = ()

    def __post_init__(self) -> None:
        require_id("Utterance", "id", self.id)
        require_language("Utterance", "language", self.language)
        require(bool(self.text.strip()), "Utterance", "text", self.text, "a sentence")


@dataclass(frozen=True, slots=True)
class Speech:
    """pcm: (n,) int16 mono 48 kHz; phones and words in order, inside the sound; engine: name of the voice."""

    pcm: NDArray
    phones: tuple[Phone, ...]
    words: tuple[Word, ...]
    engine: str
    is_human: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "pcm", frozen_array("Speech", "pcm", self.pcm, (None,), np.int16))
        last = 0.0
        for phone in self.phones:
            require(phone.end_s >= phone.start_s >= last - 1e-6, "Speech", "phones", phone, "phones in order of time")
            last = phone.start_s

    @property
    def duration_s(self) -> float:
        """Length of the sound in seconds."""
        return len(self.pcm) / RATE_HZ
