"""The mouth that a microphone hears: visemes for a voice without a face, closed lips for a face whose p, b and m are too short
to be seen."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from avatar.capture.captured import MOUTH, Captured
from avatar.face import INDEX
from avatar.listener import OPENNESS, Listener
from avatar.phone_classes import CLASSES
from avatar.sound_frames import FRAMES_PER_S
from avatar.visemes import OCULUS, ROW, VISEME_WEIGHTS, visemes_of

RATE_HZ = 48_000
QUIET_DB = -45.0  # below full scale: nobody speaks
LOUD_DB = -20.0
KEEP_S = 2.0
FOLLOW = 0.02  # of a clock's error, with each block
SURE = 0.5  # chance of a closed sound from which lips close
WIDE_OPEN = 0.55  # a jaw this open is not closed by what was heard
_SHAPE = np.zeros((len(CLASSES), len(OCULUS)), np.float32)
_SHAPE[np.arange(len(CLASSES)), [ROW[(visemes_of(c) or ("sil",))[0]] for c in CLASSES]] = 1.0
MOST_CHANGED = 1 / 3  # of a vowel's strength, by the openness that was heard
_VOWELS = [ROW[name] for name in ("aa", "E", "I", "O", "U")]


class Hearing:
    """Feed it 48 kHz sound with the clock of its first sample; strengths of the visemes come out every 10 ms, 58 ms later."""

    def __init__(self) -> None:
        self._listener = Listener(RATE_HZ)
        self._levels: deque[float] = deque(maxlen=int(KEEP_S * FRAMES_PER_S))
        self._tail = np.zeros(0)
        self._rows: deque[tuple[int, NDArray]] = deque(maxlen=int(KEEP_S * FRAMES_PER_S))
        self._decided = self._measured = 0  # frames
        self._fed = 0  # samples
        self._begin_us: float | None = None  # of the first sample; follows the sender's clock, which drifts against the sound's

    def feed(self, stamp_us: int, pcm: NDArray) -> list[tuple[int, NDArray]]:
        """(stamp_us, (15,) 0..1) of the frames decided by this block. pcm: (n,) int16."""
        begin_us = stamp_us - self._fed * 1e6 / RATE_HZ
        self._begin_us = begin_us if self._begin_us is None else self._begin_us + FOLLOW * (begin_us - self._begin_us)
        self._fed += len(pcm)
        self._levels.extend(self._loudness(pcm))
        chances = self._listener.feed(pcm)
        out = []
        for row, opened in zip(chances, self._listener.opened, strict=True):
            level = self._levels[self._decided - self._measured]  # counted from the newest
            strength = as_open(row @ _SHAPE, float(opened)) * _spoken(level)
            strength[_VOWELS] *= 0.6 + 0.4 * _spoken(level + (LOUD_DB - QUIET_DB) * 0.2)
            at_us = int(self._begin_us + (self._decided + 0.5) * 1e6 / FRAMES_PER_S)
            out.append((at_us, strength.astype(np.float32)))
            self._decided += 1
        self._rows.extend(out)
        return out

    def _loudness(self, pcm: NDArray) -> list[float]:
        """dB below full scale of each 10 ms that is now whole."""
        self._tail = np.concatenate([self._tail, np.asarray(pcm, np.float64) / 32768.0])
        size = RATE_HZ // FRAMES_PER_S
        whole = len(self._tail) // size
        frames, self._tail = self._tail[: whole * size].reshape(whole, size), self._tail[whole * size:]
        self._measured += whole
        return [float(x) for x in 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10)]

    def closed(self, from_us: int, to_us: int) -> float:
        """The highest chance of p, b or m between two moments."""
        return max((float(row[ROW["PP"]]) for at, row in self._rows if from_us <= at < to_us), default=0.0)

    @property
    def decided_us(self) -> int | None:
        """Up to when it has listened; None before the first sound."""
        return None if self._begin_us is None else int(self._begin_us + self._decided * 1e6 / FRAMES_PER_S)


def as_open(shapes: NDArray, opened: float) -> NDArray:
    """(15,) how likely each shape is, its vowels up to a third weaker or stronger, as the jaw was heard to be open: a vowel
    that is taken for another opens as wide as it sounds. opened: 0..1."""
    by_shapes = float(shapes @ OPENNESS)
    out = shapes.copy()
    if by_shapes > 0.0:
        out[_VOWELS] *= np.clip(opened / by_shapes, 1.0 - MOST_CHANGED, 1.0 + MOST_CHANGED)
    return np.asarray(out.clip(0.0, 1.0))


def _spoken(level_db: float) -> float:
    return float(np.clip((level_db - QUIET_DB) / (LOUD_DB - QUIET_DB) * 2.0, 0.0, 1.0))


def with_closure(seen: Captured, chance: float) -> Captured:
    """The face with its lips closed as far as a p, b or m was heard; a jaw that is plainly open stays open."""
    jaw = float(seen.weights[INDEX["jawOpen"]])
    amount = np.clip((chance - SURE) / (1.0 - SURE), 0.0, 1.0) * np.clip((WIDE_OPEN - jaw) / 0.2, 0.0, 1.0)
    if amount <= 0.0:
        return seen
    weights = seen.weights.copy()
    weights[MOUTH] += (VISEME_WEIGHTS[ROW["PP"]][MOUTH] - weights[MOUTH]) * np.float32(amount)
    return Captured(weights, seen.head_deg, seen.eyes_deg, seen.lean_m, seen.whole)


def smooth_strengths(before: NDArray, now: NDArray) -> NDArray:
    """Lips have a mass: rises in about 30 ms, falls in about 60, closures at once. Both (15,), one frame of 10 ms apart."""
    out = before + (now - before) * np.where(now > before, np.float32(0.35), np.float32(0.18))
    closed = ROW["PP"]
    out[closed] = max(out[closed], now[closed] if now[closed] > SURE else 0.0)
    if now[closed] > SURE:
        out[np.arange(len(out)) != closed] *= np.float32(1.0 - now[closed])
    return out
