"""The way out: one supervised process per push target and one for the recording; packets to all, evidence to the recording."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from render.cue import Cue
from render.feed_messages import Evidence, FeedBeat, FeedSettings, shown_url
from render.link import ProcessLink
from render.packet import Packet
from render.pose_stream import decode
from render.wire import decode_chunk
from showroom.supervisor import Child, Limits
from showroom.viewer_protocol import evidence_fields

log = structlog.get_logger("broadcast")

FEED_LIMITS = Limits(beat_s=6.0, start_s=20.0, memory_mb=800, backoff_s=(0.5, 60.0))
KEY_INTERVAL_S = 1.0  # key frames on request, at most one a second for all feeds together
POSE_LINE_TICKS = 48_000  # one full pose a second in the sidecar


class Feed:
    """One target. recording: its file gets a new name after each restart; nothing is overwritten."""

    def __init__(self, url: str, make_settings: Callable[[str, bool], FeedSettings], on_beat: Callable[[FeedBeat], None],
                 recording: bool = False) -> None:
        self.url, self.recording = url, recording
        self.written_to: Path | None = None
        self._make_settings, self._on_beat = make_settings, on_beat
        name = f"record {Path(url).name}" if recording else f"push {shown_url(url)}"
        self.child = Child(name, self._link, limits=FEED_LIMITS, on_message=self._heard)

    def _link(self, on_message: Callable[[Any], None]) -> ProcessLink:
        url = self.url
        if self.recording:
            self.written_to = free_name(Path(self.url))
            url = str(self.written_to)
        return ProcessLink("render.feeds", self._make_settings(url, self.recording), on_message, nice=2)

    def _heard(self, message: Any) -> None:
        if isinstance(message, FeedBeat):
            self.child.health.detail = {"state": message.state, "written_at": message.written_at,
                                        "dropped": message.dropped, "slated": message.slated}
            self._on_beat(message)


class Broadcast:
    """All feeds of a show."""

    def __init__(self, urls: tuple[str, ...], record: Path | None, make_settings: Callable[[str, bool], FeedSettings],
                 force_key: Callable[[], None], disk_floor_mb: int, alarm: Callable[[str], None],
                 monotonic: Callable[[], float] = time.monotonic) -> None:
        self._force_key, self._monotonic, self._alarm = force_key, monotonic, alarm
        self._floor_mb = disk_floor_mb
        self._key_at = -KEY_INTERVAL_S
        self.feeds = [Feed(url, make_settings, self._beat) for url in urls]
        self._recording = Feed(str(record), make_settings, self._beat, recording=True) if record else None
        if self._recording:
            self.feeds.append(self._recording)
        self._next_pose_at = 0

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for feed in self.feeds:
                tasks.create_task(feed.child.run(), name=feed.child.health.name)
            tasks.create_task(self._watch_disk(), name="disk")

    def packet(self, packet: Packet) -> None:
        """One encoded picture or sound to every target."""
        for feed in self.feeds:
            feed.child.send(packet)

    def cue(self, cue: Cue) -> None:
        """What was cued, into the evidence trail."""
        fields = evidence_fields(cue)
        if self._recording and fields is not None:
            self._recording.child.send(Evidence(cue.at, fields))

    def evidence(self, at: int, **fields: Any) -> None:
        """Another line of the evidence trail."""
        if self._recording:
            self._recording.child.send(Evidence(at, fields))

    def chunk(self, at: int, data: bytes) -> None:
        """Keeps one full pose a second of what browsers were sent."""
        if not self._recording or at < self._next_pose_at:
            return
        self._next_pose_at = at + POSE_LINE_TICKS
        for body in decode_chunk(data)[1]:
            chunk = decode(body)
            pose = chunk.poses[0]
            self.evidence(chunk.at, event="pose", anchor_index=chunk.anchor_index,
                          weights=[round(float(v), 3) for v in pose.weights],
                          joints=[[round(float(v), 4) for v in q] for q in pose.joints],
                          hands=[[round(float(v), 3) for v in h] for h in pose.hands])

    def _beat(self, beat: FeedBeat) -> None:
        now = self._monotonic()
        if beat.needs_key and now - self._key_at >= KEY_INTERVAL_S:
            self._key_at = now
            self._force_key()

    async def _watch_disk(self) -> None:
        """Below the floor the recording stops, with an alarm; the show goes on."""
        while True:
            await asyncio.sleep(5)
            feed = self._recording
            if feed is None:
                continue
            folder = Path(feed.url).resolve().parent
            free_mb = shutil.disk_usage(folder if folder.exists() else Path.cwd()).free / 2**20
            if free_mb < self._floor_mb:
                self._alarm(f"recording stopped: {free_mb:.0f} MB free on its disk, {self._floor_mb} MB are kept free")
                self._recording = None
                self.feeds.remove(feed)
                await feed.child.close()

    async def close(self) -> None:
        """Finish files, leave servers."""
        await asyncio.gather(*(feed.child.close() for feed in self.feeds))


def free_name(path: Path) -> Path:
    """`path`, or path-002, path-003 … when it exists: nothing recorded is ever overwritten."""
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.stem}-{number:03d}{path.suffix}")
    return candidate
