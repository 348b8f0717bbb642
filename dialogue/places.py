"""Countries named in a question, by CLDR's names."""

from __future__ import annotations

import re
from functools import cache

from dialogue.analyser import normal, terms
from dialogue.wording import base_of

_SHORT = {"en": ("uk", "us", "usa", "eu", "america", "england", "scotland"), "zh": ("美国", "英国", "国外", "海外")}


def place_terms(text: str, language: str) -> frozenset[str]:
    """The search terms of the countries and continents that a text names."""
    base = base_of(language)
    folded = normal(text)
    found = [name for name in _names(base) if name in folded and _whole(name, folded)]
    return frozenset(term for name in found for term in (*terms(name, base), *terms(normal(name), "en")))


def _whole(name: str, folded: str) -> bool:
    dense = any(ord(c) > 0x2E7F for c in name)
    return dense or bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded))


@cache
def _names(base: str) -> tuple[str, ...]:
    from babel import Locale, UnknownLocaleError

    try:
        names = Locale.parse(base).territories.values()
    except (UnknownLocaleError, ValueError):
        names = Locale.parse("en").territories.values()
    return tuple({normal(str(name)) for name in names if len(str(name)) > 1} | set(_SHORT.get(base, ())))
