"""From a synthesiser's raw sound to one that is pleasant and of broadcast loudness. Pure functions on float arrays.

numpy only: every voice's process loads this, and scipy.signal alone would take 0.8 s of each start.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import soxr
from numpy.typing import NDArray

from avatar.speech import RATE_HZ

TARGET_LUFS = -16.0  # what streaming platforms ask of speech (AES TD1008)
PEAK_DBFS = -1.0  # head room for lossy coding
_QUIET_DB = -45.0  # below the loudest 10 ms: no speech
MAX_GAIN_DB = 30.0  # more would lift the noise of a near-silent sound
LOST_DB, MOST_BACK_DB = 0.25, 3.0  # loudness lost to the limiter that is given back, and how much at most
_LOOKAHEAD = RATE_HZ // 200  # 5 ms: the limiter is down before the peak comes
_BLOCK = (1 << 16) - (1 << 14)  # samples filtered at once: with _RING a power of two that fits a cache
_RING = 1 << 14  # samples after which every filter here has died away (their poles lie within .9951)

Filter = tuple[Sequence[float], Sequence[float]]  # numerator and denominator of one of second order

# ITU-R BS.1770-4, tables 1 and 2: the two K-weighting filters at 48 kHz.
_K_SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
_K_HIGHPASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
_K = (_K_SHELF, _K_HIGHPASS)


def loudness_lufs(sound: NDArray) -> float:
    """Gated loudness after ITU-R BS.1770-4. sound: (n,) float -1..1 at 48 kHz. Returns LUFS, -inf for silence.

    A sound shorter than one 400 ms block is measured as a whole.
    """
    return _gated_lufs(_filtered(sound, _K)[0])


def _gated_lufs(weighted: NDArray) -> float:
    """The same of what has passed the K-weighting."""
    block, hop = int(0.4 * RATE_HZ), int(0.1 * RATE_HZ)
    power = np.concatenate([[0.0], np.cumsum(weighted**2)])
    if len(weighted) <= block:
        blocks = np.array([power[-1] / max(len(weighted), 1)])
    else:
        starts = np.arange(0, len(weighted) - block + 1, hop)
        blocks = (power[starts + block] - power[starts]) / block
    levels = -0.691 + 10 * np.log10(np.maximum(blocks, 1e-12))
    loud = blocks[levels > -70.0]  # absolute gate of the recommendation
    if not len(loud):
        return -np.inf
    relative_gate = -0.691 + 10 * np.log10(loud.mean()) - 10.0
    return float(-0.691 + 10 * np.log10(blocks[levels > max(-70.0, relative_gate)].mean()))


def normalised(sound: NDArray) -> NDArray:
    """(n,) float64 at TARGET_LUFS with no sample above PEAK_DBFS; silence stays silence."""
    return _levelled(np.asarray(sound, np.float64), loudness_lufs(sound))


def _levelled(sound: NDArray, level: float) -> NDArray:
    """`normalised` of a sound whose loudness is known."""
    if not np.isfinite(level):
        return np.zeros(len(sound))
    louder, ceiling = sound * 10 ** (min(TARGET_LUFS - level, MAX_GAIN_DB) / 20), 10 ** (PEAK_DBFS / 20)
    out = limited(louder, ceiling)
    # A voice with high peaks (Kokoro's Spanish one) is 1 dB too quiet without them. Power tells nearly as well as the meter.
    lost_db = 10 * float(np.log10(max(np.sum(louder**2), 1e-12) / max(np.sum(out**2), 1e-12)))
    if lost_db < LOST_DB:
        return out
    return limited(louder * 10 ** (min(1.5 * lost_db, MOST_BACK_DB) / 20), ceiling)  # half of what is added is lost again


def warmed(sound: NDArray) -> NDArray:
    """Gentle equaliser for formant synthesis: rumble out, body in, the buzz above 5 kHz down. (n,) float64, 48 kHz."""
    return _filtered(sound, _warmth())[0]


def _filtered(sound: NDArray, *chains: Sequence[Filter]) -> list[NDArray]:
    """(n,) float64 after all filters of each chain, in blocks of the frequency domain (overlap-add)."""
    x, size = np.asarray(sound, np.float64), min(_BLOCK, max(len(sound), 1))
    length = 1 << int(np.ceil(np.log2(size + _RING)))
    responses = [_response(tuple((tuple(above), tuple(below)) for above, below in filters), length) for filters in chains]
    outs = [np.zeros(len(x) + length) for _ in chains]
    for at in range(0, len(x), size):
        spectrum = np.fft.rfft(x[at : at + size], length)
        for out, response in zip(outs, responses, strict=True):
            out[at : at + length] += np.fft.irfft(spectrum * response, length)
    return [out[: len(x)] for out in outs]


@lru_cache(maxsize=6)
def _response(filters: tuple[Filter, ...], length: int) -> NDArray:
    """(length / 2 + 1,) of all filters together: half of the work of a sentence, and the same for each; 0.5 MB."""
    response = np.ones(length // 2 + 1, np.complex128)
    for above, below in filters:
        response *= np.fft.rfft(above, length) / np.fft.rfft(below, length)
    response.setflags(write=False)
    return response


def finished(raw: NDArray, rate_hz: int, *, warm: bool) -> NDArray:
    """(m,) int16 at 48 kHz from (n,) int16 or float -1..1 at rate_hz; lasts as long as the input to within a sample."""
    sound = raw.astype(np.float64) / 32768.0 if raw.dtype == np.int16 else np.asarray(raw, np.float64)
    if rate_hz != RATE_HZ and len(sound):
        sound = soxr.resample(sound, rate_hz, RATE_HZ)
    if warm:  # and as the meter hears it warmed, out of one spectrum
        sound, weighted = _filtered(sound, _warmth(), (*_warmth(), *_K))
        level = _gated_lufs(weighted)
    else:
        level = loudness_lufs(sound)
    return np.round(np.clip(_levelled(sound, level), -1.0, 1.0) * 32767.0).astype(np.int16)


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


def limited(sound: NDArray, ceiling: float) -> NDArray:
    """Turn the gain down smoothly around each sample above the ceiling, without delay."""
    loud = np.flatnonzero(np.abs(sound) > ceiling)
    if not len(loud):
        return sound
    reach = 2 * _LOOKAHEAD  # what a peak changes lies within 1.5 of them; between groups of peaks nothing is to be done
    gaps = np.flatnonzero(np.diff(loud) > 2 * reach)
    out = sound.copy()
    for first, last in zip(loud[np.concatenate([[0], gaps + 1])], loud[np.concatenate([gaps, [-1]])], strict=True):
        near = slice(max(0, first - reach), last + reach + 1)
        wanted = np.minimum(1.0, ceiling / np.maximum(np.abs(sound[near]), 1e-9))
        gain = _mean_around(_least_around(wanted, _LOOKAHEAD), _LOOKAHEAD // 2)
        out[near] = np.clip(sound[near] * gain, -ceiling, ceiling)
    return out


def _least_around(x: NDArray, reach: int) -> NDArray:
    """(n,) the least within `reach` samples either way, after van Herk 1992: two running minima, one from each side."""
    width = 2 * reach + 1
    padded = np.pad(x, (reach, reach + -(len(x) + 2 * reach) % width), mode="edge")
    rows = padded.reshape(-1, width)
    ahead, back = np.minimum.accumulate(rows, axis=1), np.minimum.accumulate(rows[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(np.minimum(back.ravel()[: len(x)], ahead.ravel()[width - 1 : width - 1 + len(x)]))


def _mean_around(x: NDArray, reach: int) -> NDArray:
    """(n,) the mean within `reach` samples either way; the edges are repeated."""
    total = np.concatenate([[0.0], np.cumsum(np.pad(x, reach, mode="edge"))])
    return np.asarray((total[2 * reach + 1 :] - total[: -2 * reach - 1]) / (2 * reach + 1))


@lru_cache(maxsize=1)
def _warmth() -> tuple[Filter, ...]:
    return (_highpass(70.0), _shelf(180.0, 2.5, low=True), _peak(3100.0, -2.5, 1.0), _shelf(5200.0, -4.5, low=False))


# Filters after R. Bristow-Johnson's Audio EQ Cookbook, slope 1.
def _shelf(corner_hz: float, gain_db: float, *, low: bool) -> Filter:
    a, w = 10 ** (gain_db / 40), 2 * np.pi * corner_hz / RATE_HZ
    cos, alpha = np.cos(w), np.sin(w) / np.sqrt(2)
    s = 1.0 if low else -1.0
    root = 2 * np.sqrt(a) * alpha
    b = np.array([a * ((a + 1) - s * (a - 1) * cos + root), s * 2 * a * ((a - 1) - s * (a + 1) * cos),
                  a * ((a + 1) - s * (a - 1) * cos - root)])
    d = np.array([(a + 1) + s * (a - 1) * cos + root, -s * 2 * ((a - 1) + s * (a + 1) * cos),
                  (a + 1) + s * (a - 1) * cos - root])
    return b / d[0], d / d[0]


def _peak(centre_hz: float, gain_db: float, q: float) -> Filter:
    a, w = 10 ** (gain_db / 40), 2 * np.pi * centre_hz / RATE_HZ
    cos, alpha = np.cos(w), np.sin(w) / (2 * q)
    d = np.array([1 + alpha / a, -2 * cos, 1 - alpha / a])
    return np.array([1 + alpha * a, -2 * cos, 1 - alpha * a]) / d[0], d / d[0]


def _highpass(corner_hz: float) -> Filter:
    w = 2 * np.pi * corner_hz / RATE_HZ
    cos, alpha = np.cos(w), np.sin(w) / np.sqrt(2)
    d = np.array([1 + alpha, -2 * cos, 1 - alpha])
    return np.array([(1 + cos) / 2, -(1 + cos), (1 + cos) / 2]) / d[0], d / d[0]
