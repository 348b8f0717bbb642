"""Attributes as data feeds write them, nested braces and underscores, as a phrase that people and models can read. Pure."""

from __future__ import annotations

import re
from typing import Any

_HEAD = re.compile(r"^\s*(?P<name>[\w .\-/]{1,60}?)\s*:\s*(?=[\[{])", re.S)
_TOKEN = re.compile(
    r'"(?P<string>(?:[^"\\]|\\.)*)"|(?P<mark>[{}\[\],;])|(?P<key>[\w\-]+)\s*:(?=\s*["{\[\w.\-])'
    r'|(?P<bare>[^\s{}\[\],;"][^{}\[\],;"]*)'
)
# Said by another key of the same value, or about the feed and not about the product.
_SKIPPED = frozenset({"normalized_value", "standardized_values", "language_tag", "marketplace_id", "string_id"})
_TRUTH = {"true": "yes", "false": "no", "null": "unknown", "none": "none"}


def is_structured(text: str) -> bool:
    """Whether a text is an attribute in braces ("weight: {unit: kg, value: 2}")."""
    return bool(_HEAD.match(text)) and text.rstrip().endswith(("}", "]"))


def attribute_name(text: str) -> str:
    """The name before the value, in words; "" for a text that is no attribute in braces."""
    head = _HEAD.match(text) if is_structured(text) else None
    return _words(head.group("name")) if head else ""


def flattened(text: str) -> str:
    """"item_weight: { unit:pounds, value:1.5 }" -> "item weight: 1.5 pounds"; other texts unchanged."""
    if not is_structured(text):
        return text
    head = _HEAD.match(text)
    assert head is not None
    parts = [_said(value) for value in _Reader(text[head.end() :]).values()]
    said = "; ".join(dict.fromkeys(part for part in parts if part))
    return f"{_words(head.group('name'))}: {said or 'unknown'}"


class _Reader:
    """Values of a text in braces, read leniently: quotes, commas and closing marks may be missing."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_TOKEN.finditer(text))
        self._at = 0

    def values(self) -> list[Any]:
        """All values at the top level."""
        found: list[Any] = []
        while self._at < len(self._tokens):
            if self._mark() in (",", ";", "}", "]"):
                self._at += 1
            else:
                found.append(self._value())
        return found

    def _mark(self) -> str:
        return (self._tokens[self._at].group("mark") or "") if self._at < len(self._tokens) else ""

    def _value(self) -> Any:
        token = self._tokens[self._at]
        self._at += 1
        if token.group("mark") == "{":
            return self._fields()
        if token.group("mark") == "[":
            return self._items()
        if token.group("key"):  # a key where a value was due: one field without its braces
            return {token.group("key"): self._value() if self._at < len(self._tokens) else ""}
        return token.group("string") if token.group("string") is not None else (token.group("bare") or "").strip()

    def _fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        while self._at < len(self._tokens) and self._mark() != "}":
            token = self._tokens[self._at]
            self._at += 1
            if token.group("key") and self._at < len(self._tokens) and self._mark() not in ("}", ",", ";"):
                fields[token.group("key")] = self._value()
            elif token.group("bare") or token.group("string"):
                fields.setdefault("value", (token.group("string") or token.group("bare")).strip())
        self._at += 1
        return fields

    def _items(self) -> list[Any]:
        items: list[Any] = []
        while self._at < len(self._tokens) and self._mark() != "]":
            if self._mark() in (",", ";", "}"):
                self._at += 1
            else:
                items.append(self._value())
        self._at += 1
        return items


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, map(_said, value))))
    if not isinstance(value, dict):
        plain = str(value).strip().rstrip(".") if re.fullmatch(r"\s*[\d.]+\s*", str(value)) else str(value).strip()
        return _TRUTH.get(plain.lower(), _words(plain) if re.fullmatch(r"\w+", plain) else plain)
    unit = _said(value["unit"]) if "unit" in value else ""
    parts: list[str] = []
    for key, inner in value.items():
        if key == "unit" or (key in _SKIPPED and "value" in value):
            continue
        said = _said(inner)
        if said and key != "value" and key not in _SKIPPED:
            said = f"{_words(key)} {said}"
        if said:
            parts.append(f"{said} {unit}" if unit and key == "value" else said)
    return ", ".join(dict.fromkeys(parts))


def _words(name: str) -> str:
    return re.sub(r"\s+", " ", name.replace("_", " ")).strip()
