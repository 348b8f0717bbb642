"""Where plinths stand, when a person has moved them: checked against walls, each other, the way in and the cameras."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.product import ProductModel
from assets.scene import ANCHOR_RADIUS_M, Plinth, ShowroomSpec
from render.shots import SHOTS, resolve
from showroom.store import Store
from showroom.versions import VersionError

KEY = "places"
BODY_M = 0.25  # radius of a visitor, as showroom/web/src/walk.js
TOUCH_M = 0.05  # how far a foot may reach over the walk polygon or a disc: those are drawn with a margin
STEP_M = 0.1  # of the grid on which the way through the room is looked for
REACH_M = 0.4  # a visitor looks at a product from at most this far outside the disc that is walked around
SEEN_M = (0.9, 1.25, 1.6)  # heights of the anchor that no plinth may hide
SLIM_M = 0.15  # half of her width that must stay in sight


@dataclass(frozen=True, slots=True)
class Place:
    """x_m, z_m: centre of the foot on the floor; heading_deg: 0 looks along +Z."""

    x_m: float
    z_m: float
    heading_deg: float


def place_of(value: object) -> Place:
    """From JSON {"x_m", "z_m", "heading_deg"}. Raises VersionError for anything else than three finite numbers."""
    try:
        found = [float(value[k]) for k in ("x_m", "z_m", "heading_deg")]  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        found = [math.nan]
    if not all(math.isfinite(v) and abs(v) < 1e4 for v in found):
        raise VersionError("A place needs three numbers: x_m, z_m and heading_deg.",
                           "位置需要三个数字：x_m、z_m 和 heading_deg。")
    return Place(round(found[0], 3), round(found[1], 3), round(found[2] % 360.0, 1))


def standing(spec: ShowroomSpec, places: Mapping[str, Place]) -> ShowroomSpec:
    """The showroom with its plinths where they have been moved to. Places of plinths that it doesn't have, or that are a
    part of its room, change nothing."""
    if not places:
        return spec
    return replace(spec, plinths=tuple(
        p.at(to.x_m, to.z_m, to.heading_deg) if p.glb is not None and (to := places.get(p.id)) else p for p in spec.plinths))


def checked_places(wanted: Mapping[str, Place | None], places: Mapping[str, Place], spec: ShowroomSpec,
                   products: Iterable[ProductModel]) -> dict[str, Place]:
    """The new places. wanted: None puts a plinth back to where showroom.toml has it; spec: as authored; products: those
    whose close-ups must stay free. Raises VersionError with one sentence when a plinth cannot stand there."""
    movable = {p.id for p in spec.plinths if p.glb is not None}
    known = {p.id for p in spec.plinths}
    for id_ in wanted:
        if id_ not in known:
            raise VersionError(f"{id_}: there is no such plinth; there are {', '.join(sorted(movable))}.",
                               f"{id_}：没有这个展台；可移动的有 {'、'.join(sorted(movable))}。")
        if id_ not in movable:
            raise VersionError(f"{id_}: it cannot be moved; it stands beside the presenter or is a part of the room.",
                               f"{id_}：不能移动；它在主播旁边，或者是房间的一部分。")
    merged = {k: v for k, v in {**places, **wanted}.items() if v is not None}
    after = standing(spec, merged)
    models = list(products)
    for id_, place in wanted.items():
        if place is not None:
            _free_floor(after, after.plinth(id_))
            _free_view(after, after.plinth(id_), models)
    if wanted:
        _free_way(after)
    return merged


def _free_floor(spec: ShowroomSpec, plinth: Plinth) -> None:
    x, z = _floor(plinth.position_m)
    within = _inside(spec.walk_polygon_m, x, z) and _edge_m(spec.walk_polygon_m, x, z) >= plinth.radius_m - TOUCH_M
    if not within:
        raise VersionError(f"{plinth.id} would stand in a wall or outside the room; move it further in.",
                           f"{plinth.id} 会碰到墙或在房间外面；请往里移。")
    for other in spec.plinths:
        gap = math.dist((x, z), _floor(other.position_m)) - other.radius_m - plinth.radius_m
        if other.id != plinth.id and gap < 0.0:
            raise VersionError(f"{plinth.id} and {other.id} would touch; leave them {-gap * 100:.0f} cm more.",
                               f"{plinth.id} 和 {other.id} 会相碰；请再隔开 {-gap * 100:.0f} 厘米。")
    for mark in spec.marks:
        if math.dist((x, z), _floor(mark.position_m)) < ANCHOR_RADIUS_M + plinth.radius_m:
            raise VersionError(f"{plinth.id} would stand where the presenter stands.", f"{plinth.id} 会占住主播的位置。")
    for ox, oz, radius in spec.obstacles_m:
        if math.dist((x, z), (ox, oz)) < float(radius) + plinth.radius_m - TOUCH_M:
            raise VersionError(f"{plinth.id} would stand in something that is there already, such as a plant or a bench.",
                               f"{plinth.id} 会碰到已有的东西，例如植物或长凳。")


def _free_way(spec: ShowroomSpec) -> None:
    """Whoever comes in must be able to walk up to the presenter and to every plinth."""
    reached = _reached(spec)
    if not len(reached):
        raise VersionError("A plinth would stand in the way in.", "展台会挡住入口。")
    goals = [(p.id, p.position_m, p.radius_m) for p in spec.plinths if not p.hero]
    goals += [("", m.position_m, ANCHOR_RADIUS_M) for m in spec.marks]
    for id_, position_m, radius_m in goals:
        nearest = float(np.hypot(*(reached - np.array(_floor(position_m))).T).min())
        if nearest > radius_m + 2 * BODY_M + REACH_M:
            raise VersionError(f"Visitors could no longer walk up to {id_ or 'the presenter'}; leave a way of a metre.",
                               f"访客将走不到{id_ or '主播'}跟前；请留出一米的通道。")


def _reached(spec: ShowroomSpec) -> NDArray[np.float64]:
    """(n, 2) points of a grid that a visitor who comes in can get to; empty when the way in is blocked."""
    low, high = spec.walk_polygon_m.min(0).astype(float), spec.walk_polygon_m.max(0).astype(float)
    xs, zs = np.arange(low[0], high[0] + STEP_M, STEP_M), np.arange(low[1], high[1] + STEP_M, STEP_M)
    grid = np.stack(np.meshgrid(xs, zs, indexing="ij"), -1)
    free = np.array([[_inside(spec.walk_polygon_m, x, z) for z in zs] for x in xs])
    for ox, oz, radius in spec.walk_around_m.astype(float):
        free &= np.hypot(grid[..., 0] - ox, grid[..., 1] - oz) > radius + BODY_M
    entrance = np.array([spec.entrance_m[0], spec.entrance_m[2]], float)
    away = np.hypot(*np.moveaxis(grid - entrance, -1, 0))
    start = np.unravel_index(int(np.where(free, away, np.inf).argmin()), free.shape)
    if not free[start] or away[start] > 2 * STEP_M:
        return np.zeros((0, 2))
    found = np.zeros_like(free)
    found[start] = True
    todo = deque([(int(start[0]), int(start[1]))])
    while todo:
        i, k = todo.popleft()
        for a, b in ((i + 1, k), (i - 1, k), (i, k + 1), (i, k - 1)):
            if 0 <= a < free.shape[0] and 0 <= b < free.shape[1] and free[a, b] and not found[a, b]:
                found[a, b] = True
                todo.append((a, b))
    return np.asarray(grid[found], np.float64)


def _free_view(spec: ShowroomSpec, plinth: Plinth, products: list[ProductModel]) -> None:
    """No camera of the broadcast may look at the plinth's back in place of the presenter or the product on show."""
    height = plinth.top_m + float(plinth.max_size_m[1])
    wide = max(plinth.radius_m, float(max(plinth.max_size_m[0], plinth.max_size_m[2])) / 2)
    x, z = _floor(plinth.position_m)
    for k, mark in enumerate(spec.marks):
        seen = [np.array([mark.position_m[0], y, mark.position_m[2]], float) for y in SEEN_M]
        for shot in SHOTS:
            of: list[ProductModel | None] = [*products] if shot == "product" and products else [None]
            for camera in (resolve(shot, spec, product, k) for product in of):
                aims = [np.array(camera.target_m)] + ([] if shot == "product" else seen)
                if any(_hidden(np.array(camera.position_m), aim, (x, z), wide, height) for aim in aims):
                    raise VersionError(f"{plinth.id} would stand before the camera of the {shot} shot; move it aside.",
                                       f"{plinth.id} 会挡住“{shot}”机位的镜头；请移到旁边。")


def _hidden(eye: NDArray, aim: NDArray, centre: tuple[float, float], radius_m: float, height_m: float) -> bool:
    """Whether an upright cylinder stands in the line from eye to aim."""
    way = aim - eye
    flat = way[[0, 2]]
    to = np.array(centre) - eye[[0, 2]]
    t = float(np.clip(to @ flat / max(float(flat @ flat), 1e-9), 0.0, 1.0))
    return float(np.hypot(*(to - flat * t))) < radius_m + SLIM_M and float(eye[1] + way[1] * t) < height_m


def kept_places(store: Store, spec: ShowroomSpec) -> dict[str, Place]:
    """As they were kept; {} when nothing was ever moved. What is no place, or of a plinth that has gone, is left out."""
    value = store.get(KEY)
    found: dict[str, Place] = {}
    for id_, fields in value.items() if isinstance(value, dict) else ():
        try:
            found[str(id_)] = place_of(fields)
        except VersionError:
            continue
    return {p.id: found[p.id] for p in spec.plinths if p.glb is not None and p.id in found}


def keep_places(store: Store, places: Mapping[str, Place]) -> None:
    """Keep them over restarts. Raises StoreError."""
    store.put(KEY, {id_: place_fields(place) for id_, place in places.items()})


def place_fields(place: Place) -> dict[str, Any]:
    """JSON values."""
    return {"x_m": place.x_m, "z_m": place.z_m, "heading_deg": place.heading_deg}


def _floor(position_m: NDArray) -> tuple[float, float]:
    return float(position_m[0]), float(position_m[2])


def _inside(polygon: NDArray, x: float, z: float) -> bool:
    odd = False
    for (ax, az), (bx, bz) in zip(polygon, np.roll(polygon, 1, 0), strict=True):
        if (az > z) != (bz > z) and x < (bx - ax) * (z - az) / (bz - az) + ax:
            odd = not odd
    return odd


def _edge_m(polygon: NDArray, x: float, z: float) -> float:
    """Distance to the nearest side."""
    a, b = polygon.astype(float), np.roll(polygon, 1, 0).astype(float)
    side, to = b - a, np.array([x, z]) - a
    t = np.clip((to * side).sum(1) / np.maximum((side * side).sum(1), 1e-9), 0, 1)[:, None]
    return float(np.hypot(*(to - side * t).T).min())
