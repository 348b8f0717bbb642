"""Writes a GlbScene as one GLB: what the generators and the baker make. Deterministic: equal scenes, equal bytes."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.glb import GlbMaterial, GlbPrimitive, GlbScene

GENERATOR = "nightwindow"
_FLOAT, _USHORT, _UBYTE, _UINT = 5126, 5123, 5121, 5125


class _Binary:
    """Collects the binary chunk with its views and accessors."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def view(self, data: bytes, target: int | None = None, stride: int | None = None) -> int:
        self.data.extend(b"\0" * (-len(self.data) % 4))
        spec: dict[str, Any] = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)}
        if stride:
            spec["byteStride"] = stride
        if target:
            spec["target"] = target
        self.data.extend(data)
        self.views.append(spec)
        return len(self.views) - 1

    def accessor(self, array: NDArray[Any], kind: str, component: int, *, normalized: bool = False,
                 bounds: bool = False, index: bool = False) -> int:
        row = array.reshape(len(array), -1)
        size = row.shape[1] * row.itemsize
        padded = size if index else size + (-size % 4)
        if padded != size:  # vertex attributes start on 4-byte boundaries
            block = np.zeros((len(row), padded), np.uint8)
            block[:, :size] = np.ascontiguousarray(row).view(np.uint8).reshape(len(row), size)
            data, stride = block.tobytes(), padded
        else:
            data, stride = np.ascontiguousarray(row).tobytes(), None
        spec: dict[str, Any] = {"bufferView": self.view(data, 34963 if index else 34962, stride),
                                "componentType": component, "count": len(row), "type": kind}
        if normalized:
            spec["normalized"] = True
        if bounds:
            spec["min"], spec["max"] = row.min(0).tolist(), row.max(0).tolist()
        self.accessors.append(spec)
        return len(self.accessors) - 1


def glb_bytes(scene: GlbScene, *, normals: bool = True) -> bytes:
    """The scene as GLB bytes. normals=False leaves NORMAL out (unlit rooms need none).

    Colours are stored in 8 bits; UVs within 0..1 in 16 bits; when a primitive has uv1 and no uv0, both sets share one
    array, because glTF counts its sets from 0.
    """
    binary = _Binary()
    document: dict[str, Any] = {"asset": {"version": "2.0", "generator": GENERATOR}}
    used: set[str] = set()
    document["meshes"] = [
        {"name": m.name, "primitives": [_primitive(p, scene, binary, normals) for p in m.primitives]} for m in scene.meshes]
    document["nodes"] = _nodes(scene)
    document["scenes"] = [{"nodes": [i for i, n in enumerate(scene.nodes) if n.parent is None]}]
    document["scene"] = 0
    if scene.materials:
        document["materials"] = [_material(m, used) for m in scene.materials]
    if scene.images:
        document["images"] = [{"name": i.name, "mimeType": i.mime, "bufferView": binary.view(i.data)} for i in scene.images]
        document["samplers"] = [{"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497}]
        document["textures"] = []
        for k, image in enumerate(scene.images):
            webp = image.mime == "image/webp"
            document["textures"].append({"sampler": 0, **({"extensions": {"EXT_texture_webp": {"source": k}}}
                                                          if webp else {"source": k})})
            if webp:
                used.add("EXT_texture_webp")
                document["extensionsRequired"] = ["EXT_texture_webp"]
    if scene.variants:
        used.add("KHR_materials_variants")
        document["extensions"] = {"KHR_materials_variants": {"variants": [{"name": v} for v in scene.variants]}}
    if used:
        document["extensionsUsed"] = sorted(used)
    document["bufferViews"], document["accessors"] = binary.views, binary.accessors
    binary.data.extend(b"\0" * (-len(binary.data) % 4))
    document["buffers"] = [{"byteLength": len(binary.data)}]
    return _container(document, bytes(binary.data))


def write_glb(path: Path, scene: GlbScene, *, normals: bool = True) -> None:
    """Write the scene to `path`, atomically."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(glb_bytes(scene, normals=normals))
    part.replace(path)


def _container(document: dict[str, Any], binary: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _primitive(p: GlbPrimitive, scene: GlbScene, binary: _Binary, normals: bool) -> dict[str, Any]:
    attributes = {"POSITION": binary.accessor(p.positions.astype("<f4"), "VEC3", _FLOAT, bounds=True)}
    if normals:
        attributes["NORMAL"] = binary.accessor(p.normals.astype("<f4"), "VEC3", _FLOAT)
    if p.uv0 is not None:
        attributes["TEXCOORD_0"] = _uv(p.uv0, binary)
    if p.uv1 is not None:
        attributes["TEXCOORD_1"] = _uv(p.uv1, binary)
        attributes.setdefault("TEXCOORD_0", attributes["TEXCOORD_1"])
    if p.colours is not None:
        colours = np.round(np.clip(p.colours, 0, 1) * 255).astype(np.uint8)
        attributes["COLOR_0"] = binary.accessor(colours, "VEC4", _UBYTE, normalized=True)
    small = len(p.positions) < 65535
    flat = p.indices.reshape(-1).astype("<u2" if small else "<u4")
    spec: dict[str, Any] = {"attributes": attributes,
                            "indices": binary.accessor(flat, "SCALAR", _USHORT if small else _UINT, index=True)}
    if p.material is not None:
        spec["material"] = p.material
    if p.variants:
        by_material: dict[int, list[int]] = {}
        for name, material in p.variants.items():
            by_material.setdefault(material, []).append(scene.variants.index(name))
        spec["extensions"] = {"KHR_materials_variants": {
            "mappings": [{"material": m, "variants": sorted(v)} for m, v in sorted(by_material.items())]}}
    return spec


def _uv(uv: NDArray[np.float32], binary: _Binary) -> int:
    if len(uv) and uv.min() >= 0 and uv.max() <= 1:
        return binary.accessor(np.round(uv * 65535).astype("<u2"), "VEC2", _USHORT, normalized=True)
    return binary.accessor(uv.astype("<f4"), "VEC2", _FLOAT)


def _material(m: GlbMaterial, used: set[str]) -> dict[str, Any]:
    pbr: dict[str, Any] = {"baseColorFactor": list(m.base_colour), "metallicFactor": m.metallic, "roughnessFactor": m.roughness}
    if m.base_texture is not None:
        pbr["baseColorTexture"] = {"index": m.base_texture, **({"texCoord": m.texcoord} if m.texcoord else {})}
    spec: dict[str, Any] = {"name": m.name, "pbrMetallicRoughness": pbr}
    strength = max(m.emissive)
    if strength > 0:
        spec["emissiveFactor"] = [e / max(strength, 1.0) for e in m.emissive]
    extensions: dict[str, Any] = {}
    if strength > 1:
        extensions["KHR_materials_emissive_strength"] = {"emissiveStrength": strength}
    if m.unlit:
        extensions["KHR_materials_unlit"] = {}
    if extensions:
        spec["extensions"] = extensions
        used.update(extensions)
    if m.double_sided:
        spec["doubleSided"] = True
    if m.alpha_mode != "OPAQUE":
        spec["alphaMode"] = m.alpha_mode
        if m.alpha_mode == "MASK":
            spec["alphaCutoff"] = m.alpha_cutoff
    return spec


def _nodes(scene: GlbScene) -> list[dict[str, Any]]:
    specs: list[dict[str, Any]] = []
    for i, node in enumerate(scene.nodes):
        spec: dict[str, Any] = {"name": node.name}
        local = node.matrix.astype(np.float64)
        if node.parent is not None:
            local = np.linalg.inv(scene.nodes[node.parent].matrix.astype(np.float64)) @ local
            specs[node.parent].setdefault("children", []).append(i)
        rest = local.copy()
        rest[:3, 3] = 0
        if not np.allclose(rest, np.eye(4), atol=1e-7):
            spec["matrix"] = [float(v) for v in local.T.reshape(-1)]
            spec["matrix"][3::4] = [0.0, 0.0, 0.0, 1.0]
        elif np.abs(local[:3, 3]).max() > 0:
            spec["translation"] = [float(v) for v in local[:3, 3]]
        if node.mesh is not None:
            spec["mesh"] = node.mesh
        specs.append(spec)
    return specs
