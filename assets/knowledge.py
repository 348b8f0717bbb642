"""Passages that may be cited: attributes, questions with answers, policies, free text."""

from __future__ import annotations

from dataclasses import dataclass

from assets.checked import require, require_id, require_language

KINDS = ("attribute", "faq", "policy", "text")


@dataclass(frozen=True, slots=True)
class Passage:
    """id: stable, cited in answers; kind: one of KINDS; text: the sentence that answers; question: of an faq;
    sku: product it is about, None for the whole shop; attribute/value/unit: of an attribute;
    source: file and line, or the page it came from; region: ISO 3166 or None; valid_until: ISO date or None."""

    id: str
    kind: str
    text: str
    source: str
    language: str = "en"
    sku: str | None = None
    question: str | None = None
    attribute: str | None = None
    value: str | None = None
    unit: str | None = None
    region: str | None = None
    valid_until: str | None = None

    def __post_init__(self) -> None:
        require_id("Passage", "id", self.id)
        require(self.kind in KINDS, "Passage", "kind", self.kind, f"one of {KINDS}")
        require_language("Passage", "language", self.language)
        require(bool(self.text.strip()), "Passage", "text", self.text, "a sentence")
        require(self.kind != "attribute" or bool(self.attribute and self.value is not None),
                "Passage", "attribute", self.attribute, "an attribute with a value")
