"""Which literal strings a regular expression cannot match without: the first stage of the policy gate. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from re import _parser as parser  # type: ignore[attr-defined]  # Python's own; the version is pinned in pyproject.toml
from typing import Any

MAX_TERMS = 4000  # of one pattern; more would mean that it multiplies out
_MAX_SET = 12  # characters of a class that are worth spelling out


@lru_cache(maxsize=2048)  # profiles of a market are read by program, show and shelf: 5 ms a rule
def required_terms(pattern: str) -> frozenset[str] | None:
    """Folded literals of which each match of `pattern` holds at least one; None where the pattern has no such thing.

    Terms of two letters or more, except in scripts without blanks, where one sign is a word.
    """
    found = _sequence(list(parser.parse(pattern, re.IGNORECASE)))
    return frozenset(found) if found else None


def folded(text: str) -> str:
    """Text for comparing: width and case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def _sequence(items: list[Any]) -> set[str] | None:
    """The most telling set among those of a sequence's parts; neighbouring literals are one string, and a choice of
    characters between them multiplies it out."""
    best: set[str] | None = None
    runs: set[str] = {""}
    for op, value in [*items, (None, None)]:
        grown = _grown(runs, op, value)
        if grown is not None:
            runs = grown
            continue
        best = _better(best, {folded(r) for r in runs})
        runs = {""}
        best = _better(best, _part(op, value))
    return best


def _grown(runs: set[str], op: Any, value: Any) -> set[str] | None:
    name = str(op)
    if name == "LITERAL":
        return {r + chr(value) for r in runs}
    if name == "IN" and (signs := _signs(value)) and len(runs) * len(signs) <= 64:
        return {r + s for r in runs for s in signs}
    if name == "SUBPATTERN" and len(runs) <= 16 and all(str(o) == "LITERAL" for o, _ in value[3]):
        text = "".join(chr(v) for _, v in value[3])
        return {r + text for r in runs}
    return None


def _signs(value: Any) -> list[str]:
    signs: list[str] = []
    for op, sign in value:
        if str(op) != "LITERAL":
            return []
        signs.append(chr(sign))
    return signs if len(signs) <= _MAX_SET else []


def _part(op: Any, value: Any) -> set[str] | None:
    name = str(op)
    if name == "BRANCH":
        union: set[str] = set()
        for branch in value[1]:
            found = _sequence(list(branch))
            if not found:
                return None
            union |= found
        return union if len(union) <= MAX_TERMS else None
    if name == "SUBPATTERN":
        return _sequence(list(value[3]))
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _sequence(list(value[2])) if value[0] >= 1 else None
    return None


def _better(one: set[str] | None, two: set[str] | None) -> set[str] | None:
    """The set whose shortest member is longest: it fires least on plain text."""
    usable = [s for s in (one, two) if s and all(_telling(t) for t in s)]
    return max(usable, key=lambda s: (min(len(t.strip()) for t in s), -len(s)), default=None)


def _telling(term: str) -> bool:
    kept = term.strip()
    return len(kept) >= 2 or (len(kept) == 1 and ord(kept) > 0x2E80)
