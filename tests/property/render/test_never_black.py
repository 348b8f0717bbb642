"""Continuity under drops, stalls, restarts on another grid and late packets: what leaves is always a playable stream."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.clock import AAC_TICKS, RATE_HZ, ceil_to, frame_ticks
from render.continuity import LAG_TICKS, STARVED_TICKS, Continuity
from render.packet import Packet

pytestmark = pytest.mark.property
GROUP = 8  # pictures from key to key, short so that a run sees many

TROUBLE = st.lists(
    st.tuples(st.sampled_from(("play", "drop video", "drop audio", "drop all", "stall", "late", "restart")),
              st.floats(0.05, 2.0)), min_size=1, max_size=12)


@dataclass
class Run:
    """One feed under test. out: (arrival time, packet), as written."""

    fps: int
    seed: int
    out: list[tuple[int, Packet]] = field(default_factory=list)

    def play(self, trouble: list[tuple[str, float]]) -> None:
        """Live packets of a studio that suffers `trouble`, with the feed's own timer in between."""
        rng = random.Random(self.seed)
        step = frame_ticks(self.fps)
        slate = [Packet(i * step, step, "video", i == 0, b"S" if i == 0 else b"s") for i in range(self.fps // 2)]
        feed = Continuity(slate, Packet(0, AAC_TICKS, "audio", True, b"quiet"))
        now = ceil_to(rng.randrange(10**9), step)
        video_at, audio_at, group, held = now, ceil_to(now, AAC_TICKS), 0, []
        for what, duration_s in trouble:
            end = now + int(duration_s * RATE_HZ)
            if what == "restart":  # a studio is gone for a while and comes back on a grid of its own
                now = end
                self.write(now, feed.fill(now))
                video_at, audio_at, group = now + rng.randrange(step), now + rng.randrange(AAC_TICKS), 0
                continue
            while now < end:
                now += step
                if what != "stall":
                    while video_at <= now:
                        packet = Packet(video_at, step, "video", group == 0, b"L" if group == 0 else b"l")
                        group, video_at = (group + 1) % GROUP, video_at + step
                        if what not in ("drop video", "drop all"):
                            held.append(packet)
                    while audio_at + AAC_TICKS <= now:
                        if what not in ("drop audio", "drop all"):
                            held.append(Packet(audio_at, AAC_TICKS, "audio", True, b"live"))
                        audio_at += AAC_TICKS
                if what != "late" or rng.random() < 0.2:
                    for packet in held:
                        self.write(now, feed.offer(packet))
                    held.clear()
                self.write(now, feed.fill(now))
        self.end, self.needs_key = now, feed.needs_key

    def write(self, now: int, packets: list[Packet]) -> None:
        self.out += [(now, p) for p in packets]

    def track(self, name: str) -> list[Packet]:
        return [p for _, p in self.out if p.track == name]


@settings(max_examples=150, deadline=None)
@given(TROUBLE, st.sampled_from((24, 25, 30, 50, 60)), st.integers(0, 2**31))
def test_the_stream_never_breaks(trouble: list[tuple[str, float]], fps: int, seed: int) -> None:
    run = Run(fps, seed)
    run.play(trouble)
    for name in ("video", "audio"):
        times = [p.at for p in run.track(name)]
        assert all(b > a for a, b in itertools.pairwise(times)), f"{name} timestamps must rise"
    _no_delta_after_another_source(run.track("video"))
    _no_hole(run, "video", STARVED_TICKS + frame_ticks(fps))
    _no_hole(run, "audio", STARVED_TICKS + LAG_TICKS + AAC_TICKS)
    audio = run.track("audio")
    for a, b in itertools.pairwise(audio):
        assert b.at - a.at >= AAC_TICKS, "two sounds at once"


def _no_delta_after_another_source(video: list[Packet]) -> None:
    """A picture that refers to others must follow one of its own source, its group unbroken from a key on."""
    source = ""
    for packet in video:
        kind = packet.data.decode().lower()
        assert packet.key or kind == source, "a picture that can't be decoded was written"
        source = kind


def _no_hole(run: Run, name: str, limit: int) -> None:
    """In media time between packets, and in arrival time behind the clock."""
    first = next((i for i, (_, p) in enumerate(run.out) if p.track == name), None)
    if first is None:
        return
    packets = [(now, p) for now, p in run.out if p.track == name]
    for (_, a), (_, b) in itertools.pairwise(packets):
        assert b.at - a.at - a.duration <= limit, f"{name}: a hole of {(b.at - a.at) / RATE_HZ:.2f} s"
    last = packets[-1][1]
    behind = run.end - last.at - last.duration
    assert behind <= STARVED_TICKS + LAG_TICKS + 2 * frame_ticks(run.fps) + AAC_TICKS, f"{name} ended"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from((24, 25, 30, 50, 60)), st.integers(1, 400))
def test_with_no_show_at_all_the_slate_loops(at: int, fps: int, frames: int) -> None:
    step = frame_ticks(fps)
    slate = [Packet(i * step, step, "video", i == 0, bytes([i])) for i in range(5)]
    feed = Continuity(slate, Packet(0, AAC_TICKS, "audio", True, b"quiet"))
    out = []
    for n in range(frames + fps):
        out += feed.fill(at + n * step)
    video = [p for p in out if p.track == "video"]
    assert len(video) >= frames - fps // 5 - 2
    assert [p.data[0] for p in video] == [i % 5 for i in range(len(video))], "the slate must loop as a whole"
    assert feed.slated == len(video) and all(p.at % step == 0 for p in video)
    assert out == sorted(out, key=lambda p: p.at) or all(b.at > a.at for a, b in itertools.pairwise(video))
    audio = [p for p in out if p.track == "audio"]
    assert all(b.at - a.at == AAC_TICKS for a, b in itertools.pairwise(audio)), "the sound's grid must be kept"


def test_taken_up_again_at_the_next_key() -> None:
    run = Run(25, 1)
    run.play([("play", 1.0), ("drop all", 1.5), ("play", 1.0)])
    kinds = "".join(p.data.decode() for p in run.track("video"))
    assert "S" in kinds and kinds.rindex("L") > kinds.rindex("s"), "the show must come back after the slate"
    assert not run.needs_key
