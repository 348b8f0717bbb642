"""What leaves the mixer: sums, fades, silence. Samples are drawn at test time."""

from __future__ import annotations

import numpy as np
import pytest

from render.clock import RATE_HZ
from render.mixer import FADE_TICKS, Mixer

pytestmark = pytest.mark.unit
LOUD = 20_000
STEP_LIMIT = LOUD / FADE_TICKS + 2  # a linear ramp from LOUD moves no faster; 2 for rounding


def read_all(mixer: Mixer, until: int, step: int = 1920, start: int = 0) -> np.ndarray:
    return np.concatenate([mixer.read(at, step) for at in range(start, until, step)]).astype(int)


def constant(n: int) -> np.ndarray:
    return np.full(n, LOUD, np.int16)


def test_a_stopped_sentence_fades_within_80_ms_without_a_jump() -> None:
    mixer, stop = Mixer(), 10_007
    mixer.play("anchor", 0, constant(RATE_HZ))
    mixer.stop("anchor", stop)
    sound = read_all(mixer, RATE_HZ)
    assert (sound[:stop] == LOUD).all()
    assert np.abs(np.diff(sound)).max() <= STEP_LIMIT
    assert not sound[stop + int(0.08 * RATE_HZ) :].any()


def test_a_stop_that_comes_late_still_fades() -> None:
    """The stop's own time was read before it arrived: the ramp begins where the reader is."""
    mixer = Mixer()
    mixer.play("anchor", 0, constant(RATE_HZ))
    before = read_all(mixer, 9600)
    mixer.stop("anchor", 9600 - 1500)
    after = read_all(mixer, RATE_HZ, start=9600)
    assert np.abs(np.diff(np.concatenate([before, after]))).max() <= STEP_LIMIT
    assert not after[int(0.08 * RATE_HZ) - 1500 :].any()


def test_the_earlier_of_two_stops_wins() -> None:
    mixer = Mixer()
    mixer.play("anchor", 0, constant(RATE_HZ))
    mixer.stop("anchor", 30_000)
    mixer.stop("anchor", 5_000)
    assert not read_all(mixer, RATE_HZ)[5_000 + FADE_TICKS :].any()


def test_a_stop_drops_what_would_come_later_but_not_other_anchors() -> None:
    mixer = Mixer()
    mixer.play("anchor", 20_000, constant(1000))
    mixer.play("guest", 20_000, constant(500))
    mixer.stop("anchor", 10_000)
    sound = read_all(mixer, 30_000, step=480)
    assert (sound[20_000:20_500] == LOUD).all() and not sound[20_500:].any()


def test_mute_fades_and_time_goes_on_underneath() -> None:
    mixer = Mixer()
    ramp = np.arange(RATE_HZ) // 4
    mixer.play("anchor", 0, ramp.astype(np.int16))
    first = read_all(mixer, 9600)
    mixer.mute(True)
    muted = read_all(mixer, 19_200, start=9600)
    mixer.mute(False)
    again = read_all(mixer, 28_800, start=19_200)
    sound = np.concatenate([first, muted, again])
    assert not muted[FADE_TICKS:].any()
    assert (again[FADE_TICKS:] == ramp[19_200 + FADE_TICKS : 28_800]).all(), "the sentence must not be delayed by a mute"
    assert np.abs(np.diff(sound)).max() <= 7_200 / FADE_TICKS + 2


def test_many_voices_are_clipped_not_wrapped() -> None:
    mixer = Mixer()
    for _ in range(4):
        mixer.play("anchor", 0, constant(960))
    assert (mixer.read(0, 960) == 32767).all()
