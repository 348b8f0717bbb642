"""What host and feed processes say to each other, beside packets. Knows no codec."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from render.packet import VideoSettings


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """url: rtmp://, rtmps://, srt://, a .m3u8 path or a file; epoch_s: monotonic instant of MediaTime 0;
    sidecar: JSON-lines file beside a recording, or None; mark: what the file's metadata say of its making (JSON with the
    keys of GB 45438), "" for nothing."""

    url: str
    epoch_s: float
    video: VideoSettings
    slate: Path
    recording: bool = False
    sidecar: Path | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of the sidecar. at: MediaTime; fields: JSON values."""

    at: int
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FeedBeat:
    """state: "connecting", "live", "slate" (picture or sound is the slate's); written_at: MediaTime of the last picture
    written; dropped, slated: counts."""

    state: str
    written_at: int
    dropped: int
    slated: int
    needs_key: bool


def shown_url(url: str) -> str:
    """A target's address without its stream key, which is a secret."""
    parts = urlsplit(url)
    if not parts.scheme:
        return url
    first = parts.path.strip("/").split("/")[0]
    return f"{parts.scheme}://{parts.hostname}{':' + str(parts.port) if parts.port else ''}/{first}"
