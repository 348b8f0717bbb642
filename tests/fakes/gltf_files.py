"""glTF files made for tests: one with a bit of everything, and random damage to it."""

from __future__ import annotations

import copy
import io
import json
import struct
from typing import Any

import numpy as np
from PIL import Image


def png(width: int = 4, height: int = 4) -> bytes:
    """A whole PNG."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 80, 40)).save(out, "PNG")
    return out.getvalue()


MATERIAL_EXTENSIONS: dict[str, dict[str, Any]] = {
    "KHR_materials_anisotropy": {"anisotropyStrength": 0.5, "anisotropyRotation": 1},
    "KHR_materials_clearcoat": {},
    "KHR_materials_emissive_strength": {"emissiveStrength": 2},
    "KHR_materials_ior": {"ior": 1.4},
    "KHR_materials_iridescence": {"iridescenceFactor": 1, "iridescenceIor": 1.5, "iridescenceThicknessMinimum": 10},
    "KHR_materials_sheen": {"sheenColorFactor": [0, 1, 0.5], "sheenRoughnessFactor": 0.2},
    "KHR_materials_specular": {"specularFactor": 0.5, "specularColorFactor": [1, 2, 1]},
    "KHR_materials_transmission": {"transmissionFactor": 0.5},
    "KHR_materials_volume": {"thicknessFactor": 0.1, "attenuationDistance": 2, "attenuationColor": [1, 1, 0]},
}


class Builder:
    """Collects data and JSON of one document."""

    def __init__(self) -> None:
        self.blob = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def view(self, data: bytes, **more: Any) -> int:
        self.blob += b"\0" * (-len(self.blob) % 4)
        self.views.append({"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(data), **more})
        self.blob += data
        return len(self.views) - 1

    def accessor(self, array: Any, kind: str, component: int, *, bounds: bool = False, target: int | None = None,
                 **more: Any) -> int:
        array = np.asarray(array)
        rows = array.reshape(len(array), -1)
        spec = {"bufferView": self.view(array.tobytes(), **({"target": target} if target else {})),
                "componentType": component, "count": len(array), "type": kind, **more}
        if bounds:
            spec["min"], spec["max"] = rows.min(0).tolist(), rows.max(0).tolist()
        self.accessors.append(spec)
        return len(self.accessors) - 1


def rich_document() -> tuple[dict[str, Any], bytes]:
    """(JSON, binary) of a sound file with skin, morphs, animation, sparse data, variants, camera, light, pictures."""
    random, b = np.random.default_rng(), Builder()
    n = 8
    positions = random.normal(size=(n, 3)).astype("<f4")
    normals = random.normal(size=(n, 3))
    normals = (normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype("<f4")
    tangents = np.concatenate([normals[:, [1, 2, 0]], np.ones((n, 1), "f4")], 1).astype("<f4")
    vertex = {"target": 34962}
    attributes = {
        "POSITION": b.accessor(positions, "VEC3", 5126, bounds=True, **vertex),
        "NORMAL": b.accessor(normals, "VEC3", 5126, **vertex),
        "TANGENT": b.accessor(tangents, "VEC4", 5126, **vertex),
        "TEXCOORD_0": b.accessor(random.random((n, 2)).astype("<f4"), "VEC2", 5126, **vertex),
        "COLOR_0": b.accessor(random.integers(0, 255, (n, 4)).astype("u1"), "VEC4", 5121, normalized=True, **vertex),
        "JOINTS_0": b.accessor(np.tile([0, 1, 0, 0], (n, 1)).astype("u1"), "VEC4", 5121, **vertex),
        "WEIGHTS_0": b.accessor(np.tile([0.5, 0.5, 0, 0], (n, 1)).astype("<f4"), "VEC4", 5126, **vertex),
    }
    indices = b.accessor(random.permutation(n)[:6].astype("<u2"), "SCALAR", 5123, target=34963)
    morph = b.accessor(random.normal(size=(n, 3)).astype("<f4"), "VEC3", 5126, bounds=True, **vertex)
    at, new = np.array([1, 3, 5], "<u2"), random.normal(size=(3, 3)).astype("<f4")
    b.accessors.append({"componentType": 5126, "count": n, "type": "VEC3", "sparse": {
        "count": 3, "indices": {"bufferView": b.view(at.tobytes()), "componentType": 5123},
        "values": {"bufferView": b.view(new.tobytes())}}})
    full = np.zeros((n, 3), "f4")
    full[at] = new
    b.accessors[-1].update(min=full.min(0).tolist(), max=full.max(0).tolist())
    ibm = b.accessor(np.tile(np.eye(4, dtype="<f4").reshape(-1), (2, 1)), "MAT4", 5126)
    times = b.accessor(np.array([0, 0.5, 1], "<f4"), "SCALAR", 5126, bounds=True)
    moves = b.accessor(random.normal(size=(3, 3)).astype("<f4"), "VEC3", 5126)
    turns = b.accessor(np.tile([0, 0, 0, 1], (3, 1)).astype("<f4"), "VEC4", 5126)
    used = {"attributes": attributes, "indices": indices, "morph": morph, "sparse": len(b.accessors) - 5, "ibm": ibm,
            "times": times, "moves": moves, "turns": turns, "picture": b.view(png())}
    return _rich_json(used, b), bytes(b.blob)


def _rich_json(used: dict[str, Any], b: Builder) -> dict[str, Any]:
    attributes, indices = used["attributes"], used["indices"]
    return {
        "asset": {"version": "2.0", "generator": "test"},
        "extensionsUsed": ["KHR_lights_punctual", "KHR_materials_variants", "KHR_texture_transform", *MATERIAL_EXTENSIONS],
        "extensions": {"KHR_lights_punctual": {"lights": [{"type": "spot", "spot": {"innerConeAngle": 0.1}, "range": 3}]},
                       "KHR_materials_variants": {"variants": [{"name": "red"}, {"name": "blue"}]}},
        "scene": 0, "scenes": [{"nodes": [0, 2, 4]}],
        "nodes": [{"name": "root", "children": [1], "translation": [0, 1, 0]}, {"name": "joint", "rotation": [0, 0, 0, 1]},
                  {"name": "body", "mesh": 0, "skin": 0}, {"name": "plain", "mesh": 1, "matrix": [
                      2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 1, 2, 3, 1]},
                  {"name": "eye", "camera": 0, "children": [3], "extensions": {"KHR_lights_punctual": {"light": 0}}}],
        "cameras": [{"type": "perspective", "perspective": {"yfov": 0.9, "znear": 0.1, "zfar": 100}}],
        "skins": [{"joints": [0, 1], "inverseBindMatrices": used["ibm"], "skeleton": 0}],
        "meshes": [{"name": "m", "weights": [0.5, 0], "primitives": [{
            "attributes": attributes, "indices": indices, "material": 0, "targets": [{"POSITION": used["morph"]}, {
                "POSITION": used["sparse"]}],
            "extensions": {"KHR_materials_variants": {"mappings": [{"material": 1, "variants": [0]}]}}}]},
            {"primitives": [{"attributes": {"POSITION": attributes["POSITION"]}, "indices": indices, "mode": 4}]}],
        "materials": [
            {"name": "a", "alphaMode": "MASK", "alphaCutoff": 0.4, "emissiveFactor": [0, 0.5, 1], "normalTexture": {
                "index": 0, "scale": 0.7}, "pbrMetallicRoughness": {"baseColorFactor": [1, 0.5, 0, 1], "metallicFactor": 0,
                "baseColorTexture": {"index": 0, "extensions": {"KHR_texture_transform": {"scale": [2, 2]}}}}},
            {"name": "b", "doubleSided": True, "extensions": {
                **copy.deepcopy(MATERIAL_EXTENSIONS),
                "KHR_materials_clearcoat": {"clearcoatFactor": 0.5, "clearcoatTexture": {"index": 0}}}}],
        "textures": [{"source": 0, "sampler": 0}], "images": [{"bufferView": used["picture"], "mimeType": "image/png"}],
        "samplers": [{"magFilter": 9729, "wrapS": 10497}],
        "animations": [{"samplers": [{"input": used["times"], "output": used["moves"]},
                                     {"input": used["times"], "output": used["turns"]}], "channels": [
            {"sampler": 0, "target": {"node": 1, "path": "translation"}},
            {"sampler": 1, "target": {"node": 1, "path": "rotation"}}]}],
        "accessors": b.accessors, "bufferViews": b.views, "buffers": [{"byteLength": len(b.blob)}],
    }


def packed(value: dict[str, Any], blob: bytes) -> bytes:
    """A GLB."""
    text = json.dumps(value).encode()
    text += b" " * (-len(text) % 4)
    blob += b"\0" * (-len(blob) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(blob), 0x004E4942) + blob
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def damaged(value: dict[str, Any], blob: bytes, random: np.random.Generator) -> tuple[dict[str, Any], bytes, str]:
    """One random change to the JSON or a float of the data; what was done."""
    value, data = copy.deepcopy(value), bytearray(blob)
    if random.random() < 0.2:
        picture = value["bufferViews"][-1]["byteOffset"]  # left whole: damaged ones make the Khronos validator itself end
        at = int(random.integers(0, picture // 4)) * 4
        data[at:at + 4] = struct.pack("<f", float(random.choice([np.nan, np.inf, -3.0, 0.0, 1e9])))
        return value, bytes(data), f"float at byte {at}"
    place: Any = value
    path = []
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = keys[int(random.integers(len(keys)))]
        path.append(str(key))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or random.random() < 0.15:
            break
        place = inner
    how = int(random.integers(6))
    choices = [None, -1, 0, 1, 2, 3, 7, 99, 0.5, 1e12, "x", "", [], {}, True, [1, 1], 5121, 5125, 34963, "VEC3", "SCALAR"]
    if how == 0:
        del place[key]
    elif how == 1 and isinstance(inner, int | float) and not isinstance(inner, bool):
        place[key] = inner + int(random.choice([-2, -1, 1, 2, 4]))
    else:
        place[key] = copy.deepcopy(choices[int(random.integers(len(choices)))])
    return value, bytes(data), "/".join(path) + f" = {place[key] if how else 'gone'!r}" if how else "/".join(path) + " gone"
