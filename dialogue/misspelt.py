"""Slips of typing: "battry", "warrenty" and "haedphones" are read as the word that a shop's questions are made of, and English
"r u" as "are you". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from dialogue.analyser import normal
from dialogue.attributes import kinds
from dialogue.elsewhere import goods_words, vocabulary
from dialogue.wording import base_of

SHORTEST = 5  # letters; shorter words have neighbours that are words themselves ("lamp", "lamb")
SWAPPED = 6  # letters from which one may be another: "smell" is no "shell"
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST},}}")
# What chats write for short English words: (pattern, what is read).
_SHORT = tuple((re.compile(rf"(?<![\w-]){short}(?![\w-])", re.IGNORECASE), whole) for short, whole in (
    (r"r(?= (?:u|you|they|these|those|the)\b)", "are"), ("u", "you"), ("ur", "your"), ("whats", "what is"),
    ("hows", "how is"), ("wats?", "what"), ("b4", "before"), (r"w/?(?= )", "with"), ("plz|pls", "please")))


def corrected(text: str, language: str, known: Collection[str]) -> str:
    """The text with each word that nobody knows ("renang", to swim, is known), and that is one slip from exactly one name of an
    attribute, put right.

    A slip is a letter too many, too few, wrong, or changed places with its neighbour; the first letter must
    stand.
    known: folded words that are right as they are: those of the knowledge base. Goods' names are, too.
    """
    names, goods = _names(base_of(language)), goods_words(base_of(language))
    for short, whole in _SHORT if base_of(language) == "en" else ():
        text = short.sub(whole, text)

    def right(match: re.Match[str]) -> str:
        word = normal(match.group())
        if word in known or word in goods or word in names or word.rstrip("s") in names or word in vocabulary():
            return match.group()
        near = _near(word, names) or (_near(word[:-1], names) if word[-1] == "s" else [])  # "bottels"
        return near[0] if len(near) == 1 else match.group()

    return _WORD.sub(right, text)


def _near(word: str, names: Collection[str]) -> list[str]:
    """The names that are one slip from a word."""
    return [name for name in names if name[0] == word[0] and abs(len(name) - len(word)) < 2 and _one_slip(word, name)]


@cache
def _names(base: str) -> frozenset[str]:
    """Words of the attributes' names in a language, and in English."""
    found: set[str] = set()
    for kind in kinds().values():
        told = [kind.label(base), *(kind.aliases if base == "en" else ())]
        found |= {word for name in told for word in re.findall(r"[^\W\d_]+", normal(name.replace("_", " ")))}
    return frozenset(word for word in found if len(word) >= SHORTEST and (word[0] < "\u0530"))


def _one_slip(one: str, two: str) -> bool:
    """Whether a single insertion, deletion, substitution or swap of neighbours makes one of the other."""
    start = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    first, second = one[start:], two[start:]
    if len(first) != len(second):
        longer, shorter = (first, second) if len(first) > len(second) else (second, first)
        return longer[1:] == shorter
    return (len(one) >= SWAPPED and first[1:] == second[1:]) or (first[:2] == second[1::-1] and first[2:] == second[2:])
