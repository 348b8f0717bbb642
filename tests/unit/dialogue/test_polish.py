"""Loudness, peaks and length of what the voices hand over."""

import numpy as np
import pytest

from avatar.speech import RATE_HZ
from dialogue.polish import (
    _K_HIGHPASS,
    _K_SHELF,
    PEAK_DBFS,
    TARGET_LUFS,
    _filtered,
    _least_around,
    _mean_around,
    finished,
    loudness_lufs,
    normalised,
    warmed,
)

pytestmark = pytest.mark.unit


def sine(hz: float, seconds: float, level: float, rate_hz: int = RATE_HZ) -> np.ndarray:
    return level * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)


def test_a_full_scale_sine_measures_as_the_recommendation_says() -> None:
    # ITU-R BS.1770-4: a 997 Hz sine at 0 dBFS on one channel reads -3.01 LKFS.
    assert loudness_lufs(sine(997, 3, 1.0)) == pytest.approx(-3.01, abs=0.05)
    assert loudness_lufs(np.zeros(RATE_HZ)) == -np.inf


def test_quiet_and_loud_come_out_alike() -> None:
    rng = np.random.default_rng()
    noise = rng.normal(size=2 * RATE_HZ) * np.repeat(rng.uniform(0.2, 1, 20), RATE_HZ // 10)
    for level in (0.02, 0.05, 0.4):
        out = normalised(noise * level)
        assert loudness_lufs(out) == pytest.approx(TARGET_LUFS, abs=0.7)
        assert np.abs(out).max() <= 10 ** (PEAK_DBFS / 20) + 1e-9


def test_a_voice_with_high_peaks_is_as_loud_as_others() -> None:
    """What the limiter takes is given back: once without, such a voice was 1.2 dB too quiet."""
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    peaky = np.sin(2 * np.pi * 150 * t) ** 301 * (0.3 + 0.7 * np.sin(2 * np.pi * 2 * t) ** 2)
    out = normalised(0.1 * peaky)
    assert loudness_lufs(out) == pytest.approx(TARGET_LUFS, abs=0.5) and np.abs(out).max() <= 10 ** (PEAK_DBFS / 20) + 1e-9


def test_length_and_silence_are_kept() -> None:
    for rate_hz in (16_000, 22_050, 24_000, 48_000):
        seconds = float(np.random.default_rng().uniform(0.2, 2))
        raw = (sine(200, seconds, 0.3, rate_hz) * 32767).astype(np.int16)
        assert abs(len(finished(raw, rate_hz, warm=True)) - len(raw) * RATE_HZ / rate_hz) <= 1
    assert not finished(np.zeros(9000, np.int16), 22_050, warm=True).any()
    assert len(finished(np.zeros(0, np.int16), 22_050, warm=False)) == 0


def test_filters_and_limiter_do_what_scipys_do() -> None:
    from scipy.ndimage import minimum_filter1d, uniform_filter1d
    from scipy.signal import lfilter

    rng = np.random.default_rng()
    for n in (1, int(rng.integers(2, 1000)), int(rng.integers(1000, 200_000))):
        x, reach = rng.normal(size=n), int(rng.integers(1, 300))
        assert np.allclose(_filtered(x, (_K_SHELF, _K_HIGHPASS)), lfilter(*_K_HIGHPASS, lfilter(*_K_SHELF, x)), atol=1e-9), n
        assert np.array_equal(_least_around(x, reach), minimum_filter1d(x, 2 * reach + 1, mode="nearest")), (n, reach)
        assert np.allclose(_mean_around(x, reach), uniform_filter1d(x, 2 * reach + 1, mode="nearest"), atol=1e-8), (n, reach)


def test_the_equaliser_warms() -> None:
    gain = {hz: 20 * np.log10(np.abs(warmed(sine(hz, 0.5, 0.1))[RATE_HZ // 4 :]).max() / 0.1) for hz in (30, 150, 1000, 8000)}
    assert gain[30] < -8 and gain[150] > gain[1000] > gain[8000] and gain[8000] < -3
