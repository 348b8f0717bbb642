"""Encoded media on its way out."""

from __future__ import annotations

from dataclasses import dataclass

TRACKS = ("video", "audio")  # H.264 Annex B with SPS/PPS before each key frame; AAC-LC raw frames


@dataclass(frozen=True, slots=True)
class Packet:
    """at: MediaTime of its first sample or picture; duration in ticks; key: decoding may start here."""

    at: int
    duration: int
    track: str
    key: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What every packet of one broadcast has in common. extradata: SPS+PPS (Annex B); asc: AudioSpecificConfig."""

    width_px: int
    height_px: int
    fps: int
    extradata: bytes
    asc: bytes
