"""The only media clock: MediaTime, the index of the 48 kHz audio sample since the show began."""

from __future__ import annotations

import math

RATE_HZ = 48_000
FPS = (24, 25, 30, 50, 60)  # each divides 48 000, so that every frame begins on a whole sample
CHUNK_TICKS = 4_800  # one stream message to browsers every 0.1 s
POSE_TICKS = 1_600  # poses on the wire at 30 Hz: three in a chunk
OPUS_TICKS = 960  # 20 ms, Opus' usual packet
AAC_TICKS = 1_024  # one AAC-LC frame

MediaTime = int


def ticks(seconds: float) -> MediaTime:
    """Seconds to the nearest tick."""
    return round(seconds * RATE_HZ)


def seconds(at: MediaTime) -> float:
    """Ticks to seconds."""
    return at / RATE_HZ


def frame_ticks(fps: int) -> int:
    """Ticks of one picture. Raises ValueError for a rate outside FPS."""
    if fps not in FPS:
        raise ValueError(f"fps {fps}: choose one of {', '.join(map(str, FPS))}")
    return RATE_HZ // fps


def ceil_to(at: MediaTime, grid: int) -> MediaTime:
    """The first multiple of `grid` at or after `at`."""
    return -(-at // grid) * grid


def media_now(epoch_s: float, monotonic_s: float) -> MediaTime:
    """MediaTime of a monotonic instant, given the monotonic instant of sample 0."""
    return math.floor((monotonic_s - epoch_s) * RATE_HZ)
