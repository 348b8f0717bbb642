"""A GLB of ours for the web: the same body in a third of the bytes (EXT_meshopt_compression, KHR_mesh_quantization).

Rounded to less than a tenth of a millimetre; three.js decodes it, whoever wants a file gets the plain one.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import meshopt
import numpy as np
from numpy.typing import NDArray

from assets.meshopt_views import MESHOPT, add_packed, rounded_floats

_QUANTIZED = "KHR_mesh_quantization"
_TYPES: dict[int, str] = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_BYTE, _USHORT = 5120, 5123
POSITION_BITS, MORPH_BITS, TURN_BITS, UV_BITS = 15, 9, 6, 14  # of the mantissa that the three parts of a value share
COLOUR_STEP = 256  # of 65,536: what a screen of eight bits shows


class _Packer:
    """The new BIN chunk, filled view by view."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.unpacked = 0

    def plain(self, data: bytes) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        self.views.append({"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)})
        self.data += data
        return len(self.views) - 1

    def packed(self, rows: NDArray[Any], mode: str, target: int | None = None, filtered: str = "NONE") -> int:
        """rows: (n, stride) bytes, or (n,) indices."""
        self.unpacked = add_packed(self.data, self.views, self.unpacked, rows, mode, target, filtered)
        return len(self.views) - 1

    def floats(self, values: NDArray[np.float32], bits: int, target: int | None = None) -> tuple[int, NDArray[np.float32]]:
        """A view of rounded floats, and what a reader finds in it."""
        rows, found = rounded_floats(values, bits)
        return self.packed(rows, "ATTRIBUTES", target, "EXPONENTIAL"), found


def for_web(path: Path) -> Path:
    """The file beside `path` (a GLB of avatar.build.export_glb) that browsers get; made when it is not there."""
    out = path.with_name(path.stem + ".web.glb")
    if not out.is_file():
        part = out.with_name(out.name + ".part")
        part.write_bytes(compressed(path.read_bytes()))
        part.replace(out)
    return out


def compressed(glb: bytes) -> bytes:
    """The same scene, compressed. glb: one JSON and one BIN chunk, accessors with a view each, as we write them."""
    length = struct.unpack_from("<I", glb, 12)[0]
    gltf = json.loads(glb[20 : 20 + length])
    binary = glb[28 + length :]
    pack = _Packer()

    def raw(view: int) -> bytes:
        v = gltf["bufferViews"][view]
        return binary[v.get("byteOffset", 0) : v.get("byteOffset", 0) + v["byteLength"]]

    def values(accessor: dict[str, Any]) -> NDArray[Any]:
        return np.frombuffer(raw(accessor["bufferView"]), _TYPES[accessor["componentType"]]).reshape(accessor["count"], -1)

    done: set[int] = set()
    for mesh in gltf["meshes"]:
        for primitive in mesh["primitives"]:
            for name, index in primitive["attributes"].items():
                _attribute(pack, gltf["accessors"][index], name, values(gltf["accessors"][index]))
                done.add(index)
            accessor = gltf["accessors"][primitive["indices"]]
            accessor["bufferView"] = pack.packed(np.ascontiguousarray(values(accessor)[:, 0]), "TRIANGLES", 34963)
            done.add(primitive["indices"])
            for name in ("POSITION", "NORMAL"):
                moving = [target[name] for target in primitive.get("targets", ()) if name in target]
                _moves(pack, [gltf["accessors"][index] for index in dict.fromkeys(moving)], name, raw)
                done.update(moving)
    for index, accessor in enumerate(gltf["accessors"]):
        if index not in done and "bufferView" in accessor:
            accessor["bufferView"] = pack.plain(raw(accessor["bufferView"]))
    for image in gltf.get("images", ()):
        image["bufferView"] = pack.plain(raw(image["bufferView"]))
    gltf["bufferViews"] = pack.views
    gltf["buffers"] = [{"byteLength": len(pack.data)},
                       {"byteLength": pack.unpacked, "extensions": {MESHOPT: {"fallback": True}}}]
    for key in ("extensionsUsed", "extensionsRequired"):
        gltf[key] = sorted({*gltf.get(key, ()), MESHOPT, _QUANTIZED})
    return _written(gltf, bytes(pack.data))


def _attribute(pack: _Packer, accessor: dict[str, Any], name: str, values: NDArray[Any]) -> None:
    """In place: one attribute's accessor points at its compressed view."""
    if name == "NORMAL":
        wide = np.zeros((len(values), 4), np.float32)
        wide[:, :3] = values
        accessor |= {"bufferView": pack.packed(meshopt.encode_filter_oct(wide, 4, 8), "ATTRIBUTES", 34962, "OCTAHEDRAL"),
                     "componentType": _BYTE, "normalized": True}
    elif name == "TEXCOORD_0" and values.min() >= 0 and values.max() <= 1:
        uv = np.round(values * 65535).astype("<u2")
        accessor |= {"bufferView": pack.packed(uv.view(np.uint8), "ATTRIBUTES", 34962), "componentType": _USHORT,
                     "normalized": True}
    elif name in ("POSITION", "TEXCOORD_0"):
        accessor["bufferView"], found = pack.floats(values, POSITION_BITS if name == "POSITION" else UV_BITS, 34962)
        if name == "POSITION":
            accessor |= {"min": _short(found.min(0)), "max": _short(found.max(0))}
    else:
        if name == "COLOR_0":
            values = np.minimum(np.round(values / COLOUR_STEP) * COLOUR_STEP, 65535).astype("<u2")
        accessor["bufferView"] = pack.packed(np.ascontiguousarray(values).view(np.uint8), "ATTRIBUTES", 34962)


def _moves(pack: _Packer, accessors: list[dict[str, Any]], name: str, raw: Any) -> None:
    """In place: the rows and values of a mesh's sparse morph targets, those of all together: a view's own words would be
    longer than many a target."""
    some = [accessor for accessor in accessors if "sparse" in accessor]
    if not some:
        return
    parts = [(a["sparse"]["indices"], a["sparse"]["values"]) for a in some]
    rows = [np.frombuffer(raw(i["bufferView"]), _TYPES[i["componentType"]]) for i, _ in parts]
    moves = [np.frombuffer(raw(v["bufferView"]), "<f4").reshape(-1, 3) for _, v in parts]
    where = pack.packed(np.concatenate(rows), "INDICES")
    values, found = pack.floats(np.concatenate(moves), MORPH_BITS if name == "POSITION" else TURN_BITS)
    begin = 0
    for accessor, own in zip(some, rows, strict=True):
        mine = found[begin : begin + len(own)]
        full = np.vstack([mine, np.zeros((int(len(own) < accessor["count"]), 3), np.float32)])
        accessor |= {"min": _short(full.min(0)), "max": _short(full.max(0))}
        accessor["sparse"]["indices"] |= {"bufferView": where, "byteOffset": begin * own.itemsize}
        accessor["sparse"]["values"] |= {"bufferView": values, "byteOffset": begin * 12}
        begin += len(own)


def _short(values: NDArray[np.float32]) -> list[float]:
    """Single-precision numbers in as few digits as tell them apart: glTF's readers round to single precision."""
    return [float(str(np.float32(v))) for v in values]


def _written(gltf: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps(gltf, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body += b"\0" * (-len(body) % 4)
    total = 12 + 8 + len(text) + 8 + len(body)
    return (struct.pack("<4sII", b"glTF", 2, total) + struct.pack("<I4s", len(text), b"JSON") + text
            + struct.pack("<I4s", len(body), b"BIN\0") + body)
