"""Randomness that is a function of time: the same seed, stream and cell always give the same number.

Nothing is drawn in order, so any instant of a night can be computed without the instants before it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_MASK = 0xFFFFFFFFFFFFFFFF


@lru_cache(maxsize=8192)  # a body asks for fifty at every instant, the same for seconds
def uniform(seed: int, stream: int, cell: int) -> float:
    """0 <= u < 1, spread evenly (the splitmix64 finaliser over the three numbers)."""
    z = seed * 0x9E3779B97F4A7C15 + stream * 0xD1B54A32D192ED03 + cell * 0x8CB92BA72F3D8DD7 + 0x632BE59BD9B4E019
    z &= _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((z ^ (z >> 31)) >> 11) / 9007199254740992.0


def ease(x: float) -> float:
    """0 below 0, 1 above 1, and a curve with no speed or acceleration at both ends between."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    return x * x * x * (x * (6.0 * x - 15.0) + 10.0)


def wander(seed: int, stream: int, t_s: float, period_s: float) -> float:
    """A smooth walk in -1..1 that heads for a new value every period_s."""
    x = t_s / period_s
    cell = int(x // 1)
    a = uniform(seed, stream, cell) * 2.0 - 1.0
    b = uniform(seed, stream, cell + 1) * 2.0 - 1.0
    return a + (b - a) * ease(x - cell)


def wanders(seed: int, stream: int, t_s: NDArray, period_s: float) -> NDArray:
    """`wander` at all of t_s (n,), in ascending order."""
    x = np.asarray(t_s, np.float64) / period_s
    cell = np.floor(x).astype(np.int64)
    first = int(cell[0])
    values = np.array([uniform(seed, stream, c) * 2.0 - 1.0 for c in range(first, int(cell[-1]) + 2)])
    a, b, part = values[cell - first], values[cell - first + 1], x - cell
    return np.asarray(a + (b - a) * part**3 * (part * (6.0 * part - 15.0) + 10.0))


def latest_event(seed: int, stream: int, t_s: float, period_s: float, spread: float = 0.7) -> tuple[int, float]:
    """Events that come once in every period_s, each at a random place in the first `spread` of its cell.

    Returns the number of the newest event at or before t_s and the seconds since it.
    """
    cell = int(t_s / period_s // 1)
    for number in (cell, cell - 1):
        since = t_s - (number + spread * uniform(seed, stream, number)) * period_s
        if since >= 0.0:
            return number, since
    raise AssertionError("the event of the cell before is always past")
