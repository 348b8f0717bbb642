"""What the dialogue needs from slow or foreign things: a voice, a search index, sentences as vectors."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assets.knowledge import Passage
from avatar.speech import Speech

# Languages a show may be spoken in (BCP 47 primary tags).
LANGUAGES: tuple[str, ...] = ("en", "zh", "ja", "es", "fr", "de", "pt", "it", "hi", "ar", "ru", "id", "th", "vi")


class VoiceError(RuntimeError):
    """A voice could not speak; the message is one sentence: which voice, what happened, what was done about it."""


class NotInTime(VoiceError):
    """The voice is well but would take too long for this text; a quicker one should say it."""


class Voice(Protocol):
    """Text in, sound with times out. Safe to call again after an error; calls may overlap, they are served in order.

    Not promised: the same samples for the same text twice (network voices differ).
    """

    name: str

    async def speak(self, text: str, language: str) -> Speech:
        """The sound of `text` (words only, see dialogue.spoken): 48 kHz mono int16, about -16 LUFS, peak <= -1 dBFS.

        language: BCP 47. Phones and words lie inside the sound and in order; words are spans of `text`.
        Raises VoiceError.
        """
        ...

    async def close(self) -> None:
        """End whatever the voice runs. May be called twice; `speak` after it starts anew."""
        ...


class KeepingVoice(Protocol):
    """A voice that keeps what it said (dialogue.cached_voice)."""

    name: str

    def has(self, text: str, language: str) -> bool:
        """Whether `kept` will likely give a clip."""
        ...

    def words_within(self, allowed_s: float | None) -> float:
        """How many words it says within that time, None for the usual time of a first clause."""
        ...

    async def kept(self, text: str, language: str) -> Speech | None:
        """The clip of a text that was said before."""
        ...

    def makes_in_time(self, text: str) -> bool:
        """Whether a text that is not kept would be said soon enough; else a quicker voice says it."""
        ...

    async def prepare(self, text: str, language: str) -> bool:
        """Have a text said for later, in the background; True when work was done. Raises VoiceError."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer, with a score >= 0; larger is better, comparable inside one search only."""

    passage: Passage
    score: float


class Retriever(Protocol):
    """A search index over passages."""

    def search(self, text: str, language: str, sku: str | None, k: int) -> list[Hit]:
        """At most k hits, best first: passages of that product and of the whole shop, none of another product.

        text: the question; language: its BCP 47 tag; sku: the product it is about, None for the shop.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """vector: (d,) float32 of length 1; tokens: (t, w) float32, one row a word piece, (0, w) from providers that have none;
    rarity: (t,) float32, how telling each piece is in general, -ln of its probability."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]
    rarity: NDArray[np.float32]


class Embedder(Protocol):
    """Text as vectors whose inner product says how well a passage answers a question. Callable from any thread.

    Not promised: that products of two embedders, or of two versions of one, compare.
    """

    name: str  # of the model and its version: the key under which vectors are kept
    dimension: int

    def embed(self, texts: Sequence[str], *, question: bool) -> list[Embedded]:
        """One Embedded a text, in order. question: the texts ask (else they tell). Blocks; raises RuntimeError."""
        ...


class WriterError(RuntimeError):
    """A language model wrote nothing that can be used; the message is one sentence."""


class Writer(Protocol):
    """A language model. Not promised: that it obeys, is truthful, or ends; callers check and time it."""

    def write(self, instructions: str, facts: str) -> AsyncGenerator[str, None]:
        """Text in pieces as it is written. facts: JSON. Raises WriterError."""
        ...

    async def close(self) -> None:
        """End connections. May be called twice."""
        ...
