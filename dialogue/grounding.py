"""The last gate before an answer leaves: every number, unit, price and model code must stand in what it cites. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from assets.product import ProductModel
from dialogue.analyser import normal
from dialogue.dates import dates_in, holds, without_dates
from dialogue.quantities import decimals, numbers_in

_CODE = re.compile(r"(?<![a-z0-9])(?=[a-z0-9]*[a-z])(?=[a-z0-9]*\d)[a-z0-9]+(?![a-z0-9])")  # "ipx4", "a52", "5ghz"
# Signs that several currencies share are one class: which of them is meant follows from the market.
_CLASSES = {
    "$": ("us$", "$", "a$", "c$", "usd", "aud", "cad", "sgd", "hkd", "dollar", "美元"),
    "€": ("€", "eur", "euro", "欧元"), "£": ("£", "gbp", "pound"), "r$": ("r$", "brl"), "rp": ("rp", "idr"),
    "¥": ("¥", "cn¥", "jp¥", "cny", "jpy", "yuan", "yen", "元", "円", "块"),
    "₹": ("₹", "inr"), "₽": ("₽", "rub"), "฿": ("฿", "thb"), "₫": ("₫", "vnd"),
}  # fmt: skip
_CLASS_OF = {mark: name for name, marks in _CLASSES.items() for mark in marks}
_MARK = "|".join(re.escape(mark) for mark in sorted(_CLASS_OF, key=len, reverse=True))
_MONEY = re.compile(rf"(?P<before>{_MARK})\s?(?P<a>\d[\d.,]*)|(?P<b>\d[\d.,]*)\s?(?P<after>{_MARK})(?![a-z]{{2}})")


class Ungrounded(ValueError):
    """An answer states what its citations do not. claim: the number or code."""

    def __init__(self, claim: str, text: str) -> None:
        super().__init__(f"{claim!r} in {text!r} stands in none of the cited passages")
        self.claim = claim


def check(text: str, evidence: Iterable[str]) -> None:
    """Raise Ungrounded for the first number, unit, code, date or sum of `text` that no evidence text holds.

    A number with a unit must stand with the same unit; spelled-out numbers are not looked at.
    """
    sources = [normal(part) for part in evidence]
    known: set[tuple[Decimal, str]] = set()
    codes: set[str] = set()
    for source in sources:
        codes |= set(_CODE.findall(source))
        for written, unit in numbers_in(source):
            for value in decimals(written):
                known |= {(value, unit), (value, "")}
        known |= {(value, f"money:{currency}") for value, currency in _money(source)}
    answer = normal(text)
    for code in _CODE.findall(answer):
        if code not in codes and not _measured(code):
            raise Ungrounded(code, text)
    for written, unit in numbers_in(without_dates(answer)):
        if not any((value, unit) in known for value in decimals(written)):
            raise Ungrounded(f"{written} {unit}".strip(), text)
    dated = [date for source in sources for date in dates_in(source)]
    for date in dates_in(answer):
        if not holds(dated, date):
            raise Ungrounded("-".join(map(str, min(date))), text)
    stated = _money(answer)
    for value, currency in stated:
        if not any((other, f"money:{currency}") in known for other, _ in stated if other.adjusted() == value.adjusted()):
            raise Ungrounded(f"{value} {currency}", text)


def catalogue_row(product: ProductModel) -> tuple[str, str]:
    """The citation id of a product's catalogue row, and the row as evidence: names, price, stock."""
    parts = [*product.names.values()]
    if product.price is not None:
        parts.append(f"{product.price.amount} {product.price.currency}")
    if product.stock is not None:
        parts.append(f"stock {product.stock}")
    return f"catalogue:{product.sku}", "; ".join(parts)


def sums_of_money(text: str) -> list[tuple[Decimal, ...]]:
    """The readings of each sum of money that a text states, whatever its currency."""
    return [decimals((m.group("a") or m.group("b")).rstrip(".,")) for m in _MONEY.finditer(normal(text))]


def _measured(code: str) -> bool:
    """Whether a code is a number with its unit written close ("500g"): the number check sees to it."""
    return any(unit for _, unit in numbers_in(code))


def _money(text: str) -> list[tuple[Decimal, str]]:
    found: list[tuple[Decimal, str]] = []
    for match in _MONEY.finditer(text):
        mark = match.group("before") or match.group("after")
        written = (match.group("a") or match.group("b")).rstrip(".,")
        found += [(value, _CLASS_OF[mark]) for value in decimals(written)]
    return found
