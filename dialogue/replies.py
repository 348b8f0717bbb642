"""What has been found, ready to be worded in any language: from an attribute, the catalogue, or a passage. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from assets.knowledge import Passage
from assets.product import ProductModel
from dialogue import wording
from dialogue.analyser import normal, terms
from dialogue.attributes import label_of, truth
from dialogue.grounding import catalogue_row
from dialogue.other_units import converted
from dialogue.quantities import decimals, unit_named
from dialogue.wording import base_of


@dataclass(frozen=True, slots=True)
class Worded:
    """text in `language`; citations: ids behind it; evidence: their texts, for the grounding check."""

    text: str
    language: str
    citations: tuple[str, ...]
    evidence: tuple[str, ...]


class Reply(Protocol):
    """A finding. confidence: 0..1."""

    @property
    def confidence(self) -> float:
        """How sure, 0..1."""
        ...

    def worded(self, language: str) -> Worded:
        """The answer in `language`, or in another when the finding exists only there (see Worded.language)."""
        ...

    def topic(self, language: str) -> str:
        """A word for what it is about, to open the spoken answer with; "" for none."""
        ...


@dataclass(frozen=True, slots=True)
class AttributeReply:
    """passages: of one attribute of one product, one a language; yes: what the value says to a yes/no question; unit: pint's
    name of one that the question names, "" for none: the value is told in it, too."""

    product: ProductModel
    passages: tuple[Passage, ...]
    yes: bool | None
    confidence: float
    unit: str = ""

    def worded(self, language: str) -> Worded:
        """The authored sentence where it still states the value, else the template."""
        said_in = wording.template_language(language)
        passage = in_language(self.passages, said_in)
        opening = "" if self.yes is None else wording.sentence("yes" if self.yes else "no", said_in)
        stated, native, plain = states_its_value(passage), base_of(passage.language) == said_in, plain_truth(passage)
        if not native and stated and plain is None and _in_words(passage.value or ""):
            text = passage.text.strip()  # foreign words inside a sentence help nobody; the author's own sentence does
            return Worded(text, passage.language, (passage.id,), (passage.text,))
        name, label = self.product.name(said_in), label_of(passage, said_in)
        other = converted(passage, self.unit, said_in) if self.unit and plain is None else ""
        if native and stated and not other:
            text = passage.text.strip()
        elif plain is not None:
            value, opening = wording.sentence("yes_word" if plain else "no_word", said_in), ""
            text = wording.sentence("truth_value", said_in, product=name, label=label, value=value)
        else:
            value = wording.valued(passage.value or "", passage.unit, said_in) + (f" ({other})" if other else "")
            text = wording.sentence("value", said_in, product=name, label=label, value=value)
        if opening and _opens_with_truth(text, said_in):
            opening = ""
        unit = f"{passage.value} {passage.unit or ''}"
        said = f"{passage.value} {wording.said_unit(passage.unit, said_in)}" if passage.unit else unit
        names = "; ".join(self.product.names.values())
        return Worded(opening + text, said_in, (passage.id,), (passage.text, unit, said, names, other))

    def topic(self, language: str) -> str:
        """The attribute's name."""
        return label_of(in_language(self.passages, language), language)


@dataclass(frozen=True, slots=True)
class CatalogueReply:
    """about: "price" or "stock", told from the product's catalogue row alone; yes: to a yes/no question about a price."""

    product: ProductModel
    about: str
    yes: bool | None = None
    confidence: float = 0.97

    def worded(self, language: str) -> Worded:
        """Price or stock as of now."""
        said_in = wording.template_language(language)
        name = self.product.name(said_in)
        opening = "" if self.yes is None else wording.sentence("yes" if self.yes else "no", said_in)
        if self.about == "price":
            assert self.product.price is not None
            price = wording.priced(self.product.price, said_in)
            text = opening + wording.sentence("price", said_in, product=name, price=price)
        elif self.product.stock:
            text = opening + wording.sentence("in_stock", said_in, product=name, count=str(self.product.stock))
        else:
            text = opening + wording.sentence("sold_out", said_in, product=name)
        row_id, row = catalogue_row(self.product)
        return Worded(text, said_in, (row_id,), (row,))

    def topic(self, language: str) -> str:
        """"price" or "stock" in the language."""
        return wording.sentence(f"topic_{self.about}", language)


@dataclass(frozen=True, slots=True)
class PassageReply:
    """passages: the same finding in one or more languages, best first; the words are the authors' own."""

    passages: tuple[Passage, ...]
    confidence: float

    def worded(self, language: str) -> Worded:
        """The passage in the language, else in English, else the best one, in its own language."""
        passage = in_language(self.passages, language)
        return Worded(passage.text.strip(), passage.language, (passage.id,), (passage.text,))

    def topic(self, language: str) -> str:
        """None: the passage speaks for itself."""
        return ""


def in_language(passages: Sequence[Passage], language: str) -> Passage:
    """The first passage in the language, else in English, else the first of all."""
    for wanted in (base_of(language), "en"):
        for passage in passages:
            if base_of(passage.language) == wanted:
                return passage
    return passages[0]


def states_its_value(passage: Passage) -> bool:
    """Whether an attribute's sentence says the value that is in its value field: someone may have changed only that.

    Yes and no must agree with the sentence; a number must stand in it; of a value in words, half must.
    """
    value = passage.value or ""
    held = {number for written in _numbers(passage.text) for number in written}
    wanted = _numbers(value)
    plain = plain_truth(passage)
    if plain is not None:
        return plain is not _denies(passage.text)
    words = {w for w in terms(value, passage.language) if len(w) >= 3 and not w.startswith("©") and not w[0].isdigit()}
    words -= {unit for written in (value, passage.unit or "") for unit in normal(written).split() if unit_named(unit)}
    if not words:
        return all(any(number in held for number in written) for written in wanted) and bool(wanted or value in passage.text)
    there = set(terms(passage.text, passage.language))
    hits = sum(w in there for w in words) + sum(any(n in held for n in written) for written in wanted)
    return 2 * hits >= len(words) + len(wanted)


def plain_truth(passage: Passage) -> bool | None:
    """Whether an attribute is a plain yes or no; "1 year" is none."""
    return None if passage.unit else truth(passage.value or "")


def _numbers(text: str) -> list[tuple[Decimal, ...]]:
    """The readings of each number in a text, in digits or as an English word."""
    spelled = [(Decimal(_SPELLED[word]),) for word in re.findall(r"[a-z]+", normal(text)) if word in _SPELLED]
    return [decimals(written) for written in re.findall(r"\d[\d.,]*\d|\d", text)] + spelled


_SPELLED = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12}
_DENIALS = (" not ", "n't ", " no ", "no, ", "none", "never", "不", "没有", " nicht ", " kein", " pas ", "ない", "ません")


def _in_words(value: str) -> bool:
    """Whether a value is made of words, not of a number, a code or yes and no."""
    return truth(value) is None and bool(re.search(r"[a-zà-ÿ]{4,}", normal(value)))


def _denies(text: str) -> bool:
    folded = f" {normal(text)}"
    return any(mark in folded for mark in _DENIALS)


def _opens_with_truth(text: str, language: str) -> bool:
    first = normal(text).split(" ")[0].strip(",.，。!")
    words = wording.table("wording")["truth"]
    return first in (*words["yes"].split(), *words["no"].split())
