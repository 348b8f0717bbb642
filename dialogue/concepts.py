"""Which ideas a text touches, whatever its language (dialogue/lexicon/concepts.toml)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from dialogue.lexicon import table

_ACCENTED = ("es", "fr", "de", "pt", "it", "vi")
# Signs that writers take for one another: the hamza over an alef, the dots of a last letter; the dot under Hindi letters comes
# and goes, the moon above them is a dot.
_LOOSE = {"ar": {**dict.fromkeys("اأإآ", "اأإآ"), "ة": "ةه", "ى": "ىي", "ي": "يى"},
          "hi": dict.fromkeys("\u0901\u0902", "\u0901\u0902")}
_HINDI = r"[\w\u0900-\u0963\u0966-\u097f]"  # \w knows its letters, not its vowels
WORD_ENDS = {"hi": f"(?!{_HINDI})"}
_DOT, _DOTTED = "\u093c", "कखगजडढफ"
DENSE = ("zh", "ja", "th")  # no blanks: a pattern may match anywhere


@cache
def _patterns(base: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    joined: list[tuple[str, re.Pattern[str]]] = []
    for name, by_language in table("concepts").items():
        parts = [bounded(by_language[tag], tag) for tag in dict.fromkeys((base, "en")) if tag in by_language]
        joined.append((name, re.compile("|".join(parts))))
    return tuple(joined)


def bounded(pattern: str, language: str, accents: bool = False) -> str:
    """The pattern, held to word starts in languages that have blanks; Arabic writes articles and prepositions to the word,
    and in Latin letters accents may be left out, as chats do ("cuanto dura la bateria", "bao nhieu tien", "hoehe"), unless
    `accents` tell words apart ("qué", "que")."""
    if language in _ACCENTED and not accents:
        pattern = _without_accents(pattern, language)
    if language in _LOOSE:
        pattern = _loosely(pattern, language)
    if language == "hi":
        edge = f"(?:(?<!{_HINDI})(?={_HINDI})|(?<={_HINDI})(?!{_HINDI}))"
        return rf"(?<!{_HINDI})(?:{pattern})".replace(r"\b", edge)
    if language == "ar":
        return rf"(?<!\w)(?:[وفبكل]?ال|لل|[وفبكل])?(?:{pattern})"
    if language == "vi":  # one syllable, one word: "giá" is not "giao" without its accent
        return rf"(?<!\w)(?:{pattern})(?!\w)"
    return f"(?:{pattern})" if language in DENSE else rf"(?<!\w)(?:{pattern})"


@cache
def _loosely(pattern: str, language: str) -> str:
    """A pattern that matches however the letters of a language of _LOOSE are typed."""
    alike, written, inside = _LOOSE[language], [], False
    for sign in pattern.replace(_DOT, ""):
        inside = sign == "[" or (inside and sign != "]")
        same = alike.get(sign, sign)
        written.append(same if inside or len(same) == 1 else f"[{same}]")
        if sign in _DOTTED:
            written.append(_DOT if inside else f"{_DOT}?")
    return "".join(written)


@cache
def _without_accents(pattern: str, language: str) -> str:
    """A pattern that matches with and without accents; German umlauts may be two letters."""
    written, inside = [], False
    for sign in pattern:
        inside = sign == "[" or (inside and sign != "]")
        plain = "d" if sign == "đ" else unicodedata.normalize("NFD", sign)[0]
        if plain == sign or not plain.isascii():
            written.append(sign)
        elif inside:
            written.append(sign + plain)
        else:
            written.append(f"(?:{sign}|{plain}e?)" if language == "de" else f"[{sign}{plain}]")
    return "".join(written)


def concepts_in(folded: str, language: str) -> list[str]:
    """Names of the concepts that a folded text touches, each once; English words count in every language."""
    return [name for name, pattern in _patterns(language.split("-")[0]) if pattern.search(folded)]


def without_phrases(folded: str, language: str) -> str:
    """The text without the phrases ("send it back") that concepts stand for; single words stay, they have stems."""
    for _, pattern in _patterns(language.split("-")[0]):
        folded = pattern.sub(lambda found: " " if " " in found.group().strip() else found.group(), folded)
    return folded
