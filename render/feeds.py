"""One process per target: an RTMP, SRT or HLS address, or a recording. `python -m render.feeds FD`.

Three threads: the reader takes packets from the host into a queue of QUEUE_S seconds, the writer keeps the stream
continuous and muxes, the main thread beats and watches. A peer that stalls blocks the writer inside libav for ever and
no option of it ends that, so the process ends itself after BUSY_LIMIT_S and the host starts another: a reconnect is a
restart, with nothing of the old connection left over.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import deque
from typing import TextIO

import av

from render.clock import RATE_HZ, media_now, seconds
from render.continuity import Continuity
from render.feed_messages import Evidence, FeedBeat, FeedSettings, shown_url
from render.feed_target import Target, open_target
from render.framing import Channel
from render.packet import Packet
from render.slate import av_packet, load_slate, to_avcc

QUEUE_S = 10.0  # for a push target; a recording spools 60 s
SPOOL_S = 60.0
BUSY_LIMIT_S = 5.0
BEAT_S = 0.5
EXIT_TEMPORARY = 75  # sysexits.h EX_TEMPFAIL: the peer is gone, try again


class Feed:
    """The state shared by the three threads."""

    def __init__(self, settings: FeedSettings, channel: Channel) -> None:
        self._settings, self._channel = settings, channel
        self._slate = load_slate(settings.slate, settings.video)
        self._continuity = Continuity(self._slate.video, self._slate.audio)
        self._queue: deque[Packet | Evidence] = deque()
        self._queue_ready = threading.Condition()
        self._dropped = 0
        self._skip_to_key = False
        self._busy_since: float | None = None
        self._base: int | None = None
        self._written_at = 0
        self._ended = False
        self._target: Target | None = None
        self._sidecar: TextIO | None = None

    def run(self) -> int:
        """Until the host goes or the target fails. Returns the exit code."""
        writer = threading.Thread(target=self._write, name="writer", daemon=True)
        reader = threading.Thread(target=self._read, name="reader", daemon=True)
        writer.start()
        reader.start()
        while writer.is_alive():
            writer.join(BEAT_S)
            busy = self._busy_since
            if busy is not None and time.monotonic() - busy > BUSY_LIMIT_S and not self._settings.recording:
                os._exit(EXIT_TEMPORARY)  # the writer can't be woken
            try:
                self._channel.send(self._beat())
            except OSError:
                self._end()
        return EXIT_TEMPORARY if not self._ended else 0

    def _beat(self) -> FeedBeat:
        slate = self._continuity.needs_key or self._continuity.silent
        state = "connecting" if self._target is None else "slate" if slate else "live"
        return FeedBeat(state, self._written_at, self._dropped, self._continuity.slated, self._continuity.needs_key)

    def _read(self) -> None:
        bound = SPOOL_S if self._settings.recording else QUEUE_S
        while (message := self._channel.receive()) is not None:
            with self._queue_ready:
                if isinstance(message, Packet) and self._overflows(message, bound):
                    continue
                self._queue.append(message)
                self._queue_ready.notify()
        self._end()

    def _overflows(self, packet: Packet, bound_s: float) -> bool:
        first = next((p.at for p in self._queue if isinstance(p, Packet)), packet.at)
        if seconds(packet.at - first) > bound_s:
            self._dropped += sum(isinstance(p, Packet) for p in self._queue)
            kept = [p for p in self._queue if not isinstance(p, Packet)]
            self._queue.clear()
            self._queue.extend(kept)
            self._skip_to_key = True
        if self._skip_to_key:
            if packet.track == "video" and packet.key:
                self._skip_to_key = False
                return False
            self._dropped += 1
            return True
        return False

    def _end(self) -> None:
        with self._queue_ready:
            self._ended = True
            self._queue_ready.notify()

    def _write(self) -> None:
        try:
            self._busy_since = time.monotonic()
            self._target = open_target(self._settings.url, self._slate.path, self._settings.mark)
            if self._settings.sidecar:
                self._sidecar = self._settings.sidecar.open("a", encoding="utf-8")
            self._busy_since = None
            self._pump()
        except (av.FFmpegError, OSError) as error:
            # libav repeats the whole address in its message; the stream key in it is a secret.
            print(f"{shown_url(self._settings.url)}: {error.strerror or type(error).__name__}", file=sys.stderr, flush=True)
        finally:
            if self._target is not None:
                self._busy_since = time.monotonic()
                self._target.close()
                self._busy_since = None
            if self._sidecar:
                self._sidecar.close()

    def _pump(self) -> None:
        step = 1 / self._settings.video.fps
        while True:
            with self._queue_ready:
                if not self._queue and not self._ended:
                    self._queue_ready.wait(step)
                message = self._queue.popleft() if self._queue else None
                if message is None and self._ended:
                    return
            if isinstance(message, Packet):
                if message.track == "video":
                    message = Packet(message.at, message.duration, "video", message.key, to_avcc(message.data))
                self._mux(self._continuity.offer(message))
            elif isinstance(message, Evidence):
                self._note(message)
            now = media_now(self._settings.epoch_s, time.monotonic())
            self._mux(self._continuity.fill(now))

    def _mux(self, packets: list[Packet]) -> None:
        assert self._target is not None
        for packet in packets:
            if self._base is None:
                if packet.track != "video":
                    continue
                self._base = packet.at
                self._note(Evidence(packet.at, {"event": "start", "rate_hz": RATE_HZ}))
            if packet.at < self._base:
                continue
            self._busy_since = time.monotonic()
            moved = Packet(packet.at - self._base, packet.duration, packet.track, packet.key, packet.data)
            self._target.mux(av_packet(moved, self._target.stream(packet.track)))
            self._busy_since = None
            if packet.track == "video":
                self._written_at = packet.at

    def _note(self, evidence: Evidence) -> None:
        if self._sidecar:
            line = {"at": evidence.at, "file_s": round(seconds(evidence.at - (self._base or evidence.at)), 6)}
            self._sidecar.write(json.dumps(line | evidence.fields, ensure_ascii=False) + "\n")
            self._sidecar.flush()


def main(fd: int) -> int:
    """Read FeedSettings from the host, then run."""
    channel = Channel(fd)
    settings = channel.receive()
    if not isinstance(settings, FeedSettings):
        return 2
    return Feed(settings, channel).run()


if __name__ == "__main__":
    os._exit(main(int(sys.argv[1])))
