"""Accessors: typed, checked numpy arrays out of buffer bytes, compressed ones included."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.glb import GlbError
from assets.glb_container import Document, buffer_bytes, integer, mapping

_DTYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
MAX_ELEMENTS = 30_000_000  # an honest product has < 10 million; guards against a count that eats the memory


class Accessors:
    """Reads the accessors of one document; buffers are loaded once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._accessors = document.items("accessors")
        self._views = document.items("bufferViews")
        self._buffers: dict[int, bytes] = {}

    def read(self, index: object, where: str, width: int | None = None, *, stored: bool = False) -> NDArray[Any]:
        """(n, width) array; normalised integers become float32 unless `stored`. Raises GlbError."""
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(self._accessors):
            raise GlbError(f"{where} uses accessor {index!r:.40}; the file has {len(self._accessors)}.", "index")
        accessor, name = self._accessors[index], f"accessor {index}"
        kind = accessor.get("type")
        if not isinstance(kind, str) or kind not in _WIDTHS:
            raise GlbError(f"The type of {name} is {kind!r:.40}.")
        columns = _WIDTHS[kind]
        if width is not None and columns != width:
            raise GlbError(f"{where} needs {width} numbers per element, {name} has {columns}.")
        component = integer(accessor, "componentType", name)
        if component not in _DTYPES:
            raise GlbError(f"The componentType of {name} is {component}, which glTF does not know.")
        count = integer(accessor, "count", name)
        if count > MAX_ELEMENTS:
            raise GlbError(f"The count of {name} is {count}, more than {MAX_ELEMENTS}.", "too_large")
        dtype = np.dtype(_DTYPES[component])
        if "bufferView" in accessor:
            array = self._strided(integer(accessor, "bufferView", name), integer(accessor, "byteOffset", name, 0),
                                  count, columns, dtype, name)
        else:
            array = np.zeros((count, columns), dtype)
        if "sparse" in accessor:
            array = self._sparse(array, mapping(accessor, "sparse", name), name)
        if dtype.kind == "f" and not np.isfinite(array).all():
            raise GlbError(f"{where} holds numbers that are not finite ({name}).", "non_finite")
        if accessor.get("normalized") is True and dtype.kind in "iu" and not stored:
            top = float(np.iinfo(dtype).max)
            array = np.maximum(array.astype(np.float32) / np.float32(top), -1.0).astype(np.float32)
        return array

    def view(self, index: int, where: str) -> bytes:
        """The bytes of a buffer view, decompressed when it is a meshopt one. Raises GlbError."""
        if not 0 <= index < len(self._views):
            raise GlbError(f"{where} uses buffer view {index}; the file has {len(self._views)}.", "index")
        view, name = self._views[index], f"buffer view {index}"
        extensions = mapping(view, "extensions", name)
        for key in ("EXT_meshopt_compression", "KHR_meshopt_compression"):
            if key in extensions:
                return self._meshopt(mapping(extensions, key, name), name)
        return self._slice(view, name)

    def _slice(self, view: dict[str, Any], name: str) -> bytes:
        number = integer(view, "buffer", name)
        if number not in self._buffers:
            self._buffers[number] = buffer_bytes(self._document, number)
        data = self._buffers[number]
        start, size = integer(view, "byteOffset", name, 0), integer(view, "byteLength", name)
        if start + size > len(data):
            raise GlbError(f"The {name} reaches to byte {start + size} of a buffer of {len(data)}.", "range")
        return data[start:start + size]

    def _strided(self, view: int, offset: int, count: int, columns: int, dtype: np.dtype, name: str) -> NDArray[Any]:
        data = self.view(view, name)
        item = columns * dtype.itemsize
        stride = integer(self._views[view], "byteStride", f"buffer view {view}", item) or item
        if stride < item:
            raise GlbError(f"The byteStride of buffer view {view} is {stride}, less than one element of {name}.", "range")
        if count and offset + (count - 1) * stride + item > len(data):
            raise GlbError(f"The {name} reaches past the end of buffer view {view}.", "range")
        if not count:
            return np.zeros((0, columns), dtype)
        flat = np.frombuffer(data, np.uint8)
        rows = np.lib.stride_tricks.as_strided(flat[offset:], (count, item), (stride, 1))
        return np.ascontiguousarray(rows).view(dtype).reshape(count, columns)

    def _sparse(self, array: NDArray[Any], sparse: dict[str, Any], name: str) -> NDArray[Any]:
        count = integer(sparse, "count", name)
        indices, values = mapping(sparse, "indices", name), mapping(sparse, "values", name)
        component = integer(indices, "componentType", name)
        if component not in (5121, 5123, 5125):
            raise GlbError(f"The sparse indices of {name} have componentType {component}.")
        at = self._strided(integer(indices, "bufferView", name), integer(indices, "byteOffset", name, 0), count, 1,
                           np.dtype(_DTYPES[component]), name)[:, 0].astype(np.int64)
        if count and int(at.max()) >= len(array):
            raise GlbError(f"A sparse index of {name} is {int(at.max())}, beyond its {len(array)} elements.", "range")
        array = array.copy()
        array[at] = self._strided(integer(values, "bufferView", name), integer(values, "byteOffset", name, 0), count,
                                  array.shape[1], array.dtype, name)
        return array

    def _meshopt(self, spec: dict[str, Any], name: str) -> bytes:
        from assets.glb_meshopt import decode_meshopt

        return decode_meshopt(self._slice(spec, name), spec, name)
