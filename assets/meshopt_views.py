"""Compressed buffer views of a GLB that we write: EXT_meshopt_compression over a buffer that readers fill themselves."""

from __future__ import annotations

from typing import Any

import meshopt
import numpy as np
from numpy.typing import NDArray

from assets.meshopt import unfilter

MESHOPT = "EXT_meshopt_compression"


def add_packed(data: bytearray, views: list[dict[str, Any]], unpacked: int, rows: NDArray[Any], mode: str,
               target: int | None = None, filtered: str = "NONE") -> int:
    """Append a compressed view to `views` and its bytes to `data` (buffer 0). rows: (n, stride) bytes, or (n,) indices;
    unpacked: bytes of buffer 1 so far. Returns those bytes with this view's."""
    stride = rows.shape[1] if rows.ndim == 2 else rows.itemsize
    packed = meshopt.encode_gltf_buffer(rows, mode)  # type: ignore[arg-type]
    data += b"\0" * (-len(data) % 4)
    unpacked += -unpacked % 4
    spec = {"buffer": 0, "byteOffset": len(data), "byteLength": len(packed), "byteStride": stride, "count": len(rows),
            "mode": mode, **({"filter": filtered} if filtered != "NONE" else {})}
    view: dict[str, Any] = {"buffer": 1, "byteOffset": unpacked, "byteLength": len(rows) * stride,
                            "extensions": {MESHOPT: spec}}
    if target is not None:
        view["target"] = target
        if mode == "ATTRIBUTES":
            view["byteStride"] = stride
    data += packed
    views.append(view)
    return unpacked + len(rows) * stride


def rounded_floats(values: NDArray[np.float32], bits: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Rows for the EXPONENTIAL filter, and the numbers that a reader will find in them. bits: of the shared mantissa."""
    rows = meshopt.encode_filter_exp(np.ascontiguousarray(values), bits, "SharedComponent")
    return rows, unfilter(rows, "EXPONENTIAL").view("<f4").reshape(len(values), -1)
