"""Surfaces that draw wrongly: closed parts that are inside out, triangles without area, edges where three sheets meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assets.gate.findings import Finding
from assets.gate.subject import Subject

SOURCE = "glTF 2.0, 3.7.2.1: counter-clockwise triangles are front faces; back faces are not drawn"
AUDITOR = "Khronos asset auditor: no non-manifold edges"
EMPTY_SHARE = 0.05  # exporters leave a few slivers; more than that is a broken export
SMALLEST_VOLUME = 1e-3  # of the bounding box; flatter parts have no clear inside
FORKED_SHARE = 0.01  # of the edges; a few where a handle meets a body are usual


def check(subject: Subject) -> list[Finding]:
    """Warnings only: nothing here stops a show."""
    assert subject.scene is not None
    turned, empty, total, forked, edges = 0, 0, 0, 0, 0
    for node in subject.scene.nodes:
        if node.mesh is None:
            continue
        mirrored = np.linalg.det(node.matrix[:3, :3].astype(float)) < 0  # the renderer turns those faces round itself
        for p in subject.scene.meshes[node.mesh].primitives:
            if not len(p.indices):
                continue
            flat, volume, bad, count = measured(p.positions.astype(np.float64), p.indices)
            total, empty = total + len(p.indices), empty + flat
            forked, edges = forked + bad, edges + count
            extent = p.positions.max(0) - p.positions.min(0)
            turned += int(volume < -SMALLEST_VOLUME * float(np.prod(extent.astype(np.float64))) and not mirrored)
    findings = []
    if turned:
        english = f"{turned} closed parts are inside out and will look hollow; flip their normals."
        chinese = f"有 {turned} 个封闭部件内外翻转，请翻转法线。"
        findings.append(Finding("inside_out", "warned", english, chinese, turned, 0, SOURCE))
    if total and empty / total > EMPTY_SHARE:
        english = f"{empty} of {total} triangles had no area; export again or clean the mesh."
        chinese = f"{total} 个三角形中有 {empty} 个面积为零。"
        findings.append(Finding("slivers", "warned", english, chinese, empty / total, EMPTY_SHARE, SOURCE))
    if edges and forked / edges > FORKED_SHARE:
        english = f"At {forked} of {edges} edges more than two triangles meet; light and simplification go wrong there."
        chinese = f"{edges} 条边中有 {forked} 条被两个以上三角形共用，光照与简化会出错。"
        findings.append(Finding("non_manifold", "warned", english, chinese, forked / edges, FORKED_SHARE, AUDITOR))
    return findings


def measured(points: NDArray[np.float64], faces: NDArray[np.int32]) -> tuple[int, float, int, int]:
    """Triangles without area; signed volume of a closed and consistently wound surface, else 0; edges of more than two
    triangles; all edges. Vertices in one place count as one."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    solid = (cross**2).sum(1) > 0
    _, place = np.unique(points, axis=0, return_inverse=True)
    welded = place.reshape(-1)[faces[solid]].astype(np.int64)
    directed = np.concatenate([welded[:, [0, 1]], welded[:, [1, 2]], welded[:, [2, 0]]])
    count = int(place.max()) + 1
    ways, times = np.unique(directed[:, 0] * count + directed[:, 1], return_counts=True)
    low, high = np.minimum(*directed.T), np.maximum(*directed.T)
    _, sharing = np.unique(low * count + high, return_counts=True)
    closed = bool((times == 1).all() and (sharing == 2).all() and len(ways) == 2 * len(sharing)) and len(sharing) > 0
    volume = float((a * np.cross(b, c)).sum() / 6) if closed else 0.0
    return int((~solid).sum()), volume, int((sharing > 2).sum()), len(sharing)
