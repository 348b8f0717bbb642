"""The numbers inside accessors: finite, within their bounds, of unit length where they must be. glTF 2.0, 3.6.2 and 3.7."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.spec.fields import Clean
from assets.gate.spec.links import fits
from assets.gate.spec.meshes import INDEX_FORMATS
from assets.gate.spec.model import BYTES, DTYPES, FLOAT, WIDTHS, Model, complete, element_bytes, format_of, picked
from assets.gate.spec.trees import UNIT_TOLERANCE

UNIT3_TOLERANCE = 0.00674  # the error that 8-bit quantization of three numbers makes at most
WEIGHT_TOLERANCE = 2e-7  # per weight: the step of single precision near 1, twice


def check(model: Model) -> None:
    """Note what is wrong with the data. Reads each accessor once; compressed ones are the decoders' to judge."""
    reader = _Reader(model)
    for i, _, where in model.each("accessors"):
        reader.bounds(i, where)
    for _, mesh, where in model.each("meshes"):
        for k, primitive in enumerate(mesh.get("primitives", [])):
            if primitive is not None:
                _primitive(model, reader, primitive, f"{where}/primitives/{k}")
    _skins(model, reader)
    _animations(model, reader)


class _Reader:
    def __init__(self, model: Model) -> None:
        self.model = model
        self._cache: dict[int, NDArray[Any] | None] = {}
        self.judged: set[tuple[int, str]] = set()

    def values(self, index: int | None) -> NDArray[Any] | None:
        """(count, components) as stored, None when it cannot be read."""
        accessor = self.model.at("accessors", index)
        if accessor is None or index is None or not complete(accessor):
            return None
        if index not in self._cache:
            self._cache[index] = self._read(accessor, index)
        return self._cache[index]

    def scaled(self, index: int) -> NDArray[Any] | None:
        """As values, normalized integers as floats."""
        values, accessor = self.values(index), self.model.at("accessors", index)
        if values is None or accessor is None or values.dtype.kind == "f" or not accessor.get("normalized"):
            return values
        return np.maximum(values.astype(np.float32) / np.float32(np.iinfo(values.dtype).max), np.float32(-1))

    def _read(self, accessor: Clean, index: int) -> NDArray[Any] | None:
        if "bufferView" in accessor:
            data, view = self.model.view_bytes(accessor["bufferView"]), self.model.view_of(accessor)
            if data is None or view is None:
                return None
            size, step = element_bytes(accessor)
            stride, offset = view.get("byteStride", step), accessor.get("byteOffset", 0)
            length = (accessor["count"] - 1) * stride + size
            if stride < size or not fits(None, view, offset, BYTES[accessor["componentType"]], length, ""):
                return None
            values = picked(np.frombuffer(data, np.uint8)[offset:], accessor, stride)
        elif "sparse" in accessor and accessor["count"] <= len(self.model.document.binary or b"") + 2**24:
            # zeros cost memory that no byte of the file backs: no more of them than a large honest model has
            values = np.zeros((accessor["count"], WIDTHS[accessor["type"]]), DTYPES[accessor["componentType"]])
        else:
            return None
        sparse = accessor.get("sparse")
        return values if sparse is None else self._replaced(values, accessor, sparse, f"/accessors/{index}/sparse")

    def _replaced(self, values: NDArray[Any], accessor: Clean, sparse: Clean, where: str) -> NDArray[Any] | None:
        count, unit = sparse.get("count", 0), sparse.get("indices", {}).get("componentType")
        if not 0 < count <= len(values) or unit not in BYTES:
            return None
        at = self._part(sparse.get("indices", {}), {"componentType": unit, "type": "SCALAR", "count": count})
        new = self._part(sparse.get("values", {}), {**accessor, "count": count})
        if at is None or new is None:
            return None
        at = at[:, 0].astype(np.int64)
        if (np.diff(at) <= 0).any():
            self.model.problems.add("accessor_sparse_indices_non_increasing", where)
        if int(at.max()) >= len(values):
            self.model.problems.add("accessor_sparse_index_oob", where, f"{int(at.max())} of {len(values)}")
            return None
        values = values.copy()
        values[at] = new
        return values

    def _part(self, part: Clean, accessor: Clean) -> NDArray[Any] | None:
        data, view = self.model.view_bytes(part.get("bufferView")), self.model.at("bufferViews", part.get("bufferView"))
        if data is None or view is None:
            return None
        unit, offset = BYTES[accessor["componentType"]], part.get("byteOffset", 0)
        size, step = element_bytes(accessor)
        if not fits(None, view, offset, unit, (accessor["count"] - 1) * step + size, ""):
            return None
        return picked(np.frombuffer(data, np.uint8)[offset:], accessor, step)

    def bounds(self, index: int, where: str) -> None:
        """Finite numbers that reach exactly to the stated bounds."""
        values, accessor = self.values(index), self.model.at("accessors", index)
        if values is None or accessor is None or not len(values):
            return
        add = self.model.problems.add
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            add("accessor_invalid_float", where, f"element {int(np.argwhere(~np.isfinite(values))[0][0])}")
            return
        for key, found, beyond in (("min", values.min(0), np.less), ("max", values.max(0), np.greater)):
            if key not in accessor:
                continue
            stated = np.array(accessor[key])
            if beyond(found, stated).any():
                add(f"accessor_element_out_of_{key}_bound", f"{where}/{key}")
            if (found != stated).any():
                add(f"accessor_{key}_mismatch", f"{where}/{key}")


def _primitive(model: Model, reader: _Reader, primitive: Clean, where: str) -> None:
    attributes: dict[str, int] = primitive.get("attributes", {})
    for name, judge in (("NORMAL", _normals), ("TANGENT", _tangents), ("COLOR_0", _colours)):
        if name in attributes and (attributes[name], name) not in reader.judged:
            reader.judged.add((attributes[name], name))
            values = reader.scaled(attributes[name])
            accessor = model.at("accessors", attributes[name])
            if values is not None and accessor is not None and (values.dtype.kind == "f" or name != "COLOR_0"):
                judge(model, values.astype(np.float64), f"{where}/attributes/{name}")
    counts = [a["count"] for a in (model.at("accessors", i) for i in attributes.values()) if a and "count" in a]
    accessor = model.at("accessors", primitive.get("indices"))
    indices = reader.values(primitive.get("indices"))
    if indices is None or accessor is None or format_of(accessor) not in INDEX_FORMATS or not counts:
        return
    restart, top = np.iinfo(indices.dtype).max, int(indices.max())
    if top == restart:
        model.problems.add("accessor_index_primitive_restart", f"{where}/indices", top)
    if top >= counts[0]:
        model.problems.add("accessor_index_oob", f"{where}/indices", f"{top} of {counts[0]}")


def _normals(model: Model, values: NDArray[np.float64], where: str) -> None:
    if values.shape[1] == 3 and (np.abs(np.linalg.norm(values, axis=1) - 1) > UNIT3_TOLERANCE).any():
        model.problems.add("accessor_vector3_non_unit", where)


def _tangents(model: Model, values: NDArray[np.float64], where: str) -> None:
    if values.shape[1] == 4:
        _normals(model, values[:, :3], where)
        if (np.abs(values[:, 3]) != 1).any():
            model.problems.add("accessor_invalid_sign", where)


def _colours(model: Model, values: NDArray[np.float64], where: str) -> None:
    if ((values < 0) | (values > 1)).any():
        model.problems.add("accessor_non_clamped", where)


def _skins(model: Model, reader: _Reader) -> None:
    for _, skin, where in model.each("skins"):
        accessor = model.at("accessors", skin.get("inverseBindMatrices"))
        values = reader.values(skin.get("inverseBindMatrices"))
        if accessor is None or values is None or format_of(accessor) != "MAT4 5126":
            continue
        if (values[:, [3, 7, 11, 15]] != (0, 0, 0, 1)).any():
            model.problems.add("accessor_invalid_ibm", f"{where}/inverseBindMatrices")
    for _, node, _ in model.each("nodes"):
        found, mesh = model.at("skins", node.get("skin")), model.at("meshes", node.get("mesh"))
        if found is not None and mesh is not None:
            for k, primitive in enumerate(mesh.get("primitives", [])):
                if primitive is not None:
                    place = f"/meshes/{node['mesh']}/primitives/{k}"
                    _joints(model, reader, primitive.get("attributes", {}), len(found.get("joints", [])), place)


def _joints(model: Model, reader: _Reader, attributes: dict[str, int], joints: int, where: str) -> None:
    names = sorted(n for n in attributes if n.startswith("JOINTS_"))
    pairs = [(reader.values(attributes[n]), reader.scaled(attributes.get(n.replace("JOINTS", "WEIGHTS"), -1))) for n in names]
    if not pairs or any(a is None or b is None or a.shape != b.shape or a.shape[1:] != (4,) for a, b in pairs):
        return
    if len({a.shape for a, _ in pairs if a is not None}) != 1:
        return
    used = np.concatenate([a for a, _ in pairs if a is not None], axis=1).astype(np.int64)
    weights = np.concatenate([b for _, b in pairs if b is not None], axis=1).astype(np.float64)
    add = model.problems.add
    if (used >= max(joints, 1)).any():
        add("accessor_joints_index_oob", where, f"{int(used.max())} of {joints}")
    if (weights < 0).any():
        add("accessor_weights_negative", where)
    busy = weights != 0
    order = np.sort(np.where(busy, used, -1 - np.arange(used.shape[1])), axis=1)
    if (np.diff(order, axis=1) == 0).any():
        add("accessor_joints_index_duplicate", where)
    if (np.abs(weights.sum(1) - 1) > WEIGHT_TOLERANCE * busy.sum(1) + 1e-7).any():
        add("accessor_weights_non_normalized", where)


def _animations(model: Model, reader: _Reader) -> None:
    for _, animation, where in model.each("animations"):
        samplers = animation.get("samplers", [])
        for k, sampler in enumerate(samplers):
            accessor = model.at("accessors", (sampler or {}).get("input"))
            times = reader.values((sampler or {}).get("input"))
            if accessor is None or times is None or format_of(accessor) != f"SCALAR {FLOAT}":
                continue
            if (times < 0).any():
                model.problems.add("accessor_animation_input_negative", f"{where}/samplers/{k}/input")
            if (np.diff(times[:, 0]) <= 0).any():
                model.problems.add("accessor_animation_input_non_increasing", f"{where}/samplers/{k}/input")
        for channel in animation.get("channels", []):
            target, index = (channel or {}).get("target", {}), (channel or {}).get("sampler", -1)
            sampler = samplers[index] if 0 <= index < len(samplers) else None
            if sampler is not None and target.get("path") == "rotation":
                _rotations(model, reader, sampler, f"{where}/samplers/{index}/output")


def _rotations(model: Model, reader: _Reader, sampler: Clean, where: str) -> None:
    values = reader.scaled(sampler.get("output", -1))
    if values is None or values.shape[1] != 4 or not np.isfinite(values).all():
        return
    if sampler.get("interpolation") == "CUBICSPLINE":
        values = values[1::3]  # tangent, value, tangent
    if (np.abs(np.linalg.norm(values.astype(np.float64), axis=1) - 1) > UNIT_TOLERANCE).any():
        model.problems.add("accessor_animation_sampler_output_non_normalized_quaternion", where)
