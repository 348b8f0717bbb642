"""The showroom as a browser needs it: addresses, places, sizes, lights, names. Prices and stock included."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.product import ProductModel
from assets.scene import ShowroomSpec, hero_top_m
from render.shots import SHOTS, resolve
from showroom.shopper_words import colour_word, fact_line, page_language
from showroom.staging import card_facts, card_lines

if TYPE_CHECKING:
    from showroom.app import App


AVATAR_URL = "/media/avatar.glb"


def _list(array: Any) -> list[Any]:
    return [round(float(v), 4) for v in array]


def scene_fields(app: App, asked: str = "") -> dict[str, Any]:
    """JSON values of /api/scene.json. Addresses carry a version, so that a changed file is loaded anew.

    asked: BCP 47 of the page, "" for the show's own: facts, colours, parts and evidence are named in it where it has words."""
    content = app.content
    language = page_language(asked, content.market.language)
    spec, version = content.standing, app.scene_version
    columns = {glb: name for name, glb in plinth_models(spec).items()}
    return {
        "version": version, "room_url": "/media/room.glb", "plinth_url": "/media/plinth.glb",
        "plinth_radius_m": 0.26,
        "products": [product_fields(app, sku, language) for sku in content.products],
        "plinths": [{"id": p.id, "position_m": _list(p.position_m), "heading_deg": p.heading_deg, "top_m": p.top_m,
                     "hero": p.hero, "max_size_m": _list(p.max_size_m), "radius_m": p.radius_m,
                     "url": f"/media/{columns[p.glb]}" if p.glb else None} for p in spec.plinths],
        "marks": [{"anchor_id": m.anchor_id, "position_m": _list(m.position_m), "heading_deg": m.heading_deg,
                   "avatar_url": avatar_url(app, m.anchor_id)} for m in spec.marks],
        "hand_poses": {avatar_url(app, m.anchor_id): hand_poses(app.avatars.of(m.anchor_id).npz) for m in spec.marks},
        "lights": [{"kind": light.kind, "direction": _list(light.direction), "colour": _list(light.colour)}
                   for light in spec.lights],
        "ambient": _list(spec.ambient), "walk_polygon_m": [_list(p) for p in spec.walk_polygon_m],
        "obstacles_m": [_list(o) for o in spec.walk_around_m], "entrance_m": _list(spec.entrance_m),
        "eye_height_m": spec.eye_height_m,
        "shots": {name: _camera(resolve(name, spec, None)) for name in SHOTS},
    }


def avatar_url(app: App, anchor_id: str) -> str:
    """Where browsers get an anchor's body."""
    return f"/media/avatar/{anchor_id}.glb" if anchor_id in app.avatars.guests else AVATAR_URL


def plinth_models(spec: ShowroomSpec) -> dict[str, Path]:
    """The columns of plinths that are no part of the room, by their names under /media/."""
    files = dict.fromkeys(p.glb for p in spec.plinths if p.glb is not None)
    return {f"plinth/{k}.glb": glb for k, glb in enumerate(files)}


@lru_cache(maxsize=4)
def hand_poses(npz: Path) -> list[Any]:
    """The avatar's finger poses by index: (pose, hand, finger joint) quaternions xyzw."""
    with np.load(npz) as model:
        return list(np.round(model["hand_poses"].astype(float), 4).tolist())


def _file_version(path: Path) -> str:
    """Another one whenever the file is written."""
    try:
        stat = path.stat()
    except OSError:
        return "0"
    return f"{stat.st_mtime_ns:x}-{stat.st_size:x}"


def _camera(camera: Any) -> dict[str, Any]:
    return {"position_m": camera.position_m, "target_m": camera.target_m, "fov_deg": camera.fov_deg}


def _offsets(product: ProductModel) -> Any:
    return product.exploded.offsets_m if product.exploded else ()


def product_fields(app: App, sku: str, language: str) -> dict[str, Any]:
    """One product."""
    product = app.content.products[sku]
    packs = product.packs
    version = _file_version(packs.get("tour") or packs["broadcast"])
    return {
        "sku": sku, "names": dict(product.names), "url": f"/media/product/{sku}.glb?v={version}",
        "first_url": f"/media/product/{sku}.first.glb?v={version}" if "first" in packs else None,
        "ar_url": f"/media/product/{sku}.ar.glb?v={version}" if "ar" in packs else None,
        "usdz_url": f"/media/product/{sku}.usdz?v={version}" if "usdz" in packs else None,
        "plinth": app.content.homes.get(sku), "size_m": _list(product.size_m),
        "hero_top_m": hero_top_m(float(product.size_m[1])), "parts": product.parts, "variants": product.variants,
        "variant_names": {v: colour_word(v, language) for v in product.variants},
        "explode_m": [_list(o) for o in _offsets(product)],
        "hotspots": [[product.parts.index(h.id), _list(h.position_m), h.label.get(language) or h.label["en"]]
                     for h in product.hotspots if h.id in product.parts and len(product.parts) == len(_offsets(product))],
        "price": {"amount": str(product.price.amount), "currency": product.price.currency} if product.price else None,
        "evidence": [{"kind": e.kind, "lines": e.card_lines(language)} for e in product.evidence],
        "points": [[p.layer, p.language, p.text] for p in product.points],
        "checkout_urls": dict(product.checkout_urls),
        "stock": product.stock, "checkout_url": product.checkout_url,
        "card": card_lines(product, language, note := app.content.policy.beside_price(language)), "price_note": note,
        "facts": [fact_line(fact, language) for fact in card_facts(product, language)],
    }
