"""Phones for voices that report none: espeak's phones of each word, spread over the word's time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avatar.speech import RATE_HZ, Phone, Word

_VOWELS = frozenset("aeiouyæøœɐɑɒɔəɚɛɜɝɤɨɪɯʉʊʌʏäɵ")
# Relative lengths; English averages (Klatt 1976) are about 100 ms for vowels, 75 ms for consonants, stress adds a third.
_VOWEL, _LONG, _STRESSED, _CONSONANT = 1.0, 1.4, 1.3, 0.75
_PAUSE_SIGNS = ",;:.!?…，。；：！？、"
_PAUSE = 2.5  # a pause inside a clause, on the same scale
_QUIET_DB = -45.0  # below the loudest 10 ms: no speech


def phone_weight(ipa: str) -> float:
    """The relative length of one phone."""
    bare = ipa.lstrip("ˈˌ")
    if not bare or bare[0] not in _VOWELS:
        return _CONSONANT
    weight = _LONG if "ː" in bare or sum(c in _VOWELS for c in bare) > 1 else _VOWEL
    return weight * _STRESSED if ipa[0] == "ˈ" else weight


def spread(words: Sequence[Word], phonemes: Sequence[Sequence[str]], duration_s: float) -> tuple[Phone, ...]:
    """Phones that fill the sound: each word's own inside its time, silence between. words: in order, inside the sound."""
    phones: list[Phone] = []
    at = 0.0
    for word, ipas in zip(words, phonemes, strict=True):
        start_s, end_s = max(word.start_s, at), min(word.end_s, duration_s)
        if end_s <= start_s or not ipas:
            continue
        if start_s > at:
            phones.append(Phone("", at, start_s))
        edges = start_s + np.concatenate([[0.0], _shares([phone_weight(p) for p in ipas])]) * (end_s - start_s)
        edges[-1] = end_s  # exactly: the next phone begins there
        phones += [Phone(p, float(a), float(b)) for p, a, b in zip(ipas, edges[:-1], edges[1:], strict=True)]
        at = end_s
    if duration_s > at:
        phones.append(Phone("", at, duration_s))
    return tuple(phones)


def words_over(texts: Sequence[str], phonemes: Sequence[Sequence[str]], start_s: float, end_s: float) -> tuple[Word, ...]:
    """Times for words of which only the whole is known: by the weight of their phones, with pauses at punctuation."""
    weights: list[float] = []
    for text, ipas in zip(texts, phonemes, strict=True):
        weights += [max(sum(map(phone_weight, ipas)), 0.2), _PAUSE if text[-1:] in _PAUSE_SIGNS else 0.0]
    if weights:
        weights[-1] = 0.0  # nothing is said after the last word
    edges = start_s + np.concatenate([[0.0], _shares(weights)]) * (end_s - start_s)
    return tuple(Word(text, float(edges[2 * i]), float(edges[2 * i + 1])) for i, text in enumerate(texts))


def sounding(pcm: NDArray) -> tuple[float, float]:
    """Seconds from the first to the last 10 ms that are not silence. pcm: (n,) int16 at 48 kHz."""
    step = RATE_HZ // 100
    blocks = len(pcm) // step
    if not blocks:
        return 0.0, len(pcm) / RATE_HZ
    power = (pcm[: blocks * step].astype(np.float64).reshape(blocks, step) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (_QUIET_DB / 10))
    if not power.max() or not len(loud):
        return 0.0, len(pcm) / RATE_HZ
    return float(loud[0]) / 100, float(loud[-1] + 1) / 100


def _shares(weights: Sequence[float]) -> NDArray:
    total = np.cumsum(np.asarray(weights, np.float64))
    return total / total[-1] if len(total) and total[-1] else total
