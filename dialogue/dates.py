"""Dates in text, in any of the languages, as (year, month, day) with 0 for what is not said. Pure."""

from __future__ import annotations

import re
from functools import cache

from dialogue.analyser import normal
from dialogue.ports import LANGUAGES

Date = tuple[int, int, int]
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)\d\d)(?!\d)")
_HAN = re.compile(r"(?:((?:19|20)\d\d)\s?年)?\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?[日号])?")
_SHORT = 3  # letters of a month's short name; shorter ones are words of their own


def dates_in(text: str) -> list[frozenset[Date]]:
    """Every date of a text with its readings: 3/4/2027 has two."""
    folded = normal(text)
    found: list[frozenset[Date]] = []
    for match in _ISO.finditer(folded):
        found.append(frozenset({(int(match[1]), int(match[2]), int(match[3]))}))
    for match in _DAY_FIRST.finditer(folded):
        first, second, numbered = int(match[1]), int(match[2]), int(match[3])
        found.append(frozenset(d for d in ((numbered, second, first), (numbered, first, second)) if d[1] <= 12))
    for match in _HAN.finditer(folded):
        found.append(frozenset({(int(match[1] or 0), int(match[2]), int(match[3] or 0))}))
    for match in _named().finditer(folded):
        month = _months()[match["month"]]
        day, year = match["before"] or match["after"] or 0, match["year"] or match["alone"] or 0
        if day or year:
            found.append(frozenset({(int(year), month, int(day))}))
    return found


def without_dates(text: str) -> str:
    """A folded text with its dates taken out: their numbers are no quantities."""
    for pattern in (_ISO, _DAY_FIRST, _HAN):
        text = pattern.sub(" ", text)
    return _named().sub(lambda m: " " if m["before"] or m["after"] or m["alone"] or m["year"] else m.group(), text)


def holds(known: list[frozenset[Date]], stated: frozenset[Date]) -> bool:
    """Whether a stated date is one of the known ones; what it leaves out may be anything."""
    return any(all(s in (0, k) for s, k in zip(one, other, strict=True))
               for one in stated for dates in known for other in dates)


@cache
def _months() -> dict[str, int]:
    from babel import Locale

    names: dict[str, int] = {}
    for language in LANGUAGES:
        if language in ("zh", "ja"):
            continue
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in Locale.parse(language).months[context][width].items():
                    short = normal(name).rstrip(".")
                    if len(short) >= _SHORT and not short.isdigit():
                        names.setdefault(short, number)
    return names


@cache
def _named() -> re.Pattern[str]:
    names = "|".join(re.escape(n) for n in sorted(_months(), key=len, reverse=True))
    return re.compile(
        rf"(?:(?<![\d.,])(?P<before>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+|ngày\s+)?)?"
        rf"(?<!\w)(?P<month>{names})\.?(?!\w)"
        r"(?:\s+(?:de\s+)?(?P<alone>(?:19|20)\d\d)(?!\d)|\s+(?P<after>\d{1,2})(?:st|nd|rd|th)?(?![\d.,]\d)(?!\w))?"
        r"(?:(?:,|\s+de)?\s+(?P<year>(?:19|20)\d\d)(?!\d))?")
