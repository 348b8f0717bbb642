"""Which product stands on which plinth, where a person has decided it: checked, kept in the state file, live at once.

Where the plinths themselves stand: showroom.placing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.product import ProductModel
from assets.scene import ShowroomSpec
from showroom.content import Content
from showroom.store import Store
from showroom.versions import VersionError

KEY = "layout"


def arranged(homes: Mapping[str, str | None], layout: Mapping[str, str | None]) -> dict[str, str | None]:
    """The homes with the arrangement over them. A product that finds its plinth taken by an arranged one has none until a
    place is free: it is shown when it is its turn."""
    wanted = {sku: plinth for sku, plinth in layout.items() if sku in homes}
    taken = {plinth for plinth in wanted.values() if plinth}
    return {sku: wanted.get(sku, None if home in taken else home) for sku, home in homes.items()}


def checked_layout(wanted: Mapping[str, str | None], layout: Mapping[str, str | None], products: Mapping[str, ProductModel],
                   spec: ShowroomSpec, homes: Mapping[str, str | None]) -> dict[str, str | None]:
    """The new arrangement: two products that ask for each other's plinths change places. homes: now. Raises VersionError
    with one sentence when a product or plinth is unknown, too small for it, or wanted by two."""
    plinths = {p.id: p for p in spec.plinths if not p.hero}
    for sku, plinth in wanted.items():
        if sku not in products:
            raise VersionError(f"{sku}: it is not in the show.", f"{sku}：不在这场直播里。")
        if plinth is None:
            continue
        if plinth not in plinths:
            raise VersionError(f"{plinth}: there is no such plinth; there are {', '.join(plinths)}.",
                               f"{plinth}：没有这个展台；有 {'、'.join(plinths)}。")
        size, most = products[sku].size_m, plinths[plinth].max_size_m
        if not bool((size <= most + 1e-3).all()):
            had, has = (" x ".join(f"{v * 100:.0f}" for v in m) for m in (size, most))
            raise VersionError(f"{sku} measures {had} cm; plinth {plinth} takes {has} cm.",
                               f"{sku} 的尺寸是 {had} 厘米；展台 {plinth} 最多放 {has} 厘米。")
    merged = {**{sku: p for sku, p in layout.items() if sku in products}, **wanted}
    for sku, home in homes.items():  # whoever stands in the way of what is wanted, and was not asked, steps aside
        if sku not in wanted and home and home in wanted.values():
            merged[sku] = None
    chosen = [p for p in merged.values() if p]
    if twice := next((p for p in chosen if chosen.count(p) > 1), None):
        raise VersionError(f"Two products cannot stand on plinth {twice}.", f"展台 {twice} 上不能放两件商品。")
    return merged


def kept_layout(store: Store) -> dict[str, str | None]:
    """As it was kept; {} when never arranged."""
    value = store.get(KEY)
    return {str(k): str(v) if v else None for k, v in value.items()} if isinstance(value, dict) else {}


def keep_layout(store: Store, layout: Mapping[str, str | None]) -> None:
    """Keep it over restarts. Raises StoreError."""
    store.put(KEY, dict(layout))


def layout_fields(content: Content) -> dict[str, Any]:
    """JSON values for the page: the room's outline, plinths, products with their places."""
    spec, language = content.standing, content.market.language
    corners = spec.walk_polygon_m
    return {
        "outline_m": [[float(v) for v in corner] for corner in corners],
        "plinths": [{"id": p.id, "x_m": float(p.position_m[0]), "z_m": float(p.position_m[2]), "hero": p.hero,
                     "heading_deg": p.heading_deg, "radius_m": p.radius_m, "movable": p.glb is not None,
                     "moved": p.id in content.places, "max_cm": [round(float(v) * 100) for v in p.max_size_m]}
                    for p in spec.plinths],
        "obstacles_m": [[float(v) for v in disc] for disc in spec.obstacles_m],
        "entrance_m": [float(spec.entrance_m[0]), float(spec.entrance_m[2])],
        "marks": [{"x_m": float(m.position_m[0]), "z_m": float(m.position_m[2])} for m in spec.marks],
        "products": [{"sku": sku, "name": product.name(language), "plinth": content.homes.get(sku),
                      "size_cm": [round(float(v) * 100, 1) for v in product.size_m],
                      "fits": [p.id for p in spec.plinths if not p.hero
                               and bool((product.size_m <= p.max_size_m + 1e-3).all())]}
                     for sku, product in content.products.items()],
    }
