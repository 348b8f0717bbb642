"""One picture of the show at t: stage, anchors, overlays or the slate. Used live by the painter, offline by clips."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from assets.glb import GlbScene, read_glb
from avatar.pose import Pose
from avatar.springs import springs_in
from avatar.toon import toons_in
from render.cards import card_overlay
from render.clock import frame_ticks
from render.cue import Camera, CaptionCue, CardCue, LabelCue, ProductCue, SlateCue
from render.messages import PlacePlinths, PutProduct, RemoveProduct, StudioSettings
from render.overlays import Overlay, caption, compose, label, slate_picture
from render.person import Person
from render.timeline import Timeline

SLATE_PHASES = 24
OPENING = Camera((0.3, 1.5, 3.2), (0.3, 1.1, 0.0), 34.0)  # until the director has called a shot


@dataclass(frozen=True, slots=True)
class Look:
    """Which cues hold in one frame; taken under the timeline's lock, drawn outside it."""

    at: int
    camera: Camera
    product: ProductCue | None
    apart: float
    caption: CaptionCue | None
    card: CardCue | None
    label: LabelCue | None
    slate: bool
    held: tuple[str, float] | None = None


def look_at(timeline: Timeline, at: int) -> Look:
    """The look of the show at MediaTime `at`."""
    words, slate = timeline.at(CaptionCue, at), timeline.at(SlateCue, at)
    return Look(at, timeline.camera(at) or OPENING, timeline.at(ProductCue, at), timeline.apart(at),
                words if words is not None and at < words.until else None, timeline.at(CardCue, at),
                timeline.at(LabelCue, at), slate is not None and slate.on, timeline.held(at))


class Picture:
    """Belongs to one thread, the one that calls open()."""

    def __init__(self, settings: StudioSettings) -> None:
        self._settings = settings
        self._slates: dict[int, NDArray[np.uint8]] = {}
        p = settings.picture
        size = (p.width_px, p.height_px)
        # A night has many captions but few at a time: small caches.
        self._caption = functools.lru_cache(maxsize=4)(
            lambda text, language, second, other: caption(text, language, *size, second, other))
        self._card = functools.lru_cache(maxsize=4)(lambda cue, room_px: card_overlay(cue, settings.language, *size, room_px))
        self._label = functools.lru_cache(maxsize=4)(
            lambda text: label(text, settings.language, *size, settings.label_share))

    def open(self) -> str:
        """Bring up driver, room and anchors; the driver's name. Raises render.engine.NoDriver."""
        from render.engine import Engine  # not before the pacer runs: sound never waits for picture
        from render.puppet import Puppet
        from render.stage import Stage

        s = self._settings
        engine = Engine(s.picture.driver)
        bodies = {anchor: Puppet(_avatar(path), engine.shaders, springs_in(path), toons_in(path))
                  for anchor, path in s.avatars.items()}
        self._stage = Stage(engine, s.picture.width_px, s.picture.height_px, s.spec, read_glb(s.spec.room_glb),
                            read_glb(s.plinth_glb), bodies)
        return engine.driver

    @property
    def room_draws(self) -> int:
        """How often the still room was drawn."""
        return self._stage.room_draws

    def put(self, put: PutProduct, scene: GlbScene) -> None:
        """A product comes, or is exchanged. scene: its broadcast pack."""
        self._stage.set_product(put.model, scene, put.plinth)

    def remove(self, change: RemoveProduct) -> None:
        """A product goes."""
        self._stage.remove_product(change.sku)

    def place(self, change: PlacePlinths) -> None:
        """Plinths move, and what stands on them."""
        self._stage.place_plinths(change.plinths)

    def draw(self, look: Look, poses: Mapping[str, Pose], person: Person | None = None) -> NDArray[np.uint8]:
        """(h, w, 4) uint8 BGRA, top row first. person: who comes instead of an anchor's body."""
        if look.slate:
            return self._slate(look.at)
        picture = self._stage.draw(look.at, look.camera, look.product, poses, look.apart, look.held, person)
        compose(picture, self._overlays(look))
        return picture

    def _overlays(self, look: Look) -> list[Overlay]:
        words, p = look.caption, self._settings.picture
        mark = self._label(look.label.text if look.label else self._settings.ai_label)
        room_px = self._settings.frame_share * p.width_px * p.height_px - (mark.area_px if mark else 0)
        found = (
            self._caption(words.text, words.language, words.second, words.second_language) if words else None,
            self._card(replace(look.card, at=0), room_px) if look.card else None,
            mark,
        )
        return [o for o in found if o is not None]

    def _slate(self, at: int) -> NDArray[np.uint8]:
        s = self._settings
        loop = 2 * s.picture.fps * frame_ticks(s.picture.fps)
        phase = int(at % loop / loop * SLATE_PHASES)
        if phase not in self._slates:
            self._slates[phase] = slate_picture(s.picture.width_px, s.picture.height_px, phase / SLATE_PHASES,
                                                s.title, s.note, s.ai_label, s.language, s.label_share)
        return self._slates[phase]


def _avatar(path: Path) -> AvatarModel:
    return AvatarModel.load(path)
