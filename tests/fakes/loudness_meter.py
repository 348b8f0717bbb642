"""ffmpeg's loudness meter (EBU R 128): a judge that is not ours."""

from __future__ import annotations

import re
import subprocess

import numpy as np
from numpy.typing import NDArray

from render.clock import RATE_HZ


def ebur128_lufs(pcm: NDArray[np.int16]) -> float:
    """Integrated loudness of (n,) int16 at 48 kHz; a sound under three seconds is repeated, the meter's blocks need it."""
    while 0 < len(pcm) < 3 * RATE_HZ:
        pcm = np.concatenate([pcm, pcm])
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostats", "-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-", "-af", "ebur128",
         "-f", "null", "-"], input=pcm.tobytes(), capture_output=True, check=True)
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", done.stderr.decode())[-1])
