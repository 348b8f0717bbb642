"""`nightwindow add list.csv`: a whole product list, each row on its own; a bad row is named by its line and left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.findings import AuthoringError
from assets.listings import Listing, import_listings
from showroom.additions import AddError, add_model, change_price, products_now, sku_of
from showroom.config import ShowConfig
from showroom.content import Content
from showroom.store import Store, StoreError
from showroom.versions import Versions

SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".xml")


def add_list(config: ShowConfig, content: Content, path: Path, dry_run: bool) -> dict[str, Any]:
    """Read the list; new products whose model lies beside it go through the gate, known ones get their new price.

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
    done: dict[str, list[str]] = {"added": [], "repriced": [], "unchanged": [], "without_model": []}
    mistakes = [{"line": e.line, "sentence": e.sentence} for e in found.errors]
    try:
        for item in found.items:
            try:
                done[_use(config, content, store, path.parent, item, dry_run)].append(item.sku)
            except (AddError, StoreError) as error:
                mistakes.append({"line": item.line, "sentence": f"{item.sku}: {error}"})
    finally:
        store.close()
    mistakes.sort(key=lambda m: int(str(m["line"])))
    counts = {k: len(v) for k, v in done.items()}
    summary = (f"{path.name}: {len(found.items)} of {len(found.items) + len(found.errors)} rows read; {counts['added']} added, "
               f"{counts['repriced']} repriced, {counts['unchanged']} as they were, {counts['without_model']} without a model "
               f"beside the list, {len(mistakes)} left out.")
    lines = [*(f"{path.name}:{m['line']}: {m['sentence']}" for m in mistakes), summary]
    return {"code": 0 if any(counts.values()) else 1, "lines": lines, "kind": found.kind, "rows": len(found.items),
            "errors": mistakes, "dry_run": dry_run, **done}


def _use(config: ShowConfig, content: Content, store: Store, folder: Path, item: Listing, dry_run: bool) -> str:
    """What became of one row. Raises AddError."""
    known, sku = products_now(content, Versions(store).active()), sku_of(item.sku)
    if sku in known:
        if known[sku].price == item.price:
            return "unchanged"
        if not dry_run:
            change_price(config, content, store, sku, item.price)
        return "repriced"
    model = folder / item.model if item.model else None
    if model is None or not model.is_file():
        return "without_model"
    result = add_model(config, content, model, sku, next(iter(item.names.values())), item.size_m, dry_run, item.price)
    if result["code"]:
        raise AddError(str(result["lines"][0]))
    return "added"
