"""Working meshes of the builder: a Piece carries everything a vertex has through cutting, smoothing and thickening."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import fast_simplification
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from assets.avatar_model import AvatarMesh
from avatar.skinning import vertex_normals

_FACING_M = 0.06  # opposite normals count as this much distance, twice
_NO_AREA_M2 = 1e-11
_STRANGER = 1.4  # of 2: a vertex that shares next to no joint with its neighbours
_SMALL_M = 2e-5  # a morph that moves a vertex less than this is left out


@dataclass(slots=True)
class Piece:
    """positions (v, 3); faces (f, 3); uvs (v, 2); colours (v, 3) linear; weights (v, j); origin (v,) vertex of the
    source body or -1; morphs: row of the 52 -> (v, 3) deltas."""

    positions: NDArray
    faces: NDArray
    weights: NDArray
    uvs: NDArray
    colours: NDArray
    origin: NDArray
    morphs: dict[int, NDArray] = field(default_factory=dict)

    def normals(self) -> NDArray:
        """(v, 3) smooth across seams: vertices at one place share a normal."""
        places, inverse = np.unique(np.round(self.positions * 2e5).astype(np.int64), axis=0, return_inverse=True)
        spots = np.zeros((len(places), 3), np.float32)
        spots[inverse.ravel()] = self.positions
        return vertex_normals(spots, inverse.ravel()[self.faces])[inverse.ravel()]


def piece(positions: NDArray, faces: NDArray, weights: NDArray, colour: NDArray | tuple[float, float, float] = (1, 1, 1),
          uvs: NDArray | None = None) -> Piece:
    """A Piece of new geometry. weights: (v, j), or (j,) for a rigid one."""
    n = len(positions)
    return Piece(np.asarray(positions, np.float64), np.asarray(faces, np.int64),
                 np.broadcast_to(weights, (n, np.shape(weights)[-1])).astype(np.float32),
                 np.zeros((n, 2)) if uvs is None else np.asarray(uvs, np.float64),
                 np.broadcast_to(np.asarray(colour, np.float64), (n, 3)).copy(), np.full(n, -1))


def triangles(quads: NDArray) -> NDArray:
    """(f, 4) faces, last repeated for triangles, to (t, 3)."""
    first = quads[:, [0, 1, 2]]
    second = quads[:, [0, 2, 3]][quads[:, 2] != quads[:, 3]]
    return np.concatenate([first, second])


def cut_out(points: NDArray, faces: NDArray, weights: NDArray, units: NDArray | None = None) -> Piece:
    """The part of a large mesh that `faces` (f, 3) use, with its own numbering."""
    used = np.unique(faces)
    renumber = np.full(len(points), -1)
    renumber[used] = np.arange(len(used))
    out = piece(points[used], renumber[faces], weights[used])
    out.origin = used
    if units is not None:
        for row, unit in enumerate(units):
            if np.abs(unit[used]).max() > _SMALL_M:
                out.morphs[row] = unit[used]
    return out


def gather(p: Piece, index: NDArray, faces: NDArray) -> Piece:
    """A Piece of the vertices `index` (they may repeat) with `faces` in the new numbering."""
    return Piece(p.positions[index], faces, p.weights[index], p.uvs[index], p.colours[index], p.origin[index],
                 {row: d[index] for row, d in p.morphs.items()})


def keep_faces(p: Piece, mask: NDArray) -> Piece:
    """Only the faces of mask (f,), without vertices that nothing uses."""
    faces = p.faces[mask]
    used = np.unique(faces)
    renumber = np.full(len(p.positions), -1)
    renumber[used] = np.arange(len(used))
    return gather(p, used, renumber[faces])


def join(pieces: list[Piece]) -> Piece:
    """Several Pieces as one; a morph that one of them lacks moves nothing there."""
    starts = np.cumsum([0] + [len(p.positions) for p in pieces])
    rows = sorted({row for p in pieces for row in p.morphs})
    morphs = {row: np.concatenate([p.morphs.get(row, np.zeros_like(p.positions)) for p in pieces]) for row in rows}
    return Piece(np.concatenate([p.positions for p in pieces]),
                 np.concatenate([p.faces + s for p, s in zip(pieces, starts, strict=False)]),
                 np.concatenate([p.weights for p in pieces]), np.concatenate([p.uvs for p in pieces]),
                 np.concatenate([p.colours for p in pieces]), np.concatenate([p.origin for p in pieces]), morphs)


def clip(p: Piece, values: NDArray) -> Piece:
    """Keep where values (v,) > 0, cutting triangles exactly along values = 0."""
    values = np.where(np.abs(values) < 1e-9, 1e-9, values)
    inside = values > 0
    count = inside[p.faces].sum(1)
    faces = [p.faces[count == 3]]
    new: dict[tuple[int, int], int] = {}
    pairs: list[tuple[int, int]] = []

    def cut(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in new:
            new[key] = len(p.positions) + len(pairs)
            pairs.append(key)
        return new[key]

    made = []
    for face in p.faces[(count == 1) | (count == 2)]:
        k = int(np.argmax(inside[face])) if inside[face].sum() == 1 else int(np.argmin(inside[face]))
        a, b, c = (int(x) for x in np.roll(face, -k))
        if inside[a]:
            made.append((a, cut(a, b), cut(a, c)))
        else:
            ab, ac = cut(a, b), cut(a, c)
            made += [(ab, b, c), (ab, c, ac)]
    faces.append(np.array(made, np.int64).reshape(-1, 3))
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    t = (values[ends[:, 0]] / (values[ends[:, 0]] - values[ends[:, 1]]))[:, None]

    def grow(array: NDArray) -> NDArray:
        return np.concatenate([array, array[ends[:, 0]] * (1 - t) + array[ends[:, 1]] * t]).astype(array.dtype)

    whole = Piece(grow(p.positions), np.concatenate(faces), grow(p.weights), grow(p.uvs), grow(p.colours),
                  np.concatenate([p.origin, p.origin[ends[:, 0]]]), {r: grow(d) for r, d in p.morphs.items()})
    return keep_faces(whole, np.ones(len(whole.faces), bool))


def boundary_edges(faces: NDArray) -> NDArray:
    """(e, 2) directed edges that belong to one face only, in the direction of that face."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    _, inverse, count = np.unique(np.sort(edges, axis=1), axis=0, return_inverse=True, return_counts=True)
    return edges[count[inverse.ravel()] == 1]


def boundary_loops(faces: NDArray) -> list[NDArray]:
    """The boundary as closed or open chains of vertices, longest first."""
    follow = {int(a): int(b) for a, b in boundary_edges(faces)}
    loops = []
    while follow:
        start, at = next(iter(follow.items()))
        loop = [start]
        del follow[start]
        while at != start:
            loop.append(at)
            if at not in follow:
                break
            at = follow.pop(at)
        loops.append(np.array(loop))
    return sorted(loops, key=len, reverse=True)


def thicken_edge(p: Piece, inward_m: float, edges: NDArray | None = None) -> Piece:
    """Turn the boundary in: a strip inward_m deep against the normals, so that cloth shows a thick edge."""
    edges = boundary_edges(p.faces) if edges is None else edges
    rim = np.unique(edges)
    normals = p.normals()
    inner = gather(p, rim, np.zeros((0, 3), np.int64))
    inner.positions = inner.positions - normals[rim] * inward_m
    outer = gather(p, rim, np.zeros((0, 3), np.int64))  # its own vertices: a crisp fold
    number = {int(v): i for i, v in enumerate(rim)}
    n = len(rim)
    a = np.array([number[int(v)] for v in edges[:, 0]])
    b = np.array([number[int(v)] for v in edges[:, 1]])
    strip = join([outer, inner])
    strip.faces = np.concatenate([np.stack([b, a, a + n], 1), np.stack([b, a + n, b + n], 1)])
    return join([p, strip])


def laplacian(faces: NDArray, n: int) -> sparse.csr_matrix:
    """(n, n) matrix that replaces each vertex by the mean of its neighbours."""
    i = np.concatenate([faces[:, [0, 1, 2]].ravel(), faces[:, [1, 2, 0]].ravel()])
    j = np.concatenate([faces[:, [1, 2, 0]].ravel(), faces[:, [0, 1, 2]].ravel()])
    m = sparse.coo_matrix((np.ones(len(i)), (i, j)), (n, n)).tocsr()
    m.data[:] = 1.0
    return sparse.diags(1.0 / np.maximum(np.asarray(m.sum(1)).ravel(), 1)) @ m


def smooth(p: Piece, rounds: int, amount: float = 0.5, hold: NDArray | None = None) -> Piece:
    """Laplacian smoothing; hold (v,) 0..1 keeps vertices where they are."""
    mean = laplacian(p.faces, len(p.positions))
    free = amount * (1.0 if hold is None else (1.0 - hold)[:, None])
    x = p.positions.copy()
    for _ in range(rounds):
        x += free * (mean @ x - x)
    return replace(p, positions=x)


def simplify(p: Piece, target: int) -> Piece:
    """About `target` triangles; weights, colours and uvs come from the three nearest vertices of before."""
    if len(p.faces) <= target:
        return p
    points, faces = fast_simplification.simplify(p.positions.astype(np.float32), p.faces.astype(np.int32),
                                                 target_reduction=1 - target / len(p.faces), agg=5)
    # near in place and in facing: a sleeve must not take the weights of the hip it hangs against
    facing = vertex_normals(points, faces)
    distance, near = cKDTree(np.hstack([p.positions, p.normals() * _FACING_M])).query(
        np.hstack([points, facing * _FACING_M]), k=3)
    share = 1.0 / np.maximum(distance, 1e-6)
    share /= share.sum(1, keepdims=True)

    def carry(array: NDArray) -> NDArray:
        return np.einsum("vk,vkc->vc", share, array[near])

    weights = carry(p.weights)
    around = np.asarray(laplacian(faces, len(points)) @ weights)
    lost = np.abs(weights - around).sum(1) > _STRANGER  # took the hip's weights all the same: a spike when the arm is raised
    weights[lost] = around[lost]
    return Piece(points.astype(np.float64), faces.astype(np.int64),
                 (weights / weights.sum(1, keepdims=True)).astype(np.float32), carry(p.uvs), carry(p.colours),
                 p.origin[near[:, 0]], {row: carry(d) for row, d in p.morphs.items()})


def _whole_normals(p: Piece) -> NDArray:
    """(v, 3) float32; where two faces lie back to back (simplifying leaves such folds) the nearest normal there is."""
    normals = p.normals().astype(np.float32)
    none = np.linalg.norm(normals, axis=1) < 0.5
    if none.any():
        normals[none] = normals[~none][cKDTree(p.positions[~none]).query(p.positions[none])[1]]
    return normals


def finish(p: Piece, name: str, material: str, texture: str = "") -> AvatarMesh:
    """The mesh as it is stored: four joints a vertex, morphs on touched vertices only, nothing that is not drawn."""
    a, b, c = (p.positions[p.faces[:, i]] for i in range(3))
    p = keep_faces(p, np.linalg.norm(np.cross(b - a, c - a), axis=1) > _NO_AREA_M2)
    order = np.argsort(-p.weights, axis=1)[:, :4]
    weights = np.take_along_axis(p.weights, order, 1)
    weights = np.where(weights > 0.01, weights, 0)
    weights /= weights.sum(1, keepdims=True)
    rows = [r for r in sorted(p.morphs) if np.abs(p.morphs[r]).max() > _SMALL_M]
    touched = np.zeros(0, np.int64)
    deltas = np.zeros((0, 0, 3))
    if rows:
        whole = np.stack([p.morphs[r] for r in rows])
        touched = np.nonzero(np.abs(whole).max((0, 2)) > _SMALL_M)[0]
        deltas = whole[:, touched]
    return AvatarMesh(name, material, texture, p.positions.astype(np.float32), _whole_normals(p),
                      p.uvs.astype(np.float32), np.clip(p.colours, 0, 1).astype(np.float32), p.faces.astype(np.int32),
                      order.astype(np.uint8), weights.astype(np.float32), np.array(rows, np.int32),
                      touched.astype(np.int32), deltas.astype(np.float32))
