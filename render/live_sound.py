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
        self._sounding = False  # the last sample read was heard
        self._used = False
        self._lock = threading.Lock()
        self.late_ticks = 0

    def write(self, at: int, pcm: NDArray[np.int16]) -> None:
        """pcm: (n,) int16 mono 48 kHz for MediaTime `at`. What is too late is dropped and counted."""
        with self._lock:
            if not self._used:
                self._used = True
            late = min(len(pcm), max(0, self._read_to - at))
            self.late_ticks += late
            at, pcm = at + late, pcm[late:]
            if self._read_to > 0:
                pcm = pcm[: max(0, self._read_to + KEEP_TICKS - at)]
            where = np.arange(at, at + len(pcm)) % KEEP_TICKS
            self._ring[where], self._known[where] = pcm, True

    def clear(self, at: int) -> None:
        """Nothing sounds from `at` on."""
        with self._lock:
            if self._used:
                first = max(at, self._read_to)
                self._known[np.arange(first, max(first, self._read_to + KEEP_TICKS)) % KEEP_TICKS] = False

    def read(self, at: int, count: int) -> NDArray[np.int16] | None:
        """The samples [at, at + count), None for silence. Each instant is read once."""
        with self._lock:
            if not self._used:
                return None
            where = np.arange(at, at + count + EDGE_TICKS) % KEEP_TICKS
            known, sound = self._known[where], self._ring[where]
            self._known[where[:count]] = False
            self._read_to = at + count
        gain = _edges(np.concatenate([[self._sounding], known]).astype(np.float64))[1 : count + 1]
        self._sounding = bool(gain[-1] > 0.5)
        return (sound[:count] * gain).astype(np.int16) if known[:count].any() else None


def _edges(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where sound is known, rising and falling within EDGE_TICKS at its ends. The first row stands for all before it."""
    up = np.minimum(_since_zero(known), EDGE_TICKS) / EDGE_TICKS
    down = np.minimum(_since_zero(known[::-1])[::-1], EDGE_TICKS) / EDGE_TICKS
    return np.minimum(up, down) * known


def _since_zero(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each place, how many known ones lie since the last unknown one; EDGE_TICKS and more where it begins known."""
    n = np.arange(len(known), dtype=np.float64)
    zero = np.maximum.accumulate(np.where(known > 0, -EDGE_TICKS, n))
    return n - zero
