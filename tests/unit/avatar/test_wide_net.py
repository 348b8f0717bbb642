"""The net that hears a second of sound: small in the file, and taught by the script that is committed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from avatar.listener import openness_heard
from avatar.phone_net import OUTPUTS, WEIGHTS, load, load_wide, read, written
from avatar.sound_frames import BANDS, RunningNorm, normalised
from avatar.speech import Phone
from avatar.training.lessons import Lesson, Sentence
from avatar.training.open_course import as_it_comes, paced, sounds_of
from avatar.training.spectra import elsewhere, preceded, together
from avatar.wide_net import Block, WideNet, levels, wide_arrays, wide_net
from dialogue.aligner_training.invented import Inventor

pytestmark = pytest.mark.unit
MAX_BYTES = 1_000_000  # what may be committed
RATE = 16_000


@pytest.fixture
def rng() -> np.random.Generator:
    seed = random.randrange(1 << 30)
    print("seed", seed)
    return np.random.default_rng(seed)


def drawn(rng: np.random.Generator, ahead: bool = False) -> WideNet:
    c = 12
    left = 1 if ahead else 2
    blocks = tuple(Block(rng.normal(size=(3, c)) * 0.4, step, left, rng.normal(size=(c, c)) * 0.3, rng.normal(size=c))
                   for step in (1, 2, 3))
    first, last = (rng.normal(size=(5 * BANDS, c)) * 0.1, rng.normal(size=c)), (rng.normal(size=(c, 7)), np.zeros(7))
    return WideNet(first, blocks, last, 3, 1, np.full(7, 1 / 7))


def test_a_frame_hears_as_far_as_it_says(rng: np.random.Generator) -> None:
    net, x = drawn(rng, ahead=True), rng.normal(size=(60, BANDS))
    assert net.look_ahead == 1 + 1 + 2 + 3
    other = x.copy()
    other[40] += 1.0
    changed = np.flatnonzero(np.abs(net.log_posteriors(x) - net.log_posteriors(other)).max(axis=1) > 1e-9)
    assert changed[0] >= 40 - net.look_ahead and changed[-1] <= 40 + net.before + 6


def test_ours_is_there() -> None:
    assert load_wide("whole").last[0].shape[1] == OUTPUTS and load_wide("open").last[0].shape[1] == 1
    live = load_wide("open_live")
    assert live.last[0].shape[1] == 1 and live.look_ahead <= 5, "57.5 ms with half a window"
    assert WEIGHTS.stat().st_size <= MAX_BYTES


def test_weights_are_kept_to_the_last_bit(rng: np.random.Generator) -> None:
    """The same weights make the same file, so that a training that is run again can be compared."""
    arrays = wide_arrays("n", drawn(rng))
    back = read(written(arrays))
    assert written(back) == written(arrays) and all(np.array_equal(back[k], v) for k, v in arrays.items())


def test_a_frame_hears_as_far_back_as_it_says(rng: np.random.Generator) -> None:
    net, x = drawn(rng), rng.normal(size=(60, BANDS))
    assert net.look_back == 3 + 2 * (1 + 2 + 3)
    assert np.allclose(net.values(x[10:])[net.look_back :], net.values(x)[10 + net.look_back :], atol=1e-5)


def test_many_sentences_are_normalised_as_the_listener_does_each(rng: np.random.Generator) -> None:
    mean, spread = np.full(BANDS, -3.0), np.full(BANDS, 2.0)
    x = np.cumsum(rng.normal(size=(4, 120, BANDS)) * 0.5, axis=1) + rng.normal(size=(4, 120, 1)) * 6
    together_ = as_it_comes(mean, spread)(x, np.full(4, 120))
    for one, found in zip(x, together_, strict=True):
        norm = RunningNorm(mean, spread)
        assert np.allclose(found, [norm(frame) for frame in one], atol=1e-5)


def test_guessed_times_are_aligned_before_openness_is_learned_from_them() -> None:
    """Two vowels with a pause between, guessed the wrong way round in time."""
    t = np.arange(RATE) / RATE
    loud = (t < 0.3) | (t > 0.7)
    pcm = 0.3 * np.sign(np.sin(2 * np.pi * 130 * t)) * loud
    guess = (Phone("", 0.0, 0.35), Phone("a", 0.35, 0.65), Phone("", 0.65, 0.66), Phone("a", 0.66, 0.68), Phone("", 0.68, 1.0))
    said = Sentence(pcm, RATE, guess, exact=False)
    curves = {}
    for exact in (False, True):
        one = Lesson(replace(said, exact=exact), np.zeros((0, BANDS)), np.zeros(0), [])
        curves[exact] = sounds_of([one], load("align"))[0][0][1]
    sounding = loud[RATE // 200 :: RATE // 100][: len(curves[False])]
    assert np.corrcoef(curves[False], sounding)[0, 1] > 0.6 > np.corrcoef(curves[True], sounding)[0, 1]


def test_openness_is_heard_beside_the_shapes(rng: np.random.Generator) -> None:
    """Vowels of a buzz are open, what is between them is not; the shapes alone may say what they like."""
    t = np.arange(32_000) / 16_000
    loud = np.sin(2 * np.pi * 1.5 * t) > 0
    pcm = 0.3 * np.sign(np.sin(2 * np.pi * rng.uniform(110, 220) * t)) * np.sin(2 * np.pi * 700 * t) * loud
    found = openness_heard(pcm, 16_000, np.full(200, 0.5, np.float32))
    assert found.shape == (200,) and found.min() >= 0.0 and found.max() <= 1.0
    middle = np.abs(np.sin(2 * np.pi * 1.5 * (np.arange(200) + 0.5) / 100)) > 0.6
    inside, between = found[middle & loud[80::160]], found[middle & ~loud[80::160]]
    assert inside.mean() > between.mean() + 0.05
    silent = np.zeros(16_000)
    assert openness_heard(silent, 16_000, np.zeros(100)).max() == 0.0, "in a sound without any the mouth rests"


def test_a_pace_moves_sound_and_openness_alike(rng: np.random.Generator) -> None:
    curve = np.sin(np.linspace(0, 9, 120)) ** 2
    x, moved = paced(np.repeat(curve[:, None], BANDS, 1), curve, rng)
    assert len(x) == len(moved) and np.allclose(x[:, 3], moved, atol=1e-5)


@pytest.mark.parametrize("bits", [6, 7, 8])
def test_weights_in_few_bits_are_nearly_the_same(bits: int, rng: np.random.Generator) -> None:
    weight = rng.normal(size=(30, 9))
    steps, size = levels(weight, bits)
    assert np.abs(steps).max() <= 2 ** (bits - 1) and np.abs(steps * size.astype(float) - weight).max() <= 4 / 2 ** (bits - 1)
    net, x = drawn(rng), rng.normal(size=(20, BANDS))
    back = wide_net(wide_arrays("n", net, bits), "n")
    assert np.abs(np.exp(back.log_posteriors(x)) - np.exp(net.log_posteriors(x))).mean() < 0.08


def test_lessons_are_elsewhere_each_time_and_keep_their_targets(rng: np.random.Generator) -> None:
    frames = [rng.normal(size=(n, BANDS)) - 8 for n in (30, 45)]
    targets = [np.repeat(np.arange(3), n // 3) for n in (30, 45)]
    sounds, wanted, lengths = together(frames, targets, rng)
    assert sounds.shape == (2, lengths.max(), BANDS) and np.isfinite(sounds).all()
    for row, length in zip(wanted, lengths, strict=True):
        assert (np.diff(row[:length]) >= 0).all() and set(row[:length]) == {0, 1, 2}, "at another pace, in the same order"
    same = np.stack([frames[0], frames[0]]).astype(np.float32)
    assert np.abs(np.diff(elsewhere(same, np.array([30, 30]), rng), axis=0)).max() > 0.5


def test_waiting_before_a_sentence_is_silence_and_quieter_than_it(rng: np.random.Generator) -> None:
    x, targets = np.full((40, BANDS), -4.0, np.float32), np.full(40, 7)
    for _ in range(20):
        longer, wanted = preceded(x, targets, rng)
        wait = len(longer) - 40
        assert wait >= 5 and not wanted[:wait].any() and (wanted[wait:] == 7).all() and np.array_equal(longer[wait:], x)


def test_invented_words_have_a_vowel_and_only_known_neighbours() -> None:
    known = [("a", ("p", "a", "t", "o")), ("b", ("t", "i", "p")), ("c", ("o", "p", "i", "t"))]
    pairs = {(a, b) for _, w in known for a, b in pairwise(w)}
    make, rng = Inventor(known), random.Random()
    for _ in range(30):
        for _, word in make.sentence(rng):
            assert set(word) & set("aio") and set(pairwise(word)) <= pairs


def test_the_committed_script_teaches(rng: np.random.Generator) -> None:
    pytest.importorskip("torch", reason="PyTorch teaches the wide nets and is not needed to run them")
    from avatar.training.wide_course import Plan, teach_wide

    says: list[str] = []
    report: Callable[[str], None] = says.append
    frames = [np.where(np.arange(60)[:, None] // 20 == 1, 4.0, -6.0) + rng.normal(size=(60, BANDS)) for _ in range(12)]
    targets = [np.repeat([0, 40, 0], 20) for _ in frames]
    plan = Plan(16, (2, 2), ((3, 1, 1), (3, 2, 1)))
    net = teach_wide(plan, frames, targets, steps=400, seed=int(rng.integers(999)), report=report)
    heard = net.log_posteriors(normalised(frames[0])).argmax(axis=1)
    assert (heard[22:38] == 40).mean() > 0.7


def test_openness_is_taught_by_the_committed_script(rng: np.random.Generator) -> None:
    pytest.importorskip("torch", reason="PyTorch teaches the wide nets and is not needed to run them")
    from avatar.training.open_course import teach_open
    from avatar.training.wide_course import Plan

    curves = [np.repeat(rng.permutation([0.0, 1.0, 0.2, 0.8, 0.1, 0.9]), 12).astype(np.float32) for _ in range(12)]
    sounds = [((8.0 * curve[:, None] - 8.0 + rng.normal(size=(72, BANDS))).astype(np.float32), curve) for curve in curves]
    net = teach_open(Plan(12, (2, 2), ((3, 1, 1),)), sounds, np.full(12, 1 / 12), steps=150, seed=int(rng.integers(999)),
                     report=lambda line: None)
    alike = [np.corrcoef(net.values(normalised(x))[:, 0], curve)[0, 1] for x, curve in sounds]
    assert np.mean(alike) > 0.3, "chance is 0; how good it gets in so few steps depends on what is drawn"
