"""A studio that has fallen behind: sound catches up before pictures do, so that no feed goes silent for a busy machine."""

from __future__ import annotations

import itertools
import random
import threading
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from render.clock import AAC_TICKS, RATE_HZ, ceil_to, frame_ticks, media_now
from render.continuity import LAG_TICKS, STARVED_TICKS
from render.encoder import AacEncoder, OpusEncoder, VideoEncoder, to_i420
from render.messages import Chunk, PictureSettings, StudioSettings
from render.mixer import Mixer
from render.pacer import FEW_TICKS, SOUND_FIRST_TICKS, STALL_TICKS, Pacer, video_settings
from render.packet import Packet
from render.performers import Performers
from render.timeline import Timeline
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit


class Sent:
    """What would go to the host."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def send(self, message: Any) -> None:
        self.messages.append(message)

    def track(self, name: str) -> list[Packet]:
        return [m for m in self.messages if isinstance(m, Packet) and m.track == name]


def test_sound_is_sent_and_pictures_are_left_out_until_it_is_in_time_again() -> None:
    spec = demo_content().spec
    epoch_s = time.monotonic() - random.uniform(60.0, 1e5)
    settings = StudioSettings(epoch_s, PictureSettings(width_px=320, height_px=180, fps=25), spec, Path("none"), {}, (),
                              Path("none"), "", "", "", "en")
    sent = Sent()
    pacer = Pacer(settings, Mixer(), Performers(spec, 1), Timeline(), threading.Lock(), sent)  # type: ignore[arg-type]
    planes = to_i420(np.kron(np.random.default_rng().integers(0, 256, (18, 32, 4)), np.ones((10, 10, 1))).astype(np.uint8))
    pacer.offer(0, planes)
    video, aac, opus, step = VideoEncoder(video_settings(settings)), AacEncoder(), OpusEncoder(), frame_ticks(25)
    for _ in range(3):
        pacer._frame(video, aac, opus)
    assert len(sent.track("video")) == 3
    behind = random.randrange(SOUND_FIRST_TICKS + RATE_HZ // 5, STALL_TICKS)
    pacer.at = first = ceil_to(media_now(epoch_s, time.monotonic()) - behind, step)
    pacer._encoded_at = first - step
    sent.messages.clear()
    while pacer.at < media_now(epoch_s, time.monotonic()):
        pacer._frame(video, aac, opus)
    sound, pictures = sent.track("audio"), sent.track("video")
    assert len(sound) > 4 and all(b.at - a.at == AAC_TICKS for a, b in itertools.pairwise(sound[1:]))
    assert pictures and pictures[0].at >= first + 3 * step, "the first ones are left out"
    assert any(isinstance(m, Chunk) for m in sent.messages), "poses and sound of the walking viewers, too"
    assert pictures[0].at - first <= FEW_TICKS and max(b.at - a.at for a, b in itertools.pairwise(pictures)) <= FEW_TICKS
    assert [b.at - a.at for a, b in itertools.pairwise(pictures)][-1] == step, "in the end all of them again"
    assert SOUND_FIRST_TICKS < LAG_TICKS + STARVED_TICKS


def test_pictures_after_a_gap_can_be_decoded() -> None:
    settings = video_settings(StudioSettings(0.0, PictureSettings(width_px=320, height_px=180, fps=25), demo_content().spec,
                                             Path("none"), {}, (), Path("none"), "", "", "", "en"))
    encoder, rng, step = VideoEncoder(settings), np.random.default_rng(), frame_ticks(25)
    shown = [to_i420(np.kron(rng.integers(0, 256, (18, 32, 4)), np.ones((10, 10, 1))).astype(np.uint8)) for _ in range(12)]
    kept = [n for n in range(12) if not 4 <= n < 8]
    packets = [p for n in kept for p in encoder.encode(shown[n], n * step)]
    decoder = av.CodecContext.create("h264", "r")
    got = [f.to_ndarray(format="gray") for p in packets for f in decoder.decode(av.Packet(p.data))]
    got += [f.to_ndarray(format="gray") for f in decoder.decode(None)]
    assert [p.at for p in packets] == [n * step for n in kept] and [p.key for p in packets[1:]] == [False] * 7
    for picture, n in zip(got, kept, strict=True):
        assert np.abs(picture.astype(int) - shown[n][:180]).mean() < 20
