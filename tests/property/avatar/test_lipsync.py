"""What must hold of mouth curves for any sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.face import INDEX
from avatar.lipsync import REST_S, mouth_curves, opening
from avatar.pose import HZ
from avatar.speech import RATE_HZ, Phone, Speech
from avatar.visemes import OCULUS, ROW, VISEME_WEIGHTS, visemes_of

pytestmark = pytest.mark.property

PHONES = ("p b m f v θ ð t d k ɡ tʃ dʒ ʃ ʒ s z n l ŋ ɹ w j h ɑː æ ə ɛ iː ɪ ɔː uː ʊ ʌ aɪ aʊ oʊ eɪ y ø ɕ tɕʰ ts.h ni2")
IPA = st.sampled_from([*PHONES.split(" "), ""])


@st.composite
def speeches(draw: st.DrawFn, least: int = 1) -> Speech:
    at = draw(st.floats(0.0, 0.4))
    phones = []
    for ipa in draw(st.lists(IPA, min_size=least, max_size=30)):
        length = draw(st.floats(0.03, 0.25))
        phones.append(Phone(ipa, at, at + length))
        at += length
    seed = draw(st.integers(0, 2**31))
    noise = np.random.default_rng(seed).normal(size=int((at + draw(st.floats(0, 0.3))) * RATE_HZ)) * 3000
    return Speech(noise.astype(np.int16), tuple(phones), (), "test")


def sampled(curves: np.ndarray, t_s: np.ndarray) -> np.ndarray:
    """Rows between the grid, as the stage samples them."""
    x = np.clip(t_s * HZ, 0, len(curves) - 1.001)
    i = x.astype(int)
    return curves[i] + (curves[i + 1] - curves[i]) * (x - i)[:, None]


def is_closed(rows: np.ndarray) -> np.ndarray:
    press = rows[:, [INDEX["mouthPressLeft"], INDEX["mouthRollLower"], INDEX["mouthRollUpper"]]]
    full = VISEME_WEIGHTS[ROW["PP"]][[INDEX["mouthPressLeft"], INDEX["mouthRollLower"], INDEX["mouthRollUpper"]]]
    return (press >= full * 0.95).all(1) & (rows[:, INDEX["jawOpen"]] < 0.02)


@settings(max_examples=60, deadline=None)
@given(speeches(), st.integers(24, 60), st.floats(0, 1))
def test_every_p_b_m_is_closed_in_at_least_one_frame(speech: Speech, fps: int, offset: float) -> None:
    curves = mouth_curves(speech, VISEME_WEIGHTS)
    frames = (np.arange(int(len(curves) / HZ * fps)) + offset) / fps
    shut = frames[is_closed(sampled(curves, frames))]
    for phone in speech.phones:
        if visemes_of(phone.ipa) == ("PP",):
            middle = max((phone.start_s + phone.end_s) / 2, 0.03)
            half = max((phone.end_s - phone.start_s) / 2, 0.03) + 0.011
            assert ((shut >= middle - half) & (shut <= middle + half)).any(), phone


@settings(max_examples=60, deadline=None)
@given(speeches())
def test_weights_are_weights_and_the_mouth_ends_at_rest(speech: Speech) -> None:
    curves = mouth_curves(speech, VISEME_WEIGHTS)
    assert curves.dtype == np.float32 and curves.shape[1] == 52
    assert (curves >= 0).all() and (curves <= 1).all()
    last = max((p.end_s for p in speech.phones if visemes_of(p.ipa)), default=0.0)
    after = curves[int(np.ceil((last + 0.15) * HZ)):]
    assert len(after) == 0 or after.max() < 0.02
    assert curves[-1].max() < 1e-3
    assert len(curves) / HZ >= speech.duration_s + REST_S


@settings(max_examples=60, deadline=None)
@given(speeches())
def test_no_closure_without_a_bilabial(speech: Speech) -> None:
    others = tuple(p for p in speech.phones if "PP" not in visemes_of(p.ipa))
    curves = mouth_curves(Speech(speech.pcm, others, (), "test"), VISEME_WEIGHTS)
    assert not is_closed(curves).any()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["s", "z", "ʃ", "tʃ"]), st.floats(0.08, 0.2), st.floats(0.08, 0.2))
def test_sibilants_keep_the_jaw_up(sibilant: str, before: float, length: float) -> None:
    phones = (Phone("ɑː", 0.1, 0.1 + before), Phone(sibilant, 0.1 + before, 0.1 + before + length),
              Phone("ɑː", 0.1 + before + length, 0.3 + before + length))
    noise = np.random.default_rng(0).normal(size=RATE_HZ) * 3000
    curves = mouth_curves(Speech(noise.astype(np.int16), phones, (), "test"), VISEME_WEIGHTS)
    span = curves[int((0.1 + before) * HZ) : int((0.1 + before + length) * HZ), INDEX["jawOpen"]]
    assert span.min() < 0.16


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["uː", "oʊ", "w", "ʃ"]), st.floats(0.10, 0.25))
def test_rounding_is_seen_60_ms_before_it_is_heard(rounded: str, before: float) -> None:
    start = 0.2 + before
    phones = (Phone("k", 0.1, 0.2), Phone("t", 0.2, start), Phone(rounded, start, start + 0.15))
    noise = np.random.default_rng(0).normal(size=RATE_HZ) * 3000
    curves = mouth_curves(Speech(noise.astype(np.int16), phones, (), "test"), VISEME_WEIGHTS)
    shape = curves[:, [INDEX["mouthFunnel"], INDEX["mouthPucker"]]].sum(1)
    assert shape[round((start - 0.06) * HZ)] > 0.3 * shape.max() > 0


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["t", "d", "n", "l", "k", "ɡ"]), st.sampled_from(["iː", "uː"]))
def test_tongue_consonants_take_the_lips_of_their_neighbours(tongue: str, vowel: str) -> None:
    phones = (Phone(vowel, 0.1, 0.25), Phone(tongue, 0.25, 0.33), Phone(vowel, 0.33, 0.5))
    noise = np.random.default_rng(0).normal(size=RATE_HZ) * 3000
    curves = mouth_curves(Speech(noise.astype(np.int16), phones, (), "test"), VISEME_WEIGHTS)
    channel = INDEX["mouthSmileLeft"] if vowel == "iː" else INDEX["mouthPucker"]
    assert curves[29, channel] > 0.8 * curves[18:45, channel].max() > 0


def test_loud_speech_opens_wider_than_quiet_speech() -> None:
    rng = np.random.default_rng(3)
    phones = tuple(Phone("ɑː", 0.1 + i, 0.6 + i) for i in range(2))
    envelope = np.where(np.arange(2 * RATE_HZ) < RATE_HZ, 500, 6000)
    pcm = (rng.normal(size=2 * RATE_HZ) * envelope).astype(np.int16)
    curves = opening(mouth_curves(Speech(pcm, phones, (), "test"), VISEME_WEIGHTS))
    assert curves[130:160].mean() > 1.3 * curves[30:60].mean()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=8))
def test_any_text_has_shapes_or_none(ipa: str) -> None:
    assert set(visemes_of(ipa)) <= set(OCULUS)
