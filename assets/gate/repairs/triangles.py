"""Triangles without area, and triangles that stand twice in the same place: slower at best, flickering at worst."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.edit import Edit
from assets.gate.findings import Finding
from assets.glb import GlbError
from assets.glb_accessors import Accessors

SOURCE = "Khronos 3D Commerce guideline: no degenerate or overlapping triangles"


def repair(edit: Edit) -> list[Finding]:
    """Drop them from the indices; vertices stay. Draco data is left as it is: it would have to be packed again."""
    empty, double, reader = 0, 0, edit.accessors()
    for primitive in triangle_lists(edit):
        try:
            faces, positions = read_triangles(reader, primitive)
        except GlbError:
            continue  # the reader has judged what is drawn; this one is not
        keep, bad, twice = sound_faces(faces, positions)
        if keep.all() or not keep.any():
            continue
        empty, double = empty + bad, double + twice
        flat = faces[keep].reshape(-1)
        small = int(flat.max()) < 65535
        primitive["indices"] = edit.add_accessor(flat.astype("<u2" if small else "<u4"), 34963)
    if not empty and not double:
        return []
    return [Finding("triangles_removed", "repaired",
                    f"{empty} triangles without area and {double} that stood twice were taken out.",
                    f"已去除 {empty} 个零面积三角形和 {double} 个重复三角形。", empty + double, 0, SOURCE)]


def triangle_lists(edit: Edit) -> list[dict[str, Any]]:
    """Primitives that are plain lists of triangles and not Draco data."""
    return [p for mesh in edit.value.get("meshes", []) for p in mesh.get("primitives", [])
            if p.get("mode", 4) == 4 and "POSITION" in p.get("attributes", {})
            and "KHR_draco_mesh_compression" not in p.get("extensions", {})]


def read_triangles(reader: Accessors, primitive: dict[str, Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """(f, 3) faces and (v, 3) positions as stored. Raises GlbError."""
    positions = reader.read(primitive["attributes"]["POSITION"], "POSITION", 3, stored=True)
    if "indices" in primitive:
        flat = reader.read(primitive["indices"], "indices", 1)[:, 0].astype(np.int64)
    else:
        flat = np.arange(len(positions), dtype=np.int64)
    faces = flat[:len(flat) // 3 * 3].reshape(-1, 3)
    if len(faces) and int(faces.max()) >= len(positions):
        raise GlbError("A triangle uses a vertex that is missing.", "range")
    return faces, positions


def sound_faces(faces: NDArray[np.int64], positions: NDArray[Any]) -> tuple[NDArray[np.bool_], int, int]:
    """(f,) which to keep; how many have no area; how many repeat an earlier one, seen from the same side."""
    if not len(faces):
        return np.ones(0, bool), 0, 0
    a, b, c = (positions[faces[:, k]].astype(np.float64) for k in range(3))
    flat = (np.cross(b - a, c - a) ** 2).sum(1) <= 0
    _, place = np.unique(np.ascontiguousarray(positions).view(np.dtype((np.void, positions.itemsize * 3))).reshape(-1),
                         return_inverse=True)
    welded = place.reshape(-1)[faces]
    first = welded.argmin(1)  # turned so that the smallest comes first: the side that faces out stays the same
    turned = np.take_along_axis(welded, (first[:, None] + np.arange(3)) % 3, 1)
    kept = np.zeros(len(faces), bool)
    solid = np.flatnonzero(~flat)
    if len(solid):
        _, index = np.unique(turned[solid], axis=0, return_index=True)
        kept[solid[index]] = True
    return kept, int(flat.sum()), int(len(solid) - kept.sum())
