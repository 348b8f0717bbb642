"""The aligner against speech whose phones are known to the sample: fresh sentences, voices it was not trained on."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from avatar.lipsync import analyse, mouth_curves, shapes_of, viseme_curves
from avatar.listener import hear, phones_heard
from avatar.pose import HZ
from avatar.speech import RATE_HZ, Speech
from avatar.visemes import ROW, VISEME_WEIGHTS
from dialogue.adapters import phonemes
from render.clock import FPS
from tests.benchmark.speech import LANGUAGES, border_errors_s, fresh_sentences, is_shut, visemes_at

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def said() -> list[Speech]:
    return fresh_sentences(5 * len(LANGUAGES), seed=random.randrange(10**6))


@pytest.fixture(scope="module", autouse=True)
def no_process_stays() -> Iterator[None]:
    yield
    phonemes._shared().close()


def test_borders_are_found_to_the_frame_in_eight_languages(said: list[Speech]) -> None:
    errors_ms = [1000 * np.abs(border_errors_s(s)) for s in said]
    assert not any(np.isnan(e).any() for e in errors_ms)
    every = np.concatenate(errors_ms)
    assert np.median(every) <= 8.0 and (every <= 20).mean() >= 0.81 and (every <= 50).mean() >= 0.96
    for at, language in enumerate(LANGUAGES):
        mine = np.concatenate(errors_ms[at :: len(LANGUAGES)])
        assert np.median(mine) <= 12.0 and (mine <= 20).mean() >= 0.65, language


def test_curves_show_the_shape_that_is_being_said(said: list[Speech]) -> None:
    """The curve layer on exact phones: at least 0.88 of the frames over 15 shapes; at rest 150 ms after the end."""
    right = []
    for s in said:
        truth = visemes_at(s.phones, int(s.duration_s * HZ))
        curves = viseme_curves(s.phones, s.duration_s)
        right.append(np.mean(curves[: len(truth)].argmax(axis=1) == truth))
        assert curves.min() >= 0 and np.allclose(curves.sum(axis=1), 1.0, atol=0.02)
        end_s = max(p.end_s for p in s.phones if p.ipa)
        assert mouth_curves(s, VISEME_WEIGHTS)[int(np.ceil((end_s + 0.15) * HZ)):].max(initial=0.0) < 0.02
    assert np.mean(right) >= 0.88


def test_lips_shut_for_p_b_m_and_for_nothing_else(said: list[Speech]) -> None:
    closures = false = rows = 0
    for s in said:
        shut, allowed = is_shut(mouth_curves(s, VISEME_WEIGHTS)), np.zeros(10_000, bool)
        for shape in shapes_of(s.phones):
            a, b = int((shape.start_s - 0.04) * HZ), int((shape.end_s + 0.04) * HZ) + 1  # one frame at 25 fps
            if shape.name in ("PP", "sil"):
                allowed[max(a, 0) : b] = True
            if shape.name == "PP":
                closures += 1
                assert shut[max(a, 0) : b].any()
        false += int((shut & ~allowed[: len(shut)]).sum())
        rows += int((visemes_at(s.phones, len(shut)) > 0).sum())
    assert closures > 20 and false / rows < 0.002


@pytest.mark.parametrize("fps", FPS)
def test_every_closure_is_seen_in_a_frame_whatever_the_frame_rate(said: list[Speech], fps: int) -> None:
    """Frames begin anywhere; between the rows of the curves a frame shows what lies between them."""
    closures = false = frames = 0
    for s in said:
        rows = mouth_curves(s, VISEME_WEIGHTS)
        at = np.arange(random.random() / fps, (len(rows) - 1) / HZ, 1 / fps)
        low = (at * HZ).astype(int)
        part = (at * HZ - low)[:, None]
        shut = is_shut(rows[low] * (1 - part) + rows[low + 1] * part)
        allowed = np.zeros(len(at), bool)
        for shape in shapes_of(s.phones):
            near = (at >= shape.start_s - 0.04) & (at <= shape.end_s + 0.04)
            if shape.name in ("PP", "sil"):
                allowed |= near
            if shape.name == "PP":
                closures += 1
                assert shut[near].any(), (shape, fps)
        false += int((shut & ~allowed).sum())
        frames += int((at < max(p.end_s for p in s.phones)).sum())
    assert closures > 20 and false / frames < 0.002


def test_any_recording_and_its_text_give_phones_and_shapes(said: list[Speech]) -> None:
    s = next(s for s in said[::len(LANGUAGES)] if len(s.words) >= 5)
    text = " ".join(w.text for w in s.words)
    known, guessed = analyse(s.pcm, RATE_HZ, text, "en"), analyse(s.pcm[::3].astype(np.float32) / 32768, RATE_HZ // 3, None)
    n = int(s.duration_s * HZ)
    truth = visemes_at(s.phones, n)
    share = [np.mean(visemes_at(found.phones, n) == truth) for found in (known, guessed)]
    assert share[0] > 0.75 and share[1] > 0.45 and share[0] > share[1]
    assert known.visemes[0][1] == 0.0 and known.visemes[-1][2] == pytest.approx(s.duration_s)
    assert known.curves.shape[1] == len(ROW)


def test_the_microphone_is_heard_better_than_chance(said: list[Speech]) -> None:
    shares = []
    for s in said[::2]:
        truth = visemes_at(s.phones, int(s.duration_s * HZ))
        shares.append(np.mean(visemes_at(phones_heard(hear(s.pcm, RATE_HZ)), len(truth)) == truth))
    assert np.mean(shares) > 0.5, "fifteen shapes; always the commonest gives about 0.15"
