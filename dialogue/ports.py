"""What the dialogue needs from slow or foreign things: a voice, a search index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assets.knowledge import Passage
from avatar.speech import Speech

# Languages a show may be spoken in (BCP 47 primary tags).
LANGUAGES: tuple[str, ...] = ("en", "zh", "ja", "es", "fr", "de", "pt", "it", "hi", "ar", "ru", "id", "th", "vi")


class VoiceError(RuntimeError):
    """A voice could not speak; the message is one sentence: which voice, what happened, what was done about it."""


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
