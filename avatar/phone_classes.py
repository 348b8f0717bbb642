"""The speech sounds that the aligner can tell apart, and how the IPA of any language falls into them. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Silence first. Sounds that differ in the mouth or in the spectrum; length, tone and secondary articulation do not count.
CLASSES: tuple[str, ...] = (
    "", "p", "b", "t", "d", "k", "ɡ", "tʃ", "dʒ", "ts", "f", "v", "θ", "ð", "s", "z", "ʃ", "ʒ", "h", "x",
    "m", "n", "ŋ", "ɲ", "l", "ɹ", "ɾ", "w", "j",
    "i", "ɪ", "e", "ɛ", "æ", "a", "ɑ", "ɔ", "o", "ʊ", "u", "ʌ", "ə", "ɚ", "y", "ø",
)  # fmt: skip
CLASS: dict[str, int] = {name: i for i, name in enumerate(CLASSES)}
SILENCE = 0
# The nearest class of every other letter that espeak-ng writes in fourteen languages.
_NEAREST = {
    "ʈ": "t", "ʔ": "t", "ɖ": "d", "ɗ": "d", "ɓ": "b", "c": "k", "q": "k", "ɟ": "ɡ", "g": "ɡ", "ɢ": "ɡ", "ɣ": "ɡ", "tɕ": "tʃ",
    "ʈʂ": "tʃ", "tʂ": "tʃ", "ts.": "tʃ", "dʑ": "dʒ", "dʐ": "dʒ", "ʨ": "tʃ", "ʥ": "dʒ", "ʧ": "tʃ", "ʤ": "dʒ", "ʦ": "ts",
    "dz": "ts", "ʣ": "ts",
    "tθ": "ts", "ɸ": "f", "ʋ": "v", "β": "v", "ɕ": "ʃ", "ʂ": "ʃ", "s.": "ʃ", "ʑ": "ʒ", "ʐ": "ʒ", "ɦ": "h", "ʕ": "h",
    "ħ": "x", "χ": "x", "ç": "x", "ʁ": "x", "ʀ": "x", "ɱ": "m", "ɳ": "n", "ɴ": "ŋ", "ɬ": "l", "ɭ": "l", "ɫ": "l", "ʎ": "l",
    "ʟ": "l", "ɻ": "ɹ", "ɚ": "ɚ", "ɝ": "ɚ", "ɜ": "ɚ", "r": "ɾ", "ɽ": "ɾ", "ɥ": "y", "ɰ": "w", "ɨ": "ɪ", "ᵻ": "ɪ", "i̪": "ɪ",
    "ɐ": "ə", "ɘ": "ə", "ɤ": "ə", "ᵊ": "ə", "ɒ": "ɔ", "ɶ": "a", "ɯ": "u", "ʉ": "u", "ʏ": "y", "œ": "ø", "ɵ": "ø", "ɞ": "ø",
}  # fmt: skip
_TABLE: dict[str, tuple[int, ...]] = {name: (i,) for i, name in enumerate(CLASSES) if name}
_TABLE.update({ipa: (CLASS[to],) for ipa, to in _NEAREST.items()})
_LONGEST = max(map(len, _TABLE))
_SECONDARY = frozenset("ʲʷʰʱˀˤʳ")  # palatalised, rounded, aspirated …: part of the sound before


@lru_cache(maxsize=4096)
def classes_of(ipa: str) -> tuple[int, ...]:
    """The classes of one phone in order, as indices of CLASSES: a diphthong gives two; () for silence, stress or tone alone."""
    found: list[int] = []
    at = 0
    while at < len(ipa):
        if ipa[at] in _SECONDARY or (at and ipa[at] in "hɦ"):
            at += 1
            continue
        for size in range(min(_LONGEST, len(ipa) - at), 0, -1):
            hit = _TABLE.get(ipa[at : at + size])
            if hit is not None:
                break
        else:
            size, hit = 1, _by_letter(ipa[at])
        found += [c for c in hit if not found or found[-1] != c]
        at += size
    return tuple(found)


def _by_letter(letter: str) -> tuple[int, ...]:
    """A letter of no table: by its plain form, else by vowel or consonant; marks and signs are no sound."""
    plain = unicodedata.normalize("NFD", letter)[0].lower()
    if plain in _TABLE:
        return _TABLE[plain]
    if not unicodedata.category(plain).startswith("L") or unicodedata.category(plain) == "Lm":
        return ()
    return (CLASS["ə"],) if plain in "aeiouyɩɷ" else (CLASS["t"],)
