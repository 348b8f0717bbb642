"""The demo showroom: a boutique at night, 8 x 7.2 m, 3.2 m high, with a wide window over the city behind the anchor.

The anchor stands at (0, 0, 0) facing +Z. Plinths are no part of the room: the stage moves them. The ceiling's spots are
aimed at where showroom.toml has them.
"""

from __future__ import annotations

import numpy as np

from assets.bake.light import Spot
from assets.bake.panels import Panel, box, quad, turned
from assets.demo import room_paint as paint
from assets.demo.room_furniture import bench, drape, pendant, plant, shelves

LEFT, RIGHT, BACK, FRONT, HEIGHT = -4.0, 4.0, -2.2, 5.0, 3.2
WINDOW_X, WINDOW_Y = (-2.15, 2.55), (0.62, 2.72)
WALL_DEPTH = 0.22

# x, z, height of the top of the plinths in showroom.toml: each has a spot of its own
LIT: tuple[tuple[float, float, float], ...] = (
    (-1.62, -1.30, 0.74),
    (2.02, -1.28, 0.56),
    (-2.75, 0.55, 1.02),
    (2.95, 0.55, 0.98),
    (-2.75, 2.45, 0.96),
    (2.85, 2.55, 0.16),
    (-2.75, 4.10, 0.60),
)

WARM, SOFT = (1.0, 0.80, 0.58), (1.0, 0.88, 0.74)
RUG = (0.42, 0.10, 1.42)  # x, z, radius

PAINTS: dict[str, paint.Paint] = {
    "floor": paint.herringbone,
    "wall": paint.panelled("#3d5a63", 0.98, 2.78, 1.2, 0.35),
    "slats": paint.fluted("#8a5f3f"),
    "back": paint.plaster("#3a545e"),
    "ceiling": paint.plaster("#e6dfd3"),
    "trim": paint.plain("#2b2622"),
    "brass": paint.plain("#c09450"),
    "sill": paint.boards("#7a5236"),
    "shelf": paint.boards("#8d6242"),
    "niche": paint.plaster("#c8a883"),
    "rug": paint.rug((RUG[0], RUG[1]), RUG[2]),
    "city": paint.city,
    "leaf": paint.foliage,
    "pot": paint.plaster("#b0704e"),
    "soil": paint.plain("#2a2019"),
    "vase_white": paint.plain("#e8e1d4"),
    "vase_dark": paint.plain("#2c3a44"),
    "vase_ochre": paint.plain("#b9853f"),
    "books": paint.books,
    "drape": paint.plain("#6d3a34"),
    "light": paint.plain("#ffffff"),
    "cushion": paint.plaster("#b4824a"),
    "cushion_blue": paint.plaster("#44606b"),
    "door": paint.boards("#4a3527"),
}


def room_panels() -> list[Panel]:
    """All panels of the room."""
    panels = [*_shell(), *_back_wall(), *_window(), *_ceiling_lights(), *_door()]
    panels += shelves("shelf_left", LEFT + 0.16, WINDOW_X[0] - 0.42, BACK)
    panels += shelves("shelf_right", WINDOW_X[1] + 0.42, RIGHT - 0.16, BACK)
    panels += drape("drape_left", WINDOW_X[0] - 0.30, WINDOW_X[0] + 0.16, BACK + 0.10, 0.03, 2.92)
    panels += drape("drape_right", WINDOW_X[1] - 0.16, WINDOW_X[1] + 0.30, BACK + 0.10, 0.03, 2.92)
    panels += bench("bench", -0.9, 1.35, BACK + 0.02)
    panels += plant("plant_left", -3.35, -1.15, 1.0, 5)
    panels += plant("plant_right", 3.45, -1.05, 0.85, 9)
    panels += plant("plant_door", 3.4, 4.3, 1.05, 13)
    for i, (x, y, z, r) in enumerate(((-2.35, 2.15, -0.75, 0.13), (2.62, 2.32, -0.55, 0.11), (3.05, 2.02, -0.85, 0.15))):
        panels += pendant(f"pendant{i}", x, y, z, r, HEIGHT)
    return panels


def room_spots() -> list[Spot]:
    """Ceiling spots: one over each plinth, three on anchor and rug, two at the door, washers along the walls."""
    spots = [
        Spot((x * 0.93, 3.12, z + 0.30), (x, top, z), (26.0 * WARM[0], 26.0 * WARM[1], 26.0 * WARM[2]), 25.0, 0.05)
        for x, z, top in LIT
    ]
    spots += [
        Spot((x, 3.12, 1.5), (0.4, 0.4, 0.1), (17.0 * SOFT[0], 17.0 * SOFT[1], 17.0 * SOFT[2]), 38.0, 0.10)
        for x in (-1.0, 0.7, 2.0)
    ]
    spots += [
        Spot((x, 3.12, 3.7), (x, 0.0, 3.9), (14.0 * SOFT[0], 14.0 * SOFT[1], 14.0 * SOFT[2]), 46.0, 0.10) for x in (-1.1, 1.1)
    ]
    for z in (-1.1, 0.9, 2.9, 4.4):
        for x in (LEFT, RIGHT):
            inward = 0.55 if x < 0 else -0.55
            spots.append(
                Spot(
                    (x + inward, 3.12, z),
                    (x + inward * 0.12, 1.2, z),
                    (13.0 * WARM[0], 13.0 * WARM[1], 13.0 * WARM[2]),
                    42.0,
                    0.06,
                )
            )
    return spots


def _shell() -> list[Panel]:
    wide, deep = RIGHT - LEFT, FRONT - BACK
    floor = quad("floor", (LEFT, 0, FRONT), (wide, 0, 0), (0, 0, -deep), "floor", density=1.15)
    made = [floor, quad("ceiling", (LEFT, HEIGHT, BACK), (wide, 0, 0), (0, 0, deep), "ceiling", density=0.45)]
    split = 0.92  # height of the slatted wainscot
    for side, x, start, way in (("left", LEFT, FRONT, -deep), ("right", RIGHT, BACK, deep)):
        made += [
            quad(f"wall_{side}.upper", (x, split, start), (0, 0, way), (0, HEIGHT - split, 0), "wall", density=0.85),
            quad(f"wall_{side}.lower", (x, 0, start), (0, 0, way), (0, split, 0), "slats", density=0.85),
        ]
        inner = 0.025 if side == "left" else -0.025
        made += [
            p
            for p in box(
                f"wall_{side}.rail",
                (min(x, x + inner), split, BACK),
                (max(x, x + inner), split + 0.035, FRONT),
                "brass",
                "x+ y+" if side == "left" else "x- y+",
                density=0.6,
            )
        ]
    r = RUG
    made.append(turned("rug", [(r[2], 0.0), (r[2], 0.004), (0.0, 0.004)], (r[0], 0, r[1]), "rug", 56, density=1.0))
    return made


def _back_wall() -> list[Panel]:
    (x0, x1), (y0, y1) = WINDOW_X, WINDOW_Y
    pieces = (
        ("below", x0, x1, 0.0, y0, "slats"),
        ("above", x0, x1, y1, HEIGHT, "back"),
        ("left", LEFT, x0, 0.0, HEIGHT, "back"),
        ("right", x1, RIGHT, 0.0, HEIGHT, "back"),
    )
    return [quad(f"wall_back.{n}", (a, c, BACK), (b - a, 0, 0), (0, d - c, 0), p) for n, a, b, c, d, p in pieces]


def _window() -> list[Panel]:
    (x0, x1), (y0, y1), deep = WINDOW_X, WINDOW_Y, WALL_DEPTH
    out = BACK - deep
    made = [
        quad("window.sill", (x0, y0, BACK), (x1 - x0, 0, 0), (0, 0, -deep), "sill"),
        quad("window.head", (x0, y1, out), (x1 - x0, 0, 0), (0, 0, deep), "trim", density=0.6),
        quad("window.jamb_left", (x0, y0, BACK), (0, 0, -deep), (0, y1 - y0, 0), "trim", density=0.6),
        quad("window.jamb_right", (x1, y0, out), (0, 0, deep), (0, y1 - y0, 0), "trim", density=0.6),
    ]
    bar, z0, z1 = 0.022, out + 0.02, out + 0.075
    for k in range(5):
        x = x0 + (x1 - x0) * k / 4
        a, b = (x, x + 2 * bar) if k == 0 else (x - 2 * bar, x) if k == 4 else (x - bar, x + bar)
        made += box(f"window.mullion{k}", (a, y0, z0), (b, y1, z1), "trim", "x+ x- z+", density=0.6)
    for k, y in enumerate((y0 + bar, y0 + (y1 - y0) * 0.74, y1 - bar)):
        made += box(f"window.transom{k}", (x0, y - bar, z0), (x1, y + bar, z1), "trim", "y+ y- z+", density=0.6)
    trim = 0.05
    for n, lo, hi in (
        ("top", (x0 - trim, y1, BACK), (x1 + trim, y1 + trim, BACK + 0.03)),
        ("low", (x0 - trim, y0 - trim, BACK), (x1 + trim, y0, BACK + 0.05)),
        ("left", (x0 - trim, y0, BACK), (x0, y1, BACK + 0.03)),
        ("right", (x1, y0, BACK), (x1 + trim, y1, BACK + 0.03)),
    ):
        made += box(f"window.frame_{n}", lo, hi, "brass", "x+ x- y+ y- z+", density=0.5)
    angle = np.radians(np.linspace(-72, 72, 25))  # the night: a part of a cylinder round the window
    centre = np.array([0.2, 0.0, 1.6])
    ring = np.stack([np.sin(angle) * 7.4, np.zeros(25), -np.cos(angle) * 7.4], 1) + centre
    made.append(
        Panel("night", np.stack([ring + np.array([0, 4.6, 0]), ring - np.array([0, 0.8, 0])]), "city", 0.62, (1.0, 1.0, 1.0))
    )
    return made


def _ceiling_lights() -> list[Panel]:
    """A cove of warm light round the ceiling and two long strips; the brass lips hide their edges."""
    made, y = [], HEIGHT - 0.012
    for k, (x, z, w, d) in enumerate(((-2.3, 1.3, 0.07, 4.4), (2.5, 1.3, 0.07, 4.4), (0.1, 3.3, 3.4, 0.07))):
        made.append(
            quad(
                f"strip{k}.light",
                (x - w / 2, y, z - d / 2),
                (w, 0, 0),
                (0, 0, d),
                "light",
                density=0.25,
                glow=(9.0 * SOFT[0], 9.0 * SOFT[1], 9.0 * SOFT[2]),
                lamp=True,
            )
        )
        made += box(
            f"strip{k}.frame",
            (x - w / 2 - 0.02, y, z - d / 2 - 0.02),
            (x + w / 2 + 0.02, HEIGHT, z + d / 2 + 0.02),
            "trim",
            "x+ x- z+ z-",
            density=0.25,
        )
    cove = HEIGHT - 0.10
    made += box("cove.back", (LEFT, cove, BACK), (RIGHT, cove + 0.02, BACK + 0.16), "ceiling", "y- z+", density=0.5)
    pieces = 6  # one long lamp so near the ceiling would show its few samples as stripes
    run = (RIGHT - LEFT - 0.2) / pieces
    glow = (7.0 * WARM[0], 7.0 * WARM[1], 7.0 * WARM[2])
    for k in range(pieces):
        corner = (LEFT + 0.1 + k * run, cove + 0.021, BACK + 0.13)
        made.append(quad(f"cove.light{k}", corner, (run, 0, 0), (0, 0, -0.08), "light", density=0.25, glow=glow, lamp=True))
    return made


def _door() -> list[Panel]:
    """The front wall with a glazed double door to the street."""
    x0, x1, top = -0.95, 0.95, 2.35
    made = [
        quad("wall_front.left", (RIGHT, 0, FRONT), (x1 - RIGHT, 0, 0), (0, HEIGHT, 0), "wall", density=0.6),
        quad("wall_front.right", (x0, 0, FRONT), (LEFT - x0, 0, 0), (0, HEIGHT, 0), "wall", density=0.6),
        quad("wall_front.above", (x1, top, FRONT), (x0 - x1, 0, 0), (0, HEIGHT - top, 0), "back", density=0.6),
        quad("door.night", (x1, 0, FRONT + 0.04), (x0 - x1, 0, 0), (0, top, 0), "city", density=0.5, glow=(0.5, 0.5, 0.5)),
    ]
    for k, x in enumerate((x0, -0.05, 0.05, x1 - 0.1)):
        made += (
            box(
                f"door.stile{k}",
                (x, 0, FRONT - 0.03),
                (x + (0.1 if k in (0, 3) else 0.0) + 0.0001, top, FRONT + 0.04),
                "door",
                "x+ x- z-",
                density=0.5,
            )
            if k in (0, 3)
            else []
        )
    made += box("door.middle", (-0.06, 0, FRONT - 0.03), (0.06, top, FRONT + 0.04), "door", "x+ x- z-", density=0.5)
    made += box("door.head", (x0, top - 0.1, FRONT - 0.03), (x1, top, FRONT + 0.04), "door", "y- z-", density=0.5)
    made += box("door.kick", (x0, 0, FRONT - 0.03), (x1, 0.24, FRONT + 0.04), "door", "y+ z-", density=0.5)
    return made
