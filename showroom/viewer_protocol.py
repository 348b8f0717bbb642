"""The words between a browser and the show: JSON texts for control, render.wire messages for media. Version 1.

Viewer to show: hello, ask, mode, ping. Show to viewer: hello, cue, answer, answering, refused, scene, pong.
Every cue names its anchor_id and its MediaTime `at`.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from render.clock import RATE_HZ, seconds
from render.cue import (
    CaptionCue,
    CardCue,
    Cue,
    ExplodeCue,
    HoldCue,
    HumanCue,
    LabelCue,
    MuteCue,
    Play,
    ProductCue,
    ShotCue,
    SlateCue,
    StopSpeech,
)

PROTOCOL = 1
MAX_TEXT_BYTES = 4096  # of one message from a viewer

_KINDS = {ProductCue: "product", ExplodeCue: "explode", HoldCue: "hold", ShotCue: "shot", CaptionCue: "caption",
          CardCue: "card", LabelCue: "label",
          SlateCue: "slate", MuteCue: "mute", HumanCue: "human", StopSpeech: "stop", Play: "play"}


class ProtocolError(ValueError):
    """What a viewer sent is not of the protocol; one sentence."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hello(_Message):
    """First message of a viewer. mode: "tour" paints the show itself, "watch" gets video, "listen" sound and cues only."""

    type: Literal["hello"]
    mode: Literal["tour", "watch", "listen"] = "tour"
    language: str = Field("en", max_length=35)
    viewer: str = Field("", max_length=64, pattern=r"^[A-Za-z0-9_-]*$")


class Ask(_Message):
    """A question. id: the page's own, comes back with the answer."""

    type: Literal["ask"]
    id: str = Field(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    text: str = Field(max_length=2000)
    language: str = Field("", max_length=35)


class Mode(_Message):
    """Change between tour, watch and listen."""

    type: Literal["mode"]
    mode: Literal["tour", "watch", "listen"]


class Ping(_Message):
    """t: anything of the page's clock; comes back."""

    type: Literal["ping"]
    t: float


FromViewer = Hello | Ask | Mode | Ping
_ADAPTER: TypeAdapter[FromViewer] = TypeAdapter(Annotated[FromViewer, Field(discriminator="type")])


def parse(text: str | bytes) -> FromViewer:
    """A viewer's message. Raises ProtocolError."""
    if isinstance(text, bytes):
        raise ProtocolError("viewers send JSON text, not binary messages")
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "message"
        raise ProtocolError(f"{where}: {first['msg']}") from None


def text(kind: str, /, **fields: Any) -> str:
    """A message to a viewer."""
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))


def cue_fields(cue: Cue) -> dict[str, Any]:
    """A cue as JSON values, without sound and curves (they come in chunks)."""
    fields: dict[str, Any] = {"cue": _KINDS[type(cue)], "at": cue.at, "anchor_id": cue.anchor_id}
    match cue:
        case ProductCue():
            fields |= {"sku": cue.sku, "turn_deg_s": cue.turn_deg_s, "variant": cue.variant}
        case ExplodeCue():
            fields |= {"amount": cue.amount, "ease_s": cue.ease_s}
        case HoldCue():
            fields |= {"side": cue.side, "ease_s": cue.ease_s}
        case ShotCue():
            fields |= {"name": cue.name, "ease_s": cue.ease_s, "position_m": cue.camera.position_m,
                       "target_m": cue.camera.target_m, "fov_deg": cue.camera.fov_deg}
        case CaptionCue():
            fields |= {"until": cue.until, "text": cue.text, "language": cue.language, "second": cue.second,
                       "second_language": cue.second_language}
        case CardCue():
            fields |= {"lines": cue.lines, "sku": cue.sku, "kind": cue.kind, "rows": cue.rows}
        case LabelCue():
            fields |= {"text": cue.text}
        case SlateCue() | MuteCue() | HumanCue():
            fields |= {"on": cue.on}
        case Play():
            fields |= {"utterance_id": cue.utterance_id, "until": cue.at + len(cue.pcm), "text": cue.text,
                       "language": cue.language, "product": cue.product, "citations": cue.citations,
                       "words": [(w.text, round(w.start_s, 3), round(w.end_s, 3)) for w in cue.words]}
    return fields


def evidence_fields(cue: Cue) -> dict[str, Any] | None:
    """The sidecar's line of a cue; None for cues that prove nothing."""
    if isinstance(cue, Play):
        return {"event": "utterance", "id": cue.utterance_id, "anchor_id": cue.anchor_id, "text": cue.text,
                "language": cue.language, "product": cue.product, "citations": cue.citations, "rule": cue.rule,
                "duration_s": round(seconds(len(cue.pcm)), 4),
                "words": [(w.text, round(w.start_s, 3), round(w.end_s, 3)) for w in cue.words],
                "phones": [(p.ipa, round(p.start_s, 3), round(p.end_s, 3)) for p in cue.phones]}
    if isinstance(cue, CaptionCue) and cue.second:
        return {"event": "caption", "text": cue.second, "language": cue.second_language,
                "duration_s": round(seconds(cue.until - cue.at), 4)}
    if isinstance(cue, ProductCue | ExplodeCue | HoldCue | ShotCue | SlateCue | MuteCue | StopSpeech | LabelCue | HumanCue):
        return {"event": _KINDS[type(cue)], **{k: v for k, v in cue_fields(cue).items() if k not in ("cue", "at")}}
    return None


__all__ = ["PROTOCOL", "RATE_HZ", "Ask", "Hello", "Mode", "Ping", "ProtocolError", "cue_fields", "evidence_fields",
           "parse", "text"]
