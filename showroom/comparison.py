"""Two products side by side: only what both say of themselves, each value with its source."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace

from assets.product import Fact, Price, ProductModel
from assets.rundown_file import Item, Rundown
from showroom.shopper_words import fact_line

MOST_ROWS = 7  # on the broadcast; more cannot be read on a phone
_PRICE = {"en": "Price", "zh": "价格", "es": "Precio", "de": "Preis", "fr": "Prix", "ja": "価格", "pt": "Preço", "it": "Prezzo",
          "hi": "दाम", "ar": "السعر", "ru": "Цена", "id": "Harga", "th": "ราคา", "vi": "Giá"}
_SIZE = {"en": "Size", "zh": "尺寸", "es": "Medidas", "de": "Maße", "fr": "Dimensions", "ja": "サイズ", "pt": "Medidas",
         "it": "Misure", "hi": "आकार", "ar": "المقاس", "ru": "Размеры", "id": "Ukuran", "th": "ขนาด", "vi": "Kích thước"}
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥", "INR": "₹"}
# Asked for most; the others follow in the order of the first product's facts.
_FIRST = ("weight", "material", "capacity", "water_resistance", "battery_life", "luminous_flux", "warranty", "origin")
_LEFT_OUT = ("dimensions", "height", "width", "depth")  # the size says it


@dataclass(frozen=True, slots=True)
class Row:
    """label: of the attribute; a, b: values as they may be shown; sources: of a and of b."""

    label: str
    a: str
    b: str
    sources: tuple[str, str]


def compared(a: ProductModel, b: ProductModel, language: str, most: int | None = None, price_note: str = "") -> tuple[Row, ...]:
    """Price with its note, size, then every attribute that both have, at most `most` rows. language: of labels and facts."""
    base = language.split("-")[0]
    rows: list[Row] = []
    if a.price is not None and b.price is not None:
        first, second = (f"{price_text(price)} {price_note}".strip() for price in (a.price, b.price))
        rows.append(Row(_PRICE.get(base, "Price"), first, second, ("catalogue", "catalogue")))
    rows.append(Row(_SIZE.get(base, "Size"), _size(a), _size(b), ("catalogue", "catalogue")))
    mine, other = facts_in(a, language), facts_in(b, language)
    shared = [name for name in mine if name in other and name not in _LEFT_OUT]
    for name in sorted(shared, key=lambda n: _FIRST.index(n) if n in _FIRST else len(_FIRST)):
        (label, value), (_, others) = fact_line(mine[name], language), fact_line(other[name], language)
        rows.append(Row(label[:1].upper() + label[1:], value, others, (mine[name].source, other[name].source)))
    return tuple(rows[:most])


def price_text(price: Price) -> str:
    """"$49.90"; the code after the amount where the currency has no sign here."""
    symbol = _SYMBOLS.get(price.currency)
    return f"{symbol}{price.amount}" if symbol else f"{price.amount} {price.currency}"


def facts_in(product: ProductModel, language: str) -> dict[str, Fact]:
    """Attribute -> its fact, in `language` where it is known in it; in the order of the product's facts."""
    base = language.split("-")[0]
    found: dict[str, Fact] = {}
    for fact in product.facts:
        if fact.attribute and fact.value:
            had = found.get(fact.attribute)
            if had is None or (had.language.split("-")[0] != base and fact.language.split("-")[0] == base):
                found[fact.attribute] = fact
    return found


def _size(product: ProductModel) -> str:
    return " × ".join(f"{float(v) * 100:.4g}" for v in product.size_m) + " cm"


def sayable(rundown: Rundown, products: Container[str]) -> Rundown:
    """The script without what compares with a product that is not in the show: who hears of two must see two.

    A section loses such variants, or goes when it has no other; so does an item. products: skus in the show."""

    def whole(item: Item) -> Item:
        kept = [replace(section, variants=tuple(
            variant for variant in section.variants
            if all(mark.name != "compare" or mark.target in products for line in variant for mark in line.marks)))
            for section in item.sections]
        return replace(item, sections=tuple(section for section in kept if section.variants))

    items = tuple(item for item in map(whole, rundown.items) if item.sections)
    return Rundown(items or rundown.items)
