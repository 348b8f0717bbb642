"""A microphone on the media clock: blocks go in ahead of their time, the mixer reads them out. Holes are faded, not clicked."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from render.clock import RATE_HZ

KEEP_TICKS = 4 * RATE_HZ  # ahead of the reader; what lies beyond is dropped
EDGE_TICKS = int(0.004 * RATE_HZ)


class LiveSound:
    """Thread-safe. Later blocks win where two overlap."""

    def __init__(self) -> None:
        self._ring = np.zeros(KEEP_TICKS, np.int16)
        self._known = np.zeros(KEEP_TICKS, bool)
        self._read_to = -(1 << 62)
        self._run = 0  # samples known without a hole up to the last one read, as far as the fade has got
        self._used = False
        self._lock = threading.Lock()
        self.late_ticks = 0

    def write(self, at: int, pcm: NDArray[np.int16]) -> None:
        """pcm: (n,) int16 mono 48 kHz for MediaTime `at`. What is too late is dropped and counted."""
        with self._lock:
            self._used = True
            late = min(len(pcm), max(0, self._read_to - at))
            self.late_ticks += late
            at, pcm = at + late, pcm[late:]
            if self._read_to >= 0:
                pcm = pcm[: max(0, self._read_to + KEEP_TICKS - at)]
            where = np.arange(at, at + len(pcm)) % KEEP_TICKS
            self._ring[where], self._known[where] = pcm, True

    def clear(self, at: int) -> None:
        """Nothing sounds from `at` on."""
        with self._lock:
            if self._used:
                first = max(at, self._read_to)
                until = max(first, (self._read_to if self._read_to >= 0 else at) + KEEP_TICKS)
                self._known[np.arange(first, until) % KEEP_TICKS] = False

    def read(self, at: int, count: int) -> NDArray[np.int16] | None:
        """The samples [at, at + count), None for silence. Each instant is read once."""
        with self._lock:
            self._read_to = at + count
            if not self._used:
                return None
            where = np.arange(at, at + count + EDGE_TICKS) % KEEP_TICKS
            known, sound = self._known[where], self._ring[where]
            self._known[where[:count]] = False
        up = np.minimum(_run(known, self._run), EDGE_TICKS)[:count]
        down = np.minimum(_run(known[::-1], EDGE_TICKS)[::-1], EDGE_TICKS)[:count]
        gain = np.minimum(up, down) / EDGE_TICKS
        self._run = int(min(up[-1], down[-1]))
        return (sound[:count] * gain).astype(np.int16) if known[:count].any() else None


def _run(known: NDArray[np.bool_], before: int) -> NDArray[np.int64]:
    """How many places in a row are known up to each one; `before` lie before the first."""
    n = np.arange(1, len(known) + 1)
    return n - np.maximum.accumulate(np.where(known, -before, n))
