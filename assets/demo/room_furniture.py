"""What stands in the demo room: lit shelves with things on them, drapes, a window bench, plants, pendant lamps."""

from __future__ import annotations

import numpy as np

from assets.bake.panels import Panel, box, quad, turned

SHELF_DEPTH = 0.30
SHELF_TOPS = (0.46, 0.92, 1.38, 1.84, 2.30)


def shelves(name: str, x0: float, x1: float, wall_z: float) -> list[Panel]:
    """Wooden shelves before the wall, with a strip of warm light under each board and things to look at."""
    z1, top = wall_z + SHELF_DEPTH, SHELF_TOPS[-1] + 0.36
    made = [quad(f"{name}.back", (x0, 0.08, wall_z + 0.015), (x1 - x0, 0, 0), (0, top - 0.08, 0), "niche")]
    for k, x in enumerate((x0 - 0.03, x1)):
        made += box(f"{name}.side{k}", (x, 0, wall_z), (x + 0.03, top, z1), "shelf", "x+ x- z+", density=0.7)
    for k, y in enumerate((0.08, *SHELF_TOPS, top)):
        made += box(f"{name}.board{k}", (x0, y - 0.03, wall_z + 0.015), (x1, y, z1), "shelf", "y+ y- z+", density=0.8)
        if k >= 2:
            made.append(
                quad(
                    f"{name}.light{k}",
                    (x0 + 0.04, y - 0.032, wall_z + 0.05),
                    (x1 - x0 - 0.08, 0, 0),
                    (0, 0, 0.03),
                    "light",
                    density=0.3,
                    glow=(11.0, 8.0, 4.9),
                    lamp=True,
                )
            )
    random = np.random.default_rng(int(abs(x0) * 1000))
    for k, y in enumerate(SHELF_TOPS):
        made += _things(f"{name}.things{k}", x0 + 0.06, x1 - 0.06, y, wall_z, random)
    return made


def _things(name: str, x0: float, x1: float, y: float, wall_z: float, random: np.random.Generator) -> list[Panel]:
    """Books and vases along one board, with air between them."""
    made, x, k = [], x0 + float(random.uniform(0, 0.08)), 0
    while x < x1 - 0.22:
        if random.random() < 0.45:
            w, h = float(random.uniform(0.14, 0.26)), float(random.uniform(0.19, 0.26))
            made += box(f"{name}_books{k}", (x, y, wall_z + 0.05), (x + w, y + h, wall_z + 0.21), "books", "x+ x- y+ z+")
            x += w + float(random.uniform(0.05, 0.14))
        else:
            r, h = float(random.uniform(0.045, 0.075)), float(random.uniform(0.15, 0.28))
            kind = ("vase_white", "vase_dark", "vase_ochre")[int(random.integers(3))]
            neck = float(random.uniform(0.35, 0.7))
            profile = [
                (r * 0.55, 0),
                (r * 0.95, h * 0.22),
                (r, h * 0.42),
                (r * 0.8, h * 0.66),
                (r * neck, h * 0.84),
                (r * (neck + 0.12), h),
            ]
            made.append(turned(f"{name}_vase{k}", profile, (x + r, y, wall_z + 0.15), kind, 16))
            x += 2 * r + float(random.uniform(0.06, 0.16))
        k += 1
    return made


def drape(name: str, x0: float, x1: float, z: float, low: float, high: float) -> list[Panel]:
    """A heavy curtain in folds."""
    columns = 41
    u = np.linspace(0, 1, columns)
    rows = []
    for t in (0.0, 0.5, 1.0):
        fold = (0.030 + 0.012 * t) * np.sin(u * 2 * np.pi * 6 + 0.4 * t) + 0.006 * np.sin(u * 2 * np.pi * 13)
        rows.append(np.stack([x0 + (x1 - x0) * u, np.full(columns, high + (low - high) * t), z + fold], 1))
    rod = box(
        f"{name}.rod", (x0 - 0.06, high, z - 0.012), (x1 + 0.06, high + 0.024, z + 0.012), "brass", "y- z+ y+", density=0.5
    )
    return [Panel(f"{name}.cloth", np.array(rows), "drape", 1.0, two_sided=True), *rod]


def bench(name: str, x0: float, x1: float, z: float) -> list[Panel]:
    """A low bench under the window with two cushions."""
    made = box(f"{name}.seat", (x0, 0.36, z), (x1, 0.42, z + 0.42), "sill", "x+ x- y+ z+ y-")
    made += box(f"{name}.foot_left", (x0 + 0.08, 0, z + 0.04), (x0 + 0.14, 0.36, z + 0.38), "trim", "x+ x- z+", density=0.6)
    made += box(f"{name}.foot_right", (x1 - 0.14, 0, z + 0.04), (x1 - 0.08, 0.36, z + 0.38), "trim", "x+ x- z+", density=0.6)
    made.append(_cushion(f"{name}.cushion_a", (x0 + 0.30, 0.61, z + 0.16), 0.20, -14, "cushion"))
    made.append(_cushion(f"{name}.cushion_b", (x1 - 0.32, 0.59, z + 0.17), 0.18, 10, "cushion_blue"))
    return made


def _cushion(name: str, centre: tuple[float, float, float], half: float, lean_deg: float, paint: str) -> Panel:
    """The front half of a scatter cushion that leans against the wall."""
    n = 9
    u, v = np.meshgrid(np.linspace(-1, 1, n), np.linspace(1, -1, n))
    pinch = 1 - 0.10 * (1 - np.abs(u * v))
    bulge = 0.085 * np.sqrt(np.clip((1 - u**4) * (1 - v**4), 0, 1))
    x, y = u * half * pinch, v * half * pinch
    lean, turn = np.radians(-18), np.radians(lean_deg)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    y, z = y * np.cos(lean) - bulge * np.sin(lean), y * np.sin(lean) + bulge * np.cos(lean)
    return Panel(name, np.stack([x, y, z], -1) + np.asarray(centre), paint, 1.0, two_sided=True)


def plant(name: str, x: float, z: float, height: float, seed: int) -> list[Panel]:
    """A pot with long arching leaves."""
    random = np.random.default_rng(seed)
    made = [
        turned(f"{name}.pot", [(0.13, 0), (0.16, 0.05), (0.185, 0.30), (0.195, 0.34), (0.175, 0.34)], (x, 0, z), "pot", 20),
        turned(f"{name}.soil", [(0.175, 0.315), (0.0, 0.315)], (x, 0, z), "soil", 12, density=0.5),
    ]
    for k in range(26):
        around = k * 2.399963 + float(random.uniform(-0.2, 0.2))  # the golden angle spreads them evenly
        length = height * float(random.uniform(0.7, 1.1))
        rise = float(random.uniform(0.5, 1.35))
        t = np.linspace(0, 1, 7)
        out = length * 0.62 * t ** (0.9 + 0.3 * rise)
        up = length * (rise * t - (0.35 + 0.28 * rise) * t**2.2)
        width = 0.052 * np.sin(np.pi * np.clip(t * 0.94 + 0.06, 0, 1)) ** 0.7
        way, side = np.array([np.sin(around), 0, np.cos(around)]), np.array([np.cos(around), 0, -np.sin(around)])
        middle = np.array([x, 0.31, z]) + out[:, None] * way + up[:, None] * [0, 1, 0]
        droop = np.array([0, -0.25, 0])
        rows = [
            np.stack([m - (side + droop) * w, m, m + (side - np.array([0, 0.25, 0]) * -1) * w])
            if w > 0
            else np.stack([m, m, m])
            for m, w in zip(middle, width, strict=True)
        ]
        made.append(Panel(f"{name}.leaf{k}", np.array(rows)[::-1], "leaf", 0.6, two_sided=True))
    return made


def pendant(name: str, x: float, y: float, z: float, radius: float, ceiling: float) -> list[Panel]:
    """A glowing glass ball on a brass cap and a cord."""
    angle = np.linspace(-np.pi / 2, np.pi / 2 * 0.86, 10)
    profile = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    cord = box(
        f"{name}.cord",
        (x - 0.004, y + radius, z - 0.004),
        (x + 0.004, ceiling, z + 0.004),
        "trim",
        "x+ x- z+ z-",
        density=0.2,
    )
    cap = turned(
        f"{name}.cap",
        [(radius * 0.30, radius * 0.93), (radius * 0.22, radius * 1.2), (0, radius * 1.22)],
        (x, y, z),
        "brass",
        14,
    )
    return [turned(f"{name}.ball", profile, (x, y, z), "light", 20, density=0.4, glow=(3.6, 2.6, 1.55)), cap, *cord]
