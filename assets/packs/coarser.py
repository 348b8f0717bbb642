"""Coarser products for the stage: index lists into the broadcast pack's own vertices, beside it as `broadcast.npz`.

A CPU rasteriser pays for each triangle, also for those of two pixels. Corners are only left out, none is moved: texture
coordinates, normals and borders stay the seller's (assets.packs.simplify).
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.glb import GlbMesh, GlbPrimitive, GlbScene, read_glb
from assets.packs.simplify import simplified_in_steps

ERRORS_M = (0.00035, 0.0005, 0.0007, 0.001, 0.0014, 0.002, 0.0028)  # at true size; each half the area of a pixel of the next
OF_EXTENT = 0.006  # no coarser than this share of the largest extent: the rim of a mug is a millimetre wide
WORTH = 0.85  # a step that leaves more of the triangles of the one before is left out


def coarser_lists(scene: GlbScene) -> bytes:
    """An .npz of "<mesh>-<primitive>-<error in micrometres>": (f, 3) uint32, of every primitive that a step makes smaller;
    a node that is drawn larger than its mesh counts as large as it is drawn."""
    scale: dict[int, float] = {}
    for node in scene.nodes:
        if node.mesh is not None:
            stretch = float(np.linalg.norm(node.matrix[:3, :3].astype(np.float64), 2))
            scale[node.mesh] = max(scale.get(node.mesh, 0.0), stretch)
    owners = [(m, p) for m in sorted(scale) for p in range(len(scene.meshes[m].primitives))]
    parts = [scene.meshes[m].primitives[p] for m, p in owners]
    lists: dict[str, NDArray[np.uint32]] = {}
    if sum(len(part.indices) for part in parts):
        start = np.cumsum([0] + [len(part.positions) for part in parts])
        left = {owner: len(part.indices) for owner, part in zip(owners, parts, strict=True)}
        for error_m, faces in zip(ERRORS_M, _steps(parts, [m for m, _ in owners], scale, start), strict=False):
            of = np.searchsorted(start, faces[:, 0], side="right") - 1
            for k, owner in enumerate(owners):
                own = faces[of == k] - start[k]
                if 0 < len(own) < WORTH * left[owner]:
                    left[owner] = len(own)
                    lists[f"{owner[0]}-{owner[1]}-{round(error_m * 1e6)}"] = own.astype(np.uint32)
    out = io.BytesIO()
    np.savez_compressed(out, **lists)  # type: ignore[arg-type]
    return out.getvalue()


def _steps(parts: list[GlbPrimitive], meshes: list[int], scale: dict[int, float],
           start: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """All primitives together, so that no gap opens where two materials meet."""
    points = np.concatenate([part.positions.astype(np.float64) * scale[m] for part, m in zip(parts, meshes, strict=True)])
    piece = np.concatenate([np.full(len(part.positions), m) for part, m in zip(parts, meshes, strict=True)])
    uvs = np.concatenate([part.uv0 if part.uv0 is not None else np.zeros((len(part.positions), 2)) for part in parts])
    faces = np.concatenate([part.indices + first for part, first in zip(parts, start[:-1], strict=True)])
    most_m = OF_EXTENT * float(np.ptp(points[np.unique(faces)], axis=0).max())
    return simplified_in_steps(points, piece, faces, [error_m for error_m in ERRORS_M if error_m <= most_m], uvs)


def staged_scene(path: Path) -> GlbScene:
    """A product's model as the stage takes it: with the coarser lists that lie beside it, if they are its own. Raises OSError,
    GlbError."""
    scene = read_glb(path)
    try:
        with np.load(path.with_suffix(".npz"), allow_pickle=False) as found:
            lists = {name: found[name] for name in found.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return scene  # a seller's own model, or a pack that lost its file: drawn whole
    return with_coarser(scene, lists)


def with_coarser(scene: GlbScene, lists: dict[str, NDArray[np.uint32]]) -> GlbScene:
    """The scene with these lists in its primitives, finest first; what does not fit its vertices is left out."""
    def dressed(m: int, p: int, part: GlbPrimitive) -> GlbPrimitive:
        found = []
        for error_m in ERRORS_M:
            faces = lists.get(f"{m}-{p}-{round(error_m * 1e6)}")
            if faces is None or faces.ndim != 2 or faces.shape[1] != 3 or faces.dtype.kind != "u" or not len(faces):
                continue
            if int(faces.max()) < len(part.positions):
                found.append((error_m, faces.astype(np.int32)))
        return replace(part, coarser=tuple(found))

    return replace(scene, meshes=tuple(
        GlbMesh(mesh.name, tuple(dressed(m, p, part) for p, part in enumerate(mesh.primitives)))
        for m, mesh in enumerate(scene.meshes)))
