"""Products that come or change while the show is on air: through the gate, as a version of their own, on air or waiting.

Files live in the state folder, one folder a version (the original beside the repaired copy); the ledger is
showroom.versions, which a running host looks at every two seconds: command, page and watched folder are one path.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np

from assets.checked import IDENTIFIER, FieldError
from assets.explode import exploded
from assets.forbidden import forbidden
from assets.gate.findings import Report
from assets.gate.formats import SUFFIXES
from assets.gate.inspection import inspect, repair
from assets.glb import GlbScene, read_glb, scene_bounds
from assets.hotspots import hotspots
from assets.packs.kept import kept_packs
from assets.product import Price, ProductModel
from assets.sheet import Sheet, sheet_of
from showroom.config import ShowConfig
from showroom.content import Content, free_plinth
from showroom.layout import arranged, kept_layout
from showroom.listed import forget_listed, with_listed
from showroom.model_facts import model_facts
from showroom.packing import packed
from showroom.store import Store, StoreError
from showroom.versions import OFF, Version, Versions, price_asks, why_words

MAX_NAME = 80


class AddError(ValueError):
    """Wrong use of the command or page; one sentence."""


class KeepError(AddError):
    """The state folder takes no more; nothing was changed."""


def parse_size(text: str | None) -> tuple[float, float, float] | None:
    """"0.3,0.45,0.16" as width, height, depth in metres. Raises AddError."""
    if not text:
        return None
    try:
        parts = tuple(float(p) for p in text.split(","))
    except ValueError:
        parts = ()
    if len(parts) != 3 or not all(0 < p < 100 and math.isfinite(p) for p in parts):
        raise AddError(f"--size-m {text}: give width,height,depth in metres, such as 0.30,0.45,0.16.")
    return parts  # type: ignore[return-value]


def parse_price(text: str | None, currency: str) -> Price | None:
    """"49.90" or "49.90 EUR"; currency: the market's, where none is given. Raises AddError."""
    if not text or not text.strip():
        return None
    amount, _, code = text.strip().partition(" ")
    try:
        return Price(Decimal(amount), code.strip() or currency)
    except (InvalidOperation, FieldError):
        raise AddError(f"--price {text}: give an amount and, when it is not {currency}, its currency: 49.90 EUR.") from None


def sku_of(text: str) -> str:
    """A sku of what was typed or of a file's name. Raises AddError."""
    sku = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-").lower()[:64]
    if not IDENTIFIER.match(sku):
        raise AddError("--sku: letters, digits, '-' and '_' only.")
    return sku


def add_model(config: ShowConfig, content: Content, path: Path, sku: str, name: str | None,
              size_m: tuple[float, float, float] | None, dry_run: bool, price: Price | None = None,
              new_version: bool = False, sheet: Sheet | None = None) -> dict[str, Any]:
    """Check, repair, enter as a version. new_version: the sku may be in the show already; sheet: what else a list says of it.

    Gives the fields of a command's result; code 0 accepted, 1 refused. Raises AddError.
    """
    if not path.is_file():
        raise AddError(f"{path}: no such file.")
    if path.suffix.lower() not in SUFFIXES:
        raise AddError(f"{path.name}: only {' and '.join(SUFFIXES)} files are taken.")
    sku = sku_of(sku)
    try:
        store = Store(config.state_folder / "show.sqlite")
    except StoreError as error:
        raise KeepError(str(error)) from None
    try:
        content.layout.update(kept_layout(store))
        known = products_now(content, Versions(store).active())
        if sku in known and not new_version:
            raise AddError(f"The sku {sku!r} is already in the show; choose another with --sku, or say that it is a new "
                           "version of it (--new-version).")
        said = sheet or Sheet({"en": name[:MAX_NAME]} if name else {})
        if sku not in known:
            said, price, size_m = with_listed(store, sku, said, price, size_m)
        result = _admit(config, content, store, path, sku, said, size_m, price, known.get(sku), dry_run)
        if result["code"] == 0 and not dry_run:
            forget_listed(store, sku)
        return result
    except (OSError, StoreError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise KeepError(f"{path.name}: not added to {config.state_folder} ({why}); nothing was changed.") from None
    finally:
        store.close()


def _admit(config: ShowConfig, content: Content, store: Store, path: Path, sku: str, sheet: Sheet,
           size_m: tuple[float, float, float] | None, price: Price | None, old: ProductModel | None,
           dry_run: bool) -> dict[str, Any]:
    versions = Versions(store)
    folder = None if dry_run else _new_folder(config, sku)
    try:
        report = inspect(path, size_m) if folder is None else repair(path, folder / "model.glb", size_m)
        lines = [f"{f.tier}: {f.message_en}" for f in report.findings]
        fields: dict[str, Any] = {"sku": sku, "findings": [finding_fields(f) for f in report.findings]}
        if report.refused or report.scene is None:
            _discard(folder)
            return {"code": 1, "verdict": "refused", "lines": [*lines, f"{path.name} is refused."], **fields}
        size, verdict = _size(report.scene), "repaired" if report.needs_repair else "accepted"
        why = price_asks(old.price if old else None, price) or ({} if config.products.auto_publish else {"code": "asks"})
        why = why or ({} if report.scene.triangle_count else {"code": "empty"})
        plinth = None if why else plinth_for(content, versions.active(), sku, size)
        shown = " x ".join(f"{v * 100:.1f}" for v in size)
        fields |= {"verdict": verdict, "size_m": [round(float(v), 4) for v in size], "plinth": plinth,
                   "state": "waiting" if why else "on_air", "why": why_words(why) if why else None}
        if folder is None:
            where = f"it would go on {plinth or 'no plinth'}." if not why else why_words(why)["en"]
            return {"code": 0, "lines": [*lines, f"{path.name}: {verdict}, {shown} cm; {where}"], **fields}
        shutil.copyfile(path, folder / f"original{path.suffix.lower()}")
        sizes, note = packed(folder / "model.glb")
        fields["packs"] = sizes
        if note is not None:
            fields["findings"].append(finding_fields(note))
            lines.append(f"{note.tier}: {note.message_en}")
        _write_about(folder, sku, _told(versions, sku, sheet, {"en": old.name("en") if old else sku}),
                     price or (old.price if old else None), "model.glb", verdict, fields["findings"],
                     {k: fields[k] for k in ("size_m", "packs")})
        fields["version"] = versions.propose(sku, folder, why, plinth)
    except BaseException:
        _discard(folder)
        raise
    where = why_words(why)["en"] if why else (
        f"{sku} stands on plinth {plinth}." if plinth else f"{sku} is shown when it is its turn: no free plinth fits it.")
    store.event("product", sku=sku, verdict=verdict, plinth=plinth, state=fields["state"])
    return {"code": 0, "lines": [*lines, f"{path.name}: {verdict}, {shown} cm; {where}"], **fields}


def change_price(config: ShowConfig, content: Content, store: Store, sku: str, price: Price | None,
                 sheet: Sheet | None = None) -> dict[str, Any]:
    """A version with another price or sheet and the same model; None stays. Fields of a command's result.
    Raises AddError, StoreError."""
    versions = Versions(store)
    active = versions.active()
    known = products_now(content, active)
    if sku not in known:
        raise AddError(f"{sku}: it is not in the show; there are {', '.join(known)}.")
    old, now = known[sku], active.get(sku)
    price = price or old.price
    if old.price == price and not (sheet and sheet.changes(old)):
        raise AddError(f"{sku}: that is its price already.")
    why = price_asks(old.price, price)
    folder = _new_folder(config, sku)
    model = str(now.model_file) if now and now.model_file else None
    _write_about(folder, sku, _told(versions, sku, sheet or Sheet(), dict(old.names)), price, model, "accepted", [])
    plinth = now.plinth if now else None
    id_ = versions.propose(sku, folder, why, plinth)
    costs = f"{price.amount} {price.currency}" if price else "nothing yet"
    store.event("product", sku=sku, price=costs, state="waiting" if why else "on_air")
    line = why_words(why)["en"] if why else f"{sku} costs {costs} from now on."
    return {"code": 0, "lines": [line], "sku": sku, "version": id_, "state": "waiting" if why else "on_air",
            "why": why_words(why) if why else None}


def _new_folder(config: ShowConfig, sku: str) -> Path:
    """products/<sku>/<n>, the next number; two at the same time get two."""
    for number in range(1, 10_000):
        folder = config.state_folder / "products" / sku / str(number)
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            continue
    raise OSError(0, "too many versions of one product")


def _discard(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.parent.is_dir() and not any(folder.parent.iterdir()):
            folder.parent.rmdir()


def _told(versions: Versions, sku: str, sheet: Sheet, names: Mapping[str, str]) -> dict[str, Any]:
    """The sheet's fields over those of the version on air: what a new one does not say stays said."""
    now = versions.active().get(sku)
    before = sheet_of(sku, now.about).fields() if now else {}
    new = sheet.fields()
    merged = {k: {**before[k], **v} if isinstance(v, dict) and k in before else v for k, v in new.items()}
    return {**before, **merged, "names": {**names, **before.get("names", {}), **new.get("names", {})}}


def _write_about(folder: Path, sku: str, sheet: Mapping[str, Any], price: Price | None, model: str | None, verdict: str,
                 findings: list[dict[str, Any]], measured: Mapping[str, Any] | None = None) -> None:
    about = {"sku": sku, **sheet, "price": {"amount": str(price.amount), "currency": price.currency} if price
             else None, "model": model, "verdict": verdict, "findings": findings, **(measured or {})}
    (folder / "product.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")


def plinth_for(content: Content, active: Mapping[str, Version], sku: str, size_m: np.ndarray) -> str | None:
    """The plinth that a product keeps or gets: its own one when it still fits, else the smallest free one."""
    homes = homes_now(content, active)
    own = homes.pop(sku, None)
    if own is not None and bool((size_m <= content.spec.plinth(own).max_size_m + 1e-3).all()):
        return own
    return free_plinth(content.spec, homes, size_m)


def homes_now(content: Content, active: Mapping[str, Version]) -> dict[str, str | None]:
    """sku -> plinth, the catalogue's and those of versions on air."""
    homes = dict(content.catalogue_homes)
    for sku, version in active.items():
        if version.state == OFF:
            homes.pop(sku, None)
        else:
            homes[sku] = version.plinth or homes.get(sku)
    return arranged(homes, content.layout)


def products_now(content: Content, active: Mapping[str, Version]) -> dict[str, ProductModel]:
    """sku -> product, the catalogue's and those of versions on air; a version whose model cannot be read is left out, and so
    is what the policy profile forbids by its category."""
    products = dict(content.catalogue)
    for sku, version in active.items():
        base, price_s = content.catalogue.get(sku), content.price_at_s.get(sku, 0.0)
        model = None if version.state == OFF else product_of(version, base, price_s, content.market.language)
        if model is None:
            products.pop(sku, None)
        else:
            products[sku] = model
    return {sku: p for sku, p in products.items() if forbidden(content.policy, category_of(content, p)) is None}


def category_of(content: Content, product: ProductModel) -> str:
    """What kind of goods the catalogue says that a product is, also of a version that came later; "" for nothing."""
    row = content.catalogue.get(product.sku, product)
    return product.extra.get("category") or row.extra.get("category", "")


def product_of(version: Version, base: ProductModel | None, base_price_s: float = 0.0,
               language: str = "en") -> ProductModel | None:
    """The product that a version shows; base: the catalogue's own, its price set at base_price_s (the newer price wins).
    What nobody wrote about is told by its model alone: its size is a fact. language: of the show. None when its model is
    gone."""
    about, path = version.about, version.model_file
    price = version.price
    if base is not None and (price is None or version.since_s < base_price_s):
        price = base.price
    sheet = sheet_of(version.sku, about)
    names = dict(sheet.names) or {"en": str(about.get("name") or version.sku)}
    if path is None:
        return None if base is None else sheet.over(replace(base, price=price))
    try:
        packs = {"broadcast": path, **kept_packs(path)}
        scene = read_glb(packs["broadcast"])
    except (OSError, ValueError):
        return None
    size, parts = _size(scene), tuple(dict.fromkeys(n.name for n in scene.nodes if n.mesh is not None and n.name))
    if base is not None:
        return sheet.over(replace(base, packs=packs, size_m=size, parts=parts, variants=scene.variants,
                                  hotspots=hotspots(scene), exploded=exploded(scene), price=price))
    facts = model_facts(version.sku, names, size, scene.variants, [m.name for m in scene.materials], language)
    return sheet.over(ProductModel(version.sku, names, packs, size, parts, scene.variants, hotspots(scene), facts, price,
                                   exploded=exploded(scene)))


def finding_fields(finding: Any) -> dict[str, Any]:
    """A finding as JSON values, in both languages."""
    return {"code": finding.code, "tier": finding.tier, "message": {"en": finding.message_en, "zh": finding.message_zh},
            "number": finding.number, "limit": finding.limit, "source": finding.source,
            "mend": {"en": finding.mend_en, "zh": finding.mend_zh}}


def _size(scene: GlbScene) -> np.ndarray:
    if not scene.triangle_count:
        return np.full(3, 1e-3)
    low, high = scene_bounds(scene)
    return np.maximum(high - low, 1e-3)


__all__ = ["AddError", "KeepError", "Report", "add_model", "change_price", "parse_price", "parse_size",
           "product_of", "products_now"]
