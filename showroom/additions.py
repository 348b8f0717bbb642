"""Products that come while the show is on air: through the gate, onto a free plinth, into the answers.

They live in the state folder (original kept beside the repaired copy) and in the store's table, which a running host
looks at every two seconds: the command, the page and the watched table are one path.
"""

from __future__ import annotations

import asyncio
import errno
import json
import math
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.checked import IDENTIFIER
from assets.gate.findings import Report
from assets.gate.inspection import inspect, repair
from assets.glb import GlbScene, read_glb, scene_bounds
from assets.product import Fact, ProductModel
from render.messages import PutProduct
from showroom.config import ShowConfig
from showroom.content import Content, free_plinth
from showroom.store import Store, StoreError

if TYPE_CHECKING:
    from starlette.requests import Request

    from showroom.app import App

SUFFIXES = (".glb", ".gltf")
MAX_NAME = 80


class AddError(ValueError):
    """Wrong use of the command or page; one sentence."""


class KeepError(AddError):
    """The state folder takes no more; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Addition:
    """A product in the state folder."""

    model: ProductModel
    plinth: str | None


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


def add_model(config: ShowConfig, content: Content, path: Path, sku: str, name: str | None,
              size_m: tuple[float, float, float] | None, dry_run: bool) -> dict[str, Any]:
    """Check, repair, place. Gives the fields of a command's result; code 0 accepted, 1 refused. Raises AddError."""
    if not path.is_file():
        raise AddError(f"{path}: no such file.")
    if path.suffix.lower() not in SUFFIXES:
        raise AddError(f"{path.name}: only {' and '.join(SUFFIXES)} files are taken.")
    sku = re.sub(r"[^A-Za-z0-9_-]+", "-", sku).strip("-").lower()[:64]
    if not IDENTIFIER.match(sku):
        raise AddError("--sku: letters, digits, '-' and '_' only.")
    try:
        store = Store(config.state_folder / "show.sqlite")
    except StoreError as error:
        raise KeepError(str(error)) from None
    folder = config.state_folder / "products" / sku
    try:
        taken = {**content.products, **{a.model.sku: a.model for a in load_additions(store)}}
        homes = {**content.homes, **{s: p for s, p, _ in store.products()}}
        if sku in taken:
            raise AddError(f"The sku {sku!r} is already in the show; choose another with --sku.")
        fields = _admit(content, store, homes, path, folder, (name or sku)[:MAX_NAME], size_m, dry_run)
        if store.write_failures:
            raise OSError(errno.ENOSPC, "its table cannot be written")
        return fields
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise KeepError(f"{path.name}: not added to {folder.parent} ({error.strerror}); nothing was changed.") from None
    finally:
        store.close()


def _admit(content: Content, store: Store, homes: dict[str, str | None], path: Path, folder: Path, name: str,
           size_m: tuple[float, float, float] | None, dry_run: bool) -> dict[str, Any]:
    sku = folder.name
    if dry_run:
        report = inspect(path, size_m)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        report = repair(path, folder / "model.glb", size_m)
    lines = [f"{f.tier}: {f.message_en}" for f in report.findings]
    fields: dict[str, Any] = {"sku": sku, "findings": [finding_fields(f) for f in report.findings]}
    if report.refused or report.scene is None:
        if not dry_run:
            shutil.rmtree(folder, ignore_errors=True)
        return {"code": 1, "verdict": "refused", "lines": [*lines, f"{path.name} is refused."], **fields}
    size = _size(report.scene)
    plinth = free_plinth(content.spec, homes, size)
    verdict = "repaired" if report.needs_repair else "accepted"
    shown = " x ".join(f"{v * 100:.1f}" for v in size)
    where = f"stands on plinth {plinth}" if plinth else "waits for a free plinth that fits it"
    fields |= {"verdict": verdict, "size_m": [round(float(v), 4) for v in size], "plinth": plinth}
    if dry_run:
        return {"code": 0, "lines": [*lines, f"{path.name}: {verdict}, {shown} cm; it would go on {plinth or 'no plinth'}."],
                **fields}
    shutil.copyfile(path, folder / f"original{path.suffix.lower()}")
    (folder / "product.json").write_text(json.dumps({"sku": sku, "name": name}, ensure_ascii=False), encoding="utf-8")
    store.put_product(sku, plinth, str(folder))
    store.event("product", sku=sku, verdict=verdict, plinth=plinth)
    return {"code": 0, "lines": [*lines, f"{path.name}: {verdict}, {shown} cm; {sku} {where}."], **fields}


def finding_fields(finding: Any) -> dict[str, Any]:
    """A finding as JSON values, in both languages."""
    return {"code": finding.code, "tier": finding.tier, "message": {"en": finding.message_en, "zh": finding.message_zh},
            "number": finding.number, "limit": finding.limit, "source": finding.source}


def _size(scene: GlbScene) -> np.ndarray:
    low, high = scene_bounds(scene)
    return np.maximum(high - low, 1e-3)


def load_additions(store: Store) -> list[Addition]:
    """The products of the store's table whose files are whole."""
    out = []
    for sku, plinth, folder in store.products():
        try:
            about = json.loads((Path(folder) / "product.json").read_text(encoding="utf-8"))
            scene = read_glb(Path(folder) / "model.glb")
        except (OSError, ValueError):
            continue  # its folder was taken away: the product is gone with it
        out.append(Addition(product_of(sku, str(about.get("name") or sku), Path(folder) / "model.glb", scene), plinth))
    return out


def product_of(sku: str, name: str, path: Path, scene: GlbScene) -> ProductModel:
    """A product about which nothing is known but its model: its size is a fact."""
    size = _size(scene)
    w, h, d = (round(float(v) * 100, 1) for v in size)
    fact = Fact(f"{sku}:dimensions", f"{name} is {w} cm wide, {h} cm high and {d} cm deep.", "measured from the model",
                attribute="dimensions", value=f"{w} x {h} x {d}", unit="cm")
    parts = tuple(dict.fromkeys(n.name for n in scene.nodes if n.mesh is not None and n.name))
    return ProductModel(sku, {"en": name}, {"broadcast": path}, size, parts, scene.variants, (), (fact,))


def sync_additions(app: App) -> None:
    """Bring what the table holds into the running show; called every two seconds."""
    rows = app.store.products()
    if [r[0] for r in rows] == app.additions:
        return
    known = set(app.additions)
    for addition in load_additions(app.store):
        if addition.model.sku not in known:
            app.put_product(PutProduct(addition.model, addition.plinth))
    for sku in known - {r[0] for r in rows}:
        app.remove_product(sku)
    app.additions = [r[0] for r in rows]


async def add_upload(app: App, request: Request) -> tuple[int, dict[str, Any]]:
    """The page's upload (multipart: file, sku, name, size_m). Status and JSON values."""
    form = await request.form(max_files=1, max_fields=8)
    upload = form.get("file")
    if upload is None or isinstance(upload, str):
        return 400, {"error": "Send one file in the field 'file'."}
    name = Path(str(upload.filename or "model.glb")).name
    folder = app.config.state_folder / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{app.session}-{next(app.ids)}{Path(name).suffix.lower()}"
    try:
        with path.open("wb") as file:
            while block := await upload.read(1 << 20):
                file.write(block)
        text = {key: str(form.get(key) or "") for key in ("sku", "name", "size_m")}
        result = await asyncio.to_thread(add_model, app.config, app.content, path, text["sku"] or Path(name).stem,
                                         text["name"] or None, parse_size(text["size_m"]), False)
    except KeepError as error:
        return 507, {"error": str(error)}
    except AddError as error:
        return 400, {"error": str(error)}
    except OSError as error:
        return 507, {"error": f"The file could not be kept ({error.strerror}); nothing was changed."}
    finally:
        path.unlink(missing_ok=True)
        await form.close()
    sync_additions(app)
    code = result.pop("code")
    return (200 if code == 0 else 422), result


__all__ = ["AddError", "Addition", "Report", "add_model", "add_upload", "load_additions", "parse_size", "sync_additions"]
