"""Framing: whoever speaks and whatever is sold is inside the picture, for products of any size that the plinth takes."""

from __future__ import annotations

import functools
import random
from dataclasses import replace

import numpy as np
import pytest

from assets.product import ProductModel
from assets.scene import hero_top_m
from avatar.skeleton import EYES_M
from render.cue import Camera
from render.shots import SHOTS, resolve
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit
ASPECT = 16 / 9
content = functools.cache(demo_content)
FACE_M = ((-0.09, 1.45, 0.1), (0.09, 1.45, 0.1), (0.0, 1.69, 0.0))  # chin and crown of a 1.68 m presenter


def project(camera: Camera, point_m: np.ndarray) -> tuple[float, float]:
    """-1..1 across and up the picture; fails for a point behind the camera."""
    eye, target = np.array(camera.position_m), np.array(camera.target_m)
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, (0, 1, 0))
    right /= np.linalg.norm(right)
    up, way = np.cross(right, forward), point_m - eye
    depth = way @ forward
    assert depth > 0.1, "behind the camera"
    half = np.tan(np.radians(camera.fov_deg) / 2)
    return float(way @ right / depth / half / ASPECT), float(way @ up / depth / half)


def corners(product: ProductModel, spec) -> list[np.ndarray]:
    """Of the turning product: the rims of the drum that its box sweeps."""
    w, h, d = (float(v) for v in product.size_m)
    r, top = np.hypot(w, d) / 2, hero_top_m(h)
    foot = spec.hero.position_m.astype(float)
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return [foot + np.array((r * np.cos(a), top + y, r * np.sin(a))) for a in turns for y in (0.0, h)]


def random_product(rng: random.Random, most: tuple[float, float, float]) -> ProductModel:
    product = next(iter(content().products.values()))
    return replace(product, size_m=np.array([rng.uniform(0.05, m) for m in most], np.float32))


def test_the_face_is_in_every_shot_that_shows_the_anchor() -> None:
    spec = content().spec
    for shot in ("wide", "medium"):
        for offset in FACE_M:
            x, y = project(resolve(shot, spec, None), spec.marks[0].position_m + np.array(offset))
            assert abs(x) < 0.9 and abs(y) < 0.9, f"{shot}: the face is cut at {x:.2f}, {y:.2f}"


@pytest.mark.parametrize("shot", SHOTS)
def test_a_product_of_any_size_is_in_the_picture(shot: str) -> None:
    """wide and product: all of it. medium is a half-body frame: the middle and the top of it."""
    spec, rng = content().spec, random.Random()
    for _ in range(200):
        product = random_product(rng, (0.55, 1.1, 0.55))
        camera = resolve(shot, spec, product)
        seen = [project(camera, c) for c in corners(product, spec)]
        middle = np.mean(corners(product, spec), axis=0)
        x, y = project(camera, middle)
        assert abs(x) < 0.95 and abs(y) < 0.95, f"{shot}, {product.size_m}: middle at {x:.2f}, {y:.2f}"
        if shot != "medium":
            assert max(max(abs(x), abs(y)) for x, y in seen) <= 1.0, f"{shot}, {product.size_m} m: {seen}"


@pytest.mark.parametrize("shot", ["medium", "wide"])
def test_she_is_seen_from_about_her_eyes_height(shot: str) -> None:
    """From below, her lids lie low over eyes that look down on the shopper."""
    spec = content().spec
    camera = resolve(shot, spec, None)
    away = np.linalg.norm(np.array(camera.position_m)[[0, 2]] - spec.marks[0].position_m[[0, 2]])
    assert abs(np.degrees(np.arctan2(camera.position_m[1] - EYES_M[1], away))) < 3


def test_a_product_shot_fills_the_picture_with_small_things() -> None:
    spec, rng = content().spec, random.Random()
    for _ in range(100):
        product = random_product(rng, (0.3, 0.3, 0.3))
        if max(product.size_m) < 0.18:
            continue  # nearer than 0.45 m the lens would distort
        ys = [project(resolve("product", spec, product), c)[1] for c in corners(product, spec)]
        xs = [project(resolve("product", spec, product), c)[0] for c in corners(product, spec)]
        assert max(max(xs) - min(xs), max(ys) - min(ys)) > 0.5


def test_the_camera_turns_with_the_mark() -> None:
    spec = content().spec
    turned = replace(spec, marks=(replace(spec.marks[0], heading_deg=90.0),))
    camera = resolve("wide", turned, None)
    assert camera.position_m[0] > camera.target_m[0] + 2, "a presenter who faces +X is seen from +X"


def test_an_unknown_shot_is_refused() -> None:
    with pytest.raises(KeyError, match="drone"):
        resolve("drone", content().spec, None)
