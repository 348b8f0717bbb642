"""Writes a repaired copy: the JSON is edited, every buffer stays as it is, so nothing of the model is lost."""

from __future__ import annotations

import base64
import copy
import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.repairs.stripped import strip
from assets.glb_container import Document, uri_bytes

NODE_NAME = "placed"


def repaired_glb(document: Document, matrix: NDArray[np.float64]) -> bytes:
    """GLB bytes: roots under one node with `matrix`, no lights, no cameras, files beside it embedded."""
    value = copy.deepcopy(document.json)
    strip(value)
    for kind in ("buffers", "images"):
        for i, item in enumerate(value.get(kind, [])):
            if isinstance(item.get("uri"), str) and not item["uri"].startswith("data:"):
                data = uri_bytes(document, item["uri"], f"{kind[:-1]} {i}")
                mime = item.get("mimeType", "application/octet-stream")
                item["uri"] = f"data:{mime};base64,{base64.b64encode(data).decode()}"
    if not np.allclose(matrix, np.eye(4), atol=1e-9):
        _wrap(value, matrix)
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if document.binary is not None:
        binary = document.binary + b"\0" * (-len(document.binary) % 4)
        chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _wrap(value: dict[str, Any], matrix: NDArray[np.float64]) -> None:
    nodes = value.setdefault("nodes", [])
    scenes = value.get("scenes")
    if not scenes:
        children = {c for n in nodes for c in n.get("children", [])}
        value["scenes"] = scenes = [{"nodes": [i for i in range(len(nodes)) if i not in children]}]
        value["scene"] = 0
    scene = scenes[value.get("scene", 0)]
    nodes.append({"name": NODE_NAME, "children": scene.get("nodes", []), "matrix": [float(v) for v in matrix.T.reshape(-1)]})
    scene["nodes"] = [len(nodes) - 1]
