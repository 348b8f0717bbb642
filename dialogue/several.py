"""Questions about several products: "which of the two is lighter?", "are the mug and the lamp dishwasher safe?". Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assets.knowledge import Passage
from assets.product import ProductModel
from dialogue import wording
from dialogue.analyser import normal
from dialogue.attributes import Asked, asked_attributes, kind_of, label_of, passages_for, truth
from dialogue.evidence import wants
from dialogue.grounding import catalogue_row
from dialogue.naming import Named
from dialogue.quantities import compare, most, quantities, unit_named
from dialogue.replies import Worded, in_language
from dialogue.wording import base_of

ALIKE = 1e-9  # share by which two values that were converted may differ and be the same: 564 g, 0.564 kg
MOST = 4  # products in one answer; more cannot be listened to
# How the comparative of a question points, and which attribute it means where it names none.
_MEANS = {"weight": ("lighter", "heavier"), "height": ("lower", "taller"), "price": ("cheaper", "dearer"),
          "dimensions": ("smaller", "larger")}


@dataclass(frozen=True, slots=True)
class Told:
    """One product's part. passages: of the attribute, one a language; (), where the price is told, or nothing is known."""

    product: ProductModel
    passages: tuple[Passage, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class SeveralReply:
    """parts: in the order in which they were named; asked: the attribute, None for the price; chosen: the product that the
    question's "which is …er" points to, with whether it has the least or the most of it; None for none."""

    parts: tuple[Told, ...]
    asked: Asked | None
    chosen: tuple[ProductModel, str] | None
    confidence: float = 0.9
    against: tuple[Told, ...] = ()  # held against, cited, and not told: all others, where the heaviest of all is asked for

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Everything that it rests on, the catalogue left out."""
        return tuple(p for part in (*self.parts, *self.against) for p in part.passages)

    def worded(self, language: str) -> Worded:
        """Who has the least or the most, then each one's value; what is not known of one is said."""
        said_in = wording.template_language(language)
        sentences, citations, evidence = [], [], ["; ".join(n for part in self.parts for n in part.product.names.values())]
        if self.chosen is not None:
            product, which = self.chosen
            name = product.name(said_in)
            sentences.append(wording.sentence(f"has_the_{which}", said_in, product=name, label=self.topic(said_in)))
        for part in self.parts:
            text, cited, source = self._part(part, said_in)
            sentences.append(text)
            citations += cited
            evidence += source
        citations += [cited for part in self.against for cited in self._part(part, said_in)[1]]
        joined = ("" if said_in in ("zh", "ja") else " ").join(sentences)
        return Worded(joined, said_in, tuple(dict.fromkeys(citations)), tuple(evidence))

    def _part(self, part: Told, said_in: str) -> tuple[str, list[str], list[str]]:
        name = part.product.name(said_in)
        if not part.known:
            return wording.sentence("unknown_of", said_in, product=name, label=self.topic(said_in)), [], []
        if self.asked is None:
            assert part.product.price is not None
            row_id, row = catalogue_row(part.product)
            price = wording.priced(part.product.price, said_in)
            return wording.sentence("price", said_in, product=name, price=price), [row_id], [row]
        passage = in_language(part.passages, said_in)
        plain = truth(passage.value or "") if not passage.unit else None
        label = label_of(passage, said_in)
        if plain is not None:
            word = wording.sentence("yes_word" if plain else "no_word", said_in)
            text = wording.sentence("truth_value", said_in, product=name, label=label, value=word)
        else:
            value = wording.valued(passage.value or "", passage.unit, said_in)
            text = wording.sentence("value", said_in, product=name, label=label, value=value)
        said = f"{passage.value} {wording.said_unit(passage.unit, said_in)}" if passage.unit else ""
        return text, [passage.id], [passage.text, f"{passage.value} {passage.unit or ''}", said]

    def topic(self, language: str) -> str:
        """The attribute's name, or "price"."""
        if self.asked is None:
            return wording.sentence("topic_price", language)
        held = next((p for p in self.passages), None)
        if held is not None:
            return label_of(held, language)
        return self.asked.kind.label(language) if self.asked.kind is not None else self.asked.name.replace("_", " ")


def extreme_of_all(folded: str, language: str, named: Named, products: Mapping[str, ProductModel],
                   usable: Sequence[Passage]) -> SeveralReply | None:
    """"Which is the heaviest you sell?": what has the most or the least of all that is sold, with its value; None where that is
    not asked of nothing in particular, or one is unknown or as heavy."""
    points = _direction(folded, language)
    if named.sku is not None or named.foreign or named.parts or points is None or not points[0] or len(products) < 2:
        return None
    if not wants("of_all", folded, language):
        return None
    attribute, which = points
    if attribute == "price":
        everything = tuple(Told(p, (), p.price is not None) for p in products.values())
        asked, found = None, _priced_extreme(everything, which)
    else:
        worded = asked_attributes(folded, language, [p for p in usable if p.attribute])
        if any(other.name != attribute for other in worded):
            return None  # the lightest colour is no weight
        asked = Asked(attribute, kind_of(attribute), (0, 0))
        everything = tuple(_told(p, asked, usable) for p in products.values())
        found = _extreme(everything, asked, which)
    if found is None:
        return None
    told = tuple(part for part in everything if part.product is found[0])
    return SeveralReply(told, asked, found, against=tuple(part for part in everything if part.product is not found[0]))


def several(folded: str, language: str, mentioned: Sequence[tuple[int, str]], products: Mapping[str, ProductModel],
            usable: Sequence[Passage], on_show: str | None) -> SeveralReply | None:
    """The answer about all products that a question names; None where it is about one, or nothing of it is known.

    mentioned: (place in the question, sku), in order."""
    skus = _meant(folded, language, mentioned, products, on_show)
    if len(skus) < 2:
        return None
    chosen = [products[sku] for sku in skus]
    points = _direction(folded, language)
    summed = wants("together", folded, language)  # each one's own is told: nobody of them is the least of a sum
    if wants("price", folded, language) or (points is not None and points[0] == "price"):
        parts = tuple(Told(p, (), p.price is not None) for p in chosen)
        if not any(part.known for part in parts):
            return None
        return SeveralReply(parts, None, _priced_extreme(parts, points[1]) if points and not summed else None)
    for asked in _candidates(folded, language, usable, skus, points):
        parts = tuple(_told(p, asked, usable) for p in chosen)
        if any(part.known for part in parts):
            return SeveralReply(parts, asked, _extreme(parts, asked, points[1]) if points and not summed else None)
    return None


def _meant(folded: str, language: str, mentioned: Sequence[tuple[int, str]], products: Mapping[str, ProductModel],
           on_show: str | None) -> list[str]:
    """The skus: named one beside the other, or "which of the two" where the show leaves no doubt which two those are."""
    skus = list(dict.fromkeys(sku for _, sku in sorted(mentioned)))
    which = wants("which_of", folded, language)
    if len(skus) >= 2:
        compared = which or (wants("than", folded, language) and _direction(folded, language) is not None)
        if compared and wants("together", folded, language) and on_show in products:
            skus = list(dict.fromkeys((str(on_show), *skus)))  # "is it cheaper than the watch and the mug together?"
        return skus[:MOST] if compared or wants("beside", folded, language) else []
    than = wants("than", folded, language) and _direction(folded, language) is not None
    if than and len(skus) == 1 and on_show in products and on_show not in skus:
        return [str(on_show), *skus]  # "are they cheaper than the backpack?"
    if not which or _direction(folded, language) is None:
        return []
    if len(skus) == 1 and on_show in products and on_show not in skus:
        return [*skus, str(on_show)]
    return list(products) if not skus and len(products) == 2 else []


def _direction(folded: str, language: str) -> tuple[str, str] | None:
    """(attribute or "" for the one that is named, "least" or "most") of "lighter", "the most expensive"; None for none."""
    for attribute, (down, up) in _MEANS.items():
        for slot, which in ((down, "least"), (up, "most")):
            if wants(slot, folded, language):
                return attribute, which
    for slot, which in (("fewest", "least"), ("greatest", "most")):
        if wants(slot, folded, language):
            return "", which
    return None


def _candidates(folded: str, language: str, usable: Sequence[Passage], skus: Sequence[str],
                points: tuple[str, str] | None) -> list[Asked]:
    own = [p for p in usable if p.sku in skus and p.attribute]
    found = asked_attributes(folded, language, own)
    if points is not None and points[0] and all(asked.name != points[0] for asked in found):
        found.append(Asked(points[0], kind_of(points[0]), (0, 0)))
    return found


def _told(product: ProductModel, asked: Asked, usable: Sequence[Passage]) -> Told:
    found = passages_for(asked, [p for p in usable if p.sku == product.sku and p.attribute])
    one_each = {base_of(p.language): p for p in reversed([p for p in found if p.attribute == found[0].attribute])}
    return Told(product, tuple(one_each.values()), bool(found))


def _priced_extreme(parts: Sequence[Told], which: str) -> tuple[ProductModel, str] | None:
    prices = {part.product.sku: part.product.price for part in parts}
    if any(p is None for p in prices.values()) or len({p.currency for p in prices.values() if p}) != 1:
        return None

    def amount(part: Told) -> Decimal:
        assert part.product.price is not None
        return part.product.price.amount

    ordered = sorted(parts, key=amount, reverse=which == "most")
    return (ordered[0].product, which) if amount(ordered[0]) != amount(ordered[1]) else None


def _extreme(parts: Sequence[Told], asked: Asked, which: str) -> tuple[ProductModel, str] | None:
    """Who has the least or the most, where every value is one quantity of a kind and no two are equal."""
    if asked.kind is None or not asked.kind.dimension or not all(part.known for part in parts):
        return None
    values = []
    for part in parts:
        passage = part.passages[0]
        if kind_of(passage.attribute or "") is not asked.kind or len(re.findall(r"\d[\d.,]*", passage.value or "")) != 1:
            return None
        own = most(quantities(normal(f"{passage.value} {passage.unit or ''}")), asked.kind.dimension)
        if own is None or (passage.unit and unit_named(passage.unit) is None):
            return None
        values.append((own, part.product))
    best, product = values[0]
    for other, its in values[1:]:
        difference = compare(other, best)
        if difference is None or abs(difference) <= ALIKE * abs(other.value):
            return None
        if (difference < 0) == (which == "least"):
            best, product = other, its
    return product, which
