"""The baker on a small room: shadows where they belong, light that falls off, no seams, the same twice."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from assets.bake.atlas import GUTTER_PX, AtlasError, pack
from assets.bake.baker import Look, bake, display
from assets.bake.light import Quality, Spot
from assets.bake.panels import Panel, box, quad, turned
from assets.glb import GlbScene, read_glb
from assets.glb_write import glb_bytes

pytestmark = pytest.mark.unit
pytest.importorskip("embreex")

QUICK = Quality(lamp_rays=9, gather_rays=24, bounces=2, texels_per_sample=2)


def small_room() -> list[Panel]:
    """4 x 4 x 3 m, white, a lamp of 1 m2 in the middle of the ceiling, a drum of 0.4 m radius below it."""
    walls = [
        quad("floor", (-2, 0, 2), (4, 0, 0), (0, 0, -4), "white"),
        quad("ceiling", (-2, 3, -2), (4, 0, 0), (0, 0, 4), "white"),
        quad("back", (-2, 0, -2), (4, 0, 0), (0, 3, 0), "white"),
        quad("front", (2, 0, 2), (-4, 0, 0), (0, 3, 0), "white"),
        quad("left", (-2, 0, 2), (0, 0, -4), (0, 3, 0), "white"),
        quad("right", (2, 0, -2), (0, 0, 4), (0, 3, 0), "white"),
    ]
    lamp = quad("lamp", (-0.5, 2.98, -0.5), (1, 0, 0), (0, 0, 1), "white", glow=(6.0, 6.0, 6.0), lamp=True)
    drum = [
        turned("drum.side", [(0.4, 0.4), (0.4, 0.8)], (0, 0, 0), "white", 24),
        turned("drum.top", [(0.4, 0.8), (0, 0.8)], (0, 0, 0), "white", 24),
        turned("drum.foot", [(0, 0.4), (0.4, 0.4)], (0, 0, 0), "white", 24),
    ]
    return [*walls, lamp, *drum]


PAINTS = {"white": lambda p, st: np.full(p.shape, 0.7)}


@pytest.fixture(scope="module")
def baked() -> GlbScene:
    return read_glb(glb_bytes(bake(small_room(), [], PAINTS, size_px=256, quality=QUICK), normals=False))


def brightness(scene: GlbScene, group: str, point: tuple[float, float, float]) -> float:
    """Grey level 0..255 of the texture at a point of a group's surface."""
    picture = np.asarray(Image.open(io.BytesIO(scene.images[0].data)).convert("L"), float)
    node = next(n for n in scene.nodes if n.name == group)
    best, found = np.inf, 0.0
    for p in scene.meshes[node.mesh].primitives:
        for face in p.indices:
            a, b, c = p.positions[face].astype(float)
            weights, *_ = np.linalg.lstsq(
                np.vstack([np.stack([a, b, c], 1), np.ones(3)]), np.array([*point, 1.0]), rcond=None
            )
            miss = np.linalg.norm(np.stack([a, b, c], 1) @ weights - point) + np.clip(-weights, 0, None).sum()
            if miss < best:
                u, v = weights @ p.uv1[face]
                best, found = miss, picture[int(v * picture.shape[0]), int(u * picture.shape[1])]
    return found


def test_it_is_darker_under_the_drum_and_brighter_under_the_lamp(baked) -> None:
    under, beside, corner = (brightness(baked, "floor", (x, 0, z)) for x, z in ((0, 0), (0.9, 0.3), (-1.9, -1.9)))
    assert under < 0.75 * beside and corner < beside
    assert brightness(baked, "drum", (0, 0.8, 0.2)) > beside  # its top is nearer to the lamp
    assert brightness(baked, "drum", (0, 0.4, 0.2)) < brightness(baked, "drum", (0, 0.8, 0.2)) * 0.8


def test_light_is_even_across_a_corner(baked) -> None:
    for height in (0.8, 1.5, 2.2):
        left, back = brightness(baked, "left", (-2, height, -1.9)), brightness(baked, "back", (-1.9, height, -2))
        assert left == pytest.approx(back, rel=0.12) and left > 10  # symmetric room: no seam, and not black


def test_shadow_edges_are_soft(baked) -> None:
    row = [brightness(baked, "floor", (x, 0, 0)) for x in np.linspace(0, 1.8, 19)]
    assert max(np.abs(np.diff(row))) < 0.5 * (max(row) - min(row))


def test_baking_twice_gives_the_same_bytes() -> None:
    quick = Quality(lamp_rays=4, gather_rays=4, bounces=1, texels_per_sample=4)
    assert glb_bytes(bake(small_room(), [], PAINTS, size_px=128, quality=quick)) == glb_bytes(
        bake(small_room(), [], PAINTS, size_px=128, quality=quick)
    )


def test_a_spot_lights_its_target_only() -> None:
    panels = [p for p in small_room() if not p.lamp and not p.name.startswith("drum")]
    scene = bake(
        panels,
        [Spot((0, 2.9, 0), (1.2, 0, 1.2), (40, 40, 40), 14)],
        PAINTS,
        size_px=256,
        quality=Quality(lamp_rays=8, gather_rays=8, bounces=0, texels_per_sample=2),
    )
    assert brightness(scene, "floor", (1.2, 0, 1.2)) > 60 > 12 > brightness(scene, "floor", (-1.2, 0, -1.2))


def test_charts_do_not_overlap_and_use_the_atlas() -> None:
    panels = [*small_room(), *box("b", (0, 0, 0), (0.3, 0.5, 0.2), "white")]
    rects, density = pack(panels, 256)
    used = np.zeros((256, 256), int)
    for r in rects:
        used[r.y - GUTTER_PX : r.y + r.height + GUTTER_PX, r.x - GUTTER_PX : r.x + r.width + GUTTER_PX] += 1
    assert used.max() == 1 and (used > 0).mean() > 0.6 and density > 20
    with pytest.raises(AtlasError):
        pack(panels * 400, 64)


def test_the_tone_curve_keeps_order_and_white() -> None:
    x = np.linspace(0, 8, 200, dtype=np.float32)
    shown = display(np.repeat(x[:, None], 3, 1), Look(white=4.0))[:, 0].astype(int)
    assert (np.diff(shown) >= 0).all() and shown[0] == 0 and shown[np.searchsorted(x, 4.0)] == 255
