"""What a shopper reads in the language of the page, where the show speaks another: names of facts, colours, the AI label."""

from __future__ import annotations

import re

from assets.policy import PolicyProfile
from assets.policy_file import load_policy
from assets.product import Fact
from dialogue.attributes import kind_of
from dialogue.lexicon import table
from dialogue.wording import FULL, base_of, valued

_ROWS = [line.split("|") for line in table("colours")["names"].strip().splitlines()]
_BY_WORD = {word.strip(): row for row in _ROWS for word in row[0].split(",")}


def fact_line(fact: Fact, language: str) -> tuple[str, str]:
    """(what it is, its value), in a language where its words are known: ("Helligkeit", "720 lm").

    In English the knowledge base's own name stands, which may be more exact; values in words stay as they are written."""
    base, written = base_of(language), (fact.attribute or "").replace("_", " ")
    kind = kind_of(fact.attribute or "") if base in FULL and base != "en" else None
    own = base == base_of(fact.language) or base not in FULL
    value = f"{fact.value}{' ' + fact.unit if fact.unit else ''}" if own else valued(str(fact.value), fact.unit, language)
    return kind.label(language) if kind else written, value


def colour_word(name: str, language: str) -> str:
    """The name of a variant as that language calls the colour; the name itself where it is no plain colour's."""
    row = _BY_WORD.get(re.sub(r"[\s_-]+", " ", name).strip().lower())
    base = base_of(language)
    return row[FULL.index(base)] if row and base in FULL and base != "en" else name


def label_in(policy: PolicyProfile, language: str) -> str:
    """The AI label as a shopper of that language understands it: the policy's words, else those of a shop's own site.

    It stands beside the market's own label, never in its place."""
    for profile in (policy, load_policy("own-site")):
        if found := profile.ai_label.get(language) or profile.ai_label.get(base_of(language)):
            return found
    return policy.ai_label["en"]


def page_language(asked: str, show: str) -> str:
    """The language of a page's words: what it asks for (BCP 47) where there are words in it, English where there are none;
    the show's when it asks for nothing."""
    if not asked:
        return show
    return asked[:35] if base_of(asked) in FULL else "en"
