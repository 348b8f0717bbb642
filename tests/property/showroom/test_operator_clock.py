"""The performer's clock against the show's: any drift and jitter, one unbroken line of sound, always in time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.clock import RATE_HZ, ticks
from showroom.operator_clock import BUFFER_TICKS, MAX_STRETCH, OperatorClock, SoundLine

pytestmark = pytest.mark.property
BLOCK = 960


def night(seed: int, drift: float, jitter_s: float, blocks: int = 3000) -> tuple[np.ndarray, np.ndarray, np.ndarray, SoundLine]:
    """Blocks of a sine through a jittery network: arrival, place (MediaTime), the sound as placed, the line."""
    rng = np.random.default_rng(seed)
    clock, line = OperatorClock(), SoundLine()
    start_s, other_s = rng.uniform(0, 1e5, 2)
    arrivals, places, sound = [], [], []
    before = 0.0
    for n in range(blocks):
        t = n * BLOCK / RATE_HZ
        stamp_us = int((start_s + t * (1 + drift) + rng.uniform(0, 0.006)) * 1e6)
        before = max(before, other_s + t * (1 + drift) + 0.02 + rng.uniform(0, jitter_s))  # TCP keeps the order
        now = int(before * RATE_HZ)
        due = clock.arrived(stamp_us, now)
        pcm = (9000 * np.sin(2 * np.pi * 150 * (np.arange(BLOCK) + n * BLOCK) / RATE_HZ)).astype(np.int16)
        at, out = line.place(due, pcm)
        arrivals.append(now)
        places.append((at, len(out)))
        sound.append(out)
    return np.array(arrivals), np.array(places), np.concatenate(sound), line


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.floats(-3e-4, 3e-4), st.floats(0.0, 0.1))
def test_the_line_is_unbroken_and_in_time(seed: int, drift: float, jitter_s: float) -> None:
    arrivals, places, sound, line = night(seed, drift, jitter_s)
    settled = 100  # two seconds: before, the clock is being set and nobody is on air
    at, length = places[settled:].T
    assert line.jumps == 0 or places[settled - 1, 0] < at[0]
    assert (at[1:] == at[:-1] + length[:-1]).all(), "one block after the other"
    assert np.abs(length - BLOCK).max() <= int(BLOCK * MAX_STRETCH) + 1
    lead = at - arrivals[settled:]
    assert lead.min() > 0, "nothing comes too late"
    assert lead.max() < BUFFER_TICKS + ticks(jitter_s + 0.05), "nor later than it must"
    assert np.abs(np.diff(sound[settled * BLOCK:].astype(int))).max() < 190, "no click: a 150 Hz sine moves 177 a sample"


def test_a_sender_who_sleeps_is_put_in_its_place_again() -> None:
    clock, line = OperatorClock(), SoundLine()
    rng = np.random.default_rng()
    gap_s = float(rng.uniform(0.5, 30))
    for n in range(200):
        t = n * 0.02 + (gap_s if n >= 100 else 0.0)
        at, _ = line.place(clock.arrived(int(t * 1e6), int((t + 5) * RATE_HZ)), np.zeros(BLOCK, np.int16))
        if n in (99, 199):
            assert abs(at - ((t + 5) * RATE_HZ + BUFFER_TICKS)) < ticks(0.02)
    assert line.jumps == 1
