"""From the phones of a voice to mouth shapes: 15 Oculus visemes, and each viseme as a mix of ARKit shapes."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from avatar.face import ARKIT, INDEX

OCULUS: tuple[str, ...] = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
ROW: dict[str, int] = {name: i for i, name in enumerate(OCULUS)}

# espeak-ng's IPA for en zh es fr de it pt ja hi, by the shape the lips and jaw make. Longest match wins.
_BY_VISEME: dict[str, tuple[str, ...]] = {
    "PP": ("p", "b", "m", "ɱ", "ɓ", "pf"),
    "FF": ("f", "v", "ʋ", "ɸ", "β"),
    "TH": ("θ", "ð"),
    "DD": ("t", "d", "ʈ", "ɖ", "ɾ", "ɗ", "tθ"),
    "kk": ("k", "ɡ", "g", "q", "ɢ", "x", "ɣ", "χ", "c", "ɟ", "ç", "h", "ɦ", "ħ", "ʕ", "ʔ", "ŋ", "ɴ", "ʁ"),
    "CH": ("tʃ", "dʒ", "ʃ", "ʒ", "tɕ", "dʑ", "ɕ", "ʑ", "ʂ", "ʐ", "tʂ", "dʐ", "ts.", "s."),
    "SS": ("s", "z", "ts", "dz", "ɬ"),
    "nn": ("n", "l", "ɲ", "ɳ", "ʎ", "ɭ", "ɫ", "ʟ", "n̩"),
    "RR": ("ɹ", "r", "ɻ", "ʀ", "ɽ", "ɚ", "ɝ", "ɜ", "ʳ", "r."),
    "aa": ("a", "ɑ", "ɐ", "ʌ", "ɒ", "æ", "ɶ", "ä"),
    "E": ("e", "ɛ", "ə", "œ̃", "ɘ", "ɤ", "ᵻ", "ɪ̈"),
    "I": ("i", "ɪ", "ɨ", "j", "ɯ", "ʲ", "i.", "i["),
    "O": ("o", "ɔ", "ɵ", "ø", "œ", "ɞ"),
    "U": ("u", "ʊ", "y", "ʏ", "ʉ", "w", "ɥ", "ʷ", "ɰ", "y."),
}
_TABLE: dict[str, str] = {ipa: viseme for viseme, all_ipa in _BY_VISEME.items() for ipa in all_ipa}
_LONGEST = max(map(len, _TABLE))
_LETTERS = {"vowel": "E", "consonant": "DD"}  # a letter of no table: half open, or behind the teeth
_SILENT = frozenset("ˈˌːˑ.‿|‖ ˞-_ʰʱˀˤ0123456789ʼ˥˦˧˨˩→↗↘;:,!?'\"()[]^")


@lru_cache(maxsize=4096)
def visemes_of(ipa: str) -> tuple[str, ...]:
    """The shapes of one phone as espeak-ng writes it, in order: a diphthong gives two, silence none.

    Stress, length, tone and diacritics are passed over; an unknown letter gets a shape by vowel or consonant.
    """
    shapes: list[str] = []
    at = 0
    while at < len(ipa):
        if at and ipa[at] in "hɦ":  # aspiration of the consonant before it
            at += 1
            continue
        for size in range(min(_LONGEST, len(ipa) - at), 0, -1):
            shape = _TABLE.get(ipa[at : at + size])
            if shape is not None:
                break
        else:
            size, shape = 1, _by_letter(ipa[at])
        if shape and (not shapes or shapes[-1] != shape):
            shapes.append(shape)
        at += size
    return tuple(shapes)


def _by_letter(letter: str) -> str | None:
    if letter in _SILENT or unicodedata.category(letter)[0] in "MPZSC":
        return None
    plain = unicodedata.normalize("NFD", letter)[0].lower()
    if plain in _TABLE:
        return _TABLE[plain]
    return _LETTERS["vowel" if plain in "aeiouyɩɷ" else "consonant"]


# Mixes tuned on the hm08 head, left and right alike where a name ends in "*". Round by the pucker: the head's funnel draws the
# lips to a point above and below.
_MIXES: dict[str, dict[str, float]] = {
    "sil": {},
    "PP": {"mouthRollLower": 0.55, "mouthRollUpper": 0.45, "mouthPress*": 0.5, "mouthClose": 0.03},
    "FF": {"mouthRollLower": 0.7, "mouthUpperUp*": 0.24, "jawOpen": 0.04},
    "TH": {"jawOpen": 0.2, "tongueOut": 0.45, "mouthLowerDown*": 0.15},
    "DD": {"jawOpen": 0.14, "mouthLowerDown*": 0.2, "mouthUpperUp*": 0.1},
    "kk": {"jawOpen": 0.18, "mouthLowerDown*": 0.15, "mouthUpperUp*": 0.1},
    "CH": {"mouthPucker": 0.35, "mouthFunnel": 0.2, "jawOpen": 0.1, "mouthLowerDown*": 0.3, "mouthUpperUp*": 0.2},
    "SS": {"jawOpen": 0.05, "mouthStretch*": 0.2, "mouthLowerDown*": 0.3, "mouthUpperUp*": 0.1, "mouthSmile*": 0.15},
    "nn": {"jawOpen": 0.15, "mouthLowerDown*": 0.18, "mouthUpperUp*": 0.08},
    "RR": {"jawOpen": 0.14, "mouthPucker": 0.22, "mouthFunnel": 0.12},
    "aa": {"jawOpen": 0.62, "mouthLowerDown*": 0.25, "mouthUpperUp*": 0.13},
    "E": {"jawOpen": 0.34, "mouthLowerDown*": 0.28, "mouthUpperUp*": 0.15, "mouthStretch*": 0.14, "mouthSmile*": 0.18},
    "I": {"jawOpen": 0.16, "mouthSmile*": 0.45, "mouthStretch*": 0.22, "mouthUpperUp*": 0.2, "mouthLowerDown*": 0.35},
    "O": {"jawOpen": 0.42, "mouthPucker": 0.5, "mouthFunnel": 0.1},
    "U": {"jawOpen": 0.16, "mouthPucker": 0.7, "mouthFunnel": 0.08},
}


def _default_weights() -> NDArray:
    out = np.zeros((len(OCULUS), len(ARKIT)), np.float32)
    for name, mix in _MIXES.items():
        for shape, weight in mix.items():
            sides = [shape[:-1] + side for side in ("Left", "Right")] if shape.endswith("*") else [shape]
            for side in sides:
                out[ROW[name], INDEX[side]] = weight
    out.setflags(write=False)
    return out


VISEME_WEIGHTS: NDArray = _default_weights()  # (15, 52) float32, rows in OCULUS order
