"""How the name of a thing stands in a sentence: with endings, articles written to it, or no blanks around it. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from dialogue.analyser import normal, stem
from dialogue.lexicon import table

_ARABIC, _CYRILLIC, _DEVANAGARI = re.compile(r"[\u0600-\u06ff]"), re.compile(r"[\u0400-\u04ff]"), re.compile(r"[\u0900-\u097f]")
_THAI = re.compile(r"[\u0e00-\u0eff]")
# What is written to an Arabic noun: "and", "so", "for", "in", "like", "this", its article; "to the" swallows the alef.
_CLITICS = r"(?:[وف]?(?:[بك]?ال|لل|هال|عال|[بلك])?)"
_POSSESSIVES = r"(?:كم|ك|ي|ها|هم|نا|ه)?"
_LOOSE = {"ا": "[اأإآ]", "ة": "[ةهت]", "ي": "[يى]", "ى": "[يى]"}
# Signs that belong to the letter before them: with one of them behind it, a word is another word.
_THAI_SIGN, _HINDI_SIGN = r"[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]", r"[\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962\u0963]"


Span = tuple[int, int]


def own_script(word: str) -> bool:
    """Whether a name's script has rules of its own here."""
    return bool(_ARABIC.match(word) or _THAI.match(word) or _CYRILLIC.match(word) or _DEVANAGARI.match(word))


def stands(word: str, folded: str) -> Span | None:
    """Where a folded name of Arabic, Thai, Cyrillic or Hindi letters stands in a folded text; None for nowhere."""
    other = table("goods")["other_sense"].get(word)
    if other is not None:
        folded = re.sub(normal(other), lambda found: " " * len(found.group()), folded)
    if _ARABIC.match(word):
        return _arabic(word, folded)
    if _CYRILLIC.match(word):
        return _russian(word, folded)
    if word[:-1] not in folded:
        return None
    if _THAI.match(word):
        return _span(re.search(rf"{re.escape(word)}(?!{_THAI_SIGN})", folded))
    many = rf"|{re.escape(word[:-1])}ि(?:याँ|यां|यों)" if word.endswith("ी") else ""
    return _span(re.search(rf"(?<!\w)(?<!{_HINDI_SIGN})(?:{re.escape(word)}(?:ों|ें)?{many})(?!\w|{_HINDI_SIGN})", folded))


def _span(found: re.Match[str] | None) -> Span | None:
    return found.span() if found is not None else None


def _arabic(word: str, folded: str) -> Span | None:
    """With its article, "and" or "for" written to it, a possessive behind it, and as typed on a phone ("حقيبه")."""
    return _span(_arabic_pattern(word).search(folded)) if word[2:4] in folded else None


@lru_cache(maxsize=1024)
def _arabic_pattern(word: str) -> re.Pattern[str]:
    loose = ["".join(_LOOSE.get(sign, sign) for sign in part.removeprefix("ال")) for part in word.split()]
    before = r"(?:[وف]?(?:[بك]?ال|لل|هال|عال))" if word.startswith("ال") else _CLITICS
    bare = r"\s+(?:ال)?".join(loose)
    return re.compile(rf"(?<!\w){before}{bare}{_POSSESSIVES}(?!\w)")


def _russian(word: str, folded: str) -> Span | None:
    """In any case, of one or of many."""
    if word[: max(3, len(word) - 3)] not in folded:
        return None
    wanted, held = [one for one, _ in _stems(word)], _stems(folded)
    for at in range(len(held) - len(wanted) + 1):
        if [one for one, _ in held[at : at + len(wanted)]] == wanted:
            return held[at][1][0], held[at + len(wanted) - 1][1][1]
    return None


@lru_cache(maxsize=2048)
def _stems(folded: str) -> tuple[tuple[str, Span], ...]:
    return tuple((stem(match.group(), "ru"), match.span()) for match in re.finditer(r"\w+", folded.replace("ё", "е")))


@lru_cache(maxsize=4096)
def unaccented(folded: str) -> str:
    """Latin letters without their signs, as phones type them; other scripts stay as they are."""
    if folded.isascii():
        return folded
    pulled = unicodedata.normalize("NFD", folded.replace("đ", "d"))
    kept = [sign for at, sign in enumerate(pulled) if not (unicodedata.combining(sign) and _latin_before(pulled, at))]
    return unicodedata.normalize("NFC", "".join(kept))


def _latin_before(pulled: str, at: int) -> bool:
    while at > 0 and unicodedata.combining(pulled[at]):
        at -= 1
    return pulled[at].isascii()
