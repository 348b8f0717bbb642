"""Meshes: attribute names, formats, counts, morph targets, materials' needs. Source: glTF 2.0, section 3.7."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assets.gate.spec.fields import Clean
from assets.gate.spec.model import Model, complete, element_bytes, format_of

_SETS = {"TEXCOORD": 2, "COLOR": 0, "JOINTS": 4, "WEIGHTS": 4}  # attribute -> numbers per vertex, 0: three or four
_NUMBERED = re.compile(r"(TEXCOORD|COLOR|JOINTS|WEIGHTS)_(0|[1-9][0-9]{0,3})")
_FLOAT, _NORMAL_INTS = ("5126",), ("5120n", "5122n")
_SMALL = ("5120", "5120n", "5121", "5121n", "5122", "5122n", "5123", "5123n")
INDEX_FORMATS = ("SCALAR 5121", "SCALAR 5123", "SCALAR 5125")


def _formats(kinds: tuple[str, ...], components: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f"{kind} {component}" for kind in kinds for component in components)


_COLOURS = _formats(("VEC3", "VEC4"), ("5126", "5121n", "5123n"))
_BASE: Mapping[str, frozenset[str]] = {
    "POSITION": _formats(("VEC3",), _FLOAT),
    "NORMAL": _formats(("VEC3",), _FLOAT),
    "TANGENT": _formats(("VEC4",), _FLOAT),
    "TEXCOORD": _formats(("VEC2",), ("5126", "5121n", "5123n")),
    "COLOR": _COLOURS,
    "JOINTS": _formats(("VEC4",), ("5121", "5123")),
    "WEIGHTS": _formats(("VEC4",), ("5126", "5121n", "5123n")),
}
# KHR_mesh_quantization adds these.
_QUANTIZED: Mapping[str, frozenset[str]] = {
    "POSITION": _formats(("VEC3",), _SMALL),
    "NORMAL": _formats(("VEC3",), _NORMAL_INTS),
    "TANGENT": _formats(("VEC4",), _NORMAL_INTS),
    "TEXCOORD": _formats(("VEC2",), _SMALL),
}
_MORPHED: Mapping[str, frozenset[str]] = {
    "POSITION": _formats(("VEC3",), _FLOAT),
    "NORMAL": _formats(("VEC3",), _FLOAT),
    "TANGENT": _formats(("VEC3",), _FLOAT),
    "TEXCOORD": _formats(("VEC2",), ("5126", "5120n", "5121n", "5122n", "5123n")),
    "COLOR": _formats(("VEC3", "VEC4"), ("5126", "5120n", "5121n", "5122n", "5123n")),
}
_MORPHED_QUANTIZED: Mapping[str, frozenset[str]] = {
    "POSITION": _formats(("VEC3",), ("5120", "5120n", "5122", "5122n")),
    "NORMAL": _formats(("VEC3",), _NORMAL_INTS),
    "TANGENT": _formats(("VEC3",), _NORMAL_INTS),
    "TEXCOORD": _formats(("VEC2",), ("5120", "5122")),
}


def check(model: Model) -> None:
    """Note what is wrong with meshes."""
    shared: dict[int, set[int]] = {}  # buffer view -> accessors of vertices in it
    for _, mesh, where in model.each("meshes"):
        counts = []
        for i, primitive in enumerate(mesh.get("primitives", [])):
            if primitive is not None:
                place = f"{where}/primitives/{i}"
                counts.append(len(primitive.get("targets", [])))
                _primitive(model, primitive, place, shared)
                if counts[-1] != counts[0]:
                    model.problems.add("mesh_primitives_unequal_targets_count", f"{place}/targets")
        weights = mesh.get("weights")
        if weights is not None and counts and len(weights) != counts[0]:
            model.problems.add("mesh_invalid_weights_count", f"{where}/weights", f"{len(weights)} for {counts[0]}")


def _primitive(model: Model, primitive: Clean, where: str, shared: dict[int, set[int]]) -> None:
    add = model.problems.add
    attributes: dict[str, int] = primitive.get("attributes", {})
    sets = _names(model, attributes, f"{where}/attributes")
    compressed = "KHR_draco_mesh_compression" in primitive.get("extensions", {})
    counts: list[int] = []
    for name, index in attributes.items():
        accessor = _attribute(model, name, index, _BASE, _QUANTIZED, f"{where}/attributes/{name}", shared)
        if accessor is None:
            continue
        if name == "POSITION" and not {"min", "max"} <= set(accessor):
            add("mesh_primitive_position_accessor_without_bounds", f"{where}/attributes/POSITION")
        if "count" in accessor:
            counts.append(accessor["count"])
            if accessor["count"] != counts[0]:
                add("mesh_primitive_unequal_accessor_count", f"{where}/attributes/{name}", f"{counts[-1]}, not {counts[0]}")
    _indices(model, primitive, f"{where}/indices", compressed)
    for use, texcoord, place in texture_uses(model, primitive, where):
        if texcoord >= sets["TEXCOORD"]:
            add("mesh_primitive_too_few_texcoords", place, f"{use} needs TEXCOORD_{texcoord}")
    for k, target in enumerate(primitive.get("targets", [])):
        _target(model, attributes, target, f"{where}/targets/{k}", shared)


def _names(model: Model, attributes: Mapping[str, int], where: str) -> dict[str, int]:
    """How many numbered sets of each kind there are; notes invalid names and gaps."""
    found: dict[str, list[int]] = {kind: [] for kind in _SETS}
    for name in attributes:
        match = _NUMBERED.fullmatch(name)
        if match:
            found[match[1]].append(int(match[2]))
        elif not name.startswith("_") and name not in ("POSITION", "NORMAL", "TANGENT"):
            model.problems.add("mesh_primitive_invalid_attribute", where, f"{name!r:.60}")
    sets = {}
    for kind, numbers in found.items():
        gap = bool(numbers) and max(numbers) + 1 != len(numbers)
        if gap:
            model.problems.add("mesh_primitive_indexed_semantic_continuity", where, kind)
        sets[kind] = 0 if gap else len(numbers)
    if sets["JOINTS"] != sets["WEIGHTS"]:
        model.problems.add("mesh_primitive_joints_weights_mismatch", where, f"{sets['JOINTS']} and {sets['WEIGHTS']}")
    return sets


def _attribute(model: Model, name: str, index: int, base: Mapping[str, frozenset[str]], more: Mapping[str, frozenset[str]],
               where: str, shared: dict[int, set[int]]) -> Clean | None:
    """One attribute of a primitive or target: its format, alignment and share of a buffer view."""
    add = model.problems.add
    accessor = model.use_accessor(index, "vertices", where)
    if accessor is None:
        return None
    view = model.use_view(accessor.get("bufferView"), "vertices", where)
    kind = name.split("_")[0]
    allowed = base.get(kind)
    if allowed is not None and "KHR_mesh_quantization" in model.used:
        allowed = allowed | more.get(kind, frozenset())
    if allowed is not None:
        if format_of(accessor) not in allowed:
            add("mesh_primitive_attributes_accessor_invalid_format", where, format_of(accessor))
    elif accessor.get("componentType") == 5125:
        add("mesh_primitive_attributes_accessor_unsigned_int", where)
    if complete(accessor):
        loose = view is not None and "byteStride" not in view and element_bytes(accessor)[0] % 4
        if accessor.get("byteOffset", 0) % 4 or loose:
            add("mesh_primitive_accessor_unaligned", where)
    if view is not None and "byteStride" not in view:
        users = shared.setdefault(accessor["bufferView"], set())
        if index not in users and users:
            add("mesh_primitive_accessor_without_bytestride", where)
        users.add(index)
    return accessor


def _indices(model: Model, primitive: Clean, where: str, compressed: bool) -> None:
    accessor = model.use_accessor(primitive.get("indices"), "indices", where)
    if accessor is None:
        return
    view = model.use_view(accessor.get("bufferView"), "indices", where)
    if view is not None and "byteStride" in view:
        model.problems.add("mesh_primitive_indices_accessor_with_bytestride", where)
    if format_of(accessor) not in INDEX_FORMATS:
        model.problems.add("mesh_primitive_indices_accessor_invalid_format", where, format_of(accessor))


def _target(model: Model, attributes: Mapping[str, int], target: Mapping[str, int], where: str,
            shared: dict[int, set[int]]) -> None:
    add = model.problems.add
    for name, index in target.items():
        place = f"{where}/{name}"
        match = _NUMBERED.fullmatch(name)
        known = name in ("POSITION", "NORMAL", "TANGENT") or (match and match[1] in ("COLOR", "TEXCOORD"))
        if not known and not name.startswith("_"):
            add("mesh_primitive_invalid_attribute", where, f"{name!r:.60}")
        accessor = _attribute(model, name, index, _MORPHED, _MORPHED_QUANTIZED, place, shared)
        if accessor is None:
            continue
        base = model.at("accessors", attributes.get(name))
        if base is None:
            add("mesh_primitive_morph_target_no_base_accessor", place)
        elif base.get("count") != accessor.get("count"):
            add("mesh_primitive_morph_target_invalid_attribute_count", place)
        if name == "POSITION" and not {"min", "max"} <= set(accessor):
            add("mesh_primitive_position_accessor_without_bounds", place)


def texture_uses(model: Model, primitive: Clean, where: str) -> Iterator[tuple[str, int, str]]:
    """(texture slot, set of UVs it reads, JSON pointer) of the primitive's material and its variants' materials."""
    chosen = [(primitive.get("material"), f"{where}/material")]
    for entry in (model.extension(primitive, "KHR_materials_variants") or {}).get("mappings", []):
        if entry is not None:
            chosen.append((entry.get("material"), f"{where}/extensions/KHR_materials_variants"))
    for index, place in chosen:
        material = model.at("materials", index)
        if material is not None:
            for slot, info in texture_infos(material):
                moved = info.get("extensions", {}).get("KHR_texture_transform", {})
                yield slot, moved.get("texCoord", info.get("texCoord", 0)), place


def texture_infos(value: Any, slot: str = "") -> Iterator[tuple[str, Clean]]:
    """(name, textureInfo) of every texture a cleaned material uses, extensions included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.endswith("Texture") and isinstance(inner, dict):
                yield key, inner
            else:
                yield from texture_infos(inner, key)
