"""An AvatarModel as GLB for browsers: skinned, 52 named morph targets (sparse), humanoid joint names, plain glTF 2.0."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarMesh, AvatarModel
from avatar.build.export_vrm import vrm_extension
from avatar.face import ARKIT
from avatar.pose import JOINTS
from avatar.skinning import Skinner

_FLOAT, _USHORT, _UINT, _UBYTE = 5126, 5123, 5125, 5121
_ROUGHNESS = {"skin": 0.62, "eye": 0.12, "hair": 0.45, "cloth": 0.85, "teeth": 0.35, "gloss": 0.3, "plain": 0.8, "wisps": 0.45}
LEAN_M = (5e-4, 1e-3)  # lean: smaller movements are left out, up to the second they are faded in
LEAN_WITHOUT = ("cheekPuff", "jawForward", "jawLeft", "jawRight", "mouthLeft", "mouthRight")  # nothing we play uses them
KEY_STEPS = 20  # of `key_open` in the lean file: nobody sees them between vertices
_SMALL_M = 1e-4  # a tenth of a millimetre: a morph delta below it is not sent


class _Binary:
    """The BIN chunk and its accessors, filled step by step."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict] = []
        self.accessors: list[dict] = []
        self._still: dict[int, int] = {}

    def still(self, count: int) -> int:
        """VEC3 floats that are all 0: one accessor for all shapes that leave so many vertices where they are."""
        if count not in self._still:
            self._still[count] = self.sparse(count, np.zeros(0, np.int64), np.zeros((0, 3)))
        return self._still[count]

    def view(self, data: bytes, target: int | None = None) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)}
        if target is not None:
            view["target"] = target
        self.views.append(view)
        self.data += data
        return len(self.views) - 1

    def accessor(self, array: NDArray, kind: str, component: int, target: int | None = None, bounds: bool = False,
                 normalized: bool = False) -> int:
        entry: dict = {"bufferView": self.view(np.ascontiguousarray(array).tobytes(), target), "count": len(array),
                       "type": kind, "componentType": component}
        if bounds:
            entry |= {"min": array.min(0).tolist(), "max": array.max(0).tolist()}
        if normalized:
            entry["normalized"] = True
        self.accessors.append(entry)
        return len(self.accessors) - 1

    def sparse(self, count: int, rows: NDArray, values: NDArray) -> int:
        """VEC3 floats that are 0 but at `rows`."""
        full = np.vstack([values, np.zeros((int(len(rows) < count), 3), np.float32)])
        entry: dict = {"count": count, "type": "VEC3", "componentType": _FLOAT,
                       "min": full.min(0).tolist(), "max": full.max(0).tolist()}
        if len(rows):
            wide = count > 65535
            entry["sparse"] = {
                "count": len(rows),
                "indices": {"bufferView": self.view(rows.astype("<u4" if wide else "<u2").tobytes()),
                            "componentType": _UINT if wide else _USHORT},
                "values": {"bufferView": self.view(np.ascontiguousarray(values, "<f4").tobytes())},
            }
        self.accessors.append(entry)
        return len(self.accessors) - 1


def write_glb(model: AvatarModel, path: Path, lean: bool = False) -> None:
    """Write the model, atomically. Every primitive has all morph targets, so one set of names serves the whole file.

    lean: without morph normals, small movements and shapes that only captured faces use, for phones.
    """
    part = path.with_name(path.name + ".part")
    part.write_bytes(to_glb(model, lean))
    part.replace(path)


def to_glb(model: AvatarModel, lean: bool = False, vrm: bool = True) -> bytes:
    """The GLB's bytes. Node 0 is the armature; joints follow in the model's order; then one node per mesh.

    vrm: with VRM's metadata, which say that anybody may use it: right for what we built, wrong for what a seller brought.
    """
    binary = _Binary()
    joints = len(model.joint_names)
    skinner = Skinner(model)
    meshes = [_mesh(binary, skinner, i, mesh, lean) for i, mesh in enumerate(model.meshes)]
    names = list(model.textures)
    gltf: dict = {
        "asset": {"version": "2.0", "generator": "nightwindow", "copyright": "; ".join(model.licence)},
        "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": _nodes(model, joints),
        "meshes": meshes,
        "skins": [{"joints": list(range(1, 1 + joints)), "skeleton": 1,
                   "inverseBindMatrices": binary.accessor(_inverse_binds(model), "MAT4", _FLOAT)}],
        "materials": [_material(mesh, names) for mesh in model.meshes],
        "textures": [_texture(model, i, name) for i, name in enumerate(names)],
        "images": [{"name": name, "mimeType": _mime(model.textures[name]),
                    "bufferView": binary.view(model.textures[name])} for name in names],
        "samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497}],
    }
    if vrm:
        gltf["extensions"] = {"VRMC_vrm": vrm_extension(model, gltf["nodes"], model.id)}
        gltf["extensionsUsed"] = ["VRMC_vrm"]
    if any("extensions" in t for t in gltf["textures"]):
        gltf.setdefault("extensionsUsed", []).append("EXT_texture_webp")
        gltf["extensionsRequired"] = ["EXT_texture_webp"]
    gltf |= {"bufferViews": binary.views, "accessors": binary.accessors, "buffers": [{"byteLength": len(binary.data)}]}
    text = json.dumps(gltf, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = bytes(binary.data) + b"\0" * (-len(binary.data) % 4)
    total = 12 + 8 + len(text) + 8 + len(body)
    return (struct.pack("<4sII", b"glTF", 2, total) + struct.pack("<I4s", len(text), b"JSON") + text
            + struct.pack("<I4s", len(body), b"BIN\0") + body)


def _nodes(model: AvatarModel, joints: int) -> list[dict]:
    children: dict[int, list[int]] = {}
    for j, parent in enumerate(model.joint_parents):
        children.setdefault(int(parent), []).append(j + 1)
    nodes: list[dict] = [{"name": "Armature", "children": [*children[-1],
                                                           *range(1 + joints, 1 + joints + len(model.meshes))]}]
    for j, name in enumerate(model.joint_names):
        parent = int(model.joint_parents[j])
        offset = model.joint_positions_m[j] - (model.joint_positions_m[parent] if parent >= 0 else 0.0)
        node: dict = {"name": name, "translation": [float(x) for x in offset]}
        if j in children:
            node["children"] = children[j]
        if name in JOINTS:
            node["extras"] = {"pose": JOINTS.index(name)}
        nodes.append(node)
    nodes += [{"name": f"anchor-{mesh.name}", "mesh": i, "skin": 0} for i, mesh in enumerate(model.meshes)]
    return nodes


def _mesh(binary: _Binary, skinner: Skinner, index: int, mesh: AvatarMesh, lean: bool) -> dict:
    wide = len(mesh.positions) > 65535
    open_ = np.asarray(mesh.key_open)[:, None]  # as alpha, which blends nothing here; coarser, it packs better
    colours = np.concatenate([mesh.colours, np.round(open_ * KEY_STEPS) / KEY_STEPS if lean else open_], 1)
    primitive: dict = {
        "attributes": {
            "POSITION": binary.accessor(mesh.positions, "VEC3", _FLOAT, 34962, bounds=True),
            "NORMAL": binary.accessor(mesh.normals, "VEC3", _FLOAT, 34962),
            "COLOR_0": binary.accessor(np.round(colours * 65535).astype("<u2"), "VEC4", _USHORT, 34962, normalized=True),
            "JOINTS_0": binary.accessor(mesh.joints, "VEC4", _UBYTE, 34962),
            "WEIGHTS_0": binary.accessor(_shares(mesh.weights, 255 if lean else 65535), "VEC4", _UBYTE if lean else _USHORT,
                                         34962, normalized=True),
        },
        "indices": binary.accessor(mesh.faces.ravel().astype("<u4" if wide else "<u2"), "SCALAR",
                                   _UINT if wide else _USHORT, 34963),
        "material": index,
    }
    if mesh.texture:
        flipped = np.stack([mesh.uvs[:, 0], 1.0 - mesh.uvs[:, 1]], 1)  # glTF's v runs down
        primitive["attributes"]["TEXCOORD_0"] = binary.accessor(flipped.astype(np.float32), "VEC2", _FLOAT, 34962)
    out: dict = {"name": f"anchor-{mesh.name}", "primitives": [primitive]}
    if len(mesh.morph_rows):
        deltas, turned = skinner.morph_deltas(index)
        by_row = {int(row): k for k, row in enumerate(mesh.morph_rows)}
        primitive["targets"] = [_target(binary, mesh, deltas, turned, by_row.get(row), lean) for row in range(len(ARKIT))]
        out |= {"weights": [0.0] * len(ARKIT), "extras": {"targetNames": list(ARKIT)}}
    return out


def _shares(weights: NDArray, whole: int) -> NDArray:
    """(v, 4) weights as 8- or 16-bit shares of `whole`, which they add up to exactly."""
    out = np.round(weights * whole).astype(np.int64)
    out[:, 0] += whole - out.sum(1)
    return out.astype("u1" if whole == 255 else "<u2")


def _target(binary: _Binary, mesh: AvatarMesh, deltas: NDArray, turned: NDArray, k: int | None, lean: bool) -> dict:
    count = len(mesh.positions)
    if k is None:
        still = {"POSITION": binary.still(count)}
        return still if lean else still | {"NORMAL": binary.still(count)}
    if lean:
        size = np.linalg.norm(deltas[k], axis=1)
        share = np.clip((size - LEAN_M[0]) / (LEAN_M[1] - LEAN_M[0]), 0, 1)
        share[:] *= ARKIT[int(mesh.morph_rows[k])] not in LEAN_WITHOUT
        if not share.any():
            return {"POSITION": binary.still(count)}
        faded = deltas[k] * share[:, None]
        return {"POSITION": binary.sparse(count, mesh.morph_vertices[share > 0], faded[share > 0])}
    moved = np.abs(deltas[k]).max(1) > _SMALL_M
    bent = moved & (np.abs(turned[k]).max(1) > 0.02)
    return {"POSITION": binary.sparse(count, mesh.morph_vertices[moved], deltas[k][moved]),
            "NORMAL": binary.sparse(count, mesh.morph_vertices[bent], turned[k][bent])}


def _inverse_binds(model: AvatarModel) -> NDArray:
    out = np.zeros((len(model.joint_names), 4, 4), np.float32)
    out[:] = np.eye(4)
    out[:, 3, :3] = -model.joint_positions_m  # column-major storage
    return out.reshape(-1, 16)


def _material(mesh: AvatarMesh, names: list[str]) -> dict:
    pbr: dict = {"metallicFactor": 0.0, "roughnessFactor": _ROUGHNESS[mesh.material]}
    if mesh.texture:
        pbr["baseColorTexture"] = {"index": names.index(mesh.texture)}
    if mesh.material == "cloth" and mesh.texture:  # folds and seams, no colours
        folds = {"normalTexture": {"index": names.index(mesh.texture)}}
        del pbr["baseColorTexture"]
    else:
        folds = {}
    return {"name": f"{mesh.material}:{mesh.name}", "pbrMetallicRoughness": pbr, **folds,
            "doubleSided": mesh.material in ("hair", "cloth", "plain", "wisps"), "extras": {"kind": mesh.material},
            **({"alphaMode": "MASK"} if mesh.material == "plain" and mesh.texture else {}),
            **({"alphaMode": "BLEND"} if mesh.material == "wisps" else {})}


def _texture(model: AvatarModel, index: int, name: str) -> dict:
    out: dict = {"sampler": 0, "name": name}
    if _mime(model.textures[name]) == "image/webp":
        out["extensions"] = {"EXT_texture_webp": {"source": index}}
    else:
        out["source"] = index
    return out


def _mime(data: bytes) -> str:
    return "image/webp" if data[:4] == b"RIFF" else "image/png" if data[:4] == b"\x89PNG" else "image/jpeg"
