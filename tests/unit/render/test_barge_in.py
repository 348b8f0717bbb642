"""Barge-in as sound and lips together: silent within 80 ms, mouth at rest within 150 ms, at every frame rate. At the far end
of a running show: `python -m tests.benchmark.barge_in`."""

from __future__ import annotations

import random

import numpy as np
import pytest

from avatar.face import ARKIT, INDEX
from avatar.perform import perform
from avatar.speech import RATE_HZ, Phone, Speech, Utterance
from avatar.visemes import VISEME_WEIGHTS
from render.clock import FPS, frame_ticks, seconds
from render.cue import Play, StopSpeech
from render.mixer import Mixer
from render.performers import Performers
from render.timeline import Timeline
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit
WAY_S = 0.015  # of a cue from the request to the studio, at most
MOUTH = [INDEX[name] for name in ARKIT if name.startswith(("mouth", "jaw", "tongue"))]


def chatter(rng: np.random.Generator) -> Speech:
    """Three seconds of loud vowels and closures, no pause."""
    phones, at = [], 0.0
    while at < 3.0:
        length = float(rng.uniform(0.06, 0.2))
        phones.append(Phone(str(rng.choice(["ɑː", "oʊ", "p", "m", "iː", "s", "k"])), at, at + length))
        at += length
    pcm = (rng.uniform(-1, 1, int(at * RATE_HZ)) * 20_000).astype(np.int16)
    return Speech(pcm, tuple(phones), (), "test")


@pytest.mark.parametrize("fps", FPS)
def test_sound_stops_within_80_ms_and_lips_rest_within_150(fps: int) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    rng, step, spec = np.random.default_rng(seed), frame_ticks(fps), demo_content().spec
    speech, mark = chatter(rng), spec.marks[0]
    timeline, mixer, performers = Timeline(), Mixer(), Performers(spec, seed)
    at = int(rng.integers(RATE_HZ))
    moves = perform(speech, Utterance("u", "u", "en", mark.anchor_id, "neutral"), visemes=VISEME_WEIGHTS, targets={}, mark=mark,
                    seed=seed)
    play = Play(at, mark.anchor_id, "u", moves, speech.pcm, "u", "en")
    timeline.add(play)
    mixer.play(mark.anchor_id, at, speech.pcm)
    ask = at + int(rng.uniform(0.3, 2.5) * RATE_HZ)  # somebody speaks to her
    taken = ask + int(rng.uniform(0.0, WAY_S) * RATE_HZ)
    now, sound, lips, quiet = 0, [], [], Timeline()
    while now < ask + RATE_HZ // 2:
        if now - step <= taken < now:  # the frame in whose time the cue comes has been given out at its beginning
            stop = StopSpeech(ask, mark.anchor_id)
            timeline.add(stop)
            mixer.stop(mark.anchor_id, stop.at)
        sound.append(mixer.read(now, step))
        said = performers.pose(mark.anchor_id, now, performers.plays(now, 0, timeline))
        idle = performers.pose(mark.anchor_id, now, performers.plays(now, 0, quiet))
        lips.append((now, float(np.abs(said.weights[MOUTH] - idle.weights[MOUTH]).max())))
        now += step
    heard = np.concatenate(sound)
    assert not heard[ask + int(0.08 * RATE_HZ) :].any() and heard[ask - 4800 : ask].any()
    after = [(seconds(t - ask), moved) for t, moved in lips if t >= ask]
    assert all(moved < 0.03 for t, moved in after if t >= 0.15), after
    assert max(moved for t, moved in lips if at + 9600 < t < ask) > 0.1, "she was speaking"
