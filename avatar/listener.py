"""Mouth shapes from sound alone, while it comes in: for the operator's microphone. Looks ahead 57.5 ms, never more.

Lips seen from sound alone are less exact than with the text (avatar.aligner): p, b and m are often missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avatar.phone_classes import CLASSES
from avatar.phone_net import OUTPUTS, STATE_CLASS, PhoneNet, load
from avatar.sound_frames import FRAMES_PER_S, RunningNorm, bands_of, mono, window_starts, window_width
from avatar.speech import Phone

STAY = 0.9  # chance that the next frame is the same sound: 10 frames, the mean length of a phone
SCORE_SHARE = 0.6  # neighbouring frames share most of their sound, so each counts less than a whole one
PRIOR_SHARE = 0.5  # of the log prior taken out: frequent sounds stay a little likelier
MIN_RATE_HZ = 8000


class Listener:
    """Feed it sound in pieces of any size; each 10 ms of it comes out once, in order."""

    def __init__(self, rate_hz: int) -> None:
        """rate_hz: 8000 and more. Raises ValueError below."""
        if rate_hz < MIN_RATE_HZ:
            raise ValueError(f"the sound has {rate_hz} samples a second; the listener needs at least {MIN_RATE_HZ}")
        self._rate_hz, self._net = rate_hz, load("listen")
        self._norm = RunningNorm(self._net.mean, self._net.spread)
        self._sound = np.zeros(0)
        self._first = 0  # sample number of self._sound[0]
        self._frame = 0  # next frame to be transformed
        self._heard: list[NDArray] = []  # normalised frames that are still someone's neighbours
        self._waiting = 0  # of those at the end, without an answer yet
        self._belief = np.full(len(CLASSES), 1.0 / len(CLASSES))

    def feed(self, pcm: NDArray) -> NDArray:
        """(n, classes) float32, probabilities of avatar.phone_classes.CLASSES for the n frames that are now decided."""
        self._sound = np.concatenate([self._sound, mono(pcm)])
        sure = self._first + len(self._sound) - window_width(self._rate_hz) / 2 - 1  # a window's start is rounded
        ready = int(np.floor(sure * FRAMES_PER_S / self._rate_hz - 0.5)) + 1
        return self._listen(max(ready, self._frame), last=False)

    def finish(self) -> NDArray:
        """The frames that still waited for what follows; nothing follows."""
        self._sound = np.concatenate([self._sound, np.zeros(2 * window_width(self._rate_hz))])
        total = int((self._first + len(self._sound) - 2 * window_width(self._rate_hz)) * FRAMES_PER_S / self._rate_hz)
        return self._listen(max(total, self._frame), last=True)

    def _listen(self, until: int, last: bool) -> NDArray:
        fresh = self._frames(until)
        self._heard += fresh
        self._waiting += len(fresh)
        count = self._waiting if last else max(0, self._waiting - self._net.after)
        if not count:
            return np.zeros((0, len(CLASSES)), np.float32)
        first = len(self._heard) - self._waiting
        x = np.array(self._heard)
        logs = self._net.log_posteriors(x)[first : first + count]  # context before `before` frames is never used
        self._waiting -= count
        keep = self._net.before + self._waiting
        self._heard = self._heard[-keep:] if keep else []
        return self._believed(logs)

    def _frames(self, until: int) -> list[NDArray]:
        if until <= self._frame:
            return []
        width = window_width(self._rate_hz)
        starts = window_starts(self._frame, until, self._rate_hz) - self._first
        padded = np.concatenate([np.zeros(width), self._sound, np.zeros(width)])
        bands = bands_of(padded[starts[:, None] + width + np.arange(width)], self._rate_hz)
        self._frame = until
        spare = int(window_starts(until, until + 1, self._rate_hz)[0]) - self._first
        if spare > 0:
            self._sound, self._first = self._sound[spare:], self._first + spare
        return [self._norm(frame) for frame in bands]

    def _believed(self, logs: NDArray) -> NDArray:
        """What each frame says, tempered by what was heard just before (forward pass of a loop of sounds)."""
        return believed(class_scores(logs, self._net), self._belief)


def class_scores(logs: NDArray, net: PhoneNet) -> NDArray:
    """(n, classes) likelihoods up to a factor per frame, from log posteriors of states."""
    member = np.zeros((OUTPUTS, len(CLASSES)))
    member[np.arange(OUTPUTS), STATE_CLASS] = 1.0
    prior = np.maximum(net.prior @ member, 1e-4)
    return np.asarray((np.exp(logs.astype(np.float64)) @ member / prior**PRIOR_SHARE + 1e-6) ** SCORE_SHARE)


def believed(likely: NDArray, belief: NDArray) -> NDArray:
    """Forward filter over frames. belief: (classes,), updated in place. Returns (n, classes) float32 that sum to 1."""
    out = np.empty(likely.shape, np.float32)
    for t, row in enumerate(likely):
        belief *= STAY
        belief += (1.0 - STAY) / len(belief)
        belief *= row
        belief /= max(float(belief.sum()), 1e-30)
        out[t] = belief
    return out


def hear(pcm: NDArray, rate_hz: int) -> NDArray:
    """(n, classes) float32 for a whole sound, just as a microphone would have given it."""
    listener = Listener(rate_hz)
    return np.concatenate([listener.feed(pcm), listener.finish()])


def heard(pcm: NDArray, rate_hz: int) -> tuple[Phone, ...]:
    """The likeliest sounds of a whole recording, in order; they fill it."""
    phones = phones_heard(hear(pcm, rate_hz))
    duration_s = len(pcm) / rate_hz
    return (*phones[:-1], Phone(phones[-1].ipa, phones[-1].start_s, max(phones[-1].start_s, duration_s))) if phones else ()


def phones_heard(chances: NDArray) -> tuple[Phone, ...]:
    """The likeliest sound of each frame as phones in order; chances: (n, classes)."""
    best = np.argmax(chances, axis=1) if len(chances) else np.zeros(0, np.int64)
    edges: Sequence[int] = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), len(best)] if len(best) else []
    return tuple(Phone(CLASSES[best[a]], a / FRAMES_PER_S, b / FRAMES_PER_S) for a, b in pairwise(edges))
