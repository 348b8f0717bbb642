"""Writes a repaired copy: each repair changes what it must, everything else stays as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.edit import Edit
from assets.gate.findings import Finding
from assets.gate.repairs import glossiness, names, normals, stripped, tangents, textures, triangles
from assets.gate.subject import Subject

NODE_NAME = "placed"


def repaired_glb(subject: Subject, matrix: NDArray[np.float64] | None) -> tuple[bytes, list[Finding]]:
    """GLB bytes of the mended model and what was mended, the placing aside. matrix: (4, 4), put before all roots; None
    leaves them.

    Raises GlbError when a repair meets data that cannot be read.
    """
    edit = Edit(subject.document)
    found = stripped.find(subject)
    stripped.strip(edit.value)
    for repair in (textures.repair, glossiness.repair, triangles.repair, normals.repair, tangents.repair, names.repair):
        found += repair(edit)
    if matrix is not None and not np.allclose(matrix, np.eye(4), atol=1e-9):
        _wrap(edit.value, matrix)
    return edit.glb(), found


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
