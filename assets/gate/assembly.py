"""Puts a GLB together from triangles of other formats: corners welded, pictures embedded, one node for each part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.edit import Edit
from assets.gate.spec.image_header import mime_of
from assets.glb import GlbError
from assets.glb_container import Document

MOST_CORNERS = 6_000_000  # two million triangles: four times what the gate takes


@dataclass(slots=True)
class Part:
    """One surface. corners: (f, 3, 3) metres or file units, counter-clockwise outside; normals: (f, 3, 3) or None;
    uv: (f, 3, 2), V down, or None; matrix: (4, 4) part to world, column vectors; material: index or None."""

    name: str
    corners: NDArray[np.float64]
    normals: NDArray[np.float64] | None = None
    uv: NDArray[np.float64] | None = None
    material: int | None = None
    matrix: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))


class Assembly:
    """Collects parts, materials and pictures."""

    def __init__(self, generator: str) -> None:
        self._edit = Edit(Document({"asset": {"version": "2.0", "generator": generator}}, None, None))
        self._pictures: dict[bytes, int] = {}
        self._corners = 0

    def texture(self, data: bytes) -> int | None:
        """Index of a texture with this picture; None when it is no PNG, JPEG or WebP."""
        mime = mime_of(data)
        if mime not in ("image/png", "image/jpeg"):
            return None
        if data not in self._pictures:
            value = self._edit.value
            value.setdefault("images", []).append({"bufferView": self._edit.add_view(data), "mimeType": mime})
            value.setdefault("textures", []).append({"source": len(value["images"]) - 1})
            self._pictures[data] = len(value["textures"]) - 1
        return self._pictures[data]

    def material(self, spec: dict[str, Any]) -> int:
        """Index of a material, given as glTF writes it."""
        materials = self._edit.value.setdefault("materials", [])
        materials.append(spec)
        return len(materials) - 1

    def add(self, part: Part) -> None:
        """Add a part. Raises GlbError when there are too many triangles or numbers that are not finite."""
        self._corners += len(part.corners) * 3
        if self._corners > MOST_CORNERS:
            raise GlbError(f"The file has more than {MOST_CORNERS // 3:,} triangles; simplify it.", "triangles")
        if not len(part.corners):
            return
        columns = [part.corners.reshape(-1, 3)]
        columns += [a.reshape(len(columns[0]), -1) for a in (part.normals, part.uv) if a is not None]
        rows = np.concatenate(columns, axis=1).astype(np.float32)
        if not np.isfinite(rows).all() or not np.isfinite(part.matrix).all():
            raise GlbError(f"{part.name or 'A part'} holds numbers that are not finite.", "non_finite")
        unique, inverse = np.unique(rows, axis=0, return_inverse=True)
        attributes = {"POSITION": self._edit.add_accessor(unique[:, :3], 34962, bounds=True)}
        at = 3
        if part.normals is not None:
            attributes["NORMAL"] = self._edit.add_accessor(_unit(unique[:, 3:6]), 34962)
            at = 6
        if part.uv is not None:
            attributes["TEXCOORD_0"] = self._edit.add_accessor(unique[:, at:at + 2], 34962)
        flat = inverse.reshape(-1).astype("<u2" if len(unique) < 65535 else "<u4")
        primitive: dict[str, Any] = {"attributes": attributes, "indices": self._edit.add_accessor(flat, 34963)}
        if part.material is not None:
            primitive["material"] = part.material
        value = self._edit.value
        value.setdefault("meshes", []).append({"name": part.name, "primitives": [primitive]})
        node: dict[str, Any] = {"name": part.name, "mesh": len(value["meshes"]) - 1}
        if not np.allclose(part.matrix, np.eye(4)):
            node["matrix"] = [float(v) for v in part.matrix.T.reshape(-1)]
        value.setdefault("nodes", []).append(node)

    def glb(self) -> bytes:
        """The GLB. Raises GlbError when nothing was added."""
        value = self._edit.value
        if "nodes" not in value:
            raise GlbError("The file draws no triangle.", "empty")
        value["scenes"], value["scene"] = [{"nodes": list(range(len(value["nodes"])))}], 0
        return self._edit.glb()


def fans(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Polygons as triangles: (t, 3) corner numbers into the flat list of corners, (t,) which polygon each came from.

    counts: corners of each polygon. Those of fewer than three give nothing.
    """
    counts = np.asarray(counts, np.int64)
    start = np.concatenate([[0], np.cumsum(counts)[:-1]]) if len(counts) else counts
    each = np.maximum(counts - 2, 0)
    polygon = np.repeat(np.arange(len(counts)), each)
    step = np.arange(len(polygon)) - np.repeat(np.cumsum(each) - each, each)
    first = start[polygon]
    return np.stack([first, first + step + 1, first + step + 2], axis=1), polygon


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return np.where(length > 1e-20, vectors / np.maximum(length, 1e-20), (0.0, 1.0, 0.0)).astype(np.float32)
