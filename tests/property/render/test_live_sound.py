"""A microphone on the media clock: what was written is read at its time, holes are soft, what is late is dropped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.live_sound import EDGE_TICKS, KEEP_TICKS, LiveSound
from render.mixer import FADE_TICKS, Mixer

pytestmark = pytest.mark.property
FRAME = 1920


def read_all(live: LiveSound, first: int, frames: int) -> np.ndarray:
    return np.concatenate([np.zeros(FRAME, np.int16) if (part := live.read(first + n * FRAME, FRAME)) is None else part
                           for n in range(frames)])


@given(st.integers(0, 2**32 - 1), st.integers(0, 10**9))
def test_blocks_of_any_size_come_out_as_they_went_in(seed: int, start: int) -> None:
    rng = np.random.default_rng(seed)
    sound = rng.integers(-9000, 9000, int(rng.integers(3 * FRAME, 12 * FRAME))).astype(np.int16)
    live, at = LiveSound(), 0
    live.read(start, FRAME)
    while at < len(sound):
        size = int(rng.integers(1, 3000))
        live.write(start + FRAME + at, sound[at : at + size])
        at += size
    out = read_all(live, start + FRAME, len(sound) // FRAME + 3)
    inner = slice(EDGE_TICKS, len(sound) - EDGE_TICKS)
    assert np.array_equal(out[: len(sound)][inner], sound[inner]) and not out[len(sound):].any()
    assert np.abs(out[: len(sound)].astype(int)).max() <= 9000


@given(st.integers(0, 2**32 - 1))
def test_a_hole_is_faded_on_both_sides(seed: int) -> None:
    rng = np.random.default_rng(seed)
    live = LiveSound()
    loud = np.full(40 * FRAME, 20_000, np.int16)
    hole = np.sort(rng.integers(2 * FRAME, 38 * FRAME, 2))
    live.write(0, loud[: hole[0]])
    live.write(int(hole[1]), loud[hole[1]:])
    out = read_all(live, 0, 40).astype(int)
    assert np.abs(np.diff(out)).max() <= 20_000 / EDGE_TICKS * 1.1 + 1
    assert not out[hole[0] : hole[1]].any()


def test_late_sound_is_dropped_and_counted_and_far_sound_does_not_wrap() -> None:
    live = LiveSound()
    live.write(0, np.ones(10, np.int16))
    live.read(0, 10 * FRAME)
    live.write(0, np.full(FRAME, 500, np.int16))
    assert live.late_ticks == FRAME and live.read(10 * FRAME, FRAME) is None
    live.write(11 * FRAME, np.full(KEEP_TICKS + 5 * FRAME, 500, np.int16))  # more than is kept
    heard = read_all(live, 11 * FRAME, KEEP_TICKS // FRAME + 8)
    assert np.count_nonzero(heard) <= KEEP_TICKS and heard[FRAME] == 500


@given(st.integers(0, 2**32 - 1))
def test_what_is_cleared_is_not_heard(seed: int) -> None:
    rng = np.random.default_rng(seed)
    live = LiveSound()
    live.read(0, FRAME)
    live.write(FRAME, np.full(20 * FRAME, 800, np.int16))
    cut = int(rng.integers(2 * FRAME, 20 * FRAME))
    live.clear(cut)
    out = read_all(live, FRAME, 30)
    assert not out[cut - FRAME:].any() and (out[EDGE_TICKS : cut - FRAME - EDGE_TICKS] == 800).all()


def test_a_muted_show_mutes_the_microphone_too() -> None:
    mixer = Mixer()
    mixer.live.write(0, np.full(10 * FRAME, 5000, np.int16))
    assert mixer.read(0, FRAME).max() == 5000
    mixer.mute(True)
    assert mixer.read(FRAME, FRAME)[FADE_TICKS:].max() == 0
    assert mixer.read(2 * FRAME, FRAME).max() == 0


def test_person_and_anchor_sound_together_while_they_change_over() -> None:
    mixer = Mixer()
    mixer.play("anchor", 0, np.full(4 * FRAME, 3000, np.int16))
    mixer.live.write(2 * FRAME, np.full(4 * FRAME, 1000, np.int16))
    mixer.stop("anchor", 3 * FRAME)
    heard = np.concatenate([mixer.read(n * FRAME, FRAME) for n in range(6)])
    assert heard[FRAME] == 3000 and heard[2 * FRAME + EDGE_TICKS] == 4000 and heard[3 * FRAME + FADE_TICKS] == 1000
    assert (heard[: 6 * FRAME - EDGE_TICKS] > 0).all()
