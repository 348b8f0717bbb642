"""A skinned figure as its file draws it at rest: surfaces with joints and morph targets, nodes, materials, metadata.

Positions are the file's own: turning, scaling and lowering the arms comes later. Meant for the locked worker.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.glb import MAX_NODE_DEPTH, GlbError, GlbImage, GlbMaterial, GlbPrimitive
from assets.glb_accessors import Accessors
from assets.glb_container import Document, integer, mapping
from assets.glb_read import local_matrix, scene_of

MAX_VERTICES = 400_000
MAX_MORPH_NUMBERS = 30_000_000  # 120 MB of float32: 60 shapes on 160,000 vertices
SMALL = 1e-5  # file units: a smaller movement of a morph target is rounding
_TRIANGULAR = (4, 5, 6)
# Extensions of figures that change nothing that is read here; the rest is as strict as for products.
_HARMLESS = ("VRM", "VRMC_vrm", "VRMC_materials_mtoon", "VRMC_springBone", "VRMC_node_constraint",
             "VRMC_springBone_extended_collider", "VRMC_materials_hdr_emissiveMultiplier", "KHR_character", "KHR_xmp_json_ld")


@dataclass(slots=True)
class Surface:
    """One drawn primitive. positions, normals: (v, 3) world at rest; uvs: (v, 2), v down; colours: (v, 3) linear;
    faces: (f, 3); nodes: (v, k) index of the node that each influence follows, weights: (v, k) rows summing to 1;
    morphs: index of the target -> (v, 3) world deltas; names: of its mesh's targets, "" where it has none."""

    name: str
    mesh: int
    node: int
    material: int | None
    positions: NDArray
    normals: NDArray
    uvs: NDArray
    colours: NDArray
    faces: NDArray
    nodes: NDArray
    weights: NDArray
    morphs: dict[int, NDArray]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """names, parents, world: of every node, in the file's order; world: (n, 4, 4) at rest; joints: nodes that skins use."""

    json: dict[str, Any]
    names: tuple[str, ...]
    parents: tuple[int | None, ...]
    world: NDArray
    joints: frozenset[int]
    surfaces: tuple[Surface, ...]
    materials: tuple[GlbMaterial, ...]
    images: tuple[GlbImage, ...]

    @property
    def triangles(self) -> int:
        """Triangles of all surfaces."""
        return sum(len(s.faces) for s in self.surfaces)


def read_figure(document: Document) -> Figure:
    """The figure of a glTF document. Raises GlbError."""
    document = _without_harmless(document)
    _no_draco(document)
    scene = scene_of(document)
    names, parents, world = _nodes(document)
    accessors = Accessors(document)
    skins = [_skin(s, f"skin {i}", accessors, world) for i, s in enumerate(document.items("skins"))]
    surfaces: list[Surface] = []
    numbers = 0
    for node, spec in enumerate(document.items("nodes")):
        if "mesh" not in spec or not np.isfinite(world[node]).all():
            continue
        mesh = integer(spec, "mesh", f"node {node}")
        skin = integer(spec, "skin", f"node {node}") if "skin" in spec else None
        if mesh >= len(scene.meshes) or (skin is not None and skin >= len(skins)):
            raise GlbError(f"Node {node} uses mesh {mesh} and skin {skin}; one of them is missing.", "index")
        drawn = _drawn(document, mesh)
        for primitive, read in zip(drawn, scene.meshes[mesh].primitives, strict=True):
            surface = _surface(document.items("meshes")[mesh], primitive, read, mesh, node, accessors, world,
                               skins[skin] if skin is not None else None, [m.texcoord for m in scene.materials])
            numbers += len(surface.morphs) * surface.positions.size
            surfaces.append(surface)
        if sum(len(s.positions) for s in surfaces) > MAX_VERTICES or numbers > MAX_MORPH_NUMBERS:
            raise GlbError(f"The figure has more than {MAX_VERTICES:,} vertices, or more face shapes than fit; export a "
                           "lighter one.", "too_large")
    joints = frozenset(int(j) for nodes, _ in skins for j in nodes)
    return Figure(document.json, names, parents, world, joints, tuple(surfaces), scene.materials, scene.images)


def _without_harmless(document: Document) -> Document:
    required = document.json.get("extensionsRequired")
    if not isinstance(required, list):
        return document
    return replace(document, json={**document.json, "extensionsRequired": [e for e in required if e not in _HARMLESS]})


def _no_draco(document: Document) -> None:
    if "KHR_draco_mesh_compression" in (document.json.get("extensionsUsed") or ()):
        raise GlbError("The file is compressed with Draco, which loses joints and face shapes here; export it without.",
                       "unsupported")


def _nodes(document: Document) -> tuple[tuple[str, ...], tuple[int | None, ...], NDArray]:
    specs = document.items("nodes")
    parents: list[int | None] = [None] * len(specs)
    for i, spec in enumerate(specs):
        for child in spec.get("children", []) or []:
            if isinstance(child, bool) or not isinstance(child, int) or not 0 <= child < len(specs):
                raise GlbError(f"Node {i} refers to node {child!r:.40}; the file has {len(specs)}.", "index")
            parents[child] = i
    world = np.empty((len(specs), 4, 4))
    done: set[int] = set()
    for start in range(len(specs)):
        path: list[int] = []
        at: int | None = start
        while at is not None and at not in done:
            path.append(at)
            if len(path) > MAX_NODE_DEPTH:
                raise GlbError("Nodes are nested too deeply, or in a circle.", "cycle")
            at = parents[at]
        for node in reversed(path):
            local = local_matrix(specs[node], f"node {node}")
            parent = parents[node]
            world[node] = local if parent is None else world[parent] @ local
            done.add(node)
    if not np.isfinite(world).all():
        raise GlbError("The transform of a node is not finite.", "non_finite")
    names = tuple(s["name"] if isinstance(s.get("name"), str) else f"node{i}" for i, s in enumerate(specs))
    return names, tuple(parents), world


Skin = tuple[NDArray, NDArray]  # (j,) nodes, (j, 4, 4) from the mesh's space to the world, at rest


def _skin(spec: dict[str, Any], where: str, accessors: Accessors, world: NDArray) -> Skin:
    joints = spec.get("joints")
    if not isinstance(joints, list) or not joints or not all(
            isinstance(j, int) and not isinstance(j, bool) and 0 <= j < len(world) for j in joints):
        raise GlbError(f"The joints of {where} must be numbers of nodes.", "index")
    inverse = np.tile(np.eye(4), (len(joints), 1, 1))
    if "inverseBindMatrices" in spec:
        read = accessors.read(spec["inverseBindMatrices"], f"inverseBindMatrices of {where}", 16)
        if len(read) < len(joints):
            raise GlbError(f"The {where} has {len(joints)} joints and {len(read)} matrices.", "range")
        inverse = read[: len(joints)].astype(np.float64).reshape(-1, 4, 4).transpose(0, 2, 1)
    return np.array(joints), world[joints] @ inverse


def _drawn(document: Document, mesh: int) -> list[dict[str, Any]]:
    """The primitives of a mesh that assets.glb_read gives, in its order: triangles with positions."""
    specs = document.items("meshes")[mesh].get("primitives", [])
    return [s for s in specs if integer(s, "mode", "a primitive", 4) in _TRIANGULAR
            and "POSITION" in mapping(s, "attributes", "a primitive")]


def _surface(mesh: dict[str, Any], spec: dict[str, Any], read: GlbPrimitive, index: int, node: int, accessors: Accessors,
             world: NDArray, skin: Skin | None, texcoords: list[int]) -> Surface:
    where, count = f"a primitive of mesh {index}", len(read.positions)
    nodes, weights, matrices = _influences(spec, where, accessors, count, node, world, skin)
    targets, names = _targets(mesh, spec, where, accessors, count)
    place = read.positions.astype(np.float64)
    turn, shift = matrices[:, :3, :3], matrices[:, :3, 3]
    material = read.material
    uv = read.uv1 if material is not None and texcoords[material] == 1 else read.uv0
    return Surface(
        str(mesh.get("name") or f"mesh{index}"), index, node, material,
        np.einsum("vab,vb->va", turn, place) + shift, _unit(np.einsum("vab,vb->va", turn, read.normals.astype(np.float64))),
        np.zeros((count, 2)) if uv is None else uv.astype(np.float64),
        np.ones((count, 3)) if read.colours is None else read.colours[:, :3].astype(np.float64),
        read.indices.astype(np.int64), nodes, weights,
        {k: np.einsum("vab,vb->va", turn, d) for k, d in targets.items()}, names)


def _influences(spec: dict[str, Any], where: str, accessors: Accessors, count: int, node: int, world: NDArray,
                skin: Skin | None) -> tuple[NDArray, NDArray, NDArray]:
    """(v, k) nodes, (v, k) weights, (v, 4, 4) what takes each vertex to the world at rest."""
    attributes = mapping(spec, "attributes", where)
    if skin is None or "JOINTS_0" not in attributes or "WEIGHTS_0" not in attributes:
        return (np.full((count, 1), node), np.ones((count, 1)), np.broadcast_to(world[node], (count, 4, 4)))
    joints, shares = [], []
    for k in range(4):
        if f"JOINTS_{k}" in attributes and f"WEIGHTS_{k}" in attributes:
            joints.append(accessors.read(attributes[f"JOINTS_{k}"], f"JOINTS_{k} of {where}", 4).astype(np.int64))
            shares.append(accessors.read(attributes[f"WEIGHTS_{k}"], f"WEIGHTS_{k} of {where}", 4).astype(np.float64))
    joint, share = np.concatenate(joints, 1), np.maximum(np.concatenate(shares, 1), 0.0)
    if len(joint) != count or len(share) != count:
        raise GlbError(f"Joints or weights of {where} do not fit its {count} vertices.", "range")
    joint[share <= 0] = 0
    if count and int(joint.max()) >= len(skin[0]):
        raise GlbError(f"A vertex of {where} follows joint {int(joint.max())}; its skin has {len(skin[0])}.", "range")
    total = share.sum(1, keepdims=True)
    share = np.where(total > 1e-9, share / np.maximum(total, 1e-9), np.eye(1, share.shape[1]))
    matrices = np.zeros((count, 4, 4))
    for k in range(joint.shape[1]):  # column by column: all at once would take k times the memory
        matrices += skin[1][joint[:, k]] * share[:, k, None, None]
    return skin[0][joint], share, matrices


def _targets(mesh: dict[str, Any], spec: dict[str, Any], where: str, accessors: Accessors, count: int,
             ) -> tuple[dict[int, NDArray], tuple[str, ...]]:
    """Morph targets that move something, and the names of all."""
    listed = spec.get("targets", [])
    if not isinstance(listed, list) or not all(isinstance(t, dict) for t in listed):
        raise GlbError(f"The targets of {where} must be a list of objects.")
    out: dict[int, NDArray] = {}
    for k, target in enumerate(listed):
        if "POSITION" not in target:
            continue
        deltas = accessors.read(target["POSITION"], f"target {k} of {where}", 3).astype(np.float32)
        if len(deltas) != count:
            raise GlbError(f"Target {k} of {where} has {len(deltas)} entries for {count} vertices.", "range")
        if count and np.abs(deltas).max() > SMALL:
            out[k] = deltas
    extras = [e for e in (mesh.get("extras"), spec.get("extras")) if isinstance(e, dict)]
    names: list[object] = next((e["targetNames"] for e in extras if isinstance(e.get("targetNames"), list)), [])
    return out, tuple(str(names[k]) if k < len(names) else "" for k in range(len(listed)))


def _unit(vectors: NDArray) -> NDArray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
