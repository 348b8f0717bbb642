"""What the director tells the studio: frozen values, all with a MediaTime `at`. One type, one handler, one rule each."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avatar.performance import Performance
from avatar.speech import Phone, Word


@dataclass(frozen=True, slots=True)
class Camera:
    """position_m, target_m: (3,) float, glTF axes; fov_deg: vertical field of view, 5..90."""

    position_m: tuple[float, float, float]
    target_m: tuple[float, float, float]
    fov_deg: float


@dataclass(frozen=True, slots=True)
class Play:
    """One sentence, sound and movement. pcm: (n,) int16 mono 48 kHz."""

    at: int
    anchor_id: str
    utterance_id: str
    performance: Performance
    pcm: NDArray[np.int16]
    text: str
    language: str
    words: tuple[Word, ...] = ()
    product: str | None = None
    citations: tuple[str, ...] = ()
    rule: str = ""
    phones: tuple[Phone, ...] = ()


@dataclass(frozen=True, slots=True)
class StopSpeech:
    """Fade the sentence now playing out within 80 ms (skip, barge-in)."""

    at: int
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class ProductCue:
    """The product on the hero plinth from `at` on; None clears it. turn_deg_s: speed of its turntable."""

    at: int
    sku: str | None
    turn_deg_s: float = 24.0
    variant: str | None = None
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class ExplodeCue:
    """Take the product on show apart, or put it together. amount: 0 whole .. 1 no two parts' boxes overlap; reached
    within ease_s seconds. Another product is whole again."""

    at: int
    amount: float
    ease_s: float = 1.2
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class HoldCue:
    """The product on show goes into this anchor's hand, or (side "") back to its place, within ease_s seconds. side: "left"
    or "right". At its true size, upright on the palm; another product stands on the plinth again."""

    at: int
    side: str
    ease_s: float = 0.45
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class ShotCue:
    """Move the broadcast camera to `camera` within ease_s seconds (0 cuts). name: "wide", "medium" or "product"."""

    at: int
    name: str
    camera: Camera
    ease_s: float = 0.0
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class CaptionCue:
    """Show `text` until `until` (MediaTime); empty text clears. second: the same in another language, below it, "" for
    none."""

    at: int
    until: int
    text: str
    language: str
    anchor_id: str = "anchor"
    second: str = ""
    second_language: str = "en"


@dataclass(frozen=True, slots=True)
class CardCue:
    """The card. kind "product": lines, title first, empty clears; "evidence": what it is, its title, what it says, who says
    so; "compare": two titles, and rows of label, first, second. firm: of a product's lines, how many stay where room is
    short: title, price, and what the law wants beside a price."""

    at: int
    lines: tuple[str, ...]
    sku: str | None = None
    anchor_id: str = "anchor"
    kind: str = "product"
    rows: tuple[tuple[str, ...], ...] = ()
    firm: int = 2


@dataclass(frozen=True, slots=True)
class LabelCue:
    """The AI label that the market's profile asks for; in every frame until changed."""

    at: int
    text: str
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class SlateCue:
    """on: the slate instead of the stage (stop-to-slate); speech is muted with it."""

    at: int
    on: bool
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class MuteCue:
    """on: silence on air, pictures go on."""

    at: int
    on: bool
    anchor_id: str = "anchor"


@dataclass(frozen=True, slots=True)
class HumanCue:
    """on: a person performs this anchor from `at` on (avatar.capture), else the AI does again; both cross-fade."""

    at: int
    on: bool
    anchor_id: str = "anchor"


Cue = (Play | StopSpeech | ProductCue | ExplodeCue | HoldCue | ShotCue | CaptionCue | CardCue | LabelCue | SlateCue | MuteCue
       | HumanCue)


@dataclass(frozen=True, slots=True)
class StageState:
    """All that rebuilds the studio: the latest cue of each kind and the sentence in progress."""

    cues: tuple[Cue, ...] = field(default=())
