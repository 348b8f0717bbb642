"""`python -m assets.demo.build examples/demo`: writes the demo shop's GLB files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from assets.bake.baker import Look, bake
from assets.bake.light import Quality
from assets.demo.backpack import backpack
from assets.demo.chair import chair
from assets.demo.headphones import headphones
from assets.demo.lamp import lamp
from assets.demo.mug import mug
from assets.demo.product import Product, assemble, material, part
from assets.demo.shapes import Shape, lathe, sweep
from assets.demo.watch import watch
from assets.glb_write import write_glb

ROOM_LOOK = Look(exposure=1.22, white=3.2, ambient=(0.06, 0.055, 0.06), jpeg_quality=80)
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


def build_room(path: Path, quality: Quality | None = None, progress: Callable[[float], None] = lambda share: None) -> Path:
    """Bake the showroom into one GLB at `path`. Raises BakeError without Embree."""
    from assets.demo.room import PAINTS, room_panels, room_spots

    scene = bake(room_panels(), room_spots(), PAINTS, quality=quality, look=ROOM_LOOK, progress=progress)
    write_glb(path, scene, normals=False)
    return path


def build_plinth(path: Path) -> Path:
    """The hero plinth: top radius 0.26 m and height 1 m, to be stretched in Y by the stage. Fluted walnut, a stone top."""
    ring = lathe([(0.249, 0.93), (0.254, 0.933), (0.254, 0.945), (0.249, 0.948)], 48, 35)
    top = lathe([(0.25, 0.948), (0.26, 0.952), (0.26, 0.990), (0.257, 0.997), (0.252, 1.0), (0.0, 1.0)], 64, 35)
    plinth = Product("plinth", (part("foot", ("dark", _foot())), part("drum", ("walnut", _drum(30, 0.93))),
                                part("ring", ("brass", ring)), part("top", ("stone", top))),
                     {m.name: m for m in (material("dark", "#1d1a17", 0.8), material("walnut", "#6b4a33", 0.5),
                                          material("brass", "#c99a4b", 0.28, 1.0), material("stone", "#a39684", 0.55))},
                     (0.52, 1.0, 0.52))
    write_glb(path, assemble(plinth))
    return path


def build_home_plinth(path: Path) -> Path:
    """A plinth where products wait: as the hero plinth, fluted plaster under a plain top."""
    top = lathe([(0.252, 0.95), (0.26, 0.954), (0.26, 0.978), (0.256, 0.992), (0.247, 1.0), (0.0, 1.0)], 64, 35)
    plinth = Product("home_plinth", (part("foot", ("dark", _foot())), part("drum", ("plaster", _drum(36, 0.95))),
                                     part("top", ("pale", top))),
                     {m.name: m for m in (material("dark", "#2b2622", 0.8), material("plaster", "#94866f", 0.8),
                                          material("pale", "#a4967e", 0.6))},
                     (0.52, 1.0, 0.52))
    write_glb(path, assemble(plinth))
    return path


def _foot() -> Shape:
    return lathe([(0.0, 0.0), (0.235, 0.0), (0.235, 0.03)], 48)


def _drum(flutes: int, high_m: float) -> Shape:
    """Half-rounds about a column, from just above the floor to `high_m`."""
    points = 4  # on each
    angle = np.arange(flutes * points) * 2 * np.pi / (flutes * points)
    radius = 0.240 + 0.009 * np.abs(np.sin(angle * flutes / 2))
    section = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    return sweep([(0, 0.02, 0), (0, high_m * 0.51, 0), (0, high_m, 0)], section, caps=False, crease_deg=50)


def main() -> None:
    """Command line: the folder, and names to build only some."""
    parser = argparse.ArgumentParser(description="Build the demo shop's products and its baked showroom.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="lamp backpack watch headphones mug chair plinth home_plinth room")
    arguments = parser.parse_args()
    only = tuple(arguments.only)
    for path in build_products(arguments.folder / "models", only):
        _report(path)
    if not only or "plinth" in only:
        _report(build_plinth(arguments.folder / "plinth.glb"))
    if not only or "home_plinth" in only:
        _report(build_home_plinth(arguments.folder / "home_plinth.glb"))
    if not only or "room" in only:
        _report(build_room(arguments.folder / "room.glb"))


def _report(path: Path) -> None:
    print(f"{path} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
