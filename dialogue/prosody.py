"""How a sentence is said, whoever says it: pace, pitch, loudness, stress and breaks, put into finished speech. Pure.

Pace is changed without pitch by overlapping similar stretches of the sound (WSOLA, Verhelst & Roelands 1993); pitch by
playing the slowed sound faster. Times of phones and words follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import soxr
from numpy.typing import NDArray

from avatar.speech import RATE_HZ, Phone, Speech, Word
from dialogue.polish import PEAK_DBFS, limited

PACE, SEMITONES, ENERGY_DB = (0.7, 1.4), (-4.0, 4.0), (-6.0, 3.0)  # beyond, it sounds like a machine or too loud
_WINDOW, _HOP, _SEARCH = 1920, 960, 480  # 40, 20, 10 ms: two periods of a deep voice; a period either way
_COARSE = 6  # every 6th sample is compared: voices have their pitch far below 4 kHz
_RAMP_S = 0.03


@dataclass(frozen=True, slots=True)
class Manner:
    """pace: times as fast, PACE; semitones: up or down, SEMITONES; energy_db: louder or softer, ENERGY_DB."""

    pace: float = 1.0
    semitones: float = 0.0
    energy_db: float = 0.0

    def with_(self, other: Manner) -> Manner:
        """Both, within the limits."""
        values = ((self.pace * other.pace, PACE), (self.semitones + other.semitones, SEMITONES),
                  (self.energy_db + other.energy_db, ENERGY_DB))
        return Manner(*(min(max(value, low), high) for value, (low, high) in values))


PLAIN = Manner()
# SSML's levels of emphasis: stressed words are longer and louder; reduced ones the other way.
EMPHASIS = {"strong": Manner(0.86, 0.0, 2.5), "moderate": Manner(0.93, 0.0, 1.5), "none": PLAIN,
            "reduced": Manner(1.08, 0.0, -2.5)}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a Speech with a manner of its own."""

    start_s: float
    end_s: float
    manner: Manner


@dataclass(frozen=True, slots=True)
class Break:
    """Silence put in at a time of the Speech."""

    at_s: float
    length_s: float


def delivered(speech: Speech, manner: Manner = PLAIN, spans: Sequence[Span] = (), breaks: Sequence[Break] = ()) -> Speech:
    """The speech in that manner. Nothing asked for: the same object."""
    if not len(speech.pcm) or (manner == PLAIN and not spans and not breaks):
        return speech
    n = len(speech.pcm)
    pace, gain_db = np.full(n // _HOP + 2, manner.pace), np.full(n, manner.energy_db)
    for span in spans:
        a, b = int(span.start_s * RATE_HZ), min(n, int(span.end_s * RATE_HZ))
        pace[round(a / _HOP) : round(b / _HOP)] *= span.manner.pace
        gain_db[a:b] += span.manner.energy_db
    pace = np.clip(pace, *PACE)
    sound = speech.pcm / 32768.0
    if gain_db.any():
        sound = _raised(sound, gain_db)
    sound, into = _paced(sound, pace, 2 ** (manner.semitones / 12))
    sound, into = _broken(sound, into, breaks)
    pcm = np.round(limited(sound, 10 ** (PEAK_DBFS / 20)) * 32767.0).astype(np.int16)
    last_s = len(pcm) / RATE_HZ

    def moved(item: Phone | Word) -> tuple[float, float]:
        a, b = (min(last_s, float(np.interp(t * RATE_HZ, *into)) / RATE_HZ) for t in (item.start_s, item.end_s))
        return a, max(a, b)

    phones = tuple(Phone(p.ipa, *moved(p)) for p in speech.phones)
    return replace(speech, pcm=pcm, phones=phones, words=tuple(Word(w.text, *moved(w)) for w in speech.words))


_Into = tuple[NDArray, NDArray]  # samples of the input (rising) and where they are in the output


def _raised(sound: NDArray, gain_db: NDArray) -> NDArray:
    width = int(_RAMP_S * RATE_HZ)
    smooth = np.convolve(np.pad(gain_db, (width // 2, width - width // 2 - 1), mode="edge"), np.full(width, 1 / width), "valid")
    return np.asarray(sound * 10 ** (smooth / 20))


def _paced(sound: NDArray, pace: NDArray, pitch: float) -> tuple[NDArray, _Into]:
    """pace: of each _HOP samples of the input. pitch: factor."""
    n = len(sound)
    edges = np.minimum(np.arange(len(pace) + 1) * _HOP, n).astype(np.float64)
    out_at = np.concatenate([[0.0], np.cumsum(np.diff(edges) / (pace / pitch))])
    if np.any(pace != pitch):
        sound = _overlapped(sound, edges, out_at)
    if pitch != 1.0:
        sound = soxr.resample(sound, RATE_HZ * pitch, RATE_HZ)
        out_at = out_at / pitch
    return sound, (edges, np.minimum(out_at, len(sound)))


def _overlapped(sound: NDArray, edges: NDArray, out_at: NDArray) -> NDArray:
    """WSOLA: windows are taken near where they belong, each where it goes on best from the one before."""
    total = round(out_at[-1])
    padded = np.concatenate([np.zeros(_WINDOW), sound, np.zeros(2 * _WINDOW + _SEARCH)])
    hann = np.hanning(_WINDOW + 1)[:-1]
    out = np.zeros(total + 2 * _WINDOW)
    follow = 0
    for start in range(0, total + _HOP, _HOP):
        wanted = int(np.interp(start, out_at, edges)) + _WINDOW // 2  # in padded; windows are centred on their time
        if start == 0:
            best = wanted
        else:
            natural = padded[follow : follow + _WINDOW : _COARSE]
            low = max(0, wanted - _SEARCH)
            field = padded[low : wanted + _SEARCH + _WINDOW : _COARSE]
            match = np.correlate(field, natural, "valid")
            best = low + int(match.argmax()) * _COARSE if match.max() > 1e-9 else wanted
        best = min(best, len(padded) - _WINDOW - _HOP)
        out[start : start + _WINDOW] += padded[best : best + _WINDOW] * hann
        follow = best + _HOP
    return out[_WINDOW // 2 : _WINDOW // 2 + total]


def _broken(sound: NDArray, into: _Into, breaks: Sequence[Break]) -> tuple[NDArray, _Into]:
    at, out_at = into
    for one in sorted(breaks, key=lambda b: b.at_s, reverse=True):  # from the end: places before it stay where they are
        where = int(np.interp(one.at_s * RATE_HZ, at, out_at))
        length = int(one.length_s * RATE_HZ)
        fade = min(240, where, len(sound) - where)
        head, tail = sound[:where].copy(), sound[where:].copy()
        if fade:
            head[where - fade :] *= np.linspace(1, 0, fade)
            tail[:fade] *= np.linspace(0, 1, fade)
        sound = np.concatenate([head, np.zeros(length), tail])
        split = one.at_s * RATE_HZ
        later = at > split
        at = np.concatenate([at[~later], [split, split + 1e-6], at[later]])
        out_at = np.concatenate([out_at[~later], [where, where + length], out_at[later] + length])
    return sound, (at, out_at)
