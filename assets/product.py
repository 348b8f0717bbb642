"""A product on sale: what the catalogue, the model file and the knowledge base say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from assets.checked import frozen_array, require, require_id, require_language
from assets.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Price:
    """amount: >= 0, exact decimal; currency: ISO 4217, three capitals."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        require(self.amount.is_finite() and self.amount >= 0, "Price", "amount", self.amount, "a number >= 0")
        require(
            len(self.currency) == 3 and self.currency.isalpha() and self.currency.isupper(),
            "Price", "currency", self.currency, "an ISO 4217 code such as 'USD'",
        )


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A point worth pointing at. position_m: (3,) float, product axes (+Y up, +Z front, pivot bottom centre)."""

    id: str
    position_m: NDArray
    label: Mapping[str, str]

    def __post_init__(self) -> None:
        require_id("Hotspot", "id", self.id)
        object.__setattr__(self, "position_m", frozen_array("Hotspot", "position_m", self.position_m, (3,), np.float32))


@dataclass(frozen=True, slots=True)
class Fact:
    """One checked statement about a product: an attribute with its value, or a sentence.

    attribute/value/unit: set for structured facts ("weight", "320", "g"); text: the sentence as it may be shown.
    valid_until: ISO date or None.
    """

    id: str
    text: str
    source: str
    language: str = "en"
    attribute: str | None = None
    value: str | None = None
    unit: str | None = None
    valid_until: str | None = None

    def __post_init__(self) -> None:
        require_id("Fact", "id", self.id)
        require_language("Fact", "language", self.language)
        require(bool(self.text or self.value), "Fact", "text", self.text, "a sentence or a value")


LAYERS = ("function", "scene", "emotion")  # what it does, where it is used, how that feels: in this order it is told


@dataclass(frozen=True, slots=True)
class Point:
    """A selling point: one sentence of the seller's. id: also the passage that a line cites; layer: one of LAYERS;
    source: the list or sheet that it comes from."""

    id: str
    layer: str
    text: str
    source: str
    language: str = "en"

    def __post_init__(self) -> None:
        require_id("Point", "id", self.id)
        require(self.layer in LAYERS, "Point", "layer", self.layer, f"one of {', '.join(LAYERS)}")
        require(bool(self.text.strip()), "Point", "text", self.text, "a sentence")
        require_language("Point", "language", self.language)


@dataclass(frozen=True, slots=True)
class Exploded:
    """A product taken apart. offsets_m: (k, 3), where each node that draws something goes, in file order; size_m: (3,)
    of the box, centred over the turntable, that holds all parts then; none is under the floor."""

    offsets_m: NDArray
    size_m: NDArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "offsets_m", frozen_array("Exploded", "offsets_m", self.offsets_m, (None, 3), np.float32))
        object.__setattr__(self, "size_m", frozen_array("Exploded", "size_m", self.size_m, (3,), np.float32))


@dataclass(frozen=True, slots=True)
class ProductModel:
    """sku: identifier; names: by language, at least one; packs: "broadcast" (and later "tour", "ar") -> GLB path;
    size_m: (3,) width, height, depth; parts: names of the GLB's nodes, in file order; exploded: None for fewer than two;
    evidence: what may be shown of it today; checkout_urls: where it is bought by region (ISO 3166, two capitals),
    checkout_url: everywhere else; points: what speaks for it."""

    sku: str
    names: Mapping[str, str]
    packs: Mapping[str, Path]
    size_m: NDArray
    parts: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    hotspots: tuple[Hotspot, ...] = ()
    facts: tuple[Fact, ...] = ()
    price: Price | None = None
    stock: int | None = None
    checkout_url: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    exploded: Exploded | None = None
    evidence: tuple[Evidence, ...] = ()
    checkout_urls: Mapping[str, str] = field(default_factory=dict)
    points: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        require_id("ProductModel", "sku", self.sku)
        require(bool(self.names), "ProductModel", "names", dict(self.names), "a name in at least one language")
        for tag in self.names:
            require_language("ProductModel", "names", tag)
        size = frozen_array("ProductModel", "size_m", self.size_m, (3,), np.float32)
        require(bool((size > 0).all()), "ProductModel", "size_m", size.tolist(), "three lengths > 0 m")
        object.__setattr__(self, "size_m", size)
        require(self.stock is None or self.stock >= 0, "ProductModel", "stock", self.stock, "a count >= 0")
        for name in ("names", "packs", "extra", "checkout_urls"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def name(self, language: str) -> str:
        """The name in `language`, else in English, else in the first language given."""
        base = language.split("-")[0]
        return self.names.get(language) or self.names.get(base) or self.names.get("en") or next(iter(self.names.values()))

    def points_in(self, language: str) -> tuple[Point, ...]:
        """The selling points in `language`, function before scene before emotion."""
        base = language.split("-")[0]
        return tuple(sorted((p for p in self.points if p.language.split("-")[0] == base), key=lambda p: LAYERS.index(p.layer)))
