"""PoseChunk, version 1: 0.1 s of one anchor's body for browsers, at most 6 kB/s.

Little-endian: u8 'P', u8 version, u8 anchor index, u8 poses, u32 at low, u32 at high (MediaTime of the first pose),
u16 ticks between poses; then per pose 52 u8 weights (0..255), 16 joints x 3 components of the quaternion's vector part
(w made positive) as i16 / 32767: absolute in the first pose, then zigzag varint differences to the pose before;
then 2 hands x (u8 from, u8 to, u8 blend 0..255).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from assets.checked import FieldError
from avatar.face import ARKIT
from avatar.pose import JOINTS, Pose

VERSION = 1
_HEAD = struct.Struct("<BBBBIIH")
_W, _J = len(ARKIT), len(JOINTS)


@dataclass(frozen=True, slots=True)
class PoseChunk:
    """anchor_index: position in the hello message's anchors; at: MediaTime of the first pose; step: ticks between poses."""

    anchor_index: int
    at: int
    step: int
    poses: tuple[Pose, ...]


def _quantised_joints(pose: Pose) -> np.ndarray:
    q = pose.joints / np.maximum(np.linalg.norm(pose.joints, axis=1, keepdims=True), 1e-9)
    q = np.where(q[:, 3:] < 0, -q, q)
    return np.round(q[:, :3] * 32767).astype(np.int32)


def _varint(values: np.ndarray) -> bytes:
    out = bytearray()
    for v in values.tolist():
        u = (v << 1) ^ (v >> 31)
        while u >= 0x80:
            out.append(u & 0x7F | 0x80)
            u >>= 7
        out.append(u)
    return bytes(out)


def encode(chunk: PoseChunk) -> bytes:
    """PoseChunk to bytes."""
    n = len(chunk.poses)
    parts = [_HEAD.pack(ord("P"), VERSION, chunk.anchor_index, n, chunk.at & 0xFFFFFFFF, chunk.at >> 32, chunk.step)]
    previous = None
    for pose in chunk.poses:
        parts.append(np.round(np.clip(pose.weights, 0, 1) * 255).astype(np.uint8).tobytes())
        joints = _quantised_joints(pose)
        if previous is None:
            parts.append(joints.astype("<i2").tobytes())
        else:
            parts.append(_varint((joints - previous).ravel()))
        previous = joints
        hands = pose.hands.copy()
        hands[:, 2] = np.round(np.clip(hands[:, 2], 0, 1) * 255)
        parts.append(hands.astype(np.uint8).tobytes())
    return b"".join(parts)


def decode(data: bytes) -> PoseChunk:
    """Bytes to PoseChunk. Raises FieldError on anything that `encode` did not write."""
    try:
        kind, version, anchor, n, low, high, step = _HEAD.unpack_from(data)
        if kind != ord("P") or version != VERSION:
            raise FieldError("PoseChunk", "version", (kind, version), f"'P', {VERSION}")
        offset, previous, poses = _HEAD.size, None, []
        for _ in range(n):
            weights = np.frombuffer(data, np.uint8, _W, offset) / np.float32(255)
            offset += _W
            if previous is None:
                joints = np.frombuffer(data, "<i2", _J * 3, offset).astype(np.int32).reshape(_J, 3)
                offset += _J * 6
            else:
                values = []
                for _ in range(_J * 3):
                    u = shift = 0
                    while True:
                        byte = data[offset]
                        offset += 1
                        u |= (byte & 0x7F) << shift
                        shift += 7
                        if byte < 0x80:
                            break
                    values.append((u >> 1) ^ -(u & 1))
                joints = previous + np.array(values, np.int32).reshape(_J, 3)
            previous = joints
            hands = np.frombuffer(data, np.uint8, 6, offset).astype(np.float32).reshape(2, 3)
            hands[:, 2] /= 255
            offset += 6
            xyz = joints / np.float32(32767)
            w = np.sqrt(np.maximum(0, 1 - (xyz**2).sum(1)))
            poses.append(Pose(weights, np.concatenate([xyz, w[:, None]], 1), hands))
    except (struct.error, IndexError, ValueError, OverflowError) as error:
        raise FieldError("PoseChunk", "data", f"{len(data)} bytes", f"a PoseChunk ({error})") from error
    return PoseChunk(anchor, low | high << 32, step, tuple(poses))
