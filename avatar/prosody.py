"""What the sound and the words of a sentence say about how it is meant: stress, phrases, content words, question or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from avatar.speech import RATE_HZ, Speech, Word

STRESSED_SHARE = 0.3  # of the words: about one in three is stressed in English, German and Spanish speech
PAUSE_S = 0.16  # between two words: a phrase ends; shorter gaps are closures of stops
MIN_PHRASE_S = 0.5  # a shorter piece belongs to its neighbour: "so, ..."
FUNCTION_LETTERS = 3  # words of so few Latin letters are articles, pronouns, prepositions far more often than not
_ENDS = ",.;:!?…，。；：！？、؟।"


@dataclass(frozen=True, slots=True)
class Phrase:
    """start_s, end_s: of its words, from the first sample; last: whether the sound ends with it."""

    start_s: float
    end_s: float
    last: bool


def stressed_words(speech: Speech, share: float = STRESSED_SHARE) -> list[Word]:
    """The loudest words for their length, about `share` of them: where brows, head and hands go along."""
    if not speech.words:
        return []
    levels = []
    for word in speech.words:
        part = speech.pcm[int(word.start_s * RATE_HZ) : int(word.end_s * RATE_HZ)].astype(np.float32)
        levels.append(float(np.sqrt((part**2).mean())) * (word.end_s - word.start_s) ** 0.5 if len(part) else 0.0)
    count = max(1, round(share * len(levels)))
    floor = sorted(levels)[-count]
    return [w for w, level in zip(speech.words, levels, strict=True) if level >= floor][:count]


def is_content(word: str) -> bool:
    """Whether a hand may beat on it: numbers, longer words, and anything not written in Latin letters."""
    letters = "".join(c for c in word if c.isalnum())
    return any(c.isdigit() for c in letters) or len(letters) > FUNCTION_LETTERS or any(ord(c) > 0x24F for c in letters)


def phrases(words: Sequence[Word]) -> list[Phrase]:
    """Words between pauses and marks of punctuation."""
    out: list[Phrase] = []
    start = 0
    for i, word in enumerate(words):
        final = i == len(words) - 1
        breaks = word.text[-1:] in _ENDS or (not final and words[i + 1].start_s - word.end_s > PAUSE_S)
        if final or (breaks and word.end_s - words[start].start_s >= MIN_PHRASE_S):
            out.append(Phrase(words[start].start_s, word.end_s, final))
            start = i + 1
    return out


def ending(words: Sequence[Word], text: str) -> str:
    """"?", "!" or "." where these words end the sentence `text`; "" where it goes on after them (a clause of it)."""
    end = text.rstrip("\"'”’»)]… ")
    said = "".join(c for w in words for c in w.text if c.isalnum())
    whole = "".join(c for c in end if c.isalnum())
    if not said or not whole.endswith(said[-min(len(said), 12):]):
        return ""
    return "?" if end[-1:] in "?？؟" else "!" if end[-1:] in "!！" else "."
