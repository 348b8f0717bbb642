"""The table against words as espeak-ng writes them in nine languages."""

from __future__ import annotations

import numpy as np
import pytest

from avatar.visemes import OCULUS, VISEME_WEIGHTS, visemes_of

pytestmark = pytest.mark.unit

WORDS = {  # language: (phones as espeak-ng 1.52 writes them, shapes that must appear in this order)
    "en": ("h ə l oʊ m aɪ f ɹ ɛ n d", "E O PP aa I FF RR E"),
    "zh": ("tɕ i5 n tʰ iɛ5 n ɕ uɑ5 ŋ", "CH I DD I CH U aa"),
    "es": ("m u tʃ a s ɣ ɾ a θ j a s", "PP U CH aa SS aa TH I aa SS"),
    "fr": ("b ɔ̃ ʒ u ʁ v u z ɛ t", "PP O CH U FF U SS E DD"),
    "de": ("ʃ øː n ɪ ç v y n ʃ ə", "CH O nn I kk FF U nn CH E"),
    "it": ("ɡ r a ts j e p i a tʃ e r e", "kk RR aa SS I E PP I aa CH E RR E"),
    "pt": ("o b ɾ i ɡ a d u", "O PP I kk aa DD U"),
    "ja": ("k o n n i tɕ i w a", "kk O nn I CH I U aa"),
    "hi": ("n ə m ə s t eː", "nn E PP E SS DD E"),
}


@pytest.mark.parametrize("language", WORDS)
def test_words_of_nine_languages(language: str) -> None:
    phones, wanted = WORDS[language]
    shapes = [shape for phone in phones.split() for shape in visemes_of(phone)]
    rest = iter(shapes)
    assert all(shape in rest for shape in wanted.split()), shapes


def test_stress_length_and_tone_change_nothing() -> None:
    assert visemes_of("ˈɑː") == visemes_of("ɑ") == visemes_of("ɑ5") == ("aa",)
    assert visemes_of("") == visemes_of("ˌ") == visemes_of("_:") == ()


def test_every_shape_but_silence_moves_the_mouth_and_is_its_own() -> None:
    assert VISEME_WEIGHTS.shape == (15, 52) and not VISEME_WEIGHTS[0].any()
    for a in range(1, 15):
        for b in range(a):
            close_kin = {OCULUS[a], OCULUS[b]} <= {"DD", "kk", "nn"}
            assert close_kin or np.abs(VISEME_WEIGHTS[a] - VISEME_WEIGHTS[b]).max() > 0.1, (OCULUS[a], OCULUS[b])
