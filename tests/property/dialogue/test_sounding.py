"""The part of a sound that is not silence is found, whatever surrounds it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.speech import RATE_HZ
from dialogue.polish import sounding

pytestmark = pytest.mark.property


@given(st.floats(0, 1), st.floats(0.1, 1), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_the_sounding_part_is_found(lead_s: float, length_s: float, tail_s: float) -> None:
    tone = 8000 * np.sin(2 * np.pi * 220 * np.arange(int(length_s * RATE_HZ)) / RATE_HZ)
    pcm = np.concatenate([np.zeros(int(lead_s * RATE_HZ)), tone, np.zeros(int(tail_s * RATE_HZ))]).astype(np.int16)
    start_s, end_s = sounding(pcm)
    assert abs(start_s - lead_s) < 0.021 and abs(end_s - lead_s - length_s) < 0.021
