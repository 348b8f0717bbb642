"""The main thread of the studio: poses, stage and overlays become the newest picture."""

from __future__ import annotations

import functools
import threading
import time
from collections import deque

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from assets.glb import read_glb
from render.clock import frame_ticks
from render.cue import Camera, CaptionCue, CardCue, LabelCue, ProductCue, SlateCue
from render.encoder import to_i420
from render.messages import PutProduct, RemoveProduct, StudioSettings
from render.overlays import Overlay, caption, card, compose, label, slate_picture
from render.pacer import Pacer
from render.performers import Performers
from render.timeline import Timeline

SLATE_PHASES = 24
OPENING = Camera((0.3, 1.5, 3.2), (0.3, 1.1, 0.0), 34.0)  # until the director has called a shot


class Painter:
    """Draws the frame that the pacer will send next. open() and draw_next() belong to the main thread."""

    def __init__(self, settings: StudioSettings, timeline: Timeline, lock: threading.Lock, performers: Performers,
                 pacer: Pacer) -> None:
        self._settings, self._timeline, self._lock = settings, timeline, lock
        self._performers, self._pacer = performers, pacer
        self._changes: deque[PutProduct | RemoveProduct] = deque(settings.products)
        self._drawn = 0
        self._slates: dict[int, NDArray[np.uint8]] = {}
        p = settings.picture
        size = (p.width_px, p.height_px)
        # A night has many captions but few at a time: small caches.
        self._caption = functools.lru_cache(maxsize=4)(lambda text, lang: caption(text, lang, *size))
        self._card = functools.lru_cache(maxsize=4)(lambda lines: card(lines, settings.language, *size))
        self._label = functools.lru_cache(maxsize=4)(lambda text: label(text, settings.language, *size))

    def open(self) -> str:
        """Bring up driver, room, products and anchors; the name of the driver ("off" without a picture)."""
        s = self._settings
        self._stage = None
        if s.picture.driver == "off":
            return "off"
        from render.engine import Engine  # not before the pacer runs: sound never waits for picture
        from render.puppet import Puppet
        from render.stage import Stage

        engine = Engine(s.picture.driver)
        bodies = {anchor: Puppet(_avatar(path), engine.shaders) for anchor, path in s.avatars.items()}
        self._stage = Stage(engine, s.picture.width_px, s.picture.height_px, s.spec, read_glb(s.spec.room_glb),
                            read_glb(s.plinth_glb), bodies)
        return engine.driver

    def change(self, message: PutProduct | RemoveProduct) -> None:
        """Queue a product for the stage (any thread)."""
        self._changes.append(message)

    def draw_next(self) -> None:
        """Wait for the next frame to be due, draw it, hand it over."""
        due = self._pacer.wait_next(self._drawn)
        self._drawn = due
        if self._stage is None:
            return
        started = time.thread_time()
        self._apply_changes()
        at = due
        with self._lock:
            slate = self._timeline.at(SlateCue, at)
            overlays = self._overlays(at)
            plays = self._performers.plays(at, 0, self._timeline)
            camera, product = self._timeline.camera(at) or OPENING, self._timeline.at(ProductCue, at)
        if slate is not None and slate.on:
            picture = self._slate(at)
        else:
            poses = {a: self._performers.pose(a, at, plays[a]) for a in self._performers.anchors}
            picture = self._stage.draw(at, camera, product, poses)
            compose(picture, overlays)
        drawn = time.thread_time()
        self._pacer.offer(at, to_i420(picture))
        self._pacer.draw_cpu_s += drawn - started
        self._pacer.convert_cpu_s += time.thread_time() - drawn
        self._pacer.room_draws = self._stage.room_draws

    def _apply_changes(self) -> None:
        while self._changes:
            change = self._changes.popleft()
            if isinstance(change, RemoveProduct):
                self._stage.remove_product(change.sku)
            else:
                self._stage.set_product(change.model, read_glb(change.model.packs["broadcast"]), change.plinth)

    def _overlays(self, at: int) -> list[Overlay]:
        words = self._timeline.at(CaptionCue, at)
        lines = self._timeline.at(CardCue, at)
        mark = self._timeline.at(LabelCue, at)
        found = (
            self._caption(words.text, words.language) if words and at < words.until else None,
            self._card(lines.lines) if lines else None,
            self._label(mark.text if mark else self._settings.ai_label),
        )
        return [o for o in found if o is not None]

    def _slate(self, at: int) -> NDArray[np.uint8]:
        s = self._settings
        loop = 2 * s.picture.fps * frame_ticks(s.picture.fps)
        phase = int(at % loop / loop * SLATE_PHASES)
        if phase not in self._slates:
            self._slates[phase] = slate_picture(s.picture.width_px, s.picture.height_px, phase / SLATE_PHASES,
                                                s.title, s.note, s.ai_label, s.language)
        return self._slates[phase]


def _avatar(path: object) -> AvatarModel:
    if path is None:
        from avatar.build.bust import build_bust

        return build_bust()
    return AvatarModel.load(path)  # type: ignore[arg-type]
