"""What a line is about, by its words alone: cheap enough for every line, good enough to choose which are answered first."""

from __future__ import annotations

from dialogue.analyser import content_terms, normal
from dialogue.attributes import asked_attributes
from dialogue.evidence import wants

Matter = tuple[str, frozenset[str]]  # language, terms


def matter_of(text: str, language: str) -> Matter:
    """Equal for lines of one language that say the same in another order or with other small words."""
    return language, frozenset(content_terms(text, language))


def is_our_business(text: str, language: str) -> bool:
    """Whether the words ask for something that a shop knows: a price, stock, an attribute, or one of the concepts that rules
    are about (returns, delivery, payment)."""
    folded = normal(text)
    return (wants("price", folded, language) or wants("stock", folded, language)
            or any(term.startswith("©") for term in content_terms(text, language))
            or bool(asked_attributes(folded, language, ())))
