"""IPA as espeak-ng writes it becomes the signs that Kokoro was trained on, each with the phone it came from. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

# Kokoro writes English diphthongs and affricates as one sign each; the other languages keep espeak's vowels.
_AFFRICATES = {"tʃ": "ʧ", "dʒ": "ʤ", "ts": "ʦ", "dz": "ʣ", "tɕ": "ʨ", "dʑ": "ʥ"}
_ENGLISH = {
    "eɪ": "A", "aɪ": "I", "oʊ": "O", "əʊ": "Q", "aʊ": "W", "ɔɪ": "Y", "ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ɚ": "əɹ", "ɐ": "ə", "o": "ɔ",
    "e": "A", "əl": "ᵊl", "n̩": "ᵊn", "ʔ": "t", "r": "ɹ", "x": "k", "ç": "h", "ɬ": "l", "ː": "", "̃": "", "ʲ": "j",
    **_AFFRICATES,
}
_AMERICAN = {**_ENGLISH, "ɾ": "T", "ɪə": "iə"}
_BRITISH = {**{k: v for k, v in _ENGLISH.items() if k not in ("ː", "ɜː", "ɜːɹ")}, "ɜː": "ɜː", "eə": "ɛː", "iə": "ɪə"}
_TABLES = {"en-us": _AMERICAN, "en": _BRITISH}
_PAUSES = re.compile(r"[,.!?;:…—]")  # signs that Kokoro hears as a pause or a tone of voice
_SAME = str.maketrans("，、。！？；：،؟।–", ",,.!?;:,?.—")


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign for the model. word: index of the word, -1 between words; phone: index of the phone within the word or -1."""

    text: str
    word: int = -1
    phone: int = -1


def signs_of(words: Sequence[tuple[str, Sequence[str]]], accents: Sequence[str], known: Collection[str]) -> list[Sign]:
    """The row of signs for words with their phones. accents: of each word, "en-us", "en" (British) or another espeak voice;
    known: the model's signs, what it does not know is left out. Punctuation is taken from the end of each written word."""
    out: list[Sign] = []
    for i, ((text, ipas), accent) in enumerate(zip(words, accents, strict=True)):
        table = _TABLES.get(accent, _AFFRICATES)
        if out and out[-1].text != " ":
            out.append(Sign(" "))
        for j, ipa in enumerate(ipas):
            out += [Sign(sign, i, j) for sign in _written(ipa, table) if sign in known]
        tail = text.translate(_SAME).rstrip("\"'”’»)]}")
        pause = _PAUSES.search(tail[-1:])
        if pause and pause.group() in known:
            out.append(Sign(pause.group()))
    return out


def _written(ipa: str, table: dict[str, str]) -> str:
    ipa = unicodedata.normalize("NFC", ipa)
    longest = max(map(len, table))
    at, out = 0, ""
    while at < len(ipa):
        for size in range(min(longest, len(ipa) - at), 0, -1):
            if ipa[at : at + size] in table:
                out += table[ipa[at : at + size]]
                break
        else:
            size = 1
            out += ipa[at]
        at += size
    return out
