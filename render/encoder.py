"""Pictures and sound to packets: H.264 for feeds and watchers, AAC for feeds, Opus for browsers.

One encode serves every target. Sizes and rates never change while on air, so that slate packets made with the same
settings share SPS, PPS and AudioSpecificConfig.
"""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from render.clock import AAC_TICKS, OPUS_TICKS, RATE_HZ, frame_ticks
from render.packet import Packet, StreamFormat, VideoSettings

GLOBAL_HEADER = 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER: the muxers behind need the headers apart
OPUS_PRESKIP_TICKS = 312  # libopus' look-ahead at 48 kHz; a packet's first sample is that much earlier
_TICK = Fraction(1, RATE_HZ)


def configure_h264(context: VideoCodecContext, settings: VideoSettings) -> None:
    """Give an unopened libx264 context the settings of the show: equal settings give equal SPS and PPS."""
    context.width, context.height = settings.width_px, settings.height_px
    context.pix_fmt = "yuv420p"
    context.time_base = _TICK
    context.framerate = Fraction(settings.fps, 1)
    context.bit_rate = settings.bitrate_kbps * 1000
    context.thread_count = 1
    key_frames = context.gop_size = settings.fps * settings.key_s
    # OpenCV converts by BT.601 limited range; an untagged HD stream would be shown as BT.709.
    context.colorspace, context.color_range = 6, 1
    context.color_primaries, context.color_trc = 6, 6
    vbv = f"vbv-maxrate={settings.bitrate_kbps * 3 // 2}:vbv-bufsize={settings.bitrate_kbps * 2}"
    context.options = {
        "preset": settings.preset, "tune": "zerolatency", "profile": "main",
        "x264-params": f"repeat-headers=1:scenecut=0:keyint={key_frames}:{vbv}:colormatrix=smpte170m"
                       ":colorprim=smpte170m:transfer=smpte170m:range=tv",
    }


class VideoEncoder:
    """BGRA pictures to H.264 Annex B packets, one in, one out, no reordering."""

    def __init__(self, settings: VideoSettings) -> None:
        self._settings = settings
        self._ticks = frame_ticks(settings.fps)
        context = av.CodecContext.create("libx264", "w")
        configure_h264(context, settings)
        context.open()
        self._context = context

    def encode(self, planes: NDArray[np.uint8], at: int, force_key: bool = False) -> list[Packet]:
        """planes: I420 (height*3/2, width) uint8 as `to_i420` gives, not to be written to afterwards; at: MediaTime of it."""
        frame = VideoFrame.from_numpy_buffer(np.ascontiguousarray(planes), format="yuv420p")  # no copy: half a millisecond
        frame.pts, frame.time_base = at, _TICK
        frame.colorspace, frame.color_range = 6, 1
        if force_key:
            frame.pict_type = 1  # AV_PICTURE_TYPE_I; x264 makes it an IDR
        packets = self._context.encode(frame)
        return [Packet(int(p.pts or 0), self._ticks, "video", bool(p.is_keyframe), bytes(p)) for p in packets]


def to_i420(bgra: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 4) uint8 BGRA, top row first, to I420 planes (h*3/2, w), BT.601 limited range."""
    return cv2.cvtColor(bgra, cv2.COLOR_BGRA2YUV_I420).astype(np.uint8, copy=False)


class AacEncoder:
    """int16 mono 48 kHz to AAC-LC stereo frames of 1024 samples."""

    def __init__(self, bitrate_kbps: int = 96) -> None:
        self._bitrate_kbps = bitrate_kbps
        self._context = self._opened()
        self._left = np.zeros(0, np.int16)
        self._at: int | None = None

    def _opened(self) -> AudioCodecContext:
        context = av.CodecContext.create("aac", "w")
        context.sample_rate, context.layout, context.format = RATE_HZ, "stereo", "fltp"
        context.bit_rate, context.time_base = self._bitrate_kbps * 1000, _TICK
        context.flags |= GLOBAL_HEADER
        context.open()
        return context

    @property
    def asc(self) -> bytes:
        """AudioSpecificConfig."""
        return bytes(self._context.extradata or b"")

    def encode(self, pcm: NDArray[np.int16], at: int) -> list[Packet]:
        """pcm: (n,) int16, n >= 0; at: MediaTime of its first sample. Where it does not follow what was given before (the
        clock was jumped after a stall), a new stream begins there: sound goes out at its own time, never behind it."""
        if self._at is None or at != self._at + len(self._left):
            if self._at is not None:
                self._context = self._opened()  # libav's own queue of times runs backwards over a jump
            self._at, self._left = at, np.zeros(0, np.int16)
        self._left = np.concatenate([self._left, pcm])
        out: list[Packet] = []
        while len(self._left) >= AAC_TICKS:
            block = (self._left[:AAC_TICKS] / np.float32(32768)).astype(np.float32)
            self._left = self._left[AAC_TICKS:]
            frame = AudioFrame.from_ndarray(np.stack([block, block]), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._at, _TICK
            self._at += AAC_TICKS
            out += [Packet(int(p.pts or 0), AAC_TICKS, "audio", True, bytes(p)) for p in self._context.encode(frame)]
        return out


class OpusEncoder:
    """int16 mono 48 kHz to Opus packets of 20 ms."""

    def __init__(self, bitrate_kbps: int = 32) -> None:
        context = av.CodecContext.create("libopus", "w")
        context.sample_rate, context.layout, context.format = RATE_HZ, "mono", "s16"
        context.bit_rate, context.time_base = bitrate_kbps * 1000, _TICK
        context.options = {"application": "audio", "frame_duration": "20"}
        context.open()
        self._context = context

    def encode(self, pcm: NDArray[np.int16], at: int) -> list[Packet]:
        """pcm: (k * 960,) int16; at: MediaTime of its first sample. Packet.at is that of the sample it decodes to first."""
        out: list[Packet] = []
        for start in range(0, len(pcm), OPUS_TICKS):
            block = np.ascontiguousarray(pcm[start : start + OPUS_TICKS])
            frame = AudioFrame.from_ndarray(block[None, :], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at + start, _TICK
            out += [Packet(int(p.pts or 0), OPUS_TICKS, "audio", True, bytes(p)) for p in self._context.encode(frame)]
        return out


def stream_format(settings: VideoSettings, key_packet: bytes, asc: bytes) -> StreamFormat:
    """What muxers need to know before the first packet. key_packet: Annex B data of any key frame."""
    return StreamFormat(settings.width_px, settings.height_px, settings.fps, parameter_sets(key_packet), asc)


def parameter_sets(annex_b: bytes) -> bytes:
    """SPS and PPS of an Annex B access unit, with start codes. Raises ValueError when it has none."""
    units = [u for u in split_annex_b(annex_b) if u and u[0] & 0x1F in (7, 8)]
    if not units:
        raise ValueError("the H.264 packet carries no SPS/PPS: it is not a key frame of this encoder")
    return b"".join(b"\0\0\0\1" + u for u in units)


def split_annex_b(data: bytes) -> list[bytes]:
    """NAL units of an Annex B byte stream, start codes and trailing zeros removed."""
    units, start = [], None
    i = data.find(b"\0\0\1")
    while i >= 0:
        if start is not None:
            units.append(data[start:i].rstrip(b"\0"))
        start = i + 3
        i = data.find(b"\0\0\1", start)
    if start is not None:
        units.append(data[start:])
    return units
