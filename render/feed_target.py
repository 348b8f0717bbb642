"""Where a feed writes: RTMP and HLS and files through PyAV, SRT through the ffmpeg binary of imageio-ffmpeg."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import av
from av.packet import Packet as AvPacket


class Target(Protocol):
    """What the writer needs of a target. mux may block; close may raise nothing."""

    def stream(self, track: str) -> Any: ...
    def mux(self, packet: AvPacket) -> None: ...
    def close(self) -> None: ...


class MuxTarget:
    """One libav muxer; its streams copy codec data from the slate, which is that of the show."""

    def __init__(self, url: str | Any, form: str, slate: Path, options: dict[str, str] | None = None,
                 metadata: dict[str, str] | None = None) -> None:
        self._container = av.open(url, "w", format=form, options=options or {})
        self._container.metadata.update(metadata or {})
        with av.open(str(slate)) as template:
            self._streams = {
                "video": self._container.add_stream_from_template(template.streams.video[0]),
                "audio": self._container.add_stream_from_template(template.streams.audio[0]),
            }

    def stream(self, track: str) -> Any:
        """The muxer's stream of "video" or "audio"."""
        return self._streams[track]

    def mux(self, packet: AvPacket) -> None:
        """Write one packet. Raises av.FFmpegError when the peer has gone."""
        self._container.mux(packet)

    def close(self) -> None:
        """Finish the file or leave the server; a peer that has gone is no error here."""
        with contextlib.suppress(av.FFmpegError, OSError):
            self._container.close()


class SrtTarget(MuxTarget):
    """MPEG-TS through a pipe into `ffmpeg -c copy`: PyAV's libraries are built without SRT."""

    def __init__(self, url: str, slate: Path) -> None:
        import imageio_ffmpeg

        self._process = subprocess.Popen(
            # Without small probes the remuxer keeps 5 s back.
            [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-probesize", "200000", "-analyzeduration", "300000",
             "-f", "mpegts", "-i", "pipe:0", "-c", "copy", "-f", "mpegts", url],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )
        super().__init__(self._process.stdin, "mpegts", slate)

    def close(self) -> None:
        """End the pipe, then the remuxer."""
        super().close()
        self._process.terminate()
        self._process.wait(3)


def open_target(url: str, slate: Path, mark: str = "") -> Target:
    """The target of an address. mark: goes into a file's metadata, as "AIGC" and as a comment.

    Raises av.FFmpegError or OSError when it cannot be had now, ValueError for a bad scheme."""
    scheme = urlsplit(url).scheme if "://" in url else ""
    if scheme in ("rtmp", "rtmps"):
        return MuxTarget(url, "flv", slate, {"flvflags": "no_duration_filesize"})
    if scheme == "srt":
        return SrtTarget(url, slate)
    if scheme:
        raise ValueError(f"{url}: push addresses begin with rtmp://, rtmps:// or srt://")
    Path(url).parent.mkdir(parents=True, exist_ok=True)
    if url.endswith(".m3u8"):
        return MuxTarget(url, "hls", slate, {"hls_time": "2", "hls_list_size": "6", "hls_flags": "delete_segments"})
    # Fragmented, so that what was written up to a crash can be played.
    flags = "frag_keyframe+empty_moov+default_base_moof" + ("+use_metadata_tags" if mark else "")
    metadata = {"AIGC": mark, "comment": f"AI-generated {mark}"} if mark else None
    return MuxTarget(url, "mp4", slate, {"movflags": flags}, metadata)
