"""The studio process: `python -m render.studio FD`. Disposable: it holds nothing that StudioSettings cannot rebuild.

The main thread draws, the pacer thread encodes on the deadline of every frame with whatever picture is newest, the
receiver thread takes cues. Sound never waits for picture.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading

import cv2

from render.cue import HumanCue, MuteCue, Play, SlateCue, StopSpeech
from render.framing import Channel
from render.messages import (
    CapturedPicture,
    CapturedRow,
    ForceKey,
    Microphone,
    PlacePlinths,
    PutProduct,
    RemoveProduct,
    Started,
    Stop,
    StudioSettings,
)
from render.mixer import Mixer
from render.music_bed import bed_of
from render.pacer import Pacer
from render.painter import Painter
from render.performers import Performers
from render.timeline import Timeline

LATE_TICKS = 48  # 1 ms: a sentence of which more than this was given out as silence already is counted


class Studio:
    """Shared state of the threads."""

    def __init__(self, settings: StudioSettings, channel: Channel) -> None:
        self._settings, self._channel = settings, channel
        self._lock = threading.Lock()
        self._timeline = Timeline(settings.state)
        self._mixer = Mixer(bed_of(settings.bed))
        self._performers = Performers(settings.spec, settings.seed, settings.avatars)
        for cue in settings.state.cues:
            if isinstance(cue, Play):
                self._mixer.play(cue.anchor_id, cue.at, cue.pcm)
            elif isinstance(cue, HumanCue):
                self._performers.human(cue.anchor_id, cue.at, cue.on)
        self._update_mute()  # a show that was muted stays so in its next studio
        self._pacer = Pacer(settings, self._mixer, self._performers, self._timeline, self._lock, channel)
        self._painter = Painter(settings, self._timeline, self._lock, self._performers, self._pacer)
        self._running = True

    def run(self) -> None:
        """Until the host says Stop or goes away."""
        threading.Thread(target=self._receive, name="receiver", daemon=True).start()
        self._pacer.start()
        self._channel.send(Started(self._pacer.at, "starting"))
        self._channel.send(self._open())
        gc.collect()
        gc.freeze()  # what lives for ever need not be looked at again; collections stay short
        while self._running and self._pacer.is_alive():
            self._painter.draw_next()
        self._pacer.stop()

    def _open(self) -> Started:
        """Bring up the picture. A machine without a driver still has a show: sound, poses for browsers, the slate to see."""
        try:
            return Started(self._pacer.at, self._painter.open())
        except RuntimeError as error:
            from render.engine import NoDriver  # not earlier: sound never waits for the engine

            if not isinstance(error, NoDriver):
                raise
            self._painter.give_up()
            return Started(self._pacer.at, "slate", str(error))

    def _receive(self) -> None:
        while (message := self._channel.receive()) is not None and not isinstance(message, Stop):
            self._take(message)
        self._running = False
        self._pacer.stop()
        if message is None:
            os._exit(0)  # the host is gone: nobody is left to say goodbye to

    def _take(self, message: object) -> None:
        if isinstance(message, ForceKey):
            self._pacer.force_key()
            return
        if isinstance(message, PutProduct | RemoveProduct | PlacePlinths):
            self._painter.change(message)
            return
        if isinstance(message, CapturedRow):
            self._performers.captured(message.anchor_id, message.at, message.seen)
            return
        if isinstance(message, CapturedPicture):
            self._performers.pictured(message.anchor_id, message.at, message.cut)
            return
        if isinstance(message, Microphone):
            self._mixer.live.write(message.at, message.pcm) if len(message.pcm) else self._mixer.live.clear(message.at)
            return
        with self._lock:
            self._timeline.add(message)  # type: ignore[arg-type]
        if isinstance(message, Play):
            if message.at < self._pacer.at - LATE_TICKS:
                self._pacer.late_cues += 1
            self._mixer.play(message.anchor_id, message.at, message.pcm)
        elif isinstance(message, StopSpeech):
            self._mixer.stop(message.anchor_id, message.at)
        elif isinstance(message, MuteCue | SlateCue):
            self._update_mute()
        elif isinstance(message, HumanCue):
            self._performers.human(message.anchor_id, message.at, message.on)

    def _update_mute(self) -> None:
        far = 1 << 62
        with self._lock:
            mute, slate = self._timeline.at(MuteCue, far), self._timeline.at(SlateCue, far)
        self._mixer.mute(bool(mute and mute.on) or bool(slate and slate.on))


def main(fd: int) -> int:
    """Read StudioSettings from the host, then run."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -5)  # the picture before all else, where we may
    cv2.setNumThreads(1)
    channel = Channel(fd)
    settings = channel.receive()
    if not isinstance(settings, StudioSettings):
        return 2
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Studio(settings, channel).run()
    return 0


if __name__ == "__main__":
    code = main(int(sys.argv[1]))
    sys.stdout.flush()
    os._exit(code)  # engine and codec threads have no orderly end
