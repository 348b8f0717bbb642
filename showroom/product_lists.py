"""`nightwindow add list.csv`: a whole product list, each row on its own; a bad row is named by its line and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from assets.evidence import Evidence
from assets.findings import AuthoringError
from assets.listings import Listing, import_listings
from assets.product import Point, ProductModel
from assets.sheet import Sheet
from showroom.additions import AddError, add_model, change_price, products_now, sku_of
from showroom.config import ShowConfig
from showroom.content import Content
from showroom.listed import Listed, keep_listed
from showroom.page_words import chinese
from showroom.store import Store, StoreError
from showroom.versions import Versions

SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".xml")


def add_list(config: ShowConfig, content: Content, path: Path, dry_run: bool) -> dict[str, Any]:
    """Read the list; new products whose model lies beside it go through the gate, known ones get their new price, and what
    is said of those without a model is kept until it comes (showroom.listed).

    Fields of a command's result: code 0 when a row could be used, 1 when none. Raises AddError.
    """
    try:
        found = import_listings(path, content.market.currency, content.market.language)
        store = Store(config.state_folder / "show.sqlite")
    except AuthoringError as error:
        raise AddError(str(error)) from None
    except OSError as error:
        raise AddError(f"{path}: cannot be read ({error.strerror}).") from None
    except StoreError as error:
        raise AddError(str(error)) from None
    done: dict[str, list[str]] = {"added": [], "repriced": [], "updated": [], "unchanged": [], "without_model": []}
    mistakes = [{"line": e.line, "sentence": e.sentence} for e in found.errors]
    waiting: list[Listed] = []
    try:
        known = products_now(content, Versions(store).active())
        for item in found.items:
            try:
                done[_use(config, content, store, path.parent, item, known, dry_run, waiting)].append(item.sku)
            except (AddError, StoreError) as error:
                mistakes.append({"line": item.line, "sentence": f"{item.sku}: {error}"})
        if waiting and not dry_run:
            keep_listed(store, waiting)
    except StoreError as error:
        raise AddError(str(error)) from None
    finally:
        store.close()
    mistakes = sorted(({**m, "sentence_zh": chinese(str(m["sentence"]))} for m in mistakes),
                      key=lambda m: int(str(m["line"])))
    counts = {k: len(v) for k, v in done.items()}
    summary = (f"{path.name}: {len(found.items)} of {len(found.items) + len(found.errors)} rows read; {counts['added']} added, "
               f"{counts['repriced']} repriced, {counts['updated']} updated, {counts['unchanged']} as they were, "
               f"{counts['without_model']} kept until their models come, {len(mistakes)} left out.")
    told = "sentence_zh" if content.market.language.startswith("zh") else "sentence"
    lines = [*(f"{path.name}:{m['line']}: {m[told]}" for m in mistakes), summary]
    return {"code": 0 if any(counts.values()) else 1, "lines": lines, "kind": found.kind, "rows": len(found.items),
            "errors": mistakes, "dry_run": dry_run, **done}


def _use(config: ShowConfig, content: Content, store: Store, folder: Path, item: Listing,
         known: Mapping[str, ProductModel], dry_run: bool, waiting: list[Listed]) -> str:
    """What became of one row. known: products before the list; waiting: gets those without a model. Raises AddError."""
    sku = sku_of(item.sku)
    sheet = Sheet(item.names, item.stock, item.checkout_url, item.checkout_urls, _for_sku(item.points, sku),
                  _for_sku(item.evidence, sku))
    if sku in known:
        repriced = known[sku].price != item.price
        if not repriced and not sheet.changes(known[sku]):
            return "unchanged"
        if not dry_run:
            change_price(config, content, store, sku, item.price, sheet)
        return "repriced" if repriced else "updated"
    if not item.names:
        raise AddError("it has no name")
    model = folder / item.model if item.model else None
    if model is None or not model.is_file():
        waiting.append(Listed(sku, sheet, item.price, item.size_m))
        return "without_model"
    result = add_model(config, content, model, sku, None, item.size_m, dry_run, item.price, sheet=sheet)
    if result["code"]:
        raise AddError(str(result["lines"][0]))
    return "added"


T = TypeVar("T", Point, Evidence)


def _for_sku(items: tuple[T, ...], sku: str) -> tuple[T, ...]:
    """Ids begin with the sku as the show has it: "L-R" of the list is "l-r" here."""
    made = []
    for item in items:
        own = f"{sku}:{item.id.rpartition(':')[2]}"
        made.append(replace(item, id=own, sku=sku) if isinstance(item, Evidence) else replace(item, id=own))
    return tuple(made)
