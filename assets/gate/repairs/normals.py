"""Normals where a file has none: worked out once, so that every renderer lights the product alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.edit import Edit
from assets.gate.findings import Finding
from assets.gate.repairs.corners import give
from assets.gate.repairs.triangles import read_triangles, triangle_lists
from assets.glb import GlbError

CREASE_DEG = 40.0  # sharper edges stay edges; the usual "auto smooth" of modelling programs lies between 30 and 60
MOST_NEIGHBOURS = 48  # corners that meet at a point; a fan of more is a pole, where a few say enough
SOURCE = "glTF 2.0, 3.7.2.1: without normals a renderer must make flat ones, and each makes its own"


def repair(edit: Edit) -> list[Finding]:
    """Give normals to primitives that have none and are not unlit. Morphed and Draco ones are left."""
    mended, reader = 0, edit.accessors()
    for primitive in triangle_lists(edit):
        if "NORMAL" in primitive["attributes"] or primitive.get("targets") or _unlit(edit, primitive):
            continue
        try:
            faces, positions = read_triangles(reader, primitive)
            if len(faces):
                made = corner_normals(faces, positions).reshape(-1, 3)
                give(edit, reader, primitive, faces, "NORMAL", made, np.round(made * 1024).astype(np.int64))
                mended += 1
        except GlbError:
            continue
    if not mended:
        return []
    return [Finding("normals", "repaired", f"{mended} meshes had no normals; they were worked out, edges above 40° kept.",
                    f"{mended} 个网格没有法线，已计算补全（保留大于 40° 的棱边）。", mended, 0, SOURCE)]


def _unlit(edit: Edit, primitive: dict[str, Any]) -> bool:
    materials, index = edit.value.get("materials", []), primitive.get("material")
    known = isinstance(index, int) and 0 <= index < len(materials)
    return known and "KHR_materials_unlit" in materials[index].get("extensions", {})


def corner_normals(faces: NDArray[np.int64], positions: NDArray[Any]) -> NDArray[np.float32]:
    """(f, 3, 3) unit normal of each corner: the area-weighted sum of the faces that meet there within CREASE_DEG."""
    points = positions.astype(np.float64)
    a, b, c = (points[faces[:, k]] for k in range(3))
    weighted = np.cross(b - a, c - a)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    unit = weighted / np.maximum(length, 1e-300)
    _, place = np.unique(points, axis=0, return_inverse=True)
    corners = place.reshape(-1)[faces].reshape(-1)
    order = np.argsort(corners, kind="stable")
    face = order // 3
    start = np.flatnonzero(np.r_[True, np.diff(corners[order]) != 0])
    size = np.diff(np.r_[start, len(order)])
    group_start, group_size = np.repeat(start, size), np.repeat(size, size)
    rank = np.arange(len(order)) - group_start
    total = weighted[face].copy()
    for step in range(1, min(int(size.max()), MOST_NEIGHBOURS)):
        other = face[group_start + (rank + step) % group_size]
        near = (group_size > step) & (np.einsum("ij,ij->i", unit[face], unit[other]) >= np.cos(np.radians(CREASE_DEG)))
        total[near] += weighted[other[near]]
    length = np.linalg.norm(total, axis=1, keepdims=True)
    made = np.empty((len(order), 3), np.float32)
    made[order] = np.where(length > 1e-300, total / np.maximum(length, 1e-300), (0.0, 1.0, 0.0))
    return made.reshape(-1, 3, 3)
