"""EXT_meshopt_compression streams written by hand, in the plainest form that the extension allows."""

from __future__ import annotations

import numpy as np


def raw_stream(rows: np.ndarray) -> bytes:
    """The plainest stream of attributes there is: every group of 16 deltas as whole bytes."""
    count, stride = rows.shape
    first = rows[0]
    deltas = np.diff(np.vstack([first[None], rows]).astype(int), axis=0).astype(np.uint8).astype(int)
    signed = np.where(deltas > 127, deltas - 256, deltas)
    codes = np.where(signed < 0, -2 * signed - 1, 2 * signed).astype(np.uint8)
    block, out = min(8192 // stride & ~15, 256), bytearray(b"\xa0")
    for start in range(0, count, block):
        part = codes[start:start + block]
        groups = -(-len(part) // 16)
        for k in range(stride):
            out += b"\xff" * -(-groups // 4)
            out += part[:, k].tobytes() + bytes(groups * 16 - len(part))
    return bytes(out) + bytes(max(0, 32 - stride)) + first.tobytes()
