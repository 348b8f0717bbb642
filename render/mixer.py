"""All sound of the show, read once per frame by the pacer. No clock of its own: the reader says which samples it wants."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from render.clock import RATE_HZ
from render.live_sound import LiveSound
from render.music_bed import ATTACK_TICKS, MusicBed

FADE_TICKS = int(0.02 * RATE_HZ)  # 20 ms: no click when a sentence is cut; with a frame given out ahead, silence inside 80 ms


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
    """Sentences placed on the media clock, summed and clipped, over a bed of music where there is one."""

    def __init__(self, bed: MusicBed | None = None) -> None:
        self._bed = bed
        self._tracks: list[_Track] = []
        self._muted = False
        self._gain = 1.0
        self._read_to = -(1 << 62)  # what was read cannot fade any more
        self._lock = threading.Lock()
        self.live = LiveSound()

    def play(self, anchor_id: str, at: int, pcm: NDArray[np.int16]) -> None:
        """pcm: (n,) int16 mono 48 kHz from MediaTime `at`."""
        with self._lock:
            self._tracks.append(_Track(anchor_id, at, pcm))

    def stop(self, anchor_id: str, at: int) -> None:
        """Fade what `anchor_id` says at `at` (or from the next sample to be read, if later); drop what comes after it."""
        with self._lock:
            at = max(at, self._read_to)
            self._tracks = [t for t in self._tracks if not (t.anchor_id == anchor_id and t.at >= at)]
            for track in self._tracks:
                if track.anchor_id == anchor_id and track.end() > at and (track.stop_at is None or track.stop_at > at):
                    track.stop_at = at

    def mute(self, on: bool) -> None:
        """Fade to silence (or back) from the next read on; time goes on underneath."""
        self._muted = on

    def read(self, at: int, count: int) -> NDArray[np.int16]:
        """The samples [at, at + count)."""
        with self._lock:
            self._tracks = [t for t in self._tracks if t.end() > at]
            tracks = [t for t in self._tracks if t.at < at + count]
            soon = any(t.at < at + count + ATTACK_TICKS for t in self._tracks)
            self._read_to = max(self._read_to, at + count)
        live = self.live.read(at, count)
        gain = self._gains(count)
        music = self._bed.read(at, count, soon or live is not None) if self._bed is not None else None
        if gain is None or (not tracks and live is None and music is None):
            return np.zeros(count, np.int16)
        out = np.zeros(count, np.int32) if live is None else live.astype(np.int32)
        for track in tracks:
            first, last = max(at, track.at), min(at + count, track.end())
            part = track.pcm[first - track.at : last - track.at].astype(np.int32)
            if track.stop_at is not None and last > track.stop_at:
                ramp = 1.0 - (np.arange(first, last) - track.stop_at) / FADE_TICKS
                part = (part * np.clip(ramp, 0, 1)).astype(np.int32)
            out[first - at : last - at] += part
        if music is not None:  # speech alone is never louder than full scale: what is cut off here is music
            out = np.clip(out, -32768, 32767) + np.rint(music).astype(np.int32)
        out = np.clip(out, -32768, 32767)
        return (out if isinstance(gain, float) else out * gain).astype(np.int16)

    def _gains(self, count: int) -> NDArray[np.float64] | float | None:
        """Loudness of the next `count` samples: 1.0, None for silence, or the ramp between them."""
        target = 0.0 if self._muted else 1.0
        if self._gain == target:
            return None if self._muted else 1.0
        way = np.arange(1, count + 1) / FADE_TICKS
        ramp = np.clip(self._gain - way if self._muted else self._gain + way, 0, 1)
        self._gain = float(ramp[-1])
        return ramp
