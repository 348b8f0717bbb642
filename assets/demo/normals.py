"""Smooth normals with sharp creases: vertices are split where faces meet at more than the crease angle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assets.demo.shapes import Shape

Arrays = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]


def shaded(shape: Shape) -> Arrays:
    """positions, normals (v, 3), uv (v, 2), faces (f, 3): corners at one place share a normal up to the crease angle."""
    positions, faces = shape.positions, shape.faces
    keys = np.round(positions / 1e-6).astype(np.int64)
    _, place = np.unique(keys, axis=0, return_inverse=True)
    place = place.reshape(-1)
    a, b, c = (positions[faces[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    keep = np.linalg.norm(cross, axis=1) > 1e-14
    faces, cross = faces[keep], cross[keep]
    unit = cross / np.linalg.norm(cross, axis=1, keepdims=True)
    normals = np.empty((len(faces), 3, 3))
    corner_place = place[faces].reshape(-1)
    corner_face = np.repeat(np.arange(len(faces)), 3)
    order = np.argsort(corner_place, kind="stable")
    starts = np.flatnonzero(np.diff(corner_place[order], prepend=-1))
    limit = np.cos(np.radians(shape.crease_deg))
    flat = normals.reshape(-1, 3)
    for group in np.split(order, starts[1:]):
        own = corner_face[group]
        near = (unit[own] @ unit[own].T) >= limit - 1e-9
        total = near @ (cross[own] * _corner_weight(positions, faces, group)[:, None])
        flat[group] = total
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-20)
    rows = np.concatenate([keys[faces.reshape(-1)], np.round(flat * 500), np.round(shape.uv[faces.reshape(-1)] * 4096)], 1)
    _, first, index = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    corner = faces.reshape(-1)[first]
    return (positions[corner].astype(np.float32), flat[first].astype(np.float32), shape.uv[corner].astype(np.float32),
            index.reshape(-1, 3).astype(np.int32))


def _corner_weight(positions: NDArray[np.float64], faces: NDArray[np.int64], corners: NDArray[np.int64],
                   ) -> NDArray[np.float64]:
    """Angle at each corner over the face's area: area-weighted crosses become angle-weighted ones."""
    face, k = corners // 3, corners % 3
    p, q, r = (positions[faces[face, (k + s) % 3]] for s in range(3))
    u, v = q - p, r - p
    lengths = np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1)
    cosine = np.clip((u * v).sum(1) / np.maximum(lengths, 1e-30), -1, 1)
    area = np.linalg.norm(np.cross(u, v), axis=1)
    return np.arccos(cosine) / np.maximum(area, 1e-30)
