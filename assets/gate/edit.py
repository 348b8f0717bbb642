"""A glTF document while it is mended: JSON that may be changed, data that may be added, and one GLB at the end.

What no repair touches stays as it was, byte for byte, compressed data included.
"""

from __future__ import annotations

import copy
import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.spec.image_header import mime_of
from assets.glb import GlbError
from assets.glb_accessors import Accessors
from assets.glb_container import Document, buffer_bytes, integer, uri_bytes

_COMPONENTS = {"u1": 5121, "u2": 5123, "u4": 5125, "f4": 5126, "i1": 5120, "i2": 5122}
_KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
_MESHOPT = ("EXT_meshopt_compression", "KHR_meshopt_compression")


class Edit:
    """value: the JSON, free to change. All data lies in one buffer; pictures that were files or data URIs are views.

    Raises GlbError when something that the document names cannot be read.
    """

    def __init__(self, document: Document) -> None:
        self.value: dict[str, Any] = copy.deepcopy(document.json)
        self._blob = bytearray()
        self._gather_buffers(document)
        for i, image in enumerate(self.value.get("images", [])):
            if isinstance(image.get("uri"), str):
                data = uri_bytes(document, image.pop("uri"), f"image {i}")
                self.replace_image(i, data, mime_of(data) or image.get("mimeType", "image/png"))

    def _gather_buffers(self, document: Document) -> None:
        """One buffer for all that have data; those of a meshopt fallback have none and stay after it."""
        places: dict[int, tuple[int, int]] = {}  # old buffer -> (new buffer, shift)
        empty: list[dict[str, Any]] = []
        for i, buffer in enumerate(self.value.get("buffers", [])):
            if "uri" not in buffer and (i or document.binary is None):
                empty.append(buffer)
                places[i] = (len(empty), 0)
                continue
            self._align()
            places[i] = (0, len(self._blob))
            self._blob += buffer_bytes(document, i)[:integer(buffer, "byteLength", f"buffer {i}")]
        for view in self.value.get("bufferViews", []):
            owners = [view, *(e for name, e in view.get("extensions", {}).items() if name in _MESHOPT)]
            for owner in owners:
                new, shift = places.get(owner.get("buffer"), (owner.get("buffer"), 0))
                owner["buffer"] = new
                if shift:
                    owner["byteOffset"] = owner.get("byteOffset", 0) + shift
        if places or self._blob:
            self.value["buffers"] = [{"byteLength": max(len(self._blob), 1)}, *empty]

    def _align(self) -> None:
        self._blob += b"\0" * (-len(self._blob) % 4)

    def add_view(self, data: bytes, target: int | None = None) -> int:
        """Index of a new buffer view that holds `data`. target: 34962 vertices, 34963 indices."""
        self._align()
        if not self.value.get("buffers"):
            self.value["buffers"] = [{"byteLength": 0}]
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self._blob), "byteLength": len(data)}
        if target:
            view["target"] = target
        self._blob += data
        views = self.value.setdefault("bufferViews", [])
        views.append(view)
        return len(views) - 1

    def add_accessor(self, array: NDArray[Any], target: int | None = None, *, normalized: bool = False,
                     bounds: bool = False) -> int:
        """Index of a new accessor over a copy of `array` ((n,) or (n, 1..4)); rows of vertices are padded to 4 bytes."""
        rows = np.ascontiguousarray(array).reshape(len(array), -1)
        size = rows.shape[1] * rows.itemsize
        spec: dict[str, Any] = {"componentType": _COMPONENTS[rows.dtype.str[1:]], "count": len(rows),
                                "type": _KINDS[rows.shape[1]]}
        if size % 4 and target == 34962:
            padded = np.zeros((len(rows), size + -size % 4), np.uint8)
            padded[:, :size] = rows.view(np.uint8).reshape(len(rows), size)
            spec["bufferView"] = self.add_view(padded.tobytes(), target)
            self.value["bufferViews"][-1]["byteStride"] = padded.shape[1]
        else:
            spec["bufferView"] = self.add_view(rows.tobytes(), target)
        if normalized:
            spec["normalized"] = True
        if bounds:
            spec["min"], spec["max"] = rows.min(0).tolist(), rows.max(0).tolist()
        accessors = self.value.setdefault("accessors", [])
        accessors.append(spec)
        return len(accessors) - 1

    def replace_image(self, index: int, data: bytes, mime: str) -> None:
        """Give image `index` other bytes."""
        image = self.value["images"][index]
        image.pop("uri", None)
        image["bufferView"], image["mimeType"] = self.add_view(data), mime

    def accessors(self) -> Accessors:
        """A reader of the data as it is now."""
        return Accessors(Document(self.value, self._sized(), None, True))

    def _sized(self) -> bytes:
        if self.value.get("buffers"):
            self.value["buffers"][0]["byteLength"] = max(len(self._blob), 1)
        return bytes(self._blob)

    def glb(self) -> bytes:
        """The whole as a GLB, without data that nothing uses any more."""
        self._collect()
        binary = self._sized()
        if not binary and self.value.get("buffers"):
            binary = b"\0"
        return glb_file(self.value, binary)

    def _collect(self) -> None:
        """Drop the bytes of views that nothing names. Views keep their numbers; an emptied one keeps one byte."""
        views = self.value.get("bufferViews", [])
        used = _named_views(self.value)
        kept, total = bytearray(), 0
        parts: list[tuple[dict[str, Any], bytes]] = []
        for i, view in enumerate(views):
            for owner in (view, *(e for name, e in view.get("extensions", {}).items() if name in _MESHOPT)):
                if owner.get("buffer") == 0:
                    start = owner.get("byteOffset", 0)
                    data = bytes(self._blob[start:start + owner["byteLength"]]) if i in used else b"\0"
                    parts.append((owner, data))
                    total += len(data)
        if total > len(self._blob):  # views that overlap: each would get a copy of its own
            return
        for owner, data in parts:
            kept += b"\0" * (-len(kept) % 16)
            owner["byteOffset"], owner["byteLength"] = len(kept), len(data)
            kept += data
        for i, view in enumerate(views):
            if i not in used and view.get("buffer") == 0:
                view.pop("byteStride", None)
                view.pop("target", None)
        self._blob = kept


def _named_views(value: dict[str, Any]) -> set[int]:
    """Every number under a key "bufferView", wherever it stands: extensions that we do not know have theirs, too."""
    found: set[int] = set()
    queue: list[Any] = [value]
    while queue:
        at = queue.pop()
        if isinstance(at, dict):
            if isinstance(at.get("bufferView"), int):
                found.add(at["bufferView"])
            queue.extend(at.values())
        elif isinstance(at, list):
            queue.extend(at)
    return found


__all__ = ["Edit", "GlbError"]


def glb_file(value: dict[str, Any], binary: bytes) -> bytes:
    """A GLB container (glTF 2.0, section 4.4) around a document and its buffer; b"" for none."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if binary:
        binary += b"\0" * (-len(binary) % 4)
        chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
