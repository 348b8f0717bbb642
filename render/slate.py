"""The slate: two seconds of encoded picture and silence that every feed holds and loops when the studio is silent.

It is made with the encoder settings of the show, so that its SPS, PPS and AudioSpecificConfig are those of the
stream, and it carries the AI label.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.packet import Packet as AvPacket
from numpy.typing import NDArray

from render.clock import AAC_TICKS, RATE_HZ, frame_ticks
from render.encoder import AacEncoder, VideoEncoder, configure_h264, split_annex_b, to_i420
from render.packet import Packet, StreamFormat, VideoSettings

VERSION = 3  # raise when the pictures or the encoder settings change
SLATE_S = 2


@dataclass(frozen=True, slots=True)
class Slate:
    """video: one closed group of pictures, key first, in length-prefixed (avcC) form, at 0, 1 frame, 2 frames …;
    audio: one silent AAC frame to repeat; format: what all packets of the show share."""

    path: Path
    format: StreamFormat
    video: tuple[Packet, ...]
    audio: Packet


def slate_path(folder: Path, settings: VideoSettings, text: str) -> Path:
    """Where the slate of these settings and words belongs."""
    key = json.dumps([VERSION, asdict(settings), text, av.__version__], sort_keys=True)
    return folder / f"slate-{hashlib.sha256(key.encode()).hexdigest()[:16]}.mp4"


def make_slate(path: Path, settings: VideoSettings, draw: Callable[[float], NDArray[np.uint8]]) -> None:
    """Encode SLATE_S seconds to `path` (MP4), atomically. draw(phase 0..1) gives a BGRA picture (h, w, 4)."""
    video, audio = VideoEncoder(settings), AacEncoder()
    frames, step = settings.fps * SLATE_S, frame_ticks(settings.fps)
    pictures = [p for n in range(frames) for p in video.encode(to_i420(draw(n / frames)), n * step)]
    sounds = audio.encode(np.zeros(RATE_HZ * SLATE_S, np.int16), 0)
    part = path.with_name(path.name + ".part")
    # The template for muxers must come from an opened encoder: PyAV gives a raw mux stream no place for extradata.
    with av.open(str(part), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=settings.fps, width=settings.width_px, height=settings.height_px)
        configure_h264(stream.codec_context, settings)
        sound = container.add_stream("aac", rate=RATE_HZ, layout="stereo")
        for packet in sorted(pictures + [s for s in sounds if s.at >= 0], key=lambda p: p.at):
            container.mux(av_packet(packet, stream if packet.track == "video" else sound))
    part.replace(path)


def av_packet(packet: Packet, stream: object) -> AvPacket:
    """Our packet as PyAV's, bound to `stream`."""
    made = AvPacket(packet.data)
    made.pts = made.dts = packet.at
    made.duration, made.time_base, made.is_keyframe = packet.duration, Fraction(1, RATE_HZ), packet.key
    made.stream = stream  # type: ignore[assignment]
    return made


def load_slate(path: Path, settings: VideoSettings) -> Slate:
    """Read what `make_slate` wrote. Raises OSError or ValueError when it is not usable."""
    step = frame_ticks(settings.fps)
    video: list[Packet] = []
    audio: Packet | None = None
    with av.open(str(path)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        extradata, asc = bytes(picture.codec_context.extradata or b""), bytes(sound.codec_context.extradata or b"")
        for packet in container.demux(picture, sound):
            if packet.size and packet.stream is picture:
                video.append(Packet(len(video) * step, step, "video", packet.is_keyframe, bytes(packet)))
            elif packet.size:
                audio = Packet(0, AAC_TICKS, "audio", True, bytes(packet))
    if not video or not video[0].key or audio is None:
        raise ValueError(f"{path}: no picture or no sound in the slate; delete it and start again")
    form = StreamFormat(settings.width_px, settings.height_px, settings.fps, extradata, asc)
    return Slate(path, form, tuple(video), audio)


def to_avcc(annex_b: bytes) -> bytes:
    """An Annex B access unit in length-prefixed form, parameter sets and delimiters left out (they are in avcC)."""
    return b"".join(
        len(u).to_bytes(4, "big") + u for u in split_annex_b(annex_b) if u and u[0] & 0x1F not in (7, 8, 9)
    )


def avcc_parameter_sets(avcc: bytes) -> bytes:
    """SPS and PPS of an avcC record in Annex B form, to compare with a packet's."""
    out, offset = b"", 6
    for count_at in range(2):
        count = avcc[5] & 0x1F if count_at == 0 else avcc[offset]
        offset += count_at
        for _ in range(count):
            size = int.from_bytes(avcc[offset : offset + 2], "big")
            out += b"\0\0\0\1" + avcc[offset + 2 : offset + 2 + size]
            offset += 2 + size
    return out
