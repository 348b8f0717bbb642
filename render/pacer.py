"""The thread that keeps time: on the deadline of every frame it reads the mixer, takes the newest picture and encodes."""

from __future__ import annotations

import threading
import time
from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from render.clock import (
    AAC_TICKS,
    CHUNK_TICKS,
    POSE_TICKS,
    RATE_HZ,
    ceil_to,
    frame_ticks,
    media_now,
    seconds,
    ticks,
)
from render.encoder import AacEncoder, OpusEncoder, VideoEncoder, to_i420
from render.framing import Channel
from render.messages import Chunk, Still, StudioBeat, StudioSettings
from render.mixer import Mixer
from render.overlays import slate_picture
from render.packet import VideoSettings
from render.performers import Performers
from render.pose_stream import PoseChunk, encode
from render.timeline import Timeline
from render.wire import encode_chunk

LEAD_S = 0.15  # from "ready" to the first frame
# Feeds take what is late by less than LAG_TICKS + STARVED_TICKS, 0.7 s. Behind by so much few pictures are encoded, so that
# sound, the smaller part of the work, is in time again before that; behind by more the clock jumps.
SOUND_FIRST_TICKS, STALL_TICKS = RATE_HZ * 9 // 20, RATE_HZ
FEW_TICKS = RATE_HZ // 3  # a slow show is better than the slate, which comes after half a second without a picture
STILL_PX = (640, 360)
AHEAD_FRAMES = 1  # drawn before it is due: a slow picture borrows from a quick one; later cues still make it (0.12 s)


def video_settings(settings: StudioSettings) -> VideoSettings:
    """The encoder's part of the picture settings."""
    p = settings.picture
    return VideoSettings(p.width_px, p.height_px, p.fps, p.bitrate_kbps, p.preset)


class _Grid:
    """Cuts the sound of the frames into blocks that begin on multiples of `size`."""

    def __init__(self, size: int) -> None:
        self._size, self._start, self._parts = size, -1, np.zeros(0, np.int16)

    def push(self, at: int, pcm: NDArray[np.int16]) -> list[tuple[int, NDArray[np.int16]]]:
        if self._start < 0 or at != self._start + len(self._parts):
            self._start = ceil_to(at, self._size)
            pcm, self._parts = pcm[self._start - at :], np.zeros(0, np.int16)
            if len(pcm) == 0:
                return []
        self._parts = np.concatenate([self._parts, pcm])
        out = []
        while len(self._parts) >= self._size:
            out.append((self._start, self._parts[: self._size]))
            self._parts = self._parts[self._size :]
            self._start += self._size
        return out


class Pacer(threading.Thread):
    """at: MediaTime of the next frame to leave."""

    def __init__(self, settings: StudioSettings, mixer: Mixer, performers: Performers, timeline: Timeline,
                 lock: threading.Lock, channel: Channel) -> None:
        super().__init__(name="pacer", daemon=True)
        self._settings, self._mixer, self._performers = settings, mixer, performers
        self._timeline, self._lock, self._channel = timeline, lock, channel
        self._step = frame_ticks(settings.picture.fps)
        self.at = ceil_to(media_now(settings.epoch_s, time.monotonic()) + ticks(LEAD_S), self._step)
        self._with_picture = settings.picture.driver != "off"
        self._pictures: deque[tuple[int, NDArray[np.uint8]]] = deque(maxlen=AHEAD_FRAMES + 2)
        self._ticked = threading.Condition()
        self._running, self._force_key = True, True
        self._aac_grid, self._chunk_grid = _Grid(AAC_TICKS), _Grid(CHUNK_TICKS)
        self._next_still, self._encoded_at = self.at, 0
        self.late_cues = 0
        self.draw_cpu_s = self.convert_cpu_s = self._encode_cpu_s = 0.0
        self.room_draws = 0
        self._frames = self._repeated = self._skipped = 0

    def stop(self) -> None:
        """End after this frame."""
        self._running = False

    def force_key(self) -> None:
        """Make the next picture a key frame."""
        self._force_key = True

    def offer(self, at: int, planes: NDArray[np.uint8]) -> None:
        """A finished picture (I420) for the frame `at`. Of those whose time has come the newest is sent, the rest dropped."""
        self._pictures.append((at, planes))

    def wait_next(self, after: int) -> int:
        """Sleep until a frame later than `after` may be drawn; its MediaTime. At most AHEAD_FRAMES before it leaves."""
        with self._ticked:
            self._ticked.wait_for(lambda: after < self.at + AHEAD_FRAMES * self._step or not self._running, timeout=0.5)
            return max(after + self._step, self.at)

    def _due(self, at: int) -> tuple[int, NDArray[np.uint8]]:
        """The newest picture that is not of the future."""
        while len(self._pictures) > 1 and self._pictures[1][0] <= at:
            self._pictures.popleft()
        return self._pictures[0]

    def run(self) -> None:
        """The frame loop."""
        s = self._settings
        video = VideoEncoder(video_settings(s)) if self._with_picture else None
        first = slate_picture(s.picture.width_px, s.picture.height_px, 0, s.title, s.note, s.ai_label, s.language)
        self._pictures.appendleft((0, to_i420(first)))
        aac, opus = AacEncoder(), OpusEncoder()
        while self._running:
            self._sleep_until_due()
            try:
                self._frame(video, aac, opus)
            except OSError:
                return  # the host has gone

    def _sleep_until_due(self) -> None:
        now = media_now(self._settings.epoch_s, time.monotonic())
        if now - self.at > STALL_TICKS:
            jump = ceil_to(now, self._step)
            self._skipped += (jump - self.at) // self._step
            self.at, self._force_key = jump, True
        elif now < self.at:
            time.sleep(seconds(self.at - now))

    def _frame(self, video: VideoEncoder | None, aac: AacEncoder, opus: OpusEncoder) -> None:
        at = self.at
        started = time.thread_time()
        pcm = self._mixer.read(at, self._step)
        picture_at, planes = self._due(at)
        if video is not None:
            self._encode(video, planes, at)
            for start, block in self._aac_grid.push(at, pcm):
                for packet in aac.encode(block, start):
                    self._channel.send(packet)
            if picture_at < at:
                self._repeated += 1
        for start, block in self._chunk_grid.push(at, pcm):
            self._send_chunk(start, block, opus)
        if video is not None and at >= self._next_still:
            self._next_still = at + RATE_HZ
            self._send_still(at, planes)
        self._encode_cpu_s += time.thread_time() - started
        self._frames += 1
        with self._ticked:
            self.at = at + self._step
            self._ticked.notify_all()
        if self._frames % max(1, self._settings.picture.fps // 2) == 0:
            self._beat(picture_at)

    def _encode(self, video: VideoEncoder, planes: NDArray[np.uint8], at: int) -> None:
        """A picture, unless sound would come too late for it."""
        late = media_now(self._settings.epoch_s, time.monotonic()) - at > SOUND_FIRST_TICKS
        if late and at - self._encoded_at < FEW_TICKS:
            self._skipped += 1
            return
        self._encoded_at = at
        force, self._force_key = self._force_key, False
        for packet in video.encode(planes, at, force):
            self._channel.send(packet)

    def _send_chunk(self, at: int, pcm: NDArray[np.int16], opus: OpusEncoder) -> None:
        with self._lock:
            self._timeline.forget(at)
            plays = self._performers.plays(at, CHUNK_TICKS, self._timeline)
        bodies = []
        for index, anchor in enumerate(self._performers.anchors):
            poses = tuple(self._performers.pose(anchor, at + i * POSE_TICKS, plays)
                          for i in range(CHUNK_TICKS // POSE_TICKS))
            bodies.append(encode(PoseChunk(index, at, POSE_TICKS, poses)))
        sound = [p.data for p in opus.encode(pcm, at)]
        self._channel.send(Chunk(at, encode_chunk(at, bodies, sound)))

    def _send_still(self, at: int, planes: NDArray[np.uint8]) -> None:
        small = cv2.resize(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420), STILL_PX, interpolation=cv2.INTER_AREA)
        _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])
        self._channel.send(Still(at, jpeg.tobytes()))

    def _beat(self, picture_at: int) -> None:
        self._channel.send(StudioBeat(self.at, picture_at, self._frames, self._repeated, self._skipped, self.late_cues,
                                      self.draw_cpu_s, self.convert_cpu_s, self._encode_cpu_s, self.room_draws))
