"""What a search index holds, from plain rows: text to read, text to search, language, and the attribute it states. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.knowledge import Passage
from dialogue.flatten import attribute_name, flattened, is_structured


@dataclass(frozen=True, slots=True)
class Entry:
    """id: of the passage; text: as people read it; searched: what is looked through (question, attribute, text);
    language: BCP 47; sku: None for the whole shop; attribute: its name in words, "" for free text."""

    id: str
    text: str
    searched: str
    language: str
    sku: str | None
    attribute: str


def entry_of(row: Mapping[str, Any]) -> Entry:
    """An entry from a row of a corpus: "id" and "text"; optional "language" (or "lang"), "sku", "attribute", "value",
    "unit", "question". An attribute in braces ("weight: {unit: kg, value: 2}") is read as one. Raises ValueError."""
    if "id" not in row or not str(row["id"]).strip():
        raise ValueError(f"a passage has no id: {str(dict(row))[:80]}")
    identity, text = str(row["id"]), str(row.get("text") or "")
    attribute = str(row.get("attribute") or "").replace("_", " ").strip()
    if not text and attribute:
        text = f"{attribute}: {row.get('value', '')} {row.get('unit') or ''}".strip()
    if not text.strip():
        raise ValueError(f"passage {identity} has no text")
    if is_structured(text):
        attribute, text = attribute or attribute_name(text), flattened(text)
    question = str(row.get("question") or "")
    named = "" if not attribute or text.casefold().startswith(attribute.casefold()) else f"{attribute}:"
    searched = " ".join(part for part in (question, named, text) if part)
    searched = text if searched == text else searched  # one string of two equal ones
    sku = row.get("sku")
    return Entry(identity, text, searched, str(row.get("language") or row.get("lang") or "en"),
                 str(sku) if sku is not None else None, attribute)


def entry_of_passage(passage: Passage) -> Entry:
    """An entry from a passage of the knowledge base."""
    return entry_of({"id": passage.id, "text": passage.text, "language": passage.language, "sku": passage.sku,
                     "attribute": passage.attribute, "question": passage.question})
