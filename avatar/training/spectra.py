"""Sentences as other mouths, rooms and microphones would give them, drawn anew each time they are learned from: all of it is
done to log-mel frames, which costs little. Pure; draws from the generator it is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avatar.sound_frames import BANDS, LOW_HZ, TOP_HZ

LONGEST = 900  # frames of a sentence; what is longer is cut
PACE = (0.78, 1.3)  # times as long
UNEVEN, PACE_FRAMES = 0.18, 25  # spread of the pace's natural log within a sentence, and how often it is drawn
WAIT_FRAMES = (5, 90)  # of silence before a sentence
HEAD = 0.13  # natural log of the factor on all formants, either way
ECHO_S, ECHO_DB = (0.12, 0.6), (3.0, 14.0)  # time to fall by 60 dB; of the echo's power below the voice's
FADE = -13.8  # natural log of the power after that time
SNR_DB = ((3.0, 20.0), (20.0, 50.0))  # of NOISY sentences, of the others
NOISY, ROOMY = 0.22, 0.3  # shares of the sentences; more makes clear speech worse (seen on voices kept out of the training)
_NOTHING = -23.0  # natural log of power


def _mel(hz: NDArray | float) -> NDArray:
    return np.asarray(2595.0 * np.log10(1.0 + np.asarray(hz) / 700.0))


def _centres_hz() -> NDArray:
    mels = np.linspace(_mel(LOW_HZ), _mel(TOP_HZ), BANDS + 2)[1:-1]
    return np.asarray(700.0 * (10 ** (mels / 2595.0) - 1.0))


def stretched(x: NDArray, targets: NDArray, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """At another pace that changes on the way, pitch and formants as they were. x: (n, 26); targets: (n,)."""
    rate = float(np.exp(rng.uniform(*np.log(PACE))))
    knots = np.exp(rng.normal(size=max(2, len(x) // PACE_FRAMES)) * UNEVEN)
    steps = np.interp(np.linspace(0.0, 1.0, max(10, int(len(x) * rate))), np.linspace(0.0, 1.0, len(knots)), knots)
    at = np.clip((np.cumsum(steps) - 0.5 * steps) / steps.sum() * len(x) - 0.5, 0, len(x) - 1)
    low = at.astype(int)
    share = (at - low)[:, None].astype(np.float32)
    return (x[low] * (1 - share) + x[np.minimum(low + 1, len(x) - 1)] * share,
            targets[np.minimum(np.round(at).astype(int), len(targets) - 1)])


def preceded(x: NDArray, targets: NDArray, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """After a moment in which somebody waits and now and then breathes in. x: (n, 26); targets: (n,)."""
    wait = int(rng.integers(*WAIT_FRAMES))
    before = np.full((wait, BANDS), x.min(), np.float32) + rng.normal(size=(wait, BANDS)).astype(np.float32) * 0.3
    long = int(rng.integers(15, 50))
    if rng.random() < 0.5 and wait > long + 5:
        loudest = np.percentile(x.mean(axis=1), 90)
        colour = np.interp(np.linspace(0, 4, BANDS), np.arange(5), rng.normal(size=5) * 1.2 + np.array([-1.5, 0, 1, 0.5, 0]))
        hiss = loudest - rng.uniform(3.0, 7.0) + colour + rng.normal(size=(long, BANDS)) * 0.5
        swell = 4.0 * (np.sin(np.pi * (np.arange(long) + 0.5) / long)[:, None] - 1.0)
        start = int(rng.integers(0, wait - long))
        before[start : start + long] = np.maximum(before[start : start + long], hiss + swell)
    return np.concatenate([before, x]).astype(np.float32), np.concatenate([np.zeros(wait, np.int64), targets])


def other_head(x: NDArray, rng: np.random.Generator, widest: float = HEAD) -> NDArray:
    """Formants higher or lower, the pace as it was (vocal tract length perturbation, Jaitly & Hinton 2013). widest: natural
    log of the largest factor."""
    factor = np.exp(rng.uniform(-widest, widest))
    mels = _mel(np.minimum(_centres_hz() * factor, TOP_HZ))
    at = np.clip((mels - _mel(LOW_HZ)) / (_mel(TOP_HZ) - _mel(LOW_HZ)) * (BANDS + 1) - 1, 0, BANDS - 1)
    low = at.astype(int)
    share = (at - low).astype(np.float32)
    return np.asarray(x[:, low] * (1 - share) + x[:, np.minimum(low + 1, BANDS - 1)] * share)


def together(frames: Sequence[NDArray], targets: Sequence[NDArray],
             rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray]:
    """(b, n, 26) raw log-mel, (b, n) targets, (b,) lengths: one batch, each sentence somewhere else."""
    xs, ys = [], []
    for x, y in zip(frames, targets, strict=True):
        x = x.astype(np.float32)
        if rng.random() < 0.8:
            x, y = stretched(x, y, rng)
        x = other_head(x, rng) if rng.random() < 0.7 else x
        if rng.random() < 0.3:
            x, y = preceded(x, y, rng)
        xs.append(x)
        ys.append(y)
    n = min(LONGEST, max(map(len, xs)))
    sounds = np.full((len(xs), n, BANDS), _NOTHING, np.float32)
    wanted = np.zeros((len(xs), n), np.int64)
    lengths = np.array([min(len(x), n) for x in xs])
    for i, (x, y, length) in enumerate(zip(xs, ys, lengths, strict=True)):
        sounds[i, :length], sounds[i, length:], wanted[i, :length] = x[:length], x[length - 1], y[:length]
    return elsewhere(sounds, lengths, rng), wanted, lengths


def elsewhere(sounds: NDArray, lengths: NDArray, rng: np.random.Generator) -> NDArray:
    """(b, n, 26) in rooms, with noise and other voices, through other microphones."""
    power, count = np.exp(sounds), len(sounds)
    loud = np.array([np.log(np.percentile(p[:length].mean(1), 85) + 1e-12) for p, length in zip(power, lengths, strict=True)])
    power = _echoed(power, rng)
    noisy = rng.random(count) < NOISY
    snr_db = np.where(noisy, rng.uniform(*SNR_DB[0], count), rng.uniform(*SNR_DB[1], count))
    power += np.exp(loud[:, None] - snr_db[:, None] * 0.2303 + _colours(count, rng))[:, None, :].astype(np.float32) \
        * rng.gamma(4.0, 0.25, power.shape).astype(np.float32)
    if rng.random() < 0.3:  # others talk
        who = rng.permutation(count)
        gain = 10 ** (-rng.uniform(12.0, 30.0, count) / 10) * np.exp(loud - loud[who])
        power += (gain[:, None, None] * np.roll(power[who], int(rng.integers(power.shape[1])), 1)).astype(np.float32)
    tilt = np.stack([np.interp(np.linspace(0, 4, BANDS), np.arange(5), rng.normal(size=5) * 0.9) for _ in range(count)])
    out = np.log(power + 1e-10) + tilt[:, None, :]
    for one in out:
        if rng.random() < 0.15:  # a telephone or a codec
            lid = int(rng.integers(17, BANDS - 1))
            one[:, lid:] = one.min() - rng.uniform(0, 2) + rng.normal(size=(len(one), BANDS - lid)) * 0.1
    return np.asarray(out + rng.uniform(-4, 4, (count, 1, 1)), np.float32)


def _echoed(power: NDArray, rng: np.random.Generator) -> NDArray:
    count = len(power)
    fall = np.exp(FADE * 0.01 / rng.uniform(*ECHO_S, count))
    gain = np.where(rng.random(count) < ROOMY, 10 ** (-rng.uniform(*ECHO_DB, count) / 10) * (1 - fall), 0.0)
    tail, out = np.zeros((count, BANDS), np.float32), power.copy()
    for t in range(power.shape[1]):
        out[:, t] += gain.astype(np.float32)[:, None] * tail
        tail = fall.astype(np.float32)[:, None] * tail + power[:, t]
    return out


def _colours(count: int, rng: np.random.Generator) -> NDArray:
    """(count, 26) natural log of the noise's spectrum, mean power 1."""
    steps = rng.normal(size=(count, 6)) * rng.uniform(0.3, 1.6, (count, 1))
    colour = np.stack([np.interp(np.linspace(0, 5, BANDS), np.arange(6), c) for c in steps])
    return np.asarray(colour - np.log(np.exp(colour).mean(1, keepdims=True)))
