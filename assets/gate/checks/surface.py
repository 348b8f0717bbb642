"""Surfaces that draw wrongly: closed parts that are inside out, and triangles without area."""

from __future__ import annotations

import numpy as np
import trimesh

from assets.gate.findings import Finding
from assets.gate.subject import Subject

SOURCE = "glTF 2.0, 3.7.2.1: counter-clockwise triangles are front faces; back faces are not drawn"
EMPTY_SHARE = 0.05  # exporters leave a few slivers; more than that is a broken export
SMALLEST_VOLUME = 1e-3  # of the bounding box; flatter parts have no clear inside


def check(subject: Subject) -> list[Finding]:
    """Warnings only: nothing here stops a show."""
    assert subject.scene is not None
    turned, empty, total = 0, 0, 0
    for node in subject.scene.nodes:
        if node.mesh is None:
            continue
        mirrored = np.linalg.det(node.matrix[:3, :3].astype(float)) < 0  # the renderer turns those faces round itself
        for p in subject.scene.meshes[node.mesh].primitives:
            mesh = trimesh.Trimesh(p.positions, p.indices, process=False)
            total += len(p.indices)
            empty += int((mesh.area_faces <= 0).sum())
            mesh.merge_vertices(merge_tex=True, merge_norm=True)
            if mesh.is_watertight and mesh.is_winding_consistent:
                inside_out = mesh.volume < -SMALLEST_VOLUME * float(np.prod(mesh.extents))
                turned += int(inside_out and not mirrored)
    findings = []
    if turned:
        english = f"{turned} closed parts are inside out and will look hollow; flip their normals."
        chinese = f"有 {turned} 个封闭部件内外翻转，请翻转法线。"
        findings.append(Finding("inside_out", "warned", english, chinese, turned, 0, SOURCE))
    if total and empty / total > EMPTY_SHARE:
        english = f"{empty} of {total} triangles have no area; export again or clean the mesh."
        chinese = f"{total} 个三角形中有 {empty} 个面积为零。"
        findings.append(Finding("slivers", "warned", english, chinese, empty / total, EMPTY_SHARE, SOURCE))
    return findings
