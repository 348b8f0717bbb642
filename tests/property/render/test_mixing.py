"""Random sentences in random blocks equal a sum written the slow way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.mixer import FADE_TICKS, Mixer

pytestmark = pytest.mark.property
LENGTH = 12_000
tracks = st.lists(st.tuples(st.sampled_from(("anchor", "guest")), st.integers(-3000, LENGTH), st.integers(0, 5000),
                            st.integers(0, 2**31)), max_size=6)
stops = st.lists(st.tuples(st.sampled_from(("anchor", "guest")), st.integers(0, LENGTH)), max_size=3)


@settings(max_examples=60, deadline=None)
@given(tracks, stops, st.lists(st.integers(1, 2400), min_size=1, max_size=12))
def test_the_mix_is_the_sum(tracks: list, stops: list, blocks: list[int]) -> None:
    mixer, made = Mixer(), []
    for anchor, at, n, seed in tracks:
        pcm = np.random.default_rng(seed).integers(-32768, 32767, n).astype(np.int16)
        mixer.play(anchor, at, pcm)
        made.append((anchor, at, pcm))
    for anchor, at in stops:
        mixer.stop(anchor, at)
    wanted = np.zeros(LENGTH)
    for anchor, at, pcm in made:
        cut = min((s for a, s in stops if a == anchor), default=None)
        if cut is not None and at >= cut:
            continue
        for i, sample in enumerate(pcm.tolist()):
            t = at + i
            if 0 <= t < LENGTH:
                gain = 1.0 if cut is None else min(1.0, max(0.0, 1 - (t - cut) / FADE_TICKS))
                wanted[t] += int(sample * gain)
    got, at = [], 0
    while at < LENGTH:
        for block in blocks:
            got.append(mixer.read(at, block))
            assert got[-1].dtype == np.int16 and len(got[-1]) == block
            at += block
    assert np.abs(np.concatenate(got)[:LENGTH] - np.clip(wanted, -32768, 32767)).max() <= 1 * max(1, len(tracks))
