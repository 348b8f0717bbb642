"""Sound as the ear hears it: 26 log-mel bands every 10 ms, of a whole sound or of one that is still coming in. Pure numpy."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FRAMES_PER_S = 100
WINDOW_S = 0.025  # the usual of speech recognition: two periods of a deep voice
BANDS = 26
LOW_HZ, TOP_HZ = 60.0, 8000.0
FLOOR = 13.8  # natural log of power below the loudest band: -60 dB, under which digital and room silence look alike
MOST_CHANNELS = 8  # so many rows, and more columns, are channels
SILENT = 2e-4  # -74 dBFS, a few steps of 16 bits: what is never louder is no voice
_CHUNK = 400  # frames transformed at a time: keeps memory flat for long sounds


def mono(pcm: NDArray) -> NDArray:
    """(n,) float64 -1..1 from int16, or float already -1..1; several channels, in columns or in rows, are mixed. Raises
    ValueError for other shapes."""
    sound = np.asarray(pcm)
    if sound.ndim == 2 and len(sound) <= MOST_CHANNELS < sound.shape[1]:
        sound = sound.T
    if sound.ndim == 2:
        sound = sound.mean(axis=1) if sound.dtype.kind == "f" else sound.astype(np.float64).mean(axis=1) / 32768.0
    elif sound.dtype.kind in "iu":
        sound = sound.astype(np.float64) / 32768.0
    if sound.ndim != 1:
        raise ValueError(f"the sound has the shape {np.shape(pcm)}; wanted is (samples,) or (samples, channels)")
    return np.nan_to_num(sound.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)


def is_silent(sound: NDArray) -> bool:
    """Whether nothing sounds in it from beginning to end. sound: (n,) float -1..1, as `mono` gives it."""
    return not len(sound) or bool(np.abs(sound - np.median(sound)).max() < SILENT)


def log_mel(pcm: NDArray, rate_hz: int) -> NDArray:
    """(n, 26) float32, natural log of power. Frame k stands for the time [k, k + 1) / 100 s; its window is centred there.

    pcm: (m,) float -1..1. rate_hz: any from 8000 on; bands above half of it are filled with the lowest value.
    """
    n = max(1, int(len(pcm) * FRAMES_PER_S / rate_hz))
    starts = window_starts(0, n, rate_hz)
    width = window_width(rate_hz)
    padded = np.concatenate([np.zeros(width), pcm, np.zeros(2 * width)])
    out = [_bands(padded[starts[i : i + _CHUNK, None] + width + np.arange(width)], rate_hz) for i in range(0, n, _CHUNK)]
    return np.concatenate(out)


def window_width(rate_hz: int) -> int:
    """Samples of one window."""
    return round(WINDOW_S * rate_hz)


def window_starts(first: int, last: int, rate_hz: int) -> NDArray:
    """First samples of the windows of frames first..last-1; negative before the sound begins."""
    centres = (np.arange(first, last) + 0.5) * rate_hz / FRAMES_PER_S
    return np.round(centres - window_width(rate_hz) / 2).astype(np.int64)


def bands_of(windows: NDArray, rate_hz: int) -> NDArray:
    """(n, 26) float32 log power of (n, window_width) samples."""
    return _bands(np.asarray(windows, np.float64), rate_hz)


def _bands(windows: NDArray, rate_hz: int) -> NDArray:
    hann, weights, size = _filters(rate_hz)
    power = np.abs(np.fft.rfft(windows * hann, size)) ** 2
    return np.log(power @ weights + 1e-10).astype(np.float32)


@lru_cache(maxsize=8)
def _filters(rate_hz: int) -> tuple[NDArray, NDArray, int]:
    """Window, (bins, 26) triangles of equal width on the mel scale (O'Shaughnessy's formula), and transform size."""
    width = window_width(rate_hz)
    size = 1 << int(np.ceil(np.log2(width * 1.2)))
    hann = np.hanning(width + 2)[1:-1]
    hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    edges = 700.0 * (10 ** (np.linspace(_mel(LOW_HZ), _mel(TOP_HZ), BANDS + 2) / 2595.0) - 1.0)
    rising = (hz[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[None, 2:] - hz[:, None]) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0.0, np.minimum(rising, falling))
    # Per hertz and per window energy, so that every rate gives the same numbers.
    weights *= rate_hz / size / (hann**2).sum() / np.maximum(edges[2:] - edges[:-2], 1.0) * 2.0
    return hann, weights, size


def _mel(hz: float) -> float:
    return float(2595.0 * np.log10(1.0 + hz / 700.0))


def normalised(frames: NDArray) -> NDArray:
    """A whole sound's frames with the mean and spread of its louder half taken out: room, microphone and voice differ less."""
    x = np.maximum(frames, frames.max() - FLOOR)
    level = x.mean(axis=1)
    low, high = np.percentile(level, (10, 90))
    loud = x[level >= 0.5 * (low + high)]
    return ((x - loud.mean(axis=0)) / np.maximum(loud.std(axis=0), 0.5)).astype(np.float32)


class RunningNorm:
    """The same for sound that is still coming in: only what was heard so far counts."""

    DECAY = 0.002  # of the loudest level, a frame: 0.9 dB a second
    GATE = 4.0  # below the loudest level: 17 dB; quieter frames are no measure of the voice
    MEMORY = 300.0  # louder frames, 3 s
    PRIOR = 60.0
    JUMP = 2.0  # 9 dB louder than ever: that before was not the voice

    def __init__(self, mean: NDArray, spread: NDArray) -> None:
        """mean, spread: (26,) of speech relative to its loudest level, known beforehand."""
        self._prior = (np.asarray(mean, np.float64), np.asarray(spread, np.float64) ** 2)
        self._peak: float | None = None
        self._forget()

    def _forget(self) -> None:
        self._mean, self._var = self._prior[0].copy(), self._prior[1].copy()
        self._weight = self.PRIOR

    def __call__(self, frame: NDArray) -> NDArray:
        """(26,) float32 of the next frame."""
        level = float(frame.mean())
        peak = level if self._peak is None else self._peak - self.DECAY
        if level > peak:
            if level > peak + self.JUMP:
                self._forget()
            peak = level
        self._peak = peak
        x = np.maximum(frame - peak, -FLOOR)
        if level > peak - self.GATE:
            share = 1.0 / (self._weight + 1.0)
            off = x - self._mean
            self._mean += share * off
            self._var += share * (off * (x - self._mean) - self._var)
            self._weight = min(self._weight + 1.0, self.MEMORY)
        return ((x - self._mean) / np.maximum(np.sqrt(self._var), 0.5)).astype(np.float32)


def in_context(x: NDArray, before: int, after: int) -> NDArray:
    """(n, (before + 1 + after) * 26): each frame with its neighbours; the edges are repeated."""
    padded = np.concatenate([np.repeat(x[:1], before, 0), x, np.repeat(x[-1:], after, 0)])
    return padded[np.arange(len(x))[:, None] + np.arange(before + 1 + after)].reshape(len(x), -1)
