"""The media clock: whole samples for every allowed rate, and grids that never move backwards."""

from __future__ import annotations

import random

import pytest

from render import clock

pytestmark = pytest.mark.unit


def test_every_rate_begins_its_frames_on_whole_samples() -> None:
    for fps in clock.FPS:
        assert clock.frame_ticks(fps) * fps == clock.RATE_HZ


@pytest.mark.parametrize("fps", [0, -25, 23, 29, 60000])
def test_another_rate_is_refused_with_the_choices(fps: int) -> None:
    with pytest.raises(ValueError, match=rf"fps {fps}: choose one of 24, 25, 30, 50, 60"):
        clock.frame_ticks(fps)


def test_a_chunk_is_whole_poses_and_whole_opus_packets() -> None:
    assert clock.CHUNK_TICKS % clock.POSE_TICKS == 0 == clock.CHUNK_TICKS % clock.OPUS_TICKS


def test_grids_and_seconds_at_random_times() -> None:
    rng = random.Random()
    for _ in range(500):
        at, grid = rng.randrange(-(10**13), 10**13), rng.choice((960, 1024, 1600, 1920, 4800))
        up = clock.ceil_to(at, grid)
        assert up % grid == 0 and 0 <= up - at < grid
        assert clock.ticks(clock.seconds(at)) == at


def test_media_now_counts_whole_samples_down() -> None:
    assert clock.media_now(10.0, 10.0) == 0
    assert clock.media_now(10.0, 10.0 + 1.5 / clock.RATE_HZ) == 1
    assert clock.media_now(10.0, 10.0 - 0.5 / clock.RATE_HZ) == -1  # before the show: not yet sample 0
