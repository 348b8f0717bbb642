"""Packs charts into one square texture: shelves of falling height. Deterministic."""

from __future__ import annotations

from dataclasses import dataclass

from assets.bake.panels import Panel

GUTTER_PX = 3  # bilinear filtering needs 1, the second mip level 2 to 3
MIN_PX = 4  # a thinner chart would show its neighbours' gutters


@dataclass(frozen=True, slots=True)
class Rect:
    """Place of a chart in the atlas, pixels, without its gutter."""

    x: int
    y: int
    width: int
    height: int


class AtlasError(ValueError):
    """The panels cannot be packed."""


def pack(panels: list[Panel], size_px: int) -> tuple[list[Rect], float]:
    """One rectangle per panel and the texels per metre reached: the highest density (to 1 %) at which all fit."""
    if not panels:
        raise AtlasError("There is no panel to pack.")
    low, high = 1.0, 2000.0
    best = _try(panels, low, size_px)
    if best is None:
        raise AtlasError(f"{len(panels)} panels do not fit into {size_px} pixels square even at 1 texel per metre.")
    while high / low > 1.01:
        middle = (low * high) ** 0.5
        placed = _try(panels, middle, size_px)
        if placed is None:
            high = middle
        else:
            low, best = middle, placed
    return best, low


def _try(panels: list[Panel], density: float, size_px: int) -> list[Rect] | None:
    sizes = []
    for i, panel in enumerate(panels):
        w, h = (max(MIN_PX, round(m * density * panel.density)) for m in panel.size_m)
        sizes.append((h + 2 * GUTTER_PX, w + 2 * GUTTER_PX, i))
    rects: list[Rect] = [Rect(0, 0, 0, 0)] * len(panels)
    x = y = shelf = 0
    for h, w, i in sorted(sizes, key=lambda s: (-s[0], -s[1], s[2])):
        if w > size_px:
            return None
        if x + w > size_px:
            x, y, shelf = 0, y + shelf, 0
        if y + h > size_px:
            return None
        rects[i] = Rect(x + GUTTER_PX, y + GUTTER_PX, w - 2 * GUTTER_PX, h - 2 * GUTTER_PX)
        x, shelf = x + w, max(shelf, h)
    return rects
