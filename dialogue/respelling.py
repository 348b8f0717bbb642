"""IPA as letters that a voice of the language reads nearly so: every engine takes letters, few take phonemes. Pure."""

from __future__ import annotations

import re
import unicodedata

_COMMON = {
    "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "ɡ": "g", "g": "g", "f": "f", "v": "v", "s": "s", "z": "z", "m": "m",
    "n": "n", "l": "l", "ɹ": "r", "r": "r", "ɾ": "r", "ʁ": "r", "h": "h", "w": "w", "a": "a", "e": "e", "i": "i",
    "o": "o", "u": "u",
    "ɛ": "e", "ɔ": "o", "ɑ": "a", "æ": "a", "ɪ": "i", "ʊ": "u", "ə": "e", "ʌ": "a", "ɒ": "o", "ɜ": "e", "ɐ": "a",
}
_TABLES: dict[str, dict[str, str]] = {
    "en": {"iː": "ee", "i": "ee", "ɪ": "i", "eɪ": "ay", "ɛ": "e", "e": "e", "æ": "a", "ɑː": "ah", "ɑ": "ah",
           "a": "ah", "ɒ": "o",
           "ɔː": "aw", "ɔ": "aw", "oʊ": "oh", "əʊ": "oh", "o": "oh", "ʊ": "oo", "uː": "oo", "u": "oo", "ʌ": "uh", "ə": "uh",
           "ɐ": "uh", "ɜː": "er", "ɚ": "er", "aɪ": "eye", "aʊ": "ow", "ɔɪ": "oy", "θ": "th", "ð": "th", "ʃ": "sh", "ʒ": "zh",
           "tʃ": "ch", "dʒ": "j", "ŋ": "ng", "j": "y", "x": "k", "ɲ": "ny"},
    "es": {"k": "k", "θ": "z", "ʃ": "sh", "tʃ": "ch", "x": "j", "j": "y", "ɲ": "ñ", "ʎ": "ll", "rr": "rr", "ŋ": "n", "ɡ": "gu",
           "dʒ": "y", "ʒ": "y", "w": "hu"},
    "it": {"ʃ": "sci", "ʃi": "sci", "ʃe": "sce", "tʃ": "ci", "tʃi": "ci", "tʃe": "ce", "dʒ": "gi", "dʒi": "gi", "dʒe": "ge",
           "k": "c", "ki": "chi", "ke": "che", "ɡi": "ghi", "ɡe": "ghe", "ɲ": "gn", "ʎ": "gli", "ʎi": "gli",
           "j": "i", "ts": "z",
           "dz": "z", "ŋ": "n", "w": "u"},
    "pt": {"ʃ": "ch", "ʒ": "j", "tʃ": "tch", "dʒ": "dj", "ɲ": "nh", "ʎ": "lh", "j": "i", "ŋ": "n", "w": "u", "s": "ss"},
    "de": {"ʃ": "sch", "ʒ": "sch", "tʃ": "tsch", "dʒ": "dsch", "ts": "z", "ç": "ch", "x": "ch", "j": "j", "ŋ": "ng",
           "iː": "ie",
           "aɪ": "ei", "aʊ": "au", "ɔʏ": "eu", "ɔɪ": "eu", "øː": "ö", "œ": "ö", "yː": "ü", "ʏ": "ü", "v": "w",
           "z": "s", "s": "ss",
           "aː": "ah", "eː": "eh", "oː": "oh", "uː": "uh", "eɪ": "ej", "oʊ": "oh", "θ": "s", "ð": "s"},
    "fr": {"ʃ": "ch", "ʒ": "j", "tʃ": "tch", "dʒ": "dj", "ɲ": "gn", "j": "y", "u": "ou", "uː": "ou", "y": "u",
           "ø": "eu", "œ": "eu",
           "ə": "e", "e": "é", "ɛ": "è", "ɑ̃": "an", "ɛ̃": "in", "ɔ̃": "on", "k": "k", "eɪ": "é", "oʊ": "o", "aɪ": "aï",
           "aʊ": "ao", "ŋ": "ng", "w": "ou"},
    "id": {"ʃ": "sy", "tʃ": "c", "dʒ": "j", "ɲ": "ny", "ŋ": "ng", "j": "y", "x": "kh"},
}
_MARKS = re.compile(r"[ˈˌ.\s‿|\u0361\u035c]")


def respelled(ipa: str, language: str) -> str:
    """Letters for a word in IPA, "" where the language has no table or a sign none: it is said as written then."""
    own = _TABLES.get(language.split("-")[0].lower())
    if own is None:
        return ""
    table = {**_COMMON, **own}
    longest, out, at = max(map(len, table)), "", 0
    signs = _MARKS.sub("", unicodedata.normalize("NFC", ipa).replace(":", "ː"))
    while at < len(signs):
        for size in range(min(longest, len(signs) - at), 0, -1):
            letters = table.get(signs[at : at + size])
            if letters is not None:
                out += letters
                break
        else:
            if signs[at] not in "ːʰʲ̩̃":
                return ""
            size = 1
        at += size
    return out
