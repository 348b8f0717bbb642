"""The operator's clock against the media clock: jitter waited out, drift followed without a hole in the sound. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from render.clock import RATE_HZ, ticks

BUFFER_TICKS = ticks(0.2)  # between the quickest message and its time on air: what the network may jitter
WINDOW_TICKS = 10 * RATE_HZ
SETTLING_TICKS = RATE_HZ  # nobody is on air yet: the clock is set, not corrected
SLEW = 0.005  # the clock is corrected by at most this share of the time that passes
FAR_TICKS, NEAR_TICKS = ticks(0.015), ticks(0.002)  # an error is corrected from the first on, down to the second
JUMP_TICKS = ticks(0.12)  # sound this far from its place is put there at once
CATCH_UP = RATE_HZ  # an error is worked off in about a second
STEADY = 0.05  # of a new block's error is believed: stamps of microphones jitter
MAX_STRETCH = 0.004  # of the speed of sound: below what is heard as pitch


class OperatorClock:
    """From stamps in microseconds of the operator's clock to MediaTime."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque()  # arrival, offset: increasing offsets, the first is the least
        self._offset: int | None = None
        self._begin: int | None = None
        self._at = 0
        self._moving = False

    def arrived(self, stamp_us: int, now: int) -> int:
        """Note a message that came at MediaTime `now`; returns the MediaTime at which it is due."""
        stamp = round(stamp_us * RATE_HZ / 1e6)
        offset = now - stamp
        while self._seen and self._seen[-1][1] >= offset:
            self._seen.pop()
        self._seen.append((now, offset))
        while self._seen[0][0] < now - WINDOW_TICKS:
            self._seen.popleft()
        goal = self._seen[0][1] + BUFFER_TICKS
        self._begin = now if self._begin is None else self._begin
        unsure = now - self._begin < SETTLING_TICKS
        if self._offset is None or unsure or abs(goal - self._offset) > RATE_HZ:  # the last: a clock that was set
            self._offset = goal
        self._moving = abs(goal - self._offset) > (NEAR_TICKS if self._moving else FAR_TICKS)
        if self._moving:
            most = max(1, int((now - self._at) * SLEW))
            self._offset += max(-most, min(most, goal - self._offset))
        self._at = now
        return stamp + self._offset


class SoundLine:
    """Blocks of sound one after the other, each at its place: stretched a little while it strays, moved when it is far off."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._last = self._error = 0.0
        self._moving = False
        self.jumps = 0

    def place(self, due: int, pcm: NDArray[np.int16]) -> tuple[int, NDArray[np.int16]]:
        """(MediaTime, pcm) to play. due: MediaTime of its first sample by the clock; pcm: (n,) int16 48 kHz, n > 0."""
        n = len(pcm)
        if self._next is None or abs(due - self._next) > JUMP_TICKS:
            self.jumps += self._next is not None
            self._next, self._last, self._error = due, float(pcm[0]), 0.0
        self._error += STEADY * (due - self._next - self._error)
        self._moving = abs(self._error) > (NEAR_TICKS if self._moving else FAR_TICKS)
        stretch = float(np.clip(self._error / CATCH_UP, -MAX_STRETCH, MAX_STRETCH)) if self._moving else 0.0
        count = n + round(n * stretch)
        at, out = self._next, pcm
        if count != n:
            where = np.arange(1, count + 1) * (n / count)
            out = np.rint(np.interp(where, np.arange(n + 1), np.concatenate([[self._last], pcm]))).astype(np.int16)
        self._last = float(pcm[-1])
        self._next = at + count
        self._error -= count - n
        return at, out
