"""What host and studio say to each other, beside the cues. Plain values; this module knows neither engine nor codec."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.product import ProductModel
from assets.scene import Plinth, ShowroomSpec
from avatar.capture.captured import Captured
from avatar.capture.cut_out import CutOut
from render.cue import Cue, StageState


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """width/height: even, px; fps: of render.clock.FPS; driver: "auto", "gl", "tiny" or "off" (browsers only)."""

    width_px: int = 960
    height_px: int = 540
    fps: int = 25
    bitrate_kbps: int = 2000
    preset: str = "superfast"
    driver: str = "auto"


@dataclass(frozen=True, slots=True)
class BedSettings:
    """Music under the show. loop: .npy, see render.music_bed; duck_db: how much quieter under speech."""

    loop: Path
    duck_db: float


@dataclass(frozen=True, slots=True)
class StudioSettings:
    """All that a studio needs to start. epoch_s: monotonic instant of MediaTime 0; avatars: anchor id -> .npz;
    title, note, language: words of the slate; state: what was on air; label_share: least height of the AI label's letters,
    of the frame's shorter side; frame_share: of the frame's area that label and card together may cover; mark: see
    render.feed_messages.FeedSettings, for clips."""

    epoch_s: float
    picture: PictureSettings
    spec: ShowroomSpec
    plinth_glb: Path
    avatars: dict[str, Path]
    products: tuple[PutProduct, ...]
    slate: Path
    title: str
    note: str
    ai_label: str
    language: str
    seed: int = 1
    state: StageState = field(default_factory=StageState)
    bed: BedSettings | None = None
    label_share: float = 0.03
    frame_share: float = 1.0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class PutProduct:
    """Take or exchange a product on the stage. plinth: its home place, or None."""

    model: ProductModel
    plinth: str | None


@dataclass(frozen=True, slots=True)
class RemoveProduct:
    """Withdraw a product at once."""

    sku: str


@dataclass(frozen=True, slots=True)
class PlacePlinths:
    """All plinths of the showroom, where they stand now."""

    plinths: tuple[Plinth, ...]


@dataclass(frozen=True, slots=True)
class CapturedRow:
    """What a performer did at MediaTime `at`."""

    at: int
    seen: Captured
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class CapturedPicture:
    """How a performer looks at MediaTime `at`: shown instead of the anchor's body. cut: checked by the host."""

    at: int
    cut: CutOut
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class Microphone:
    """A performer's sound. pcm: (n,) int16 mono 48 kHz from MediaTime `at`; empty: nothing more from `at` on."""

    at: int
    pcm: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class ForceKey:
    """Make the next picture a key frame."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish and end."""


@dataclass(frozen=True, slots=True)
class Started:
    """The studio runs from MediaTime `at` on. driver: what draws, "starting" before it is known, "slate" where nothing can;
    why: the sentence for "slate"."""

    at: int
    driver: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """0.1 s for browsers. data: render.wire chunk message."""

    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Still:
    """A 640x360 JPEG of the picture on air, once a second."""

    at: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class StudioBeat:
    """at: MediaTime the pacer has reached; picture_at: of the newest picture; repeated: pictures shown again because the
    next was late; skipped: pictures left out for the sound, or jumped over after a stall; draw/encode CPU in
    seconds since the start; frames: delivered."""

    at: int
    picture_at: int
    frames: int
    repeated: int
    skipped: int
    late_cues: int
    draw_cpu_s: float
    convert_cpu_s: float
    encode_cpu_s: float
    room_draws: int

    @property
    def figures(self) -> dict[str, float]:
        """For the operator's board: counts, and CPU milliseconds a frame."""
        per_frame_ms = 1000 / max(1, self.frames)
        return {"frames": self.frames, "repeated": self.repeated, "skipped": self.skipped, "late_cues": self.late_cues,
                "draw_ms": round(self.draw_cpu_s * per_frame_ms, 2), "convert_ms": round(self.convert_cpu_s * per_frame_ms, 2),
                "encode_ms": round(self.encode_cpu_s * per_frame_ms, 2)}


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """cues: from MediaTime 0; end: MediaTime; out: .mp4, or .png/.jpg for the picture at `end`;
    sidecar: JSON lines with the pose of every POSE_TICKS grid point once a second and every sentence."""

    settings: StudioSettings
    cues: tuple[Cue, ...]
    end: int
    out: Path
    sidecar: Path | None = None
