"""A packed product as a GLB: plain for the stage and AR, or small for browsers (meshopt, quantised, WebP)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import meshopt
import numpy as np
from numpy.typing import NDArray

from assets.gate.edit import glb_file
from assets.gate.repairs.triangles import sound_faces
from assets.meshopt_views import MESHOPT, add_packed, rounded_floats
from assets.packs.surfaces import Product, Surface

GENERATOR = "nightwindow"
_QUANTISED, _WEBP = "KHR_mesh_quantization", "EXT_texture_webp"
_CHANGES_SHAPE = (MESHOPT, _QUANTISED, _WEBP)
_COMPONENTS = {"u1": 5121, "u2": 5123, "u4": 5125, "f4": 5126, "i1": 5120}
_KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
UV_STEP = 16  # twelve bits: a quarter of a texel of 1,024


def plain_glb(product: Product) -> bytes:
    """Floats, PNG and JPEG: what every viewer reads."""
    return _written(product, _Plain())


def small_glb(product: Product, bits: int) -> bytes:
    """Compressed. bits: of a coordinate's mantissa, 15 keeps 0.1 mm of a chair."""
    return _written(product, _Small(bits))


@dataclass(slots=True)
class _Plain:
    """Collects bytes, views and accessors."""

    data: bytearray = field(default_factory=bytearray)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)

    def blob(self, data: bytes, target: int | None = None, stride: int | None = None) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)}
        if stride:
            view["byteStride"] = stride
        if target:
            view["target"] = target
        self.data += data
        self.views.append(view)
        return len(self.views) - 1

    def accessor(self, view: int, rows: NDArray[Any], width: int, *, normalized: bool = False, bounds: bool = False) -> int:
        spec: dict[str, Any] = {"bufferView": view, "componentType": _COMPONENTS[rows.dtype.str[1:]], "count": len(rows),
                                "type": _KINDS[width]}
        if normalized:
            spec["normalized"] = True
        if bounds:
            spec["min"], spec["max"] = rows[:, :width].min(0).tolist(), rows[:, :width].max(0).tolist()
        self.accessors.append(spec)
        return len(self.accessors) - 1

    def surface(self, surface: Surface) -> dict[str, Any]:
        attributes = {}
        for name, array in surface.arrays.items():
            rows = array.astype("<f4")
            if name == "COLOR_0":
                rows = np.round(np.clip(array, 0, 1) * 65535).astype("<u2")
            attributes[name] = self.accessor(self.blob(rows.tobytes(), 34962), rows, rows.shape[1],
                                             normalized=name == "COLOR_0", bounds=name == "POSITION")
        flat = surface.faces.reshape(-1, 1).astype("<u2" if len(surface.arrays["POSITION"]) < 65535 else "<u4")
        return {"attributes": attributes, "indices": self.accessor(self.blob(flat.tobytes(), 34963), flat, 1)}

    def buffers(self) -> list[dict[str, Any]]:
        return [{"byteLength": len(self.data)}] if self.data else []


@dataclass(slots=True)
class _Small(_Plain):
    bits: int = 15
    unpacked: int = 0  # bytes of the buffer that a reader would fill

    def __init__(self, bits: int) -> None:
        _Plain.__init__(self)
        self.bits, self.unpacked = bits, 0

    def packed(self, rows: NDArray[Any], mode: str, target: int, filtered: str = "NONE") -> int:
        """A compressed view. rows: (n, stride) bytes, or (n,) indices."""
        self.unpacked = add_packed(self.data, self.views, self.unpacked, rows, mode, target, filtered)
        return len(self.views) - 1

    def surface(self, surface: Surface) -> dict[str, Any]:
        rounded = self._rounded(surface.arrays["POSITION"])[1]
        sound = sound_faces(surface.faces, rounded)[0]  # rounding may take the last bit of area from a sliver
        kept = surface.faces[sound] if sound.any() else surface.faces
        faces, place, count = meshopt.reorder_mesh(kept.reshape(-1).astype(np.uint32), triangles=True, optsize=True)
        order = np.argsort(place)[:count]
        attributes = {name: self._attribute(name, np.ascontiguousarray(array[order])) for name, array in surface.arrays.items()}
        flat = np.ascontiguousarray(faces.astype("<u2" if count < 65535 else "<u4"))
        return {"attributes": attributes, "indices": self.accessor(self.packed(flat, "TRIANGLES", 34963), flat[:, None], 1)}

    def _attribute(self, name: str, array: NDArray[np.float32]) -> int:
        if name in ("NORMAL", "TANGENT"):
            wide = np.zeros((len(array), 4), np.float32)
            wide[:, :array.shape[1]] = array
            rows = meshopt.encode_filter_oct(wide, 4, 8)
            view = self.packed(rows, "ATTRIBUTES", 34962, "OCTAHEDRAL")
            return self.accessor(view, rows.view(np.int8), array.shape[1], normalized=True)
        if name == "COLOR_0":
            colours = np.round(np.clip(array, 0, 1) * 65535).astype("<u2")
            return self.accessor(self.packed(colours.view(np.uint8), "ATTRIBUTES", 34962), colours, 4, normalized=True)
        if name.startswith("TEXCOORD") and array.min() >= 0 and array.max() <= 1:
            uv = np.minimum(np.round(array * (65535 / UV_STEP)) * UV_STEP, 65535).astype("<u2")
            return self.accessor(self.packed(uv.view(np.uint8), "ATTRIBUTES", 34962), uv, 2, normalized=True)
        rows, plain = self._rounded(array)
        view = self.packed(rows, "ATTRIBUTES", 34962, "EXPONENTIAL")
        return self.accessor(view, plain, array.shape[1], bounds=name == "POSITION")

    def _rounded(self, array: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Filtered rows, and the numbers that a reader will find in them."""
        return rounded_floats(array, self.bits)

    def buffers(self) -> list[dict[str, Any]]:
        if not self.unpacked:
            return _Plain.buffers(self)
        return [{"byteLength": len(self.data)}, {"byteLength": self.unpacked, "extensions": {MESHOPT: {"fallback": True}}}]


def _written(product: Product, binary: _Plain) -> bytes:
    value = copy.deepcopy(product.value)
    value["asset"] = {**{k: v for k, v in value.get("asset", {}).items() if k == "copyright"}, "version": "2.0",
                      "generator": GENERATOR}
    meshes: dict[int, list[dict[str, Any]]] = {}
    for surface in product.surfaces:
        spec = binary.surface(surface)
        if surface.material is not None:
            spec["material"] = surface.material
        if surface.mappings:
            spec["extensions"] = {"KHR_materials_variants": {"mappings": list(surface.mappings)}}
        meshes.setdefault(surface.mesh, []).append(spec)
    _meshes(value, meshes)
    for image, (data, mime) in zip(value.get("images", []), product.images, strict=True):
        image["bufferView"], image["mimeType"] = binary.blob(data), mime
    for texture in value.get("textures", []):
        if "source" in texture and product.images[texture["source"]][1] == "image/webp":
            texture["extensions"] = {_WEBP: {"source": texture.pop("source")}}
    value["bufferViews"], value["accessors"], value["buffers"] = binary.views, binary.accessors, binary.buffers()
    for name in ("bufferViews", "accessors", "buffers", "meshes"):
        if not value.get(name):
            value.pop(name, None)
    _extensions(value, product)
    return glb_file(value, bytes(binary.data))


def _meshes(value: dict[str, Any], made: dict[int, list[dict[str, Any]]]) -> None:
    """Meshes that draw something, renumbered."""
    to = {old: new for new, old in enumerate(sorted(made))}
    value["meshes"] = [{**{k: v for k, v in value["meshes"][old].items() if k in ("name", "extras")}, "primitives": made[old]}
                       for old in sorted(made)]
    for node in value.get("nodes", []):
        if "mesh" in node:
            node["mesh"] = to[node["mesh"]]


def _extensions(value: dict[str, Any], product: Product) -> None:
    """What is used and required, as it stands in the file now."""
    roots = value.get("extensions", {})
    for name in [n for n in roots if n not in ("KHR_materials_variants", "KHR_xmp_json_ld")]:
        roots.pop(name)
    if not roots:
        value.pop("extensions", None)
    used: set[str] = set()
    queue: list[Any] = [v for k, v in value.items() if k not in ("extensionsUsed", "extensionsRequired")] + [
        {"extensions": value.get("extensions", {})}]
    while queue:
        at = queue.pop()
        if isinstance(at, dict):
            if isinstance(at.get("extensions"), dict):
                used |= set(at["extensions"])
            queue.extend(v for k, v in at.items() if k != "extras")
        elif isinstance(at, list):
            queue.extend(at)
    if any(a["componentType"] == 5120 for a in value.get("accessors", [])):
        used.add(_QUANTISED)
    required = sorted(used & {*_CHANGES_SHAPE, *(product.value.get("extensionsRequired") or ())})
    for key, names in (("extensionsUsed", sorted(used)), ("extensionsRequired", required)):
        value.pop(key, None)
        if names:
            value[key] = names
