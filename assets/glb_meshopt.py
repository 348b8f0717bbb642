"""EXT_meshopt_compression through the meshoptimizer wheel: one buffer view's bytes out of a stream."""

from __future__ import annotations

from typing import Any

import numpy as np

from assets.glb import GlbError
from assets.glb_container import integer

MAX_ELEMENTS, MAX_BYTES = 30_000_000, 512 * 1024**2  # a stream of a few bytes may announce any number
# mode -> strides that the extension allows; the decoder trusts its caller, so they are checked here
_STRIDES = {"ATTRIBUTES": range(4, 257, 4), "TRIANGLES": (2, 4), "INDICES": (2, 4)}
_FILTER_STRIDES = {"NONE": range(1, 257), "OCTAHEDRAL": (4, 8), "QUATERNION": (8,), "EXPONENTIAL": range(4, 257, 4)}


def decode_meshopt(data: bytes, spec: dict[str, Any], name: str) -> bytes:
    """The view's bytes. spec: the extension object; name: of the view, for messages. Raises GlbError."""
    import meshoptimizer

    count, stride = integer(spec, "count", name), integer(spec, "byteStride", name)
    mode, filtered = spec.get("mode"), spec.get("filter", "NONE")
    if not isinstance(mode, str) or mode not in _STRIDES:
        raise GlbError(f"The compression mode of {name} is {mode!r:.40}.")
    if not isinstance(filtered, str) or filtered not in _FILTER_STRIDES:
        raise GlbError(f"The {name} uses the meshopt filter {filtered!r:.40}, which is not supported.", "unsupported")
    if stride not in _STRIDES[mode] or stride not in _FILTER_STRIDES[filtered]:
        raise GlbError(f"The compressed {name} announces elements of {stride} bytes, which {mode} {filtered} cannot have.")
    if count > MAX_ELEMENTS or count * stride > MAX_BYTES:
        raise GlbError(f"The compressed {name} announces {count} elements of {stride} bytes.", "too_large")
    if mode == "TRIANGLES" and count % 3:
        raise GlbError(f"The compressed {name} announces {count} indices, which are no triangles.")
    try:
        if mode == "ATTRIBUTES":
            out = np.asarray(meshoptimizer.decode_vertex_buffer(count, stride, data)).view(np.uint8).reshape(-1).copy()
        else:
            decode = meshoptimizer.decode_index_buffer if mode == "TRIANGLES" else meshoptimizer.decode_index_sequence
            out = np.asarray(decode(count, stride, data))
            # the decoder fills a uint32 array with 2-byte numbers when asked for those
            out = out.view("<u2")[:count] if stride == 2 else out
        if filtered != "NONE":
            unpack = {"OCTAHEDRAL": meshoptimizer.decode_filter_oct, "QUATERNION": meshoptimizer.decode_filter_quat,
                      "EXPONENTIAL": meshoptimizer.decode_filter_exp}[filtered]
            out = unpack(out, count, stride)
    except Exception as error:  # the decoder raises plain RuntimeError for a damaged stream
        raise GlbError(f"The compressed {name} cannot be decoded ({error}).") from None
    return out.tobytes()
