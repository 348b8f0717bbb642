"""The main thread of the studio: the newest picture, drawn for the frame that the pacer will send next."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections import deque
from dataclasses import replace

from assets.glb import GlbError, GlbScene
from assets.packs.coarser import staged_scene
from render.encoder import to_i420
from render.messages import PlacePlinths, PutProduct, RemoveProduct, StudioSettings
from render.pacer import Pacer
from render.performers import Performers
from render.person import Unpacking
from render.picture import Picture, look_at
from render.timeline import Timeline

Change = PutProduct | RemoveProduct | PlacePlinths
MOST_ARRIVING = 256  # products whose files wait to be read; beyond that the host waits


class Painter:
    """open() and draw_next() belong to the main thread."""

    def __init__(self, settings: StudioSettings, timeline: Timeline, lock: threading.Lock, performers: Performers,
                 pacer: Pacer) -> None:
        self._timeline, self._lock, self._performers, self._pacer = timeline, lock, performers, pacer
        self._products = settings.products
        self._arriving: queue.Queue[Change] = queue.Queue(MOST_ARRIVING)
        self._changes: deque[tuple[PutProduct, GlbScene] | RemoveProduct | PlacePlinths] = deque()
        self._picture = Picture(settings) if settings.picture.driver != "off" else None
        self._unpacking = Unpacking()
        self._drawn = 0

    def open(self) -> str:
        """Bring up driver, room, products and anchors; the driver's name ("off" without a picture)."""
        if self._picture is None:
            return "off"
        driver = self._picture.open()
        for put in self._products:
            if (scene := _read(put)) is not None:
                self._picture.put(put, scene)
        self._warm()
        threading.Thread(target=self._load, name="loader", daemon=True).start()
        return driver

    def give_up(self) -> None:
        """No driver: the pacer keeps its first picture, the slate's."""
        self._picture = None

    def _warm(self) -> None:
        """The first use of a shader compiles it: have that behind us before the picture counts as open."""
        assert self._picture is not None
        for _ in range(2):
            with self._lock:
                look = look_at(self._timeline, self._pacer.at)
            poses = {a: self._performers.pose(a, look.at, {}) for a in self._performers.anchors}
            self._picture.draw(replace(look, slate=False), poses)

    def change(self, message: Change) -> None:
        """Queue a change of products or plinths for the stage (any thread)."""
        self._arriving.put(message)

    def _load(self) -> None:
        """Files are read beside the picture, in their order: a large model must not cost a frame."""
        while True:
            message = self._arriving.get()
            if not isinstance(message, PutProduct):
                self._changes.append(message)
            elif (scene := _read(message)) is not None:
                self._changes.append((message, scene))

    def draw_next(self) -> None:
        """Wait for the next frame to be due, draw it, hand it over."""
        self._drawn = at = self._pacer.wait_next(self._drawn)
        if self._picture is None:
            return
        started = time.thread_time()
        self._apply_change()
        with self._lock:
            look = look_at(self._timeline, at)
            plays = self._performers.plays(at, 0, self._timeline)
        person = None if look.slate else self._unpacking(self._performers.person(at))
        away = person.anchor_id if person is not None and person.part >= 1.0 else None
        poses = {} if look.slate else {a: self._performers.pose(a, at, plays) for a in self._performers.anchors if a != away}
        picture = self._picture.draw(look, poses, person)
        drawn = time.thread_time()
        self._pacer.offer(at, to_i420(picture))
        self._pacer.draw_cpu_s += drawn - started
        self._pacer.convert_cpu_s += time.thread_time() - drawn
        self._pacer.room_draws = self._picture.room_draws

    def _apply_change(self) -> None:
        """One a frame."""
        if not self._changes:
            return
        change = self._changes.popleft()
        assert self._picture is not None
        if isinstance(change, RemoveProduct):
            self._picture.remove(change)
        elif isinstance(change, PlacePlinths):
            self._picture.place(change)
        else:
            self._picture.put(*change)


def _read(put: PutProduct) -> GlbScene | None:
    """None when the file went away or was exchanged under us: the show goes on without it."""
    try:
        return staged_scene(put.model.packs["broadcast"])
    except (OSError, GlbError) as error:
        print(f"{put.model.sku}: not on stage: {error}", file=sys.stderr)
        return None
