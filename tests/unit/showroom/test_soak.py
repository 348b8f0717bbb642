"""The slope that a soak reports."""

from __future__ import annotations

import random

import pytest

from showroom.soak import memory_slope

pytestmark = pytest.mark.unit


def test_a_leak_is_found_through_noise_and_one_step_is_not_a_leak() -> None:
    rng = random.Random()
    leak_mb_h, hours = rng.uniform(5, 50), rng.uniform(0.5, 24)
    at_s = [k * 10.0 for k in range(int(hours * 360))]
    noisy = [100 + leak_mb_h * t / 3600 + rng.gauss(0, 0.2) for t in at_s]
    assert memory_slope(at_s, noisy) == pytest.approx(leak_mb_h, rel=0.1)
    stepped = [100.0 + (40 if k > len(at_s) * 0.8 else 0) + rng.gauss(0, 0.2) for k in range(len(at_s))]
    assert abs(memory_slope(at_s, stepped)) < 2
    assert memory_slope(at_s[:2], noisy[:2]) == 0
