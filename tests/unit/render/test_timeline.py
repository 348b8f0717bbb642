"""Which cue holds, what a new studio is given, what may be forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from render.clock import RATE_HZ
from render.cue import Camera, CaptionCue, ExplodeCue, HoldCue, MuteCue, Play, ProductCue, ShotCue, StopSpeech
from render.timeline import KEEP_TICKS, Timeline, ease, play_end
from tests.fakes.show_parts import STILL

pytestmark = pytest.mark.unit
A, B = Camera((0, 1, 3), (0, 1, 0), 30), Camera((1, 2, 4), (1, 1, 0), 40)


def play(at: int, samples: int, name: str = "u", anchor: str = "anchor") -> Play:
    return Play(at, anchor, name, STILL, np.zeros(samples, np.int16), "x", "en")


def test_a_camera_move_begins_and_ends_still() -> None:
    timeline = Timeline()
    assert timeline.camera(0) is None
    timeline.add(ShotCue(0, "wide", A))
    timeline.add(ShotCue(RATE_HZ, "medium", B, ease_s=2.0))
    assert timeline.camera(RATE_HZ - 1) == A
    assert timeline.camera(RATE_HZ) == A
    middle = timeline.camera(2 * RATE_HZ)
    assert middle.fov_deg == pytest.approx(35) and middle.position_m == pytest.approx((0.5, 1.5, 3.5))
    assert timeline.camera(3 * RATE_HZ) == B == timeline.camera(10**9)
    slow = timeline.camera(RATE_HZ + RATE_HZ // 50)
    assert abs(slow.fov_deg - 30) < 0.01, "a move must not start at full speed"
    assert ease(A, B, 1.0) == Camera((1.0, 2.0, 4.0), (1.0, 1.0, 0.0), 40)


def test_a_stop_cuts_the_sentences_of_its_anchor_only() -> None:
    timeline = Timeline()
    for cue in (play(0, 100, "over"), play(0, 9000, "cut"), play(9000, 100, "never"), play(0, 9000, "hers", "guest")):
        timeline.add(cue)
    timeline.add(StopSpeech(4000))
    left = {c.utterance_id for c in timeline.state().cues if isinstance(c, Play)}
    assert "never" not in left and "hers" in left
    cut = next(c for c in timeline.state().cues if isinstance(c, Play) and c.utterance_id == "cut")
    assert len(cut.pcm) == 4000 and play_end(cut) < 9000
    assert float(cut.performance.influence[-1].max()) == 0.0, "the body is given back to idle life"


def test_sentences_end_with_sound_or_movement_whichever_is_later() -> None:
    assert play_end(play(10, 5)) == 10 + round(STILL.duration_s * RATE_HZ)
    assert play_end(play(10, RATE_HZ)) == 10 + RATE_HZ
    timeline = Timeline()
    timeline.add(play(0, RATE_HZ))
    assert timeline.plays(0) and timeline.plays(RATE_HZ - 1) and not timeline.plays(RATE_HZ)


def test_forgetting_bounds_the_memory_of_a_night() -> None:
    timeline = Timeline()
    timeline.add(MuteCue(0, True))
    for n in range(2000):
        at = n * RATE_HZ
        timeline.add(play(at, RATE_HZ))
        timeline.add(CaptionCue(at, at + RATE_HZ, str(n), "en"))
        timeline.forget(at)
    assert len(timeline.state().cues) <= KEEP_TICKS // RATE_HZ + 8
    assert timeline.at(MuteCue, 10**12).on, "what holds must not be forgotten, however old"


def test_a_caption_that_is_called_again_is_replaced() -> None:
    timeline = Timeline()
    timeline.add(CaptionCue(100, 200, "old plan", "en"))
    timeline.add(CaptionCue(50, 200, "new plan", "en"))
    assert timeline.at(CaptionCue, 150).text == "new plan"


def test_a_product_comes_apart_slowly_and_another_one_is_whole() -> None:
    timeline = Timeline()
    assert timeline.apart(0) == 0
    for cue in (ProductCue(0, "mug"), ExplodeCue(RATE_HZ, 1.0, ease_s=2.0), ExplodeCue(5 * RATE_HZ, 0.0, ease_s=1.0)):
        timeline.add(cue)
    seen = [timeline.apart(int(s * RATE_HZ)) for s in np.linspace(0, 7, 71)]
    assert seen[10] == 0 and seen[20] == pytest.approx(0.5) and seen[30:50] == pytest.approx([1.0] * 20)
    assert max(np.abs(np.diff(seen))) < 0.16 and seen[-1] == 0
    timeline.add(ExplodeCue(8 * RATE_HZ, 1.0))
    timeline.add(ProductCue(12 * RATE_HZ, "lamp"))
    assert timeline.apart(12 * RATE_HZ - 1) == 1 and timeline.apart(12 * RATE_HZ) == 0
    restored = Timeline(timeline.state())
    assert restored.apart(12 * RATE_HZ - 1) == 1, "a new studio shows it as it was"


def test_a_product_goes_into_a_hand_and_back_also_when_the_sentence_is_cut() -> None:
    timeline = Timeline()
    for cue in (ProductCue(0, "mug"), HoldCue(RATE_HZ, "left", ease_s=1.0), HoldCue(4 * RATE_HZ, "", ease_s=1.0)):
        timeline.add(cue)
    assert timeline.held(RATE_HZ - 1) is None and timeline.held(3 * RATE_HZ) == ("left", 1.0)
    assert timeline.held(RATE_HZ * 3 // 2) == ("left", pytest.approx(0.5))
    assert timeline.held(RATE_HZ * 9 // 2) == ("left", pytest.approx(0.5)) and timeline.held(6 * RATE_HZ) is None
    assert Timeline(timeline.state()).held(3 * RATE_HZ) == ("left", 1.0)
    cut = Timeline(timeline.state())
    cut.add(StopSpeech(2 * RATE_HZ))
    assert cut.held(2 * RATE_HZ)[1] == pytest.approx(1.0) and cut.held(3 * RATE_HZ) is None
    timeline.add(ProductCue(3 * RATE_HZ, "lamp"))
    assert timeline.held(3 * RATE_HZ + 10) is None, "another product stands on the plinth"
