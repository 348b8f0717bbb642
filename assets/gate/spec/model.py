"""A document whose properties were checked: what the checks of links and data look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.spec.extension_tables import EXTENSION_TABLES, PLACES
from assets.gate.spec.fields import Clean, Walk
from assets.gate.spec.problems import Problems
from assets.gate.spec.tables import TABLES
from assets.glb_container import Document

BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
DTYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
FLOAT = 5126
COMPRESSIONS = ("EXT_meshopt_compression", "KHR_meshopt_compression")


class Model:
    """root: the cleaned root object; buffers: bytes by index, None when missing (filled by the resources' check);
    view_usage: what each buffer view is used for, so that one view is not used for two things."""

    def __init__(self, document: Document, problems: Problems) -> None:
        self.document, self.problems = document, problems
        raw = document.json
        used = raw.get("extensionsUsed")
        names = frozenset(n for n in used if isinstance(n, str)) if isinstance(used, list) else frozenset()
        walk = Walk({**TABLES, **EXTENSION_TABLES}, PLACES, names, problems)
        self.used = names
        self.root: Clean = walk.table("root", raw, "")
        self.buffers: dict[int, bytes | None] = {}
        self._view_usage: dict[int, str] = {}
        self._accessor_usage: dict[int, str] = {}
        self._resolve(walk)

    def items(self, name: str) -> list[Clean | None]:
        """The list `name` of the root; broken entries are None."""
        return self.root.get(name, [])

    def each(self, name: str) -> Iterator[tuple[int, Clean, str]]:
        """(index, entry, JSON pointer) of the entries that are objects."""
        for i, item in enumerate(self.items(name)):
            if item is not None:
                yield i, item, f"/{name}/{i}"

    def at(self, name: str, index: int | None) -> Clean | None:
        """The entry, None where there is none."""
        items = self.items(name)
        return items[index] if index is not None and 0 <= index < len(items) else None

    def extension(self, owner: Clean, name: str) -> Clean | None:
        """The cleaned extension object of `owner`."""
        return owner.get("extensions", {}).get(name)

    def _resolve(self, walk: Walk) -> None:
        lists: dict[str, list[Any] | None] = {name: self.items(name) for name in TABLES["root"]}
        for target, extension in (("lights", "KHR_lights_punctual"), ("variants", "KHR_materials_variants")):
            owner = self.extension(self.root, extension)
            lists[target] = None if owner is None else owner.get(target, [])
        for reference in walk.references:
            found = lists.get(reference.target)
            if found is None:
                self.problems.add("unsatisfied_dependency", reference.where, reference.target)
            elif reference.index >= len(found) or found[reference.index] is None:
                self.problems.add("unresolved_reference", reference.where, f"{reference.target} {reference.index}")

    def use_view(self, index: int | None, usage: str, where: str) -> Clean | None:
        """Note what a buffer view is used for; the view, None when there is none."""
        view = self.at("bufferViews", index)
        if view is None or index is None:
            return None
        stated = {34962: "vertices", 34963: "indices"}.get(view.get("target", 0))
        if self._view_usage.setdefault(index, stated or usage) != usage:
            self.problems.add("buffer_view_target_override", where, f"{self._view_usage[index]} and {usage}")
        return view

    def use_accessor(self, index: int | None, usage: str, where: str) -> Clean | None:
        """As use_view, for an accessor."""
        accessor = self.at("accessors", index)
        if accessor is None or index is None:
            return None
        if self._accessor_usage.setdefault(index, usage) != usage:
            self.problems.add("accessor_usage_override", where, f"{self._accessor_usage[index]} and {usage}")
        return accessor

    def view_of(self, accessor: Clean) -> Clean | None:
        """The accessor's buffer view."""
        return self.at("bufferViews", accessor.get("bufferView"))

    def view_bytes(self, index: int | None) -> bytes | None:
        """The bytes of an uncompressed view, None when they cannot be had."""
        view = self.at("bufferViews", index)
        if view is None or any(name in view.get("extensions", {}) for name in COMPRESSIONS):
            return None
        data, size = self.buffers.get(view.get("buffer", -1)), view.get("byteLength")
        start = view.get("byteOffset", 0)
        if data is None or size is None or start + size > len(data):
            return None
        return data[start:start + size]


def complete(accessor: Clean) -> bool:
    """Whether type, componentType and count are all there."""
    return "type" in accessor and "componentType" in accessor and "count" in accessor


def format_of(accessor: Clean) -> str:
    """"VEC3 5126", with a trailing n when normalized; "" when incomplete."""
    if not complete(accessor):
        return ""
    return f"{accessor['type']} {accessor['componentType']}{'n' if accessor.get('normalized') else ''}"


def element_bytes(accessor: Clean) -> tuple[int, int]:
    """(bytes of one element, bytes from one to the next when tightly packed); columns of small matrices are padded to 4."""
    size, kind = BYTES[accessor["componentType"]], accessor["type"]
    if kind in ("MAT2", "MAT3") and size * (2 if kind == "MAT2" else 3) % 4:
        rows = 2 if kind == "MAT2" else 3
        column = -(-rows * size // 4) * 4
        return column * (rows - 1) + rows * size, column * rows
    return size * WIDTHS[kind], size * WIDTHS[kind]


def picked(flat: NDArray[np.uint8], accessor: Clean, stride: int) -> NDArray[Any]:
    """(count, components) array as stored. flat: the bytes from the accessor's first element on."""
    size, step = element_bytes(accessor)
    count, dtype = accessor["count"], np.dtype(DTYPES[accessor["componentType"]])
    rows = np.lib.stride_tricks.as_strided(flat, (count, size), (stride, 1))
    whole = np.zeros((count, step), np.uint8)
    whole[:, :size] = rows
    values = whole.view(dtype)
    if step == dtype.itemsize * WIDTHS[accessor["type"]]:
        return values
    side = 2 if accessor["type"] == "MAT2" else 3
    return values.reshape(count, side, -1)[:, :, :side].reshape(count, side * side)
