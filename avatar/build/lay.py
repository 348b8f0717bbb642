"""Laying cloth: on other cloth, at even steps along an edge, finer where the body's own mesh is too coarse for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from avatar.build.mesh import Piece, clip, gather, join

SAME_M = 2e-6
ROUND = 0.5  # of the way from an edge's middle to its ends' tangent planes: where an arc runs


def above(points: NDArray, surface: NDArray, normals: NDArray, tree: cKDTree, gap_m: float) -> NDArray:
    """Points no nearer to a surface than gap_m."""
    normal, high = _heights(points, surface, normals, tree)
    return points + normal * np.maximum(gap_m - high, 0)[:, None]


def below(points: NDArray, surface: NDArray, normals: NDArray, tree: cKDTree, gap_m: float) -> NDArray:
    """Points no further from a surface than gap_m, at most 3 cm moved: cloth that lies on it."""
    normal, high = _heights(points, surface, normals, tree)
    return points - normal * np.clip(high - gap_m, 0, 0.03)[:, None]


def _heights(points: NDArray, surface: NDArray, normals: NDArray, tree: cKDTree) -> tuple[NDArray, NDArray]:
    """(n, 3) unit normals of the surface near points, (n,) how far the points are before it."""
    distance, near = tree.query(points, k=3)
    share = 1 / np.maximum(distance, 1e-5)
    share /= share.sum(1, keepdims=True)
    spot = np.einsum("pk,pkc->pc", share, surface[near])
    normal = np.einsum("pk,pkc->pc", share, normals[near])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    return normal, ((points - spot) * normal).sum(1)


def resample(points: NDArray, others: NDArray, weights: NDArray, step_m: float) -> tuple[NDArray, NDArray, NDArray]:
    """A chain of points (n, 3) at even steps, slightly smoothed, with what belongs to them."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0, length[-1], int(length[-1] / step_m))

    def take(array: NDArray) -> NDArray:
        return np.stack([np.interp(at, length, array[:, i]) for i in range(array.shape[1])], 1)

    smooth = take(points)
    for _ in range(8):
        smooth[1:-1] = (smooth[:-2] + 2 * smooth[1:-1] + smooth[2:]) / 4
    return smooth, take(others), take(weights)


def finer(p: Piece) -> Piece:
    """Every triangle as four, new corners where the surface between its old ones bends to."""
    edges = np.sort(np.concatenate([p.faces[:, [0, 1]], p.faces[:, [1, 2]], p.faces[:, [2, 0]]]), axis=1)
    pairs, inverse = np.unique(edges, axis=0, return_inverse=True)
    n, f = len(p.positions), len(p.faces)
    ab, bc, ca = (n + inverse.ravel()[k * f : (k + 1) * f] for k in range(3))
    a, b, c = p.faces.T
    faces = np.concatenate([np.stack(t, 1) for t in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))])
    first, second = gather(p, pairs[:, 0], faces), gather(p, pairs[:, 1], faces)
    out = gather(p, np.concatenate([np.arange(n), pairs[:, 0]]), faces)
    normals = p.normals().astype(np.float64)
    middle = (first.positions + second.positions) / 2
    bent = sum(middle - normals[k] * ((middle - p.positions[k]) * normals[k]).sum(1, keepdims=True) for k in pairs.T) / 2
    out.positions[n:] = middle + ROUND * (bent - middle)
    for name in ("weights", "uvs", "colours"):
        getattr(out, name)[n:] = (getattr(first, name) + getattr(second, name)) / 2
    for row in out.morphs:
        out.morphs[row][n:] = (first.morphs[row] + second.morphs[row]) / 2
    return out


def halved(p: Piece) -> Piece:
    """The same surface with corners all along its middle (x = 0), so that what is cut there is cut cleanly."""
    return welded(join([clip(p, p.positions[:, 0]), clip(p, -p.positions[:, 0])]))


def welded(p: Piece) -> Piece:
    """Corners at one place made one; triangles that have no area then are gone."""
    number = np.arange(len(p.positions))
    for a, b in sorted(cKDTree(p.positions).query_pairs(SAME_M)):
        number[b] = min(number[b], number[a])
    first, renumbered = np.unique(number, return_inverse=True)
    faces = renumbered.ravel()[p.faces]
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return gather(p, first, faces[whole])


def cut_cleanly(p: Piece, values: NDArray, near_m: float) -> Piece:
    """The piece cut where values (v,) are 0. Corners nearer than near_m to that place move there: no slivers along a cut."""
    edges = np.concatenate([p.faces[:, [0, 1]], p.faces[:, [1, 2]], p.faces[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    a, b = edges[(values[edges[:, 0]] > 0) != (values[edges[:, 1]] > 0)].T
    share = values[a] / (values[a] - values[b])
    far = np.linalg.norm(p.positions[a] - p.positions[b], axis=1) * share
    order = np.argsort(-far)  # the nearest crossing is written last
    a, b, share, far = a[order], b[order], share[order], far[order]
    close = (far < near_m) & (share < 0.45)
    goal, moved = p.positions.copy(), np.zeros(len(values), bool)
    goal[a[close]] = (p.positions[a] + (p.positions[b] - p.positions[a]) * share[:, None])[close]
    moved[a[close]] = True
    return welded(clip(replace(p, positions=goal), np.where(moved, 1e-7, values)))
