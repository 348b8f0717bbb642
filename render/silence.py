"""How long a recording says nothing: what a listener would take for a broken line."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

QUIET = 0.001  # of full scale, -60 dBFS: under the noise that AAC leaves of a whisper
STEP_S = 0.02


def longest_silence_s(recording: Path) -> float:
    """Seconds of the longest stretch below QUIET, to STEP_S; the whole length where it has no sound at all. Raises OSError
    when the file cannot be read."""
    longest = run = 0.0
    with av.open(str(recording)) as container:
        if not container.streams.audio:
            return float(container.duration or 0) / 1e6
        for frame in container.decode(container.streams.audio[0]):
            loud = np.abs(frame.to_ndarray()).max(0) > QUIET
            steps = np.array_split(loud, max(1, round(frame.samples / frame.sample_rate / STEP_S)))
            for step in steps:
                run = 0.0 if step.any() else run + len(step) / frame.sample_rate
                longest = max(longest, run)
    return longest
