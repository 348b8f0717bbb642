"""A product's sheet beyond name and price: where it is bought, what speaks for it, what proves it. From a row's cells, to and
from JSON. Columns: checkout_url_DE; function_en, scene_zh, emotion_pt-BR; evidence_certificate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from assets.checked import LANGUAGE_TAG
from assets.evidence import KINDS, Evidence
from assets.product import LAYERS, Point, ProductModel

PREFIXES = ("name_", "checkout_url_", *(f"{layer}_" for layer in LAYERS))
EVIDENCE_PREFIX = "evidence_"
LONGEST_POINT = 200  # characters: a sentence that can be said in one breath and read on a phone
MOST_POINTS = 6  # of one layer and language
_REGION = re.compile(r"^[A-Z]{2}$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a list or a form says of a product; what it does not say is empty or None and stays as it is."""

    names: Mapping[str, str] = field(default_factory=dict)
    stock: int | None = None
    checkout_url: str | None = None
    checkout_urls: Mapping[str, str] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    def over(self, product: ProductModel) -> ProductModel:
        """The product with what is said here."""
        own = {p.id for p in self.points}
        proofs = {e.id for e in self.evidence}
        layers = {(p.layer, p.language) for p in self.points}
        return replace(
            product, names={**product.names, **self.names}, stock=product.stock if self.stock is None else self.stock,
            checkout_url=self.checkout_url or product.checkout_url,
            checkout_urls={**product.checkout_urls, **self.checkout_urls},
            points=(*(p for p in product.points if p.id not in own and (p.layer, p.language) not in layers), *self.points),
            evidence=(*(e for e in product.evidence if e.id not in proofs), *self.evidence))

    def changes(self, product: ProductModel) -> bool:
        """Whether the product would be another one with it."""
        new = self.over(product)
        return (dict(new.names) != dict(product.names) or new.stock != product.stock or new.points != product.points
                or new.checkout_url != product.checkout_url or dict(new.checkout_urls) != dict(product.checkout_urls)
                or new.evidence != product.evidence)

    def fields(self) -> dict[str, Any]:
        """JSON values, without what is empty."""
        all_fields = {
            "names": dict(self.names), "stock": self.stock, "checkout_url": self.checkout_url,
            "checkout_urls": dict(self.checkout_urls),
            "points": [[p.id, p.layer, p.text, p.source, p.language] for p in self.points],
            "evidence": [[e.id, e.kind, e.title, e.text, e.source, e.language, e.issued and e.issued.isoformat(),
                          e.valid_until and e.valid_until.isoformat(), e.stars] for e in self.evidence]}
        return {k: v for k, v in all_fields.items() if v not in (None, {}, [])}


def sheet_of(sku: str, about: Mapping[str, Any]) -> Sheet:
    """From `fields`, as it lies in a version's product.json."""
    return Sheet(
        dict(about.get("names") or {}), about.get("stock"), about.get("checkout_url"), dict(about.get("checkout_urls") or {}),
        tuple(Point(*row) for row in about.get("points") or ()),
        tuple(Evidence(id_, sku, kind, title, text, source, language, _day(issued), _day(until), stars)
              for id_, kind, title, text, source, language, issued, until, stars in about.get("evidence") or ()))


def regional_urls(cells: Mapping[str, str]) -> dict[str, str]:
    """Region -> address, of the columns checkout_url_DE and so on. Raises ValueError with one sentence."""
    found = {}
    for column, url in cells.items():
        if column.startswith("checkout_url_") and url:
            region = column.removeprefix("checkout_url_")
            if not _REGION.match(region):
                raise ValueError(f"{column}: {region!r} is no region; write two capitals such as checkout_url_DE")
            found[region] = checked_url(url, column)
    return found


def checked_url(url: str, column: str = "checkout_url") -> str:
    """The address. Raises ValueError unless it is one of the web or of this site."""
    if not re.match(r"^(https?://[^\s/]+|/)\S*$", url):
        raise ValueError(f"the {column} {url[:60]!r} must begin with https:// or /")
    return url


def points_of(sku: str, cells: Mapping[str, str], source: str) -> tuple[Point, ...]:
    """The selling points of the columns function_en, scene_en, emotion_en, …; several in a cell with "|" or a new line
    between them. source: of the list. Raises ValueError with one sentence."""
    made = []
    for layer in LAYERS:
        for column, words in cells.items():
            if not column.startswith(f"{layer}_") or not words:
                continue
            language = column.removeprefix(f"{layer}_")
            if not LANGUAGE_TAG.match(language):
                raise ValueError(f"{column}: {language!r} is no language tag such as 'en' or 'zh'")
            told = [t for part in re.split(r"[|\n]", words) if (t := " ".join(part.split()))]
            if len(told) > MOST_POINTS or any(len(t) > LONGEST_POINT for t in told):
                raise ValueError(f"{column}: at most {MOST_POINTS} points of {LONGEST_POINT} characters are taken")
            made += [Point(f"{sku}:{layer}-{language}-{n}", layer, t, source, language) for n, t in enumerate(told, 1)]
    return tuple(made)


def evidence_of(sku: str, cells: Mapping[str, str], language: str) -> tuple[Evidence, ...]:
    """Evidence of the columns evidence_certificate and so on: a line each, "title | text | source", and where known
    "| issued | valid until | stars". Raises ValueError with one sentence."""
    made = []
    for column, words in cells.items():
        if not column.startswith(EVIDENCE_PREFIX) or not words:
            continue
        kind = column.removeprefix(EVIDENCE_PREFIX)
        if kind not in KINDS:
            raise ValueError(f"{column}: {kind!r} is no kind of evidence; there are {', '.join(KINDS)}")
        for n, line in enumerate((t for t in words.splitlines() if t.strip()), 1):
            parts = [p.strip() for p in line.split("|")]
            if not 3 <= len(parts) <= 6:
                raise ValueError(f"{column}: write title | text | source, without a source it is no evidence")
            parts += [""] * (6 - len(parts))
            if parts[5] and parts[5] not in "12345":
                raise ValueError(f"{column}: the stars are {parts[5]!r}; write 1 to 5")
            made.append(Evidence(f"{sku}:{kind}-{n}", sku, kind, parts[0], parts[1], parts[2], language, _day(parts[3]),
                                 _day(parts[4]), int(parts[5]) if parts[5] else None))
    return tuple(made)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date; write one such as 2027-03-31") from None
