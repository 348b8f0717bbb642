"""Sentences with known phones become frames and their targets, in several variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.aligner import frame_states
from avatar.phone_classes import classes_of
from avatar.phone_net import STATES, PhoneNet, state_of
from avatar.sound_frames import FLOOR, FRAMES_PER_S, RunningNorm, log_mel, normalised
from avatar.speech import Phone
from avatar.training.augment import varied


@dataclass(frozen=True, slots=True)
class Sentence:
    """sound: (n,) float -1..1; phones: in order, times in seconds; exact: the synthesiser's own sample positions,
    which are kept; otherwise they are a first guess and are aligned anew in each round; language: of its words, "" for none."""

    sound: NDArray
    rate_hz: int
    phones: tuple[Phone, ...]
    exact: bool
    language: str = ""


@dataclass(slots=True)
class Lesson:
    """clean: (n, 26) normalised frames; targets: (n,) outputs; variants: (raw log-mel frames, index of the clean frame)."""

    sentence: Sentence
    clean: NDArray
    targets: NDArray
    variants: list[tuple[NDArray, NDArray]]


def lesson(sentence: Sentence, variants: int, rng: np.random.Generator) -> Lesson:
    """A sentence with its first targets, and `variants` variants besides the original."""
    raw = log_mel(sentence.sound, sentence.rate_hz)
    made = [(raw, np.arange(len(raw)))]
    for _ in range(variants):
        sound, tempo = varied(sentence.sound, sentence.rate_hz, rng)
        frames = log_mel(sound, sentence.rate_hz)
        at = ((np.arange(len(frames)) + 0.5) * tempo).astype(np.int64)
        made.append((frames, np.minimum(at, len(raw) - 1)))
    return Lesson(sentence, normalised(raw), first_targets(sentence.phones, len(raw)), made)


def first_targets(phones: Sequence[Phone], n: int) -> NDArray:
    """(n,) outputs: each phone's time shared evenly among its sounds, each sound's among its three parts."""
    out = np.zeros(n, np.int64)
    t = (np.arange(n) + 0.5) / FRAMES_PER_S
    for phone in phones:
        sounds = classes_of(phone.ipa)
        states = [state_of(c, part) for c in sounds for part in range(STATES)]
        rows = np.flatnonzero((t >= phone.start_s) & (t < phone.end_s))
        if states and len(rows):
            share = (t[rows] - phone.start_s) / max(phone.end_s - phone.start_s, 1e-6)
            out[rows] = np.array(states)[np.minimum((share * len(states)).astype(int), len(states) - 1)]
    return out


def realign(lessons: Sequence[Lesson], net: PhoneNet) -> int:
    """In place: better targets for what was only guessed. Returns how many could not be aligned (they keep theirs)."""
    failed = 0
    for one in lessons:
        if one.sentence.exact:
            continue
        states = frame_states(one.clean, [p.ipa for p in one.sentence.phones], net)
        if states is None:
            failed += 1
        else:
            one.targets = states
    return failed


def whole(frames: NDArray) -> NDArray:
    """Normalised as the aligner does it."""
    return normalised(frames)


def speech_statistics(lessons: Sequence[Lesson]) -> tuple[NDArray, NDArray]:
    """(26,) mean and spread of louder frames relative to each sentence's loudest: the listener's expectation."""
    loud = []
    for one in lessons:
        frames = one.variants[0][0]
        level = frames.mean(axis=1)
        loud.append((frames - level.max())[level > level.max() - RunningNorm.GATE])
    all_loud = np.concatenate(loud)
    return all_loud.mean(axis=0), all_loud.std(axis=0)


class RunningNorms:
    """avatar.sound_frames.RunningNorm for many sentences at once, which is as fast as for one."""

    def __init__(self, mean: NDArray, spread: NDArray, count: int) -> None:
        """mean, spread: (26,); count: sentences."""
        self._prior = (np.asarray(mean, np.float64), np.asarray(spread, np.float64) ** 2)
        self._mean, self._var = (np.tile(part, (count, 1)) for part in self._prior)
        self._weight = np.full(count, RunningNorm.PRIOR)
        self._peak: NDArray | None = None

    def __call__(self, frames: NDArray) -> NDArray:
        """(count, 26) float32 of the next frame of each."""
        level = frames.mean(axis=1).astype(np.float64)
        peak = level if self._peak is None else self._peak - RunningNorm.DECAY
        anew = level > peak + RunningNorm.JUMP
        if anew.any():
            self._mean[anew], self._var[anew], self._weight[anew] = *self._prior, RunningNorm.PRIOR
        self._peak = np.maximum(level, peak)
        x = np.maximum(frames - self._peak[:, None], -FLOOR)
        loud = level > self._peak - RunningNorm.GATE
        share = np.where(loud, 1.0 / (self._weight + 1.0), 0.0)[:, None]
        off = x - self._mean
        self._mean += share * off
        self._var += share * (off * (x - self._mean) - self._var)
        self._weight = np.where(loud, np.minimum(self._weight + 1.0, RunningNorm.MEMORY), self._weight)
        return ((x - self._mean) / np.maximum(np.sqrt(self._var), 0.5)).astype(np.float32)
