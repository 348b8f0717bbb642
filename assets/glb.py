"""GLB and glTF files as frozen plain values: what the stage, the gate and the generators read and write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAX_NODE_DEPTH = 1000  # deeper trees only come from broken or hostile exporters; Python's own stack ends near here


class GlbError(ValueError):
    """The file cannot be used; the message is one sentence that says what is wrong. `code` names the rule."""

    def __init__(self, message: str, code: str = "malformed") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class GlbImage:
    """data: the encoded file (PNG, JPEG, WebP); mime: its type, taken from the bytes."""

    data: bytes
    mime: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class GlbMaterial:
    """base_colour: linear RGBA 0..1; emissive: linear RGB, emissive strength multiplied in; metallic, roughness 0..1;
    base_texture: index into GlbScene.images or None (its texels are sRGB); texcoord: 0 or 1, the UV set it uses;
    uv transforms (KHR_texture_transform) are already applied to the primitives' UVs; alpha_mode OPAQUE, MASK or BLEND."""

    name: str = ""
    base_colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 1.0
    roughness: float = 1.0
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    unlit: bool = False
    base_texture: int | None = None
    texcoord: int = 0
    double_sided: bool = False
    alpha_mode: str = "OPAQUE"
    alpha_cutoff: float = 0.5


@dataclass(frozen=True, slots=True)
class GlbPrimitive:
    """positions, normals: (v, 3) float32 metres / unit vectors, mesh space; uv0, uv1: (v, 2) float32 or None, V down;
    colours: (v, 4) float32 linear multiplier or None; indices: (f, 3) int32, counter-clockwise outside;
    material: index or None; variants: name of a KHR_materials_variants variant -> material index; coarser: (error, m; indices)
    from fine to coarse, of the same vertices, for small pictures (assets.packs.coarser)."""

    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    indices: NDArray[np.int32]
    uv0: NDArray[np.float32] | None = None
    uv1: NDArray[np.float32] | None = None
    colours: NDArray[np.float32] | None = None
    material: int | None = None
    variants: Mapping[str, int] = field(default_factory=dict)
    coarser: tuple[tuple[float, NDArray[np.int32]], ...] = ()


@dataclass(frozen=True, slots=True)
class GlbMesh:
    """One mesh: its primitives, each with one material."""

    name: str
    primitives: tuple[GlbPrimitive, ...]


@dataclass(frozen=True, slots=True)
class GlbNode:
    """matrix: (4, 4) float32, node to world, column vectors (world = matrix @ [x, y, z, 1]);
    parent: index of the parent node in GlbScene.nodes (always smaller than its own) or None; mesh: index or None."""

    name: str
    matrix: NDArray[np.float32]
    parent: int | None = None
    mesh: int | None = None


@dataclass(frozen=True, slots=True)
class GlbScene:
    """The default scene of a file, parents before children. variants: names in file order; extensions: used ones;
    cameras, lights: how many the file carries (they are never drawn); generator: what wrote it."""

    nodes: tuple[GlbNode, ...]
    meshes: tuple[GlbMesh, ...]
    materials: tuple[GlbMaterial, ...] = ()
    images: tuple[GlbImage, ...] = ()
    variants: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    cameras: int = 0
    lights: int = 0
    generator: str = ""

    @property
    def triangle_count(self) -> int:
        """Triangles that are drawn: a mesh used by two nodes counts twice."""
        per_mesh = [sum(len(p.indices) for p in m.primitives) for m in self.meshes]
        return sum(per_mesh[n.mesh] for n in self.nodes if n.mesh is not None)

    @property
    def draw_count(self) -> int:
        """Primitives that are drawn."""
        return sum(len(self.meshes[n.mesh].primitives) for n in self.nodes if n.mesh is not None)


def read_glb(source: Path | str | bytes) -> GlbScene:
    """Read a .glb or .gltf (data URIs, or files beside it).

    source: a path or the bytes of a GLB. Raises GlbError with one sentence for anything malformed or not supported,
    OSError when the path cannot be read. Not promised: skins, animations and morph targets are left out.
    """
    from assets.glb_read import read_document  # the reader is built on these values

    return read_document(source)


def scene_bounds(scene: GlbScene) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest corner, (3,) each, world metres. Raises GlbError when nothing is drawn."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for node in scene.nodes:
        if node.mesh is None:
            continue
        matrix = node.matrix.astype(np.float64)
        for primitive in scene.meshes[node.mesh].primitives:
            used = primitive.positions[np.unique(primitive.indices)].astype(np.float64)
            if len(used):
                world = used @ matrix[:3, :3].T + matrix[:3, 3]
                low, high = np.minimum(low, world.min(0)), np.maximum(high, world.max(0))
    if not np.isfinite(low).all():
        raise GlbError("The file draws no triangle.", "empty")
    return low, high


def part_bounds(scene: GlbScene, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds of the node called `name` with its children, world metres. Raises KeyError when there is none."""
    wanted = {i for i, n in enumerate(scene.nodes) if n.name == name}
    if not wanted:
        raise KeyError(name)
    for i, node in enumerate(scene.nodes):
        if node.parent in wanted:
            wanted.add(i)
    return scene_bounds(replace(scene, nodes=tuple(
        n if i in wanted else replace(n, mesh=None) for i, n in enumerate(scene.nodes))))
