"""What a soak reports: the slope of memory, and silence."""

from __future__ import annotations

import random
from pathlib import Path

import av
import numpy as np
import pytest

from render.clock import RATE_HZ
from render.encoder import AacEncoder
from render.silence import longest_silence_s
from render.slate import av_packet
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


def test_a_recording_that_falls_silent_is_found(tmp_path: Path) -> None:
    before, silent, after = (random.uniform(0.5, 3.0) for _ in range(3))
    voice = (9000 * np.sin(np.arange(RATE_HZ * 4) * 0.05)).astype(np.int16)
    pcm = np.concatenate([voice[: int(before * RATE_HZ)], np.zeros(int(silent * RATE_HZ), np.int16),
                          voice[: int(after * RATE_HZ)]])
    path = tmp_path / "night.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE_HZ, layout="stereo")
        for packet in AacEncoder().encode(pcm, 0):
            container.mux(av_packet(packet, stream))
    assert longest_silence_s(path) == pytest.approx(silent, abs=0.1)
