"""Rows of a product list whose model has not come yet: kept, and used when it does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from assets.product import Price
from assets.sheet import Sheet, sheet_of
from showroom.store import Store

KEY = "listed "


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list says of a product that is not in the show. size_m: width, height, depth, or None."""

    sku: str
    sheet: Sheet
    price: Price | None
    size_m: tuple[float, float, float] | None


def keep_listed(store: Store, items: Iterable[Listed]) -> None:
    """Keep them over restarts, over what was listed before; all or none. Raises StoreError."""
    rows = [(KEY + i.sku, json.dumps({
        **i.sheet.fields(), "size_m": i.size_m,
        "price": [str(i.price.amount), i.price.currency] if i.price else None})) for i in items]
    with store.changing() as db:
        db.executemany("INSERT OR REPLACE INTO meta VALUES(?, ?)", rows)


def listed(store: Store, sku: str) -> Listed | None:
    """What was listed of a product; None when nothing was."""
    about = store.get(KEY + sku)
    if not isinstance(about, dict):
        return None
    price, size = about.get("price"), about.get("size_m")
    return Listed(sku, sheet_of(sku, about), Price(Decimal(price[0]), price[1]) if price else None,
                  (size[0], size[1], size[2]) if size else None)


def with_listed(store: Store, sku: str, sheet: Sheet, price: Price | None, size_m: tuple[float, float, float] | None
                ) -> tuple[Sheet, Price | None, tuple[float, float, float] | None]:
    """What is said now over what was listed."""
    was = listed(store, sku)
    if was is None:
        return sheet, price, size_m
    merged = replace(
        was.sheet, names={**was.sheet.names, **sheet.names}, stock=was.sheet.stock if sheet.stock is None else sheet.stock,
        checkout_url=sheet.checkout_url or was.sheet.checkout_url,
        checkout_urls={**was.sheet.checkout_urls, **sheet.checkout_urls},
        points=sheet.points or was.sheet.points, evidence=sheet.evidence or was.sheet.evidence)
    return merged, price or was.price, size_m or was.size_m


def forget_listed(store: Store, sku: str) -> None:
    """It has its model now. Raises StoreError."""
    with store.changing() as db:
        db.execute("DELETE FROM meta WHERE key=?", (KEY + sku,))


def listed_skus(store: Store) -> list[str]:
    """Those that wait for their models."""
    return [str(row[0]).removeprefix(KEY) for row in store.rows("SELECT key FROM meta WHERE key LIKE 'listed %' ORDER BY key")]
