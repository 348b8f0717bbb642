"""The same sentence as another person, room or wire would give it. Pure; draws from the generator it is given."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def varied(sound: NDArray, rate_hz: int, rng: np.random.Generator) -> tuple[NDArray, float]:
    """A variant and its tempo: time t of the variant is time t * tempo of the original. sound: (n,) float -1..1."""
    tempo = float(rng.uniform(0.82, 1.2))  # also shifts the formants: from a large to a small head
    out = resampled(sound, tempo)
    out = coloured(out, rate_hz, rng)
    if rng.random() < 0.5:
        out = in_a_room(out, rate_hz, rng)
    return noisy(out, rng), tempo


def resampled(sound: NDArray, tempo: float) -> NDArray:
    """Played `tempo` times as fast, pitch and formants included."""
    at = np.arange(int(len(sound) / tempo)) * tempo
    return np.interp(at, np.arange(len(sound)), sound)


def coloured(sound: NDArray, rate_hz: int, rng: np.random.Generator) -> NDArray:
    """Another microphone or codec: a tilt, a few broad bumps, and half of the time a lid as of mp3 or a telephone."""
    size = _quick(len(sound))
    spectrum = np.fft.rfft(sound, size)
    hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    octave = np.log2(np.maximum(hz, 60.0) / 1000.0)
    gain_db = rng.uniform(-3.0, 3.0) * octave
    for _ in range(3):
        gain_db += rng.uniform(-5.0, 5.0) * np.exp(-0.5 * ((octave - rng.uniform(-3, 3)) / 0.6) ** 2)
    if rng.random() < 0.5:
        gain_db -= 60.0 / (1.0 + np.exp(-(hz - rng.uniform(3600.0, 8000.0)) / 150.0))
    return np.fft.irfft(spectrum * 10 ** (gain_db / 20), size)[: len(sound)]


def in_a_room(sound: NDArray, rate_hz: int, rng: np.random.Generator) -> NDArray:
    """A small room's echo, 0.1 to 0.35 s long, 10 to 20 dB below the voice."""
    length = int(rng.uniform(0.1, 0.35) * rate_hz)
    tail = rng.normal(size=length) * np.exp(-6.9 * np.arange(length) / length)
    tail *= 10 ** (-rng.uniform(10.0, 20.0) / 20) / max(float(np.sqrt((tail**2).sum())), 1e-9)
    tail[0] = 1.0
    size = _quick(len(sound) + length)
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)]


def _quick(samples: int) -> int:
    """A transform size of at least so many samples that is fast: a power of two."""
    return 1 << int(np.ceil(np.log2(max(samples, 2))))


def noisy(sound: NDArray, rng: np.random.Generator) -> NDArray:
    """White to brown noise 12 to 45 dB below the voice."""
    noise = rng.normal(size=_quick(len(sound)))
    spectrum = np.fft.rfft(noise)
    slope = rng.uniform(0.0, 1.0)
    noise = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 20.0) ** slope)[: len(sound)]
    level = np.sqrt((sound**2).mean()) / max(float(np.sqrt((noise**2).mean())), 1e-12)
    return sound + noise * level * 10 ** (-rng.uniform(12.0, 45.0) / 20)
