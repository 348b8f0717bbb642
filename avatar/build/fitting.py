"""Fitting a garment on the body as it stands, hands before the waist: tailors do not cut clothes for spread arms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar import quaternions as qn
from avatar.build.body import SIDES, Body
from avatar.build.mesh import Piece
from avatar.skeleton import STANCES

ARM = ("Shoulder", "UpperArm", "LowerArm", "Hand")


def standing(p: Piece, body: Body) -> NDArray:
    """(v, 3, 4) what each vertex's place is multiplied with when the body stands with its hands folded."""
    names = body.joint_names
    turns = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (len(names), 1))
    for side, rows in zip(SIDES, np.split(STANCES["ready"], 2), strict=True):
        for joint, turn in zip(ARM, rows, strict=True):
            turns[names.index(side + joint)] = turn
    local, rest = qn.to_matrix(turns), body.joint_positions_m
    out = np.zeros((len(names), 3, 4))
    for j, parent in enumerate(body.joint_parents):  # parents come first
        before = out[parent] if parent >= 0 else np.eye(3, 4)
        out[j, :, :3] = before[:, :3] @ local[j]
        out[j, :, 3] = before[:, :3] @ rest[j] + before[:, 3] - out[j, :, :3] @ rest[j]
    return np.einsum("vj,jab->vab", p.weights, out)


def worn(p: Piece, matrices: NDArray) -> NDArray:
    """(v, 3) places of the vertices then."""
    return np.asarray(np.einsum("vab,vb->va", matrices[:, :, :3], p.positions) + matrices[:, :, 3])


def taken_off(places: NDArray, matrices: NDArray) -> NDArray:
    """(v, 3) where vertices are at rest that shall be at these places then."""
    return np.asarray(np.linalg.solve(matrices[:, :, :3], (places - matrices[:, :, 3])[:, :, None])[:, :, 0])
