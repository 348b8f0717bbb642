"""Spread phones fill the sound without overlap, whatever the words and their times."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.speech import RATE_HZ, Speech
from dialogue.adapters.phone_spread import sounding, spread, words_over

pytestmark = pytest.mark.property
IPA = st.sampled_from(["ˈæ", "s", "t", "iː", "oʊ", "ə", "m", "ʃ", "ˈɜː"])
TEXT = st.sampled_from(["lamp", "chair,", "blue.", "a"])
WORDS = st.lists(st.tuples(TEXT, st.lists(IPA, max_size=6)), min_size=1, max_size=8)


@given(WORDS, st.floats(0, 0.5), st.floats(0.05, 9), st.floats(0, 0.5))
@settings(max_examples=300, deadline=None)
def test_in_order_and_inside(words: list, lead_s: float, length_s: float, tail_s: float) -> None:
    texts, phonemes = [w for w, _ in words], [p for _, p in words]
    duration_s = lead_s + length_s + tail_s
    timed = words_over(texts, phonemes, lead_s, lead_s + length_s)
    phones = spread(timed, phonemes, duration_s)
    edges = [edge for p in phones for edge in (p.start_s, p.end_s)]
    assert edges == sorted(edges) and edges[0] == 0 and edges[-1] == duration_s
    assert [p.ipa for p in phones if p.ipa] == [ipa for ipas in phonemes for ipa in ipas]
    Speech(np.zeros(int(duration_s * RATE_HZ) + 1, np.int16), phones, timed, "test")


@given(st.floats(0, 1), st.floats(0.1, 1), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_the_sounding_part_is_found(lead_s: float, length_s: float, tail_s: float) -> None:
    tone = 8000 * np.sin(2 * np.pi * 220 * np.arange(int(length_s * RATE_HZ)) / RATE_HZ)
    pcm = np.concatenate([np.zeros(int(lead_s * RATE_HZ)), tone, np.zeros(int(tail_s * RATE_HZ))]).astype(np.int16)
    start_s, end_s = sounding(pcm)
    assert abs(start_s - lead_s) < 0.021 and abs(end_s - lead_s - length_s) < 0.021
