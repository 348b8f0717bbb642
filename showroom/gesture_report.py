"""What `nightwindow check` says of a script's gestures beyond their names: whether a hand can hold what it is to hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assets.product import ProductModel
from assets.rundown_file import Rundown
from showroom.staging import MOST_HELD_M


def too_large_to_hold(path: Path, rundown: Rundown, products: Mapping[str, ProductModel]) -> list[str]:
    """One sentence for each product that a line holds and that is too large; on air the palm is opened beside it instead."""
    held = {item.product for item in rundown.items for section in item.sections for variant in section.variants
            for line in variant for mark in line.marks if mark.name == "hold"}
    return [f"{path}: {sku}: [hold] shows an empty palm, the product measures {float(max(products[sku].size_m)):.2f} m; up to "
            f"{MOST_HELD_M} m are held. Write [point] or [open]." for sku in sorted(held)
            if sku in products and float(max(products[sku].size_m)) > MOST_HELD_M]
