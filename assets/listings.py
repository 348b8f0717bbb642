"""Product lists as sellers have them (own CSV or JSON, Shopify's export, Google's merchant feed) as checked values.

One bad row never stops the others: it is left out and named by its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from assets.checked import IDENTIFIER, LANGUAGE_TAG
from assets.evidence import Evidence
from assets.findings import Mistake
from assets.listing_files import RawRow, read_rows
from assets.product import Point, Price
from assets.sheet import checked_url, evidence_of, points_of, regional_urls

LONGEST_NAME, LONGEST_TEXT = 200, 5000  # Google's own limits are 150 and 5,000 characters
_UNITS_M = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "inch": 0.0254, "ft": 0.3048}
_MONEY = re.compile(r"^([A-Z]{3})?\s*(-?[0-9][0-9., ]*)\s*([A-Z]{3})?$")
_LENGTH = re.compile(r"^([0-9]+(?:[.,][0-9]+)?)\s*([a-z]*)$")
_STOCKED = {"in stock": None, "in_stock": None, "available": None, "preorder": None, "backorder": None,
            "out of stock": 0, "out_of_stock": 0, "discontinued": 0}


@dataclass(frozen=True, slots=True)
class Listing:
    """line: where it stands in its file; names (none: as they are; a new product needs one), texts: by language; size_m:
    width, height, depth or None; model: file name or None; stock: None when unknown; image_urls: as stated, never
    fetched here; checkout_urls: by region; points, evidence: see assets.sheet."""

    line: int
    sku: str
    names: Mapping[str, str]
    price: Price
    stock: int | None = None
    checkout_url: str | None = None
    size_m: tuple[float, float, float] | None = None
    model: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    brand: str | None = None
    image_urls: tuple[str, ...] = ()
    checkout_urls: Mapping[str, str] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Listings:
    """kind: "own", "shopify" or "google"; items: in file order; errors: one mistake for each row that was left out."""

    kind: str
    items: tuple[Listing, ...]
    errors: tuple[Mistake, ...]


def import_listings(path: Path, currency: str | None = None, language: str = "en") -> Listings:
    """Read a product list; its kind is told by its columns. currency: for files that state none (Shopify's export);
    language: of names without one. Raises AuthoringError when the file as a whole cannot be understood, OSError when it
    cannot be read.
    """
    path = Path(path)
    kind, rows = read_rows(path, language)
    items: dict[str, Listing] = {}
    errors: list[Mistake] = []
    for row in rows:
        try:
            item = _listing(row, currency, language, path.name)
            if item.sku in items:
                raise ValueError(f"the sku {item.sku!r} stands in line {items[item.sku].line}, too")
            items[item.sku] = item
        except ValueError as error:  # FieldError is one
            errors.append(Mistake(path, row.line, f"{row.get('sku')[:40] or 'this row'}: {error}"))
    return Listings(kind, tuple(items.values()), tuple(errors))


def _listing(row: RawRow, currency: str | None, language: str, source: str) -> Listing:
    if row.problem:
        raise ValueError(row.problem)
    sku = row.get("sku")
    if not IDENTIFIER.match(sku):
        raise ValueError("the sku is missing" if not sku else "the sku may hold letters, digits, '_', '-', '.' and ':'")
    names = _by_language(row, "name_", LONGEST_NAME)
    url = checked_url(row.get("checkout_url")) if row.get("checkout_url") else None
    model = row.get("model") or None
    if model and Path(model).name != model:
        raise ValueError(f"the model {model[:60]!r} must be a file name without folders")
    images = tuple(u for u in row.get("image_urls").split() if u.startswith(("https://", "http://")))
    return Listing(row.line, sku, names, parsed_price(row.get("price"), row.get("currency") or currency),
                   parsed_stock(row.get("stock")), url, _size(row), model, _by_language(row, "text_", LONGEST_TEXT),
                   row.get("brand") or None, images, regional_urls(row.cells), points_of(sku, row.cells, source),
                   evidence_of(sku, row.cells, language))


def _by_language(row: RawRow, prefix: str, longest: int) -> dict[str, str]:
    found = {}
    for key, value in row.cells.items():
        if key.startswith(prefix) and value:
            tag = key.removeprefix(prefix)
            if not LANGUAGE_TAG.match(tag):
                raise ValueError(f"{tag!r} is no language tag such as 'en' or 'zh'")
            if len(value) > longest:
                raise ValueError(f"{key} has {len(value)} characters; at most {longest} are taken")
            found[tag] = value
    return found


def parsed_price(text: str, currency: str | None = None) -> Price:
    """"49.90", "49,90 EUR", "USD 1,299.00" as a price. Raises ValueError for anything else, negative ones too."""
    if not text.strip():
        raise ValueError("the price is missing")
    match = _MONEY.match(text.strip())
    stated = match and (match[1] or match[3])
    if match is None or (match[1] and match[3]):
        raise ValueError(f"the price {text[:40]!r} is not a number; write 49.90")
    unit = stated or currency
    if not unit:
        raise ValueError(f"the price {text[:40]!r} has no currency; write 49.90 EUR")
    try:
        return Price(Decimal(_plain_number(match[2])), unit)
    except InvalidOperation:
        raise ValueError(f"the price {text[:40]!r} is not a number; write 49.90") from None


def _plain_number(text: str) -> str:
    """"1,299.00", "1.299,00", "49,90" -> with a point and no thousands. A single mark before three digits is thousands."""
    text = text.replace(" ", "")
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        thousands, mark = (",", ".") if point > comma else (".", ",")
        return text.replace(thousands, "").replace(mark, ".")
    if comma >= 0:
        grouped = text.count(",") > 1 or re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", text)
        return text.replace(",", "") if grouped else text.replace(",", ".")
    return text.replace(".", "") if text.count(".") > 1 else text


def parsed_stock(text: str) -> int | None:
    """A whole number, a word such as "in stock" (None: some) or "out of stock" (0), or "" (None). Raises ValueError."""
    word = text.strip().lower()
    if not word or word in _STOCKED:
        return _STOCKED.get(word)
    if not re.fullmatch(r"-?[0-9]{1,9}", word):
        raise ValueError(f"the stock {text[:40]!r} is not a whole number")
    return max(int(word), 0)  # shops let stock fall below zero when they oversell


def parsed_length_m(text: str, unit: str = "m") -> float:
    """"20 cm", "7.9 in" or a bare number of `unit` in metres. Raises ValueError."""
    match = _LENGTH.match(text.strip().lower())
    factor = _UNITS_M.get((match[2] or unit) if match else "")
    if match is None or factor is None:
        raise ValueError(f"the length {text[:40]!r} is not understood; write 20 cm")
    value = float(match[1].replace(",", ".")) * factor
    if not 0 < value < 100:
        raise ValueError(f"the length {text[:40]!r} is not between 0 and 100 m")
    return value


def _size(row: RawRow) -> tuple[float, float, float] | None:
    cells = [row.get(key) for key in ("width_m", "height_m", "depth_m")]
    if not any(cells):
        return None
    if not all(cells):
        raise ValueError("width, height and depth must be given together")
    width, height, depth = (parsed_length_m(cell) for cell in cells)
    return width, height, depth
