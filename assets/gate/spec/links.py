"""Accessors and buffer views: sizes, alignment, strides, sparse parts. Source: glTF 2.0, sections 3.6.2 and 5.1."""

from __future__ import annotations

import struct
from typing import Any

from assets.gate.spec.fields import Clean, whole
from assets.gate.spec.model import BYTES, FLOAT, WIDTHS, Model, complete, element_bytes

_RANGES = {5120: (-128, 127), 5121: (0, 255), 5122: (-32768, 32767), 5123: (0, 65535), 5125: (0, 2**32 - 1)}


def check(model: Model) -> None:
    """Note what is wrong with buffer views and accessors."""
    for _, view, where in model.each("bufferViews"):
        _view(model, view, where)
    for _, accessor, where in model.each("accessors"):
        _bounds(model, accessor, where)
        _accessor(model, accessor, where)


def _view(model: Model, view: Clean, where: str) -> None:
    add = model.problems.add
    length, stride, start = view.get("byteLength"), view.get("byteStride"), view.get("byteOffset", 0)
    if stride is not None:
        if length is not None and stride > length:
            add("buffer_view_too_big_byte_stride", where, f"{stride} > {length}")
        if stride % 4:
            add("value_multiple_of", f"{where}/byteStride", stride)
        if view.get("target") == 34963:
            add("buffer_view_invalid_byte_stride", where)
    buffer = model.at("buffers", view.get("buffer"))
    size = buffer.get("byteLength") if buffer else None
    if size is not None and start + (length or 1) > size:
        add("buffer_view_too_long", where, f"byte {start + (length or 1)} of {size}")


def _bounds(model: Model, accessor: Clean, where: str) -> None:
    """min and max: as many numbers as components, of the component's type. Replaces them by lists of float or int."""
    if "type" not in accessor or "componentType" not in accessor:
        accessor.pop("min", None)
        accessor.pop("max", None)
        return
    for key in ("min", "max"):
        if key in accessor:
            values = _bound(model, accessor, accessor.pop(key), f"{where}/{key}")
            if values is not None:
                accessor[key] = values


def _bound(model: Model, accessor: Clean, value: Any, where: str) -> list[Any] | None:
    add = model.problems.add
    if not isinstance(value, list):
        add("type_mismatch", where, "not a list")
        return None
    if len(value) != WIDTHS[accessor["type"]]:
        add("array_length_not_in_list", where, len(value))
        return None
    good: list[Any] = []
    for item in value:
        if accessor["componentType"] == FLOAT:
            number = _single(item)
            if number is None:
                add("array_type_mismatch", where, f"{item!r:.60}")
        else:
            number = whole(item)
            low, high = _RANGES[accessor["componentType"]]
            if number is None:
                add("array_type_mismatch", where, f"{item!r:.60}")
            elif not low <= number <= high:
                add("invalid_gl_value", where, number)
        if number is not None:
            good.append(number)
    return good if len(good) == len(value) else None


def _single(item: Any) -> float | None:
    """The number as a 32-bit float would hold it; None when it is none."""
    if isinstance(item, bool) or not isinstance(item, int | float):
        return None
    try:
        return float(struct.unpack("<f", struct.pack("<f", item))[0])
    except (OverflowError, struct.error):
        return float("inf")


def _accessor(model: Model, accessor: Clean, where: str) -> None:
    add = model.problems.add
    if "bufferView" not in accessor and "byteOffset" in accessor:
        add("unsatisfied_dependency", f"{where}/byteOffset", "bufferView")
    if accessor.get("normalized") and accessor.get("componentType") in (FLOAT, 5125):
        add("accessor_normalized_invalid", f"{where}/normalized")
    if str(accessor.get("type", "")).startswith("MAT") and accessor.get("byteOffset", 0) % 4:
        add("accessor_matrix_alignment", f"{where}/byteOffset")
    if not complete(accessor):
        return
    size, step = element_bytes(accessor)
    view = model.view_of(accessor)
    if view is not None:
        stride = view.get("byteStride", step)
        if stride < size:
            add("accessor_small_bytestride", where, f"{stride} < {size}")
        length = (accessor["count"] - 1) * stride + size
        fits(model, view, accessor.get("byteOffset", 0), BYTES[accessor["componentType"]], length, where)
    sparse = accessor.get("sparse")
    if sparse and "count" in sparse:
        _sparse(model, accessor, sparse, f"{where}/sparse")


def fits(model: Model | None, view: Clean, offset: int, unit: int, length: int, where: str) -> bool:
    """Whether `length` bytes from `offset` are aligned to `unit` and inside the view. Without a model nothing is noted."""
    wrong = []
    if offset % unit:
        wrong.append(("accessor_offset_alignment", f"{offset} of {unit}"))
    if (view.get("byteOffset", 0) + offset) % unit:
        wrong.append(("accessor_total_offset_alignment", f"{view.get('byteOffset', 0) + offset} of {unit}"))
    if "byteLength" in view and offset + length > view["byteLength"]:
        wrong.append(("accessor_too_long", f"byte {offset + length} of {view['byteLength']}"))
    if model is not None:
        for code, detail in wrong:
            model.problems.add(code, where, detail)
    return not wrong


def _sparse(model: Model, accessor: Clean, sparse: Clean, where: str) -> None:
    add = model.problems.add
    if sparse["count"] > accessor["count"]:
        add("accessor_sparse_count_out_of_range", f"{where}/count", f"{sparse['count']} > {accessor['count']}")
    component = accessor["componentType"]
    for key, unit, width in (("indices", sparse.get("indices", {}).get("componentType"), 1),
                             ("values", component, WIDTHS[accessor["type"]])):
        part = sparse.get(key)
        view = model.use_view(part.get("bufferView"), "sparse", f"{where}/{key}/bufferView") if part else None
        if part is None or view is None:
            continue
        if "byteStride" in view:
            add("buffer_view_invalid_byte_stride", f"{where}/{key}/bufferView")
        if unit in BYTES:
            fits(model, view, part.get("byteOffset", 0), BYTES[unit], BYTES[unit] * width * sparse["count"], f"{where}/{key}")
