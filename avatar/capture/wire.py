"""Messages of `nightwindow capture`, version 1: little-endian, a kind byte, the sender's clock in microseconds, values."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.capture.captured import Captured
from avatar.capture.cut_out import CutOut, CutOutError, check
from avatar.face import ARKIT
from avatar.visemes import OCULUS

VERSION = 1
FACE, MOUTH, SOUND, CUT_OUT = 1, 2, 3, 4
RATE_HZ = 48_000
MAX_SOUND = RATE_HZ // 5  # samples of one message
_HEAD = struct.Struct("<BQ")
_FACE = struct.Struct(f"<B{len(ARKIT)}B3h2h2h")
_CUT_OUT = struct.Struct("<4hI")  # edges in mm; bytes of the colour picture, the rest is the mask
_CENTI, _MILLI = 100.0, 1000.0


class WireError(ValueError):
    """A message that is not of this format; one sentence."""


@dataclass(frozen=True, slots=True)
class FaceRow:
    """stamp_us: when the camera saw it; faces: how many it saw; seen: None where there was none."""

    stamp_us: int
    faces: int
    seen: Captured | None


@dataclass(frozen=True, slots=True)
class MouthRow:
    """strengths: (15,) float32 0..1, OCULUS order: how much of each viseme was heard."""

    stamp_us: int
    strengths: NDArray


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """stamp_us: of its first sample; pcm: (n,) int16 mono 48 kHz, n <= 9600."""

    stamp_us: int
    pcm: NDArray


@dataclass(frozen=True, slots=True)
class CutOutRow:
    """stamp_us: when the camera saw it; cut: the person without the room behind."""

    stamp_us: int
    cut: CutOut


Row = FaceRow | MouthRow | SoundBlock | CutOutRow


def encode(row: Row) -> bytes:
    """A message."""
    match row:
        case FaceRow():
            seen = row.seen
            if seen is None:
                return _HEAD.pack(FACE, row.stamp_us) + bytes([0])
            return _HEAD.pack(FACE, row.stamp_us) + _FACE.pack(
                min(row.faces, 255), *_bytes(seen.weights), *_shorts(seen.head_deg, _CENTI),
                *_shorts(seen.eyes_deg, _CENTI), *_shorts(seen.lean_m, _MILLI))
        case MouthRow():
            return _HEAD.pack(MOUTH, row.stamp_us) + bytes(_bytes(row.strengths))
        case SoundBlock():
            return _HEAD.pack(SOUND, row.stamp_us) + np.ascontiguousarray(row.pcm, "<i2").tobytes()
        case CutOutRow(cut=cut):
            edges = _CUT_OUT.pack(*_shorts(np.array(cut.rect_m), _MILLI), len(cut.colour))
            return _HEAD.pack(CUT_OUT, row.stamp_us) + edges + cut.colour + cut.mask


def decode(data: bytes) -> Row:
    """Raises WireError."""
    if len(data) < _HEAD.size:
        raise WireError(f"a message of {len(data)} bytes is too short")
    kind, stamp_us = _HEAD.unpack_from(data)
    body = data[_HEAD.size:]
    if kind == FACE and body == b"\0":
        return FaceRow(stamp_us, 0, None)
    if kind == FACE and len(body) == _FACE.size:
        faces, *rest = _FACE.unpack(body)
        n = len(ARKIT)
        values = np.array(rest[n:], np.float32)
        return FaceRow(stamp_us, faces, Captured(np.array(rest[:n], np.float32) / np.float32(255), values[:3] / _CENTI,
                                                 values[3:5] / _CENTI, values[5:] / _MILLI))
    if kind == MOUTH and len(body) == len(OCULUS):
        return MouthRow(stamp_us, np.frombuffer(body, np.uint8).astype(np.float32) / np.float32(255))
    if kind == SOUND and 0 < len(body) <= 2 * MAX_SOUND and len(body) % 2 == 0:
        return SoundBlock(stamp_us, np.frombuffer(body, "<i2").astype(np.int16))
    if kind == CUT_OUT and len(body) > _CUT_OUT.size:
        return CutOutRow(stamp_us, _cut_out(body))
    raise WireError(f"a message of kind {kind} with {len(body)} bytes is unknown; does the other side speak version {VERSION}?")


def _cut_out(body: bytes) -> CutOut:
    """Raises WireError."""
    *edges, size = _CUT_OUT.unpack_from(body)
    pictures = body[_CUT_OUT.size:]
    left, bottom, right, top = (v / _MILLI for v in edges)
    cut = CutOut((left, bottom, right, top), pictures[:size], pictures[size:])
    try:
        check(cut)
    except CutOutError as error:
        raise WireError(str(error)) from error
    return cut


def _bytes(values: NDArray) -> list[int]:
    return np.rint(np.clip(values, 0.0, 1.0) * 255).astype(int).tolist()  # type: ignore[no-any-return]


def _shorts(values: NDArray, scale: float) -> list[int]:
    return np.rint(np.clip(np.asarray(values) * scale, -32767, 32767)).astype(int).tolist()  # type: ignore[no-any-return]
