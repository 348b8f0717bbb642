"""All sound of the show, read once per frame by the pacer. No clock of its own: the reader says which samples it wants."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from render.clock import RATE_HZ

FADE_TICKS = int(0.03 * RATE_HZ)  # 30 ms: no click when a sentence is cut, silence well inside 80 ms


@dataclass
class _Track:
    anchor_id: str
    at: int
    pcm: NDArray[np.int16]
    stop_at: int | None = None

    def end(self) -> int:
        end = self.at + len(self.pcm)
        return end if self.stop_at is None else min(end, self.stop_at + FADE_TICKS)


class Mixer:
    """Sentences placed on the media clock, summed and clipped."""

    def __init__(self) -> None:
        self._tracks: list[_Track] = []
        self._muted = False
        self._lock = threading.Lock()

    def play(self, anchor_id: str, at: int, pcm: NDArray[np.int16]) -> None:
        """pcm: (n,) int16 mono 48 kHz from MediaTime `at`."""
        with self._lock:
            self._tracks.append(_Track(anchor_id, at, pcm))

    def stop(self, anchor_id: str, at: int) -> None:
        """Fade what `anchor_id` says at `at`; drop what it would have said later."""
        with self._lock:
            self._tracks = [t for t in self._tracks if not (t.anchor_id == anchor_id and t.at >= at)]
            for track in self._tracks:
                if track.anchor_id == anchor_id and track.end() > at and track.stop_at is None:
                    track.stop_at = at

    def mute(self, on: bool) -> None:
        """Silence from the next read on; time goes on underneath."""
        self._muted = on

    def read(self, at: int, count: int) -> NDArray[np.int16]:
        """The samples [at, at + count)."""
        with self._lock:
            self._tracks = [t for t in self._tracks if t.end() > at]
            tracks = [t for t in self._tracks if t.at < at + count]
        if self._muted or not tracks:
            return np.zeros(count, np.int16)
        out = np.zeros(count, np.int32)
        for track in tracks:
            first, last = max(at, track.at), min(at + count, track.end())
            part = track.pcm[first - track.at : last - track.at].astype(np.int32)
            if track.stop_at is not None and last > track.stop_at:
                ramp = 1.0 - (np.arange(first, last) - track.stop_at) / FADE_TICKS
                part = (part * np.clip(ramp, 0, 1)).astype(np.int32)
            out[first - at : last - at] += part
        return np.clip(out, -32768, 32767).astype(np.int16)
