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


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """width/height: even, px; fps: one of render.clock.FPS; bitrate_kbps: average of H.264; preset: x264's name."""

    width_px: int = 960
    height_px: int = 540
    fps: int = 25
    bitrate_kbps: int = 2000
    preset: str = "superfast"
    key_s: int = 2
