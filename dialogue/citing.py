"""What a citation says: the texts behind passage ids and catalogue rows, kept as the knowledge changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assets.knowledge import Passage
from assets.product import ProductModel
from dialogue.grounding import catalogue_row

TEAM = "team"  # an answer that somebody is just approving: a person stands behind it


def lowest_id(sku: str) -> str:
    """The id of a product's lowest price of the last 30 days: amount, blank, currency."""
    return f"lowest-price:{sku}"


class Cited:
    """Callable: the text of a citation; "" for one that is known no more, so that nothing rests on a withdrawn passage;
    None for the team's own word."""

    def __init__(self, passages: Iterable[Passage] = (), products: Mapping[str, ProductModel] | None = None) -> None:
        self._texts: dict[str, str] = {}
        self.know(passages, products or {})

    def know(self, passages: Iterable[Passage], products: Mapping[str, ProductModel]) -> None:
        """Take over a changed knowledge base and catalogue."""
        texts = {p.id: " ".join(x for x in (p.question, p.text, p.attribute, p.value, p.unit) if x) for p in passages}
        self._texts = texts | dict(catalogue_row(product) for product in products.values())
        for sku, product in products.items():
            if product.price is not None and (lowest := product.extra.get("lowest_price_30d")):
                self._texts[lowest_id(sku)] = f"{lowest} {product.price.currency}"

    def stands(self, citations: Iterable[str]) -> bool:
        """Whether something of what is cited is still known; true of what cites nothing."""
        given = tuple(citations)
        return not given or any(self(c) != "" for c in given)

    def __call__(self, citation: str) -> str | None:
        return None if citation == TEAM else self._texts.get(citation, "")
