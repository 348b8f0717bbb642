"""Music under speech: it makes room, comes back, never moves or cuts a word, and goes on in the same bar."""

from __future__ import annotations

import random

import numpy as np
import pytest

from render.clock import FPS, RATE_HZ, frame_ticks
from render.mixer import Mixer
from render.music_bed import ATTACK_TICKS, HOLD_TICKS, RELEASE_TICKS, MusicBed

pytestmark = pytest.mark.unit


def tune(seconds: float = 9.0) -> np.ndarray:
    rng = np.random.default_rng(random.randrange(10**6))
    return (rng.uniform(-1, 1, int(seconds * RATE_HZ)) * 4000).astype(np.int16)


def read_all(mixer: Mixer, start: int, until: int, step: int) -> np.ndarray:
    return np.concatenate([mixer.read(at, step) for at in range(start, until, step)]).astype(int)


def rms_db(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt((sound.astype(float) ** 2).mean())))


@pytest.mark.parametrize("fps", FPS)
def test_the_bed_makes_room_before_the_first_word_and_comes_back_after_the_last(fps: int) -> None:
    step, duck_db = frame_ticks(fps), random.uniform(8, 20)
    begin, length = random.randrange(2 * RATE_HZ, 3 * RATE_HZ), random.randrange(RATE_HZ, 3 * RATE_HZ)
    mixer = Mixer(MusicBed(tune(), duck_db))
    mixer.play("anchor", begin, np.zeros(length, np.int16))
    sound = read_all(mixer, 0, begin + length + HOLD_TICKS + RELEASE_TICKS + RATE_HZ, step)
    loud, quiet = rms_db(sound[:RATE_HZ]), rms_db(sound[begin : begin + length])
    assert loud - quiet == pytest.approx(duck_db, abs=0.5)
    before = begin - ATTACK_TICKS - 2 * step
    assert rms_db(sound[before - 4800 : before]) == pytest.approx(loud, abs=0.5)
    hold = sound[begin + length : begin + length + HOLD_TICKS - step]
    assert rms_db(hold) == pytest.approx(quiet, abs=0.5), "a breath is not filled with music"
    assert rms_db(sound[-RATE_HZ // 2 :]) == pytest.approx(loud, abs=0.5)
    levels = [rms_db(sound[a : a + 960]) for a in range(0, len(sound) - 960, 960)]
    assert np.abs(np.diff(levels)).max() < 3.5, "no step in loudness"


def test_words_come_at_their_sample_at_their_loudness_with_music_or_without() -> None:
    rng = np.random.default_rng(random.randrange(10**6))
    words = np.clip(rng.normal(0, 12000, RATE_HZ * 2), -29203, 29203).astype(np.int16)  # peaks at -1 dBFS, as voices have
    at, step = random.randrange(RATE_HZ, 2 * RATE_HZ), 1920
    loop = np.clip(tune().astype(int) * 3, -10_354, 10_354).astype(np.int16)
    out = []
    for bed in (None, MusicBed(loop, 12.0)):
        mixer = Mixer(bed)
        mixer.play("anchor", at, words)
        out.append(read_all(mixer, 0, 4 * RATE_HZ, step))
    music = out[1] - out[0]
    assert np.abs(music[at : at + len(words)]).max() <= 10_354 * 10 ** (-12 / 20) + 2
    assert np.abs(out[1]).max() < 32_767, "nothing is cut off"
    quiet = MusicBed(loop, 12.0)
    quiet.read(at - RATE_HZ, RATE_HZ, True)
    assert np.abs(music[at : at + 9600] - quiet.read(at, 9600, True)).max() <= 1, "what is added is the music and nothing else"


def test_a_new_studio_goes_on_in_the_same_bar() -> None:
    loop, at = tune(), random.randrange(10**9)
    first, second = Mixer(MusicBed(loop, 12.0)), Mixer(MusicBed(loop, 12.0))
    read_all(first, at, at + 5 * RATE_HZ, 1920)
    later = at + 5 * RATE_HZ
    assert np.array_equal(first.read(later, 1920), second.read(later, 1920))


def test_a_muted_show_is_silent_and_barge_in_leaves_the_music() -> None:
    mixer = Mixer(MusicBed(tune(), 12.0))
    mixer.play("anchor", 0, np.full(5 * RATE_HZ, 9000, np.int16))
    mixer.read(0, 9600)
    mixer.stop("anchor", 9600)
    after = read_all(mixer, 9600, 4 * RATE_HZ, 1920)
    assert abs(after[4000:].mean()) < 300 and after[4000:].any(), "the voice is gone, the music is not"
    mixer.mute(True)
    mixer.read(4 * RATE_HZ, 4800)
    assert not mixer.read(4 * RATE_HZ + 4800, 9600).any()
