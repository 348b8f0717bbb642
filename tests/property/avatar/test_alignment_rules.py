"""What the aligner and the listener promise for any sound and any phones, speech or not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.aligner import align, align_words
from avatar.lipsync import analyse
from avatar.listener import Listener, hear, hear_openness
from avatar.phone_classes import CLASSES, classes_of
from avatar.sound_frames import BANDS, log_mel, normalised
from avatar.visemes import OCULUS

pytestmark = pytest.mark.property

PHONES = "p b m f θ t d k s ʃ tʃ n ŋ l ɹ w j h ɑː æ ə iː uː ʊ aɪ oʊ ˈeɪ y ø ɕ tɕʰ ts.h ni2 ˈ 1 ?"
IPA = st.sampled_from([*PHONES.split(" "), ""])
RATES = st.sampled_from([8000, 11025, 16000, 22050, 24000, 44100, 48000])


@st.composite
def sounds(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    rate_hz = draw(RATES)
    n = draw(st.integers(0, int(0.9 * rate_hz)))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    sound = rng.normal(size=n) * draw(st.sampled_from([0.0, 1e-5, 0.05, 3.0])) * np.abs(np.sin(np.arange(n) / rate_hz * 9))
    return (sound * 9000).clip(-32768, 32767).astype(np.int16) if draw(st.booleans()) else sound, rate_hz


@settings(max_examples=60, deadline=None)
@given(sounds(), st.lists(IPA, max_size=25))
def test_phones_come_back_in_order_and_fill_the_sound(sound: tuple[np.ndarray, int], phones: list[str]) -> None:
    pcm, rate_hz = sound
    timed = align(pcm, rate_hz, phones)
    if not len(pcm):
        assert timed == ()
        return
    assert [p.ipa for p in timed if p.ipa] == [ipa for ipa in phones if classes_of(ipa)]
    edges = [edge for p in timed for edge in (p.start_s, p.end_s)]
    assert edges == sorted(edges) and edges[0] == 0.0 and edges[-1] == pytest.approx(len(pcm) / rate_hz)
    assert all(a.end_s == b.start_s for a, b in pairwise(timed))


@settings(max_examples=30, deadline=None)
@given(sounds(), st.lists(st.lists(IPA, max_size=5), max_size=6))
def test_words_are_spans_of_their_phones(sound: tuple[np.ndarray, int], words: list[list[str]]) -> None:
    pcm, rate_hz = sound
    _, timed = align_words(pcm, rate_hz, [(f"w{i}", ipas) for i, ipas in enumerate(words)])
    named = [int(w.text[1:]) for w in timed]
    assert named == sorted(set(named)) and all(classes_of("".join(words[i])) for i in named)
    edges = [edge for w in timed for edge in (w.start_s, w.end_s)]
    assert edges == sorted(edges) and (not edges or edges[-1] <= len(pcm) / rate_hz + 1e-9)


@settings(max_examples=25, deadline=None)
@given(sounds(), st.lists(st.integers(1, 4000), min_size=1, max_size=20))
def test_the_listener_hears_the_same_in_pieces_of_any_size(sound: tuple[np.ndarray, int], sizes: list[int]) -> None:
    pcm, rate_hz = sound
    whole, opened = hear(pcm, rate_hz), hear_openness(pcm, rate_hz)
    listener, parts, at, turn = Listener(rate_hz), [], 0, 0
    open_parts = []
    while at < len(pcm):
        step = sizes[turn % len(sizes)]
        parts.append(listener.feed(pcm[at : at + step]))
        open_parts.append(listener.opened)
        at, turn = at + step, turn + 1
        decided = sum(map(len, parts))
        assert decided <= at / rate_hz * 100 + 1
        assert decided >= (min(at, len(pcm)) / rate_hz - 0.0575) * 100 - 1.02, "it waits for 57.5 ms, no longer"
    pieces = np.concatenate([*parts, listener.finish()]) if parts else listener.finish()
    assert pieces.shape == whole.shape and np.allclose(pieces, whole, atol=1e-4)
    found = np.concatenate([*open_parts, listener.opened])
    assert found.shape == opened.shape == whole.shape[:1] and np.allclose(found, opened, atol=1e-3)
    assert not len(found) or (found.min() >= 0.0 and found.max() <= 1.0)
    assert np.allclose(whole.sum(axis=1), 1.0, atol=1e-3)


@settings(max_examples=25, deadline=None)
@given(sounds(), st.booleans())
def test_analysis_fills_the_sound_with_known_shapes(sound: tuple[np.ndarray, int], with_text: bool) -> None:
    pcm, rate_hz = sound
    done = analyse(pcm, rate_hz, "one two" if with_text else None, "en", lambda text, language: [["w", "ʌ", "n"], ["t", "uː"]])
    assert {name for name, _, _ in done.visemes} <= set(OCULUS)
    edges = [e for _, a, b in done.visemes for e in (a, b)]
    assert edges == sorted(edges)
    if len(pcm) > rate_hz // 50:
        assert edges[0] == 0.0 and edges[-1] == pytest.approx(len(pcm) / rate_hz)


@given(st.text(max_size=8))
def test_any_text_has_classes_or_none(ipa: str) -> None:
    assert all(0 < c < len(CLASSES) for c in classes_of(ipa))


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 30.0), st.sampled_from([(16000, 48000), (22050, 24000), (16000, 24000)]), st.integers(0, 1000))
def test_loudness_and_rate_hardly_change_what_is_heard(gain: float, rates: tuple[int, int], seed: int) -> None:
    frames = []
    for rate_hz, factor in zip(rates, (1.0, gain), strict=True):
        t = np.arange(rate_hz) / rate_hz
        rng = np.random.default_rng(seed)
        pitches, starts = rng.uniform(150, 3500, (12, 1)), rng.uniform(0, 6, (12, 1))
        tone = np.sin(2 * np.pi * pitches * t + starts).sum(axis=0)
        frames.append(normalised(log_mel(factor * tone * (0.02 + np.sin(np.pi * t) ** 2), rate_hz)))
    assert frames[0].shape == frames[1].shape == (100, BANDS)
    assert np.median(np.abs(frames[0] - frames[1])) < 0.35
