"""One attribute as a host says it ("It weighs 1.2 kg.") where a product's own sentence does not exist. Pure."""

from __future__ import annotations

from dialogue import wording
from dialogue.attributes import kind_of
from dialogue.lexicon import table
from dialogue.wording import base_of


def said_fact(attribute: str, value: str, unit: str | None, language: str, truth: bool | None) -> str | None:
    """The sentence, None for a kind or a language without one. truth: what a yes or no means, None for other values."""
    kind = kind_of(attribute)
    row = table("said_facts").get(kind.id, {}) if kind is not None else {}
    if truth is not None:
        row = row.get("yes" if truth else "no", {})
    said = row.get(base_of(language))
    return str(said).format(value=wording.valued(value, unit, language)) if isinstance(said, str) else None
