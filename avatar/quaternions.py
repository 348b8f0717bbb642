"""Rotations as quaternions xyzw, over any leading shape. Angles in degrees: yaw about +Y (to the body's left),
pitch about +X (positive looks down), roll about +Z (positive leans to the body's right)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

IDENTITY = np.array([0.0, 0.0, 0.0, 1.0], np.float32)


def from_euler_deg(angles: ArrayLike) -> NDArray:
    """(..., 3) yaw, pitch, roll in degrees to (..., 4): roll is applied first, yaw last."""
    half = np.asarray(angles, np.float64) * (np.pi / 360.0)
    c, s = np.cos(half), np.sin(half)
    cy, cx, cz = c[..., 0], c[..., 1], c[..., 2]
    sy, sx, sz = s[..., 0], s[..., 1], s[..., 2]
    out = np.empty((*half.shape[:-1], 4), np.float32)
    out[..., 0] = cy * sx * cz + sy * cx * sz
    out[..., 1] = sy * cx * cz - cy * sx * sz
    out[..., 2] = cy * cx * sz - sy * sx * cz
    out[..., 3] = cy * cx * cz + sy * sx * sz
    return out


def about(axis: ArrayLike, angle_deg: ArrayLike) -> NDArray:
    """Rotation of angle_deg (...,) about a (3,) or (..., 3) axis of any length > 0."""
    a = np.asarray(axis, np.float64)
    a = a / np.linalg.norm(a, axis=-1, keepdims=True)
    half = np.asarray(angle_deg, np.float64)[..., None] * (np.pi / 360.0)
    vector, scalar = np.broadcast_arrays(a * np.sin(half), np.cos(half))
    return np.concatenate([vector, scalar[..., :1]], axis=-1).astype(np.float32)


def multiply(a: ArrayLike, b: ArrayLike) -> NDArray:
    """The rotation that first does b, then a."""
    a, b = np.asarray(a), np.asarray(b)
    ax, ay, az, aw = a[..., 0], a[..., 1], a[..., 2], a[..., 3]
    bx, by, bz, bw = b[..., 0], b[..., 1], b[..., 2], b[..., 3]
    first = aw * bx + ax * bw + ay * bz - az * by
    out = np.empty((*np.shape(first), 4), first.dtype)  # np.stack takes as long as the arithmetic
    out[..., 0] = first
    out[..., 1] = aw * by - ax * bz + ay * bw + az * bx
    out[..., 2] = aw * bz + ax * by - ay * bx + az * bw
    out[..., 3] = aw * bw - ax * bx - ay * by - az * bz
    return out


def conjugate(q: ArrayLike) -> NDArray:
    """The inverse of a unit quaternion."""
    return np.asarray(q) * np.array([-1, -1, -1, 1], np.float32)


def rotate(q: ArrayLike, v: ArrayLike) -> NDArray:
    """(..., 4) rotations applied to (..., 3) vectors."""
    q, v = np.asarray(q), np.asarray(v)
    u, w = q[..., :3], q[..., 3:]
    t = 2.0 * _cross(u, v)
    return v + w * t + _cross(u, t)


def _cross(a: NDArray, b: NDArray) -> NDArray:
    """np.cross of (..., 3) arrays without its care for axes, which takes most of its time for one vector."""
    (ax, ay, az), (bx, by, bz) = (np.moveaxis(k, -1, 0) for k in (a, b)) if max(a.ndim, b.ndim) > 1 else (a, b)
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], -1)


def between(a: ArrayLike, b: ArrayLike) -> NDArray:
    """The shortest rotation that turns direction a (3,) into direction b (3,)."""
    a = np.asarray(a, np.float64) / np.linalg.norm(a)
    b = np.asarray(b, np.float64) / np.linalg.norm(b)
    w = 1.0 + float(a @ b)
    if w < 1e-6:  # opposite: any axis across will do
        axis = np.cross(a, [1.0, 0, 0] if abs(a[0]) < 0.9 else [0, 1.0, 0])
        return about(axis, 180.0)
    q = np.array([*np.cross(a, b), w])
    return (q / np.linalg.norm(q)).astype(np.float32)


def nlerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> NDArray:
    """Normalised linear blend on the short way; t (...,) 0 gives a, 1 gives b. Good below 90 degrees."""
    a, b = np.asarray(a), np.asarray(b)
    t = np.asarray(t)[..., None]
    sign = np.where(np.einsum("...i,...i->...", a, b)[..., None] < 0, -1.0, 1.0)
    q = a * (1.0 - t) + b * (sign * t)
    size = np.sqrt(np.einsum("...i,...i->...", q, q))[..., None]
    return (q / np.maximum(size, 1e-9)).astype(np.float32)


def slerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> NDArray:
    """Blend at constant angular speed on the short way; t (...,) 0 gives a, 1 gives b."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    dot = (a * b).sum(-1, keepdims=True)
    b = np.where(dot < 0, -b, b)
    angle = np.arccos(np.clip(np.abs(dot), 0.0, 1.0))
    t = np.asarray(t, np.float64)[..., None]
    near = angle < 1e-4  # there the sine vanishes and the straight line is as good
    sine = np.where(near, 1.0, np.sin(angle))
    wa = np.where(near, 1.0 - t, np.sin((1.0 - t) * angle) / sine)
    wb = np.where(near, t, np.sin(t * angle) / sine)
    q = a * wa + b * wb
    return (q / np.linalg.norm(q, axis=-1, keepdims=True)).astype(np.float32)


def to_matrix(q: ArrayLike) -> NDArray:
    """(..., 4) to (..., 3, 3) rotation matrices for column vectors."""
    x, y, z, w = np.moveaxis(np.asarray(q), -1, 0)
    out = np.empty((*x.shape, 3, 3), np.float32)
    out[..., 0, 0] = 1 - 2 * (y * y + z * z)
    out[..., 0, 1] = 2 * (x * y - z * w)
    out[..., 0, 2] = 2 * (x * z + y * w)
    out[..., 1, 0] = 2 * (x * y + z * w)
    out[..., 1, 1] = 1 - 2 * (x * x + z * z)
    out[..., 1, 2] = 2 * (y * z - x * w)
    out[..., 2, 0] = 2 * (x * z - y * w)
    out[..., 2, 1] = 2 * (y * z + x * w)
    out[..., 2, 2] = 1 - 2 * (x * x + y * y)
    return out


def from_matrix(m: ArrayLike) -> NDArray:
    """(3, 3) rotation matrix to (4,)."""
    m = np.asarray(m, np.float64)
    # the eigenvector of Bar-Itzhack's matrix: no case is special
    k = np.array([[m[0, 0] - m[1, 1] - m[2, 2], 0, 0, 0],
                  [m[1, 0] + m[0, 1], m[1, 1] - m[0, 0] - m[2, 2], 0, 0],
                  [m[2, 0] + m[0, 2], m[2, 1] + m[1, 2], m[2, 2] - m[0, 0] - m[1, 1], 0],
                  [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], np.trace(m)]])
    q = np.linalg.eigh(k)[1][:, -1]
    return np.asarray(q if q[3] >= 0 else -q, np.float32)
