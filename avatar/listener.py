"""Mouth shapes from sound alone, while it comes in: for the operator's microphone. Looks ahead 57.5 ms, never more.

Lips seen from sound alone are less exact than with the text (avatar.aligner): p, b and m are often missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avatar.face import INDEX
from avatar.phone_classes import CLASSES, SILENCE
from avatar.phone_net import OUTPUTS, STATE_CLASS, PhoneNet, load, load_wide
from avatar.sound_frames import (
    FRAMES_PER_S,
    RunningNorm,
    bands_of,
    is_silent,
    log_mel,
    mono,
    normalised,
    window_starts,
    window_width,
)
from avatar.speech import Phone
from avatar.visemes import OCULUS, ROW, VISEME_WEIGHTS, visemes_of

# The numbers below were chosen on voices that no net has heard and the bench does not use: six of Kokoro that were kept out of
# the training, and Festival's diphone voices ked (English), lp and pc (Italian), whose own phones are known;
# clear, in a room, and with noise.
EARS = ("listen", "past")  # nets that hear a fifth and a third of a second
# Weights of the nets' log posteriors. Live they sum to more than 1, because each ear alone is less sure than it may be.
LIVE_SHARES = (0.75, 0.75)
WHOLE_SHARES = {"align": 0.2, "listen": 0.3, "past": 0.3, "whole": 0.2}  # "whole" hears a second, both sides
# Of a whole recording, where later frames speak, too. Live there is none: a belief that lasts comes late (0.1 costs 1 % of the
# frames, 0.9 costs 7 %).
WHOLE_STAY = 0.2
WHOLE_PRIOR = 0.1  # of the log prior taken out: frequent sounds stay likelier; live nothing is
MIN_RATE_HZ = 8000
SMOOTH_FRAMES = 7  # half of them weighty: about what a jaw needs
# Beliefs of neighbouring frames rest on the same sound and are too sure of themselves: this power of them.
WHOLE_SOFT, LIVE_SOFT = 0.6, 0.8
OPEN_SHARE = 0.35  # of the net that hears openness itself: with more, three of the four groups win and ked loses
LIVE_OPEN_SHARE, LIVE_EASE = 0.4, 0.85  # the same of a microphone, and how far openness by shapes follows in a frame
PRESSED_FRAMES = 4  # lips that meet for p, b or m stay so for 40 ms and more; what is shorter was heard wrong
# Factor on the odds of p, b and m: in rooms and in noise they are heard too seldom from a stranger. A recording needs none.
LIVE_PRESSED = 1.4


class Listener:
    """Feed it sound in pieces of any size; each 10 ms of it comes out once, in order."""

    def __init__(self, rate_hz: int) -> None:
        """rate_hz: 8000 and more. Raises ValueError below."""
        if rate_hz < MIN_RATE_HZ:
            raise ValueError(f"the sound has {rate_hz} samples a second; the listener needs at least {MIN_RATE_HZ}")
        self._rate_hz, self._ears = rate_hz, [load(name) for name in EARS]
        self._past, self._after = max(ear.before for ear in self._ears), self._ears[0].after
        self._norm = RunningNorm(self._ears[0].mean, self._ears[0].spread)
        self._sound = np.zeros(0)
        self._first = 0  # sample number of self._sound[0]
        self._frame = 0  # next frame to be transformed
        self._heard: list[NDArray] = []  # normalised frames that are still someone's neighbours
        self._opens = load_wide("open_live")
        self._past = max(self._past, self._opens.look_back)
        self._eased: float | None = None
        self.opened: NDArray = np.zeros(0, np.float32)
        self._waiting = 0  # of those at the end, without an answer yet

    def feed(self, pcm: NDArray) -> NDArray:
        """(n, classes) float32, probabilities of avatar.phone_classes.CLASSES for the n frames that are now decided; `opened`
        holds how far the mouth is open in them, (n,) 0..1."""
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
        count = self._waiting if last else max(0, self._waiting - self._after)
        if not count:
            self.opened = np.zeros(0, np.float32)
            return np.zeros((0, len(CLASSES)), np.float32)
        first = len(self._heard) - self._waiting
        x = np.array(self._heard)
        logs = np.sum([share * class_logs(ear.log_posteriors(x)[first : first + count])  # frames before are only context
                       for ear, share in zip(self._ears, LIVE_SHARES, strict=True)], axis=0)
        chances = live_chances(np.exp(logs)).astype(np.float32)
        self.opened = self._openness(chances, self._opens.values(x)[first : first + count, 0])
        self._waiting -= count
        keep = self._past + self._waiting
        self._heard = self._heard[-keep:] if keep else []
        return chances

    def _openness(self, chances: NDArray, heard: NDArray) -> NDArray:
        """(n,) float32: by the shapes, eased by what was before (what comes is not waited for), and by the net of openness."""
        out = np.empty(len(chances), np.float32)
        for k, shapes in enumerate(_softened(chances, LIVE_SOFT) @ OPENNESS):
            self._eased = float(shapes) if self._eased is None else self._eased + LIVE_EASE * (float(shapes) - self._eased)
            out[k] = (1.0 - LIVE_OPEN_SHARE) * self._eased + LIVE_OPEN_SHARE * min(1.0, max(0.0, float(heard[k])))
        return out

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


_MEMBER = np.zeros((OUTPUTS, len(CLASSES)))  # (outputs, classes): 1 where an output is a part of the class
_MEMBER[np.arange(OUTPUTS), STATE_CLASS] = 1.0
_PRESSED = np.array([(visemes_of(c) or ("sil",))[0] == "PP" for c in CLASSES])
_SHAPE = np.zeros((len(CLASSES), len(OCULUS)))  # (classes, visemes): the shape of each sound
_SHAPE[np.arange(len(CLASSES)), [ROW[(visemes_of(c) or ("sil",))[0]] for c in CLASSES]] = 1.0
OPENNESS: NDArray = VISEME_WEIGHTS[:, INDEX["jawOpen"]] / VISEME_WEIGHTS[:, INDEX["jawOpen"]].max()  # (15,) of each shape


def _softened(chances: NDArray, soft: float) -> NDArray:
    """(n, 15): how likely each shape is. chances: (n, classes)."""
    softened = np.asarray(chances, np.float64) ** soft
    return np.asarray(softened / softened.sum(axis=1, keepdims=True) @ _SHAPE)


def class_logs(logs: NDArray) -> NDArray:
    """(n, classes) log posteriors from (n, OUTPUTS) ones."""
    return np.asarray(np.log(np.exp(logs.astype(np.float64)) @ _MEMBER + 1e-9))


def likelihoods(logs: NDArray, net: PhoneNet, prior_share: float) -> NDArray:
    """(n, classes) likelihoods, each row up to a factor."""
    return np.asarray(np.exp(logs - prior_share * np.log(np.maximum(net.prior @ _MEMBER, 1e-4))))


def live_chances(likely: NDArray) -> NDArray:
    """(n, classes) that sum to 1, from likelihoods of the same shape, p, b and m raised by LIVE_PRESSED."""
    weighed = likely * np.where(_PRESSED, LIVE_PRESSED, 1.0)
    return np.asarray(weighed / np.maximum(weighed.sum(axis=1, keepdims=True), 1e-30))


def forward(likely: NDArray, belief: NDArray, stay: float) -> NDArray:
    """Beliefs frame by frame. belief: (classes,), updated in place. Returns (n, classes) that sum to 1."""
    out = np.empty_like(likely)
    for t, row in enumerate(likely):
        belief *= stay
        belief += (1.0 - stay) / len(belief)
        belief *= row
        belief /= max(float(belief.sum()), 1e-30)
        out[t] = belief
    return out


def hear(pcm: NDArray, rate_hz: int) -> NDArray:
    """(n, classes) float32 for a whole sound, just as a microphone would have given it."""
    listener = Listener(rate_hz)
    return np.concatenate([listener.feed(pcm), listener.finish()])


def hear_openness(pcm: NDArray, rate_hz: int) -> NDArray:
    """(n,) float32 0..1 at 100 Hz: how far the mouth is open, just as a microphone would have given it."""
    listener, out = Listener(rate_hz), []
    for step in (lambda: listener.feed(pcm), listener.finish):
        step()
        out.append(listener.opened)
    return np.concatenate(out)


def hear_whole(pcm: NDArray, rate_hz: int) -> NDArray:
    """(n, classes) float32 for a recording that is there from beginning to end: all networks, beliefs from both sides."""
    if rate_hz < MIN_RATE_HZ:
        raise ValueError(f"the sound has {rate_hz} samples a second; the listener needs at least {MIN_RATE_HZ}")
    sound = mono(pcm)
    if len(sound) * FRAMES_PER_S < rate_hz:
        return np.zeros((0, len(CLASSES)), np.float32)
    frames = log_mel(sound, rate_hz)
    if is_silent(sound):
        return np.tile(np.eye(len(CLASSES), dtype=np.float32)[SILENCE], (len(frames), 1))
    align, ears, known = load("align"), [load(name) for name in EARS], normalised(frames)
    norm = RunningNorm(ears[0].mean, ears[0].spread)
    live = np.array([norm(frame) for frame in frames])
    heard_by = {"align": align.log_posteriors(known), "whole": load_wide("whole").log_posteriors(known),
                **{name: ear.log_posteriors(live) for name, ear in zip(EARS, ears, strict=True)}}
    logs = np.sum([share * class_logs(heard_by[name]) for name, share in WHOLE_SHARES.items()], axis=0)
    likely = likelihoods(logs, align, WHOLE_PRIOR)
    flat = np.full(len(CLASSES), 1.0 / len(CLASSES))
    before = forward(likely, flat.copy(), WHOLE_STAY)
    after = forward(likely[::-1], flat.copy(), WHOLE_STAY)[::-1]
    both = before * after / np.maximum(likely, 1e-30)  # each frame is in both, but counts once
    return np.asarray(both / np.maximum(both.sum(axis=1, keepdims=True), 1e-30), np.float32)


def heard(chances: NDArray, duration_s: float) -> tuple[Phone, ...]:
    """The likeliest sounds of a whole recording, in order; they fill it. chances: of `hear_whole`."""
    phones = phones_heard(chances)
    return (*phones[:-1], Phone(phones[-1].ipa, phones[-1].start_s, max(phones[-1].start_s, duration_s))) if phones else ()


def shapes_heard(chances: NDArray, duration_s: float, soft: float = WHOLE_SOFT) -> NDArray:
    """(n, 15) float32, rows of avatar.visemes.OCULUS at 100 Hz: how likely each shape is, over SMOOTH_FRAMES, so that it moves
    as lips do. chances: of `hear_whole`; soft: LIVE_SOFT for those of `hear`."""
    n, half = max(1, int(np.ceil(duration_s * FRAMES_PER_S))), SMOOTH_FRAMES // 2
    if not len(chances):
        return np.eye(len(OCULUS), dtype=np.float32)[np.zeros(n, int)]
    at = np.arange(-half, n + half).clip(0, len(chances) - 1)
    shapes = _softened(chances, soft)[at]
    bell = np.hanning(SMOOTH_FRAMES + 2)[1:-1]
    out = np.zeros((n, len(OCULUS)))
    for k, weight in enumerate(bell / bell.sum()):
        out += weight * shapes[k : k + n]
    return out.astype(np.float32)


def openness_heard(pcm: NDArray, rate_hz: int, by_shapes: NDArray) -> NDArray:
    """(n,) float32 0..1 at 100 Hz: how far the mouth is open, by its likely shapes and by a net that was taught openness and no
    sounds. pcm: (m,) float -1..1 of a whole recording; by_shapes: (n,) openness of `shapes_heard`."""
    if is_silent(pcm) or len(pcm) * FRAMES_PER_S < rate_hz:
        return by_shapes
    heard = load_wide("open").values(normalised(log_mel(pcm, rate_hz)))[:, 0].clip(0.0, 1.0)
    at = np.arange(len(by_shapes)).clip(0, len(heard) - 1)
    return np.asarray((1.0 - OPEN_SHARE) * by_shapes + OPEN_SHARE * heard[at], np.float32)


def _held(shapes: NDArray) -> NDArray:
    """(n,) likeliest shape of each frame, without lips that meet for less than PRESSED_FRAMES. shapes: (n, visemes)."""
    best, pressed = shapes.argmax(axis=1), ROW["PP"]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], best == pressed, [0]])))
    others = np.delete(shapes, pressed, axis=1).argmax(axis=1)
    for a, b in edges.reshape(-1, 2):
        if b - a < PRESSED_FRAMES:
            best[a:b] = others[a:b] + (others[a:b] >= pressed)
    return np.asarray(best)


def phones_heard(chances: NDArray) -> tuple[Phone, ...]:
    """The likeliest sound of each frame as phones in order: first the shape of the mouth, then the sound that has it.
    chances: (n, classes), of `hear` or `hear_whole`."""
    if not len(chances):
        return ()
    shape = _held(chances @ _SHAPE)
    best = np.where(_SHAPE.T[shape] > 0, chances, -1.0).argmax(axis=1)
    edges: Sequence[int] = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), len(best)]
    return tuple(Phone(CLASSES[best[a]], a / FRAMES_PER_S, b / FRAMES_PER_S) for a, b in pairwise(edges))
