"""The showroom as authored: plinths, walk mesh, marks, lights. glTF axes (+Y up, +Z front), metres."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.checked import frozen_array, require, require_id

WALK_CLEARANCE_M = 0.25  # how near a visitor's eye comes to a plinth or an anchor
ANCHOR_RADIUS_M = 0.30


@dataclass(frozen=True, slots=True)
class Plinth:
    """Where a product stands. position_m: (3,) centre of the foot on the floor; top_m: height of its top;
    max_size_m: (3,) largest product; hero: the plinth beside the anchor, whose height follows the product;
    radius_m: of its foot; glb: the column, 1 m high, that is drawn there and can be moved; None: part of the room's GLB,
    or the hero plinth."""

    id: str
    position_m: NDArray
    heading_deg: float
    max_size_m: NDArray
    top_m: float
    hero: bool = False
    radius_m: float = 0.26
    glb: Path | None = None

    def __post_init__(self) -> None:
        require_id("Plinth", "id", self.id)
        for name in ("position_m", "max_size_m"):
            object.__setattr__(self, name, frozen_array("Plinth", name, getattr(self, name), (3,), np.float32))
        require(0.0 <= self.top_m <= 2.0, "Plinth", "top_m", self.top_m, "a height of 0 to 2 m")
        require(0.05 <= self.radius_m <= 2.0, "Plinth", "radius_m", self.radius_m, "a radius of 0.05 to 2 m")
        require(self.glb is None or not self.hero, "Plinth", "model", self.glb, "none for the hero plinth, which is plinth.glb")

    def at(self, x_m: float, z_m: float, heading_deg: float) -> Plinth:
        """The same plinth somewhere else on the floor."""
        return replace(self, position_m=np.array([x_m, self.position_m[1], z_m]), heading_deg=heading_deg)


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
    walk_polygon_m: (n, 2) x,z outline that visitors may walk in; obstacles_m: (k, 3) x, z, radius of discs to walk around,
    plinths and anchors not among them (see walk_around_m);
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
    def walk_around_m(self) -> NDArray:
        """(k, 3) x, z, radius of everything that a visitor walks around: obstacles, plinths, anchors."""
        stands = [(p.position_m[0], p.position_m[2], p.radius_m + WALK_CLEARANCE_M) for p in self.plinths]
        stands += [(m.position_m[0], m.position_m[2], ANCHOR_RADIUS_M + WALK_CLEARANCE_M) for m in self.marks]
        return np.concatenate([self.obstacles_m, np.array(stands, np.float32).reshape(-1, 3)])

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


GUEST_BESIDE_M, GUEST_BACK_M, GUEST_TURN_DEG = 0.84, 0.06, 24.0


def with_guests(spec: ShowroomSpec, guests: Iterable[str]) -> ShowroomSpec:
    """The showroom with a mark for each of these anchors: those it does not have are placed beside the first, on the side
    away from the hero plinth, turned a little to her."""
    marks = list(spec.marks)
    first = marks[0]
    angle = np.radians(first.heading_deg)
    right, front = np.array([np.cos(angle), 0, -np.sin(angle)]), np.array([np.sin(angle), 0, np.cos(angle)])
    side = -np.sign(float((spec.hero.position_m - first.position_m) @ right)) or -1.0
    for name in guests:
        if all(m.anchor_id != name for m in marks):
            far = GUEST_BESIDE_M * len(marks)
            marks.append(Mark(name, first.position_m + right * side * far - front * GUEST_BACK_M,
                              first.heading_deg - side * GUEST_TURN_DEG))
    return replace(spec, marks=tuple(marks))


def hero_top_m(product_height_m: float) -> float:
    """Height of the hero plinth's top for a product, so that its middle is near 1.05 m, at the anchor's elbow.

    product_height_m: > 0. Returns 0.12 to 0.98 m.
    """
    return float(np.clip(1.05 - product_height_m / 2, 0.12, 0.98))


def stretched(low_m: float, high_m: float, top_m: float) -> tuple[float, float]:
    """How a part of a column, 1 m high, is drawn in a column of height `top_m`: (scale in Y, then shift in metres).

    low_m, high_m: where the part lies in the file, 0 to 1. What lies above the middle keeps its height and is lifted or
    lowered, what lies below stays, what reaches over the middle is stretched between them. So a low column has the same
    foot and rim as a high one. showroom/web/src/plinths.js does the same.
    """
    if low_m >= 0.5:
        return 1.0, top_m - 1.0
    if high_m <= 0.5:
        return 1.0, 0.0
    scale = max(0.01, (high_m + top_m - 1.0 - low_m) / (high_m - low_m))
    return scale, low_m * (1.0 - scale)
