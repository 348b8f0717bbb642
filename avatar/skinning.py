"""Where the vertices of a body are in a pose: morphs on touched vertices, then linear-blend skinning, in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarMesh, AvatarModel
from avatar import quaternions as qn
from avatar.face import ARKIT
from avatar.pose import FINGERS, JOINTS, Pose

_ACTIVE = 1e-3  # a smaller weight moves no vertex by a visible amount


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A mesh in the layout that the per-frame work wants. used: joints that carry weight, (u,);
    dense_t: (u, v) their weights."""

    mesh: AvatarMesh
    channels: NDArray  # (k,) which of the pose's 52 weights drives each morph
    deltas: NDArray  # (k, t * 3)
    normal_deltas: NDArray  # (k, t * 3)
    used: NDArray
    dense_t: NDArray
    rigid: bool


class Skinner:
    """Vertices of an AvatarModel in a Pose. Not thread-safe: it keeps the joints' matrices of the last pose.

    `vertices(i, pose)` gives (positions, normals), each (v, 3) float32, model axes, metres; normals are unit length.
    """

    def __init__(self, model: AvatarModel) -> None:
        self.model = model
        index = {name: i for i, name in enumerate(model.joint_names)}
        self._driven = np.array([index.get(name, -1) for name in JOINTS])
        self._fingers = np.array([[index.get(side + name, -1) for name in FINGERS] for side in ("left", "right")])
        self._offsets = model.joint_positions_m.copy()
        for j, parent in enumerate(model.joint_parents):
            if parent >= 0:
                self._offsets[j] -= model.joint_positions_m[parent]
        self._meshes = [_prepare(mesh, model) for mesh in model.meshes]
        self.meshes = model.meshes
        self._last: Pose | None = None
        self._matrices = np.zeros((len(index), 3, 4), np.float32)

    def rearranged(self, parts: Sequence[tuple[NDArray, NDArray]]) -> Skinner:
        """A skinner of the same body with some of its vertices and other faces: for each mesh the vertices that stay, in their
        new order, and its faces (f, 3) by the old numbers. What stays moves as before."""
        out = copy(self)
        out._meshes = [_rearranged(part, *new) for part, new in zip(self._meshes, parts, strict=True)]
        out.meshes = tuple(part.mesh for part in out._meshes)
        out._matrices, out._last = self._matrices.copy(), None
        return out

    def morph_deltas(self, mesh_index: int) -> tuple[NDArray, NDArray]:
        """Position and normal deltas of a mesh's morphs, (k, t, 3) each, rows as mesh.morph_rows."""
        part = self._meshes[mesh_index]
        shape = (len(part.channels), len(part.mesh.morph_vertices), 3)
        return part.deltas.reshape(shape), part.normal_deltas.reshape(shape)

    def joint_matrices(self, pose: Pose) -> NDArray:
        """(j, 3, 4) float32: model-space transform of each joint against its rest."""
        if pose is self._last:
            return self._matrices
        m = self.model
        local = np.zeros((len(m.joint_names), 4), np.float32)
        local[:, 3] = 1.0
        there = self._driven >= 0
        local[self._driven[there]] = pose.joints[there]
        for side in range(2):
            fingers = finger_rotations(m, pose, side)
            there = self._fingers[side] >= 0
            local[self._fingers[side][there]] = fingers[there]
        rotations = qn.to_matrix(local)
        world = np.empty_like(rotations)
        origin = np.empty((len(local), 3), np.float32)
        for j, parent in enumerate(m.joint_parents):
            if parent < 0:
                world[j], origin[j] = rotations[j], self._offsets[j]
            else:
                world[j] = world[parent] @ rotations[j]
                origin[j] = world[parent] @ self._offsets[j] + origin[parent]
        self._matrices[:, :, :3] = world
        self._matrices[:, :, 3] = origin - np.einsum("jab,jb->ja", world, m.joint_positions_m)
        self._last = pose
        return self._matrices

    @property
    def last_matrices(self) -> NDArray:
        """(j, 3, 4) `joint_matrices` of the last pose."""
        return self._matrices

    def vertices(self, mesh_index: int, pose: Pose) -> tuple[NDArray, NDArray]:
        """Positions and normals of one mesh."""
        matrices = self.joint_matrices(pose)
        part = self._meshes[mesh_index]
        positions, normals = _morphed(part, pose.weights)
        if part.rigid:
            m = matrices[part.used[0]]
            return positions @ m[:, :3].T + m[:, 3], normals @ m[:, :3].T
        # One row per matrix element, contiguous over the vertices: ten times faster than a small product per vertex.
        b = matrices[part.used].reshape(len(part.used), 12).T @ part.dense_t
        out = np.empty((2, len(positions), 3), np.float32)
        for vectors, to, shift in ((positions, out[0], True), (normals, out[1], False)):
            x, y, z = np.ascontiguousarray(vectors.T)
            for axis in range(3):
                row = b[axis * 4] * x
                row += b[axis * 4 + 1] * y
                row += b[axis * 4 + 2] * z
                if shift:
                    row += b[axis * 4 + 3]
                to[:, axis] = row
        out[1] /= np.maximum(np.sqrt(np.einsum("vi,vi->v", out[1], out[1]))[:, None], 1e-9)
        return out[0], out[1]


PALM_M = 0.018  # from the bones in the middle of a hand to the skin of its palm
HAND_M = 0.07  # from the wrist to the middle of the palm, in a figure without fingers


def palm_m(skinner: Skinner, side: str) -> NDArray:
    """(3,) metres, model axes: the skin of the palm in the pose that was last asked for."""
    model, matrices = skinner.model, skinner.last_matrices
    index = {name: i for i, name in enumerate(model.joint_names)}

    def at(name: str) -> NDArray:
        m = matrices[index[side + name]]
        return m[:, :3] @ model.joint_positions_m[index[side + name]] + m[:, 3]

    wrist, knuckle = at("Hand"), at("MiddleProximal")
    if float(np.linalg.norm(knuckle - wrist)) < 0.02:  # a figure without fingers
        way = wrist - at("LowerArm")
        knuckle = wrist + way / max(float(np.linalg.norm(way)), 1e-6) * 2.0 * HAND_M
    return (wrist + knuckle) / 2 + np.array([0.0, PALM_M, 0.0])


def finger_rotations(model: AvatarModel, pose: Pose, side: int) -> NDArray:
    """(15, 4) local rotations of one hand's fingers: a blend of two of the model's hand poses."""
    first, second, blend = pose.hands[side]
    last = len(model.hand_pose_names) - 1
    a = model.hand_poses[min(int(first), last), side]
    b = model.hand_poses[min(int(second), last), side]
    return qn.nlerp(a, b, np.float32(blend))


def vertex_normals(positions: NDArray, faces: NDArray) -> NDArray:
    """(v, 3) float32 unit normals, faces weighted by area."""
    a, b, c = (positions[faces[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    out = np.empty((len(positions), 3), np.float64)
    for axis in range(3):
        out[:, axis] = sum(np.bincount(faces[:, i], face[:, axis], len(positions)) for i in range(3))
    return (out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def _prepare(mesh: AvatarMesh, model: AvatarModel) -> _Prepared:
    names = [model.morph_names[row] for row in mesh.morph_rows]
    keep = [i for i, name in enumerate(names) if name in ARKIT]
    channels = np.array([ARKIT.index(names[i]) for i in keep], np.int64)
    t = mesh.morph_vertices
    deltas = mesh.morph_deltas[keep].reshape(len(keep), len(t) * 3)
    turned = np.empty_like(deltas)
    seams = _same_places(mesh.positions)
    rest = _welded_normals(mesh.positions, mesh.faces, seams)[t] if len(t) else np.zeros((0, 3), np.float32)
    for row, delta in enumerate(deltas):
        moved = mesh.positions.copy()
        moved[t] += delta.reshape(-1, 3)
        turned[row] = (_welded_normals(moved, mesh.faces, seams)[t] - rest).ravel()
    used = np.unique(mesh.joints[mesh.weights > 0])
    dense = np.zeros((len(mesh.positions), len(used)), np.float32)
    for slot in range(4):
        column = np.searchsorted(used, mesh.joints[:, slot])
        good = mesh.weights[:, slot] > 0
        dense[np.nonzero(good)[0], column[good]] += mesh.weights[good, slot]
    return _Prepared(mesh, channels, deltas, turned, used, np.ascontiguousarray(dense.T), len(used) == 1)


def _rearranged(part: _Prepared, vertices: NDArray, faces: NDArray) -> _Prepared:
    mesh, count = part.mesh, len(part.mesh.positions)
    number = np.full(count, -1, np.int32)
    number[vertices] = np.arange(len(vertices), dtype=np.int32)
    stays = number[mesh.morph_vertices] >= 0
    touched = number[mesh.morph_vertices[stays]]

    def rows(deltas: NDArray) -> NDArray:
        return np.ascontiguousarray(deltas.reshape(len(deltas), len(stays), 3)[:, stays]).reshape(len(deltas), 3 * len(touched))

    return replace(
        part, dense_t=np.ascontiguousarray(part.dense_t[:, vertices]), deltas=rows(part.deltas),
        normal_deltas=rows(part.normal_deltas),
        mesh=replace(mesh, faces=number[faces], morph_vertices=touched, morph_deltas=mesh.morph_deltas[:, stays],
                     **{name: getattr(mesh, name)[vertices] for name in _PER_VERTEX}))


_PER_VERTEX = ("positions", "normals", "uvs", "colours", "joints", "weights", "key_open")


def _same_places(positions: NDArray) -> NDArray:
    """(v,) for each vertex the number of its place: vertices split at texture seams share one."""
    return np.unique(np.round(positions * 1e5).astype(np.int64), axis=0, return_inverse=True)[1].ravel()


def _welded_normals(positions: NDArray, faces: NDArray, seams: NDArray) -> NDArray:
    places = np.zeros((int(seams.max()) + 1, 3), np.float32)
    places[seams] = positions
    return vertex_normals(places, seams[faces])[seams]


def _morphed(part: _Prepared, weights: NDArray) -> tuple[NDArray, NDArray]:
    mesh = part.mesh
    if not len(part.channels):
        return mesh.positions, mesh.normals
    w = weights[part.channels]
    active = np.nonzero(w > _ACTIVE)[0]
    if not len(active):
        return mesh.positions, mesh.normals
    positions, normals = mesh.positions.copy(), mesh.normals.copy()
    positions[mesh.morph_vertices] += (w[active] @ part.deltas[active]).reshape(-1, 3)
    normals[mesh.morph_vertices] += (w[active] @ part.normal_deltas[active]).reshape(-1, 3)
    if part.rigid:
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return positions, normals
