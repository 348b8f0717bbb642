"""Which phones belong to which written word, out of espeak's timeline of a sentence. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from avatar.speech import Phone, Word

SpokenWord = tuple[str, tuple[str, ...]]  # as written, and its phones


def spoken_words(phones: Sequence[Phone], words: Sequence[Word]) -> list[SpokenWord]:
    """Each word with the phones that start in it; phones before the first word belong to the first."""
    out: list[tuple[str, list[str]]] = [(word.text, []) for word in words]
    at = 0
    for phone in phones:
        while at + 1 < len(words) and phone.start_s >= words[at + 1].start_s - 1e-4:
            at += 1
        if phone.ipa and out:
            out[at][1].append(phone.ipa)
    return [(text, tuple(ipas)) for text, ipas in out]
