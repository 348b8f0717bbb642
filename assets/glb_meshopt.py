"""EXT_meshopt_compression: one buffer view's bytes out of a stream, with everything it announces checked first."""

from __future__ import annotations

from typing import Any

from assets.glb import GlbError
from assets.glb_container import integer
from assets.meshopt import MeshoptError, decode_attributes, decode_sequence, decode_triangles, unfilter

MAX_ELEMENTS, MAX_BYTES = 30_000_000, 512 * 1024**2  # a stream of a few bytes may announce any number
# mode -> strides that the extension allows
_STRIDES = {"ATTRIBUTES": range(4, 257, 4), "TRIANGLES": (2, 4), "INDICES": (2, 4)}
_FILTER_STRIDES = {"NONE": range(1, 257), "OCTAHEDRAL": (4, 8), "QUATERNION": (8,), "EXPONENTIAL": range(4, 257, 4)}


def decode_meshopt(data: bytes, spec: dict[str, Any], name: str) -> bytes:
    """The view's bytes. spec: the extension object; name: of the view, for messages. Raises GlbError."""
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
            out = decode_attributes(data, count, stride)
            return (out if filtered == "NONE" else unfilter(out, filtered)).tobytes()
        indices = decode_triangles(data, count) if mode == "TRIANGLES" else decode_sequence(data, count)
    except MeshoptError as error:
        raise GlbError(f"The compressed {name} cannot be decoded ({error}).") from None
    return indices.astype("<u2" if stride == 2 else "<u4").tobytes()
