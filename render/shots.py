"""Framing, computed once: the three shots of a selling anchor as camera keyframes in metres. Browsers only interpolate."""

from __future__ import annotations

import math

import numpy as np

from assets.product import ProductModel
from assets.scene import ShowroomSpec, hero_top_m
from render.cue import Camera

SHOTS = ("wide", "medium", "product")
PRODUCT_FOV_DEG = 30.0
TOGETHER_FOV_DEG, SIDE_M, ASPECT = 30.0, 0.42, 16 / 9  # several anchors: margin beside the outer ones; of the broadcast
CHEST_M = 1.28  # height of the middle of a half-body frame of a 1.68 m presenter


def resolve(shot: str, spec: ShowroomSpec, product: ProductModel | None, anchor: int = 0,
            apart: bool = False) -> Camera:
    """The camera of a named shot. anchor: index of the mark; apart: leave room for the product's parts.
    Raises KeyError for a name outside SHOTS."""
    mark = spec.marks[anchor]
    a = math.radians(mark.heading_deg)
    front, right = np.array([math.sin(a), 0, math.cos(a)]), np.array([math.cos(a), 0, -math.sin(a)])
    feet, plinth = mark.position_m.astype(float), spec.hero.position_m.astype(float)
    between = (feet + plinth) / 2
    if len(spec.marks) > 1 and shot != "product":  # all who share the stage, and what is sold
        places = [m.position_m.astype(float) for m in spec.marks] + [plinth]
        across = [float(p @ right) for p in places]
        low, high = min(across) - SIDE_M, max(across) + SIDE_M
        middle = feet + right * ((low + high) / 2 - float(feet @ right)) + front * 0.15
        near = shot == "medium"
        target = middle + np.array([0, CHEST_M - (0.03 if near else 0.12), 0])
        away = (high - low) / 2 / (math.tan(math.radians(TOGETHER_FOV_DEG / 2)) * ASPECT) * (1.0 if near else 1.3)
        return _camera(target + front * away + right * 0.1 + [0, 0.27 if near else 0.46, 0], target, TOGETHER_FOV_DEG)
    if shot == "wide":
        target = between + np.array([0, 1.12, 0])
        return _camera(target + front * 3.48 + right * 0.35 + [0, 0.46, 0], target, 36)
    if shot == "medium":
        # Half body with the hero plinth in frame: aim between the two, the anchor left of the middle.
        target = feet + (plinth - feet) * 0.40 + [0, CHEST_M + 0.03, 0]
        return _camera(target + front * 2.00 + right * 0.1 + [0, 0.23, 0], target, 30)
    if shot == "product":
        size_m = product.size_m.astype(float) if product else np.full(3, 0.3)
        whole_m = size_m
        if apart and product is not None and product.exploded is not None:
            size_m = product.exploded.size_m.astype(float)
        height, extent = float(size_m[1]), float(size_m.max())
        target = plinth + np.array([0, hero_top_m(float(whole_m[1])) + height / 2, 0])
        # The ball around a turning product must fit between the edges of the picture, its near corners too.
        radius = float(np.linalg.norm(size_m)) / 2
        away = max(0.45, extent * 2.6, radius / math.sin(math.radians(PRODUCT_FOV_DEG / 2)) * 1.01)
        return _camera(target + front * away * 0.94 + right * away * 0.25 + [0, away * 0.22, 0], target, PRODUCT_FOV_DEG)
    raise KeyError(shot)


def _camera(position: np.ndarray, target: np.ndarray, fov_deg: float) -> Camera:
    x, y, z = (round(float(v), 4) for v in position)
    tx, ty, tz = (round(float(v), 4) for v in target)
    return Camera((x, y, z), (tx, ty, tz), fov_deg)
