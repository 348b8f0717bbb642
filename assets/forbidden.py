"""Goods that a policy profile forbids, told by the category that the catalogue gives them. Pure."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from importlib.resources import files

from assets.policy import Forbidden, PolicyProfile


def forbidden(profile: PolicyProfile, category: str) -> Forbidden | None:
    """What of the profile forbids goods of a category ("Food, Beverages & Tobacco > Tobacco Products", "酒类/白酒").

    A forbidden kind that assets/policies/categories.toml does not know is found by its own name."""
    text = _folded(category)
    for kind in profile.forbidden:
        words, spared = _patterns(kind.category)
        if words.search(spared.sub(" ", text) if spared is not None else text):
            return kind
    return None


@functools.cache
def _patterns(kind: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """What names a kind, and what only looks like it."""
    table = tomllib.loads((files("assets") / "policies" / "categories.toml").read_text("utf-8"))
    row = table.get(kind, {})
    spared = row.get("not")
    return _any_of(row.get("words", kind)), _any_of(spared) if spared else None


def _any_of(words: str) -> re.Pattern[str]:
    """Whole words; without borders in scripts that set no blanks."""
    parts = []
    for word in sorted(words.split("|"), key=len, reverse=True):
        folded = re.escape(_folded(word))
        dense = any("\u0e00" <= c <= "\u0e7f" or c >= "\u2e80" for c in word)
        parts.append(folded if dense else rf"(?<!\w){folded}(?!\w)")
    return re.compile("|".join(parts))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
