"""The showroom as authored: plinths, walk mesh, marks, lights. glTF axes (+Y up, +Z front), metres."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.checked import frozen_array, require, require_id


@dataclass(frozen=True, slots=True)
class Plinth:
    """Where a product stands. position_m: (3,) centre of the foot on the floor; top_m: height of its top;
    max_size_m: (3,) largest product; hero: the plinth beside the anchor, whose height follows the product."""

    id: str
    position_m: NDArray
    heading_deg: float
    max_size_m: NDArray
    top_m: float
    hero: bool = False

    def __post_init__(self) -> None:
        require_id("Plinth", "id", self.id)
        for name in ("position_m", "max_size_m"):
            object.__setattr__(self, name, frozen_array("Plinth", name, getattr(self, name), (3,), np.float32))
        require(0.0 <= self.top_m <= 2.0, "Plinth", "top_m", self.top_m, "a height of 0 to 2 m")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an anchor stands. position_m: (3,); heading_deg: 0 faces +Z, 90 faces +X."""

    anchor_id: str
    position_m: NDArray
    heading_deg: float = 0.0

    def __post_init__(self) -> None:
        require_id("Mark", "anchor_id", self.anchor_id)
        object.__setattr__(self, "position_m", frozen_array("Mark", "position_m", self.position_m, (3,), np.float32))


@dataclass(frozen=True, slots=True)
class Light:
    """kind: "key", "fill" or "rim", directional. direction: (3,) unit vector of travel; colour: (3,) linear RGB >= 0."""

    kind: str
    direction: NDArray
    colour: NDArray

    def __post_init__(self) -> None:
        require(self.kind in ("key", "fill", "rim"), "Light", "kind", self.kind, "'key', 'fill' or 'rim'")
        for name in ("direction", "colour"):
            object.__setattr__(self, name, frozen_array("Light", name, getattr(self, name), (3,), np.float32))


@dataclass(frozen=True, slots=True)
class ShowroomSpec:
    """room_glb: the baked room (KHR_materials_unlit, lightmap through TEXCOORD_1);
    walk_polygon_m: (n, 2) x,z outline that visitors may walk in; obstacles_m: (k, 3) x, z, radius of discs to walk around;
    ambient: (3,) linear RGB; eye_height_m: a visitor's camera height."""

    id: str
    room_glb: Path
    plinths: tuple[Plinth, ...]
    marks: tuple[Mark, ...]
    lights: tuple[Light, ...]
    ambient: NDArray
    walk_polygon_m: NDArray
    obstacles_m: NDArray
    entrance_m: NDArray
    eye_height_m: float = 1.55

    def __post_init__(self) -> None:
        require(sum(p.hero for p in self.plinths) == 1, "ShowroomSpec", "plinths",
                [p.id for p in self.plinths if p.hero], "exactly one hero plinth")
        require(len(self.marks) >= 1, "ShowroomSpec", "marks", 0, "at least one anchor mark")
        object.__setattr__(self, "ambient", frozen_array("ShowroomSpec", "ambient", self.ambient, (3,), np.float32))
        object.__setattr__(self, "entrance_m", frozen_array("ShowroomSpec", "entrance_m", self.entrance_m, (3,), np.float32))
        object.__setattr__(self, "walk_polygon_m",
                           frozen_array("ShowroomSpec", "walk_polygon_m", self.walk_polygon_m, (None, 2), np.float32))
        object.__setattr__(self, "obstacles_m",
                           frozen_array("ShowroomSpec", "obstacles_m", self.obstacles_m, (None, 3), np.float32))

    @property
    def hero(self) -> Plinth:
        """The plinth beside the anchor."""
        return next(p for p in self.plinths if p.hero)

    def plinth(self, plinth_id: str) -> Plinth:
        """The plinth of that id; KeyError when there is none."""
        for p in self.plinths:
            if p.id == plinth_id:
                return p
        raise KeyError(plinth_id)


def hero_top_m(product_height_m: float) -> float:
    """Height of the hero plinth's top for a product, so that its middle is near 1.05 m, at the anchor's elbow.

    product_height_m: > 0. Returns 0.12 to 0.98 m.
    """
    return float(np.clip(1.05 - product_height_m / 2, 0.12, 0.98))
