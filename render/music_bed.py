"""Music under the show: a loop that stands on the media clock and makes room for speech. Pure arithmetic over one array."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from render.clock import RATE_HZ
from render.messages import BedSettings

ATTACK_TICKS = int(0.2 * RATE_HZ)  # down before the first word: the director places sentences 0.25 s ahead
HOLD_TICKS = int(0.7 * RATE_HZ)  # longer than a breath between sentences, or the music would pump
RELEASE_TICKS = int(1.0 * RATE_HZ)  # back up slowly enough that nobody notices


class MusicBed:
    """One loop. Where it is in the piece follows from MediaTime alone, so a new studio goes on in the same bar."""

    def __init__(self, loop: NDArray[np.int16], duck_db: float) -> None:
        """loop: (n,) int16 mono 48 kHz whose end meets its beginning (showroom.house_sound makes it); duck_db: how much
        quieter under speech, 0..40."""
        self._loop, self._duck_db = loop, duck_db
        self._gain_db = 0.0
        self._spoken_to = -(1 << 62)

    @classmethod
    def load(cls, path: Path, duck_db: float) -> MusicBed:
        """The loop of a .npy file, read at once: a slow disk must not be heard. Raises OSError, ValueError."""
        loop = np.load(path, allow_pickle=False)
        if loop.ndim != 1 or loop.dtype != np.int16 or not len(loop):
            raise ValueError(f"{path} is no loop of 16-bit samples")
        return cls(loop, duck_db)

    def read(self, at: int, count: int, speech: bool) -> NDArray[np.float64]:
        """The samples [at, at + count) at their loudness. speech: somebody speaks before at + count + ATTACK_TICKS."""
        if speech:
            self._spoken_to = at + count
        down = at < self._spoken_to + HOLD_TICKS
        step = self._duck_db / (ATTACK_TICKS if down else RELEASE_TICKS)
        way = np.arange(1, count + 1) * step
        db = np.maximum(self._gain_db - way, -self._duck_db) if down else np.minimum(self._gain_db + way, 0.0)
        self._gain_db = float(db[-1])
        samples = self._loop[np.arange(at, at + count) % len(self._loop)]
        return np.asarray(samples * 10 ** (db / 20))


def bed_of(settings: BedSettings | None) -> MusicBed | None:
    """The music of a show, None where there is none, or none any more: the show goes on without."""
    if settings is None:
        return None
    try:
        return MusicBed.load(settings.loop, settings.duck_db)
    except (OSError, ValueError):
        return None
