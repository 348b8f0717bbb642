"""`python -m assets.demo.build examples/demo`: writes the demo shop's GLB files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from assets.demo.backpack import backpack
from assets.demo.chair import chair
from assets.demo.headphones import headphones
from assets.demo.lamp import lamp
from assets.demo.mug import mug
from assets.demo.product import Product, assemble
from assets.demo.watch import watch
from assets.glb_write import write_glb

PRODUCTS: dict[str, Callable[[], Product]] = {
    "lamp": lamp, "backpack": backpack, "watch": watch, "headphones": headphones, "mug": mug, "chair": chair}


def build_products(folder: Path, only: tuple[str, ...] = ()) -> list[Path]:
    """Write the products' GLBs into `folder`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for sku, make in PRODUCTS.items():
        if not only or sku in only:
            path = folder / f"{sku}.glb"
            write_glb(path, assemble(make()))
            written.append(path)
    return written


def main() -> None:
    """Command line: the folder, and names to build only some."""
    parser = argparse.ArgumentParser(description="Build the demo shop's products and its baked showroom.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="lamp backpack watch headphones mug chair plinth room")
    arguments = parser.parse_args()
    only = tuple(arguments.only)
    for path in build_products(arguments.folder / "models", only):
        print(f"{path} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
