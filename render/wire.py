"""The binary messages that browsers get, serialised once for all of them. Little-endian, 12 bytes of head:
u8 type, u8 version, u8 a, u8 b, u32 MediaTime low, u32 MediaTime high.

type 1, chunk: 0.1 s from MediaTime on; a = number of PoseChunks, b = number of Opus packets (20 ms each); then each
  with a u16 length before it. The sound that an Opus packet decodes to lies OPUS_PRESKIP_TICKS (312) earlier than its
  place in the chunk says.
type 2, video: one H.264 Annex B access unit; a = 1 for a key frame (with SPS and PPS), duration follows from the fps.
type 3, still: one JPEG of the picture at MediaTime.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

CHUNK, VIDEO, STILL = 1, 2, 3
VERSION = 1
_HEAD = struct.Struct("<BBBBII")
_LENGTH = struct.Struct("<H")


def encode_chunk(at: int, poses: Sequence[bytes], opus: Sequence[bytes]) -> bytes:
    """poses: PoseChunks (render.pose_stream.encode), one per anchor; opus: packets in order."""
    parts = [_HEAD.pack(CHUNK, VERSION, len(poses), len(opus), at & 0xFFFFFFFF, at >> 32)]
    for data in (*poses, *opus):
        parts += [_LENGTH.pack(len(data)), data]
    return b"".join(parts)


def decode_chunk(data: bytes) -> tuple[int, list[bytes], list[bytes]]:
    """MediaTime, PoseChunks, Opus packets. Raises ValueError on another message."""
    kind, version, poses, opus, low, high = _HEAD.unpack_from(data)
    if kind != CHUNK or version != VERSION:
        raise ValueError(f"message type {kind} version {version} is no chunk of version {VERSION}")
    offset, items = _HEAD.size, []
    for _ in range(poses + opus):
        (size,) = _LENGTH.unpack_from(data, offset)
        items.append(data[offset + 2 : offset + 2 + size])
        offset += 2 + size
    return low | high << 32, items[:poses], items[poses:]


def encode_video(at: int, key: bool, data: bytes) -> bytes:
    """One access unit."""
    return _HEAD.pack(VIDEO, VERSION, int(key), 0, at & 0xFFFFFFFF, at >> 32) + data


def encode_still(at: int, jpeg: bytes) -> bytes:
    """One picture."""
    return _HEAD.pack(STILL, VERSION, 0, 0, at & 0xFFFFFFFF, at >> 32) + jpeg
