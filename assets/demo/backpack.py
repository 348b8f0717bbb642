"""A day pack: soft body, front pocket with flap, side pockets, zips, handle, padded straps. 0.46 m high."""

from __future__ import annotations

import numpy as np

from assets.demo.paint import canvas
from assets.demo.product import Product, material, part
from assets.demo.shapes import Shape, circle, joined, rounded_box, spline, superellipse, sweep, tube


def backpack() -> Product:
    """Straps stand behind (-Z); the front pocket faces +Z."""
    materials = {
        m.name: m
        for m in (
            material("fabric", "#ffffff", 0.88, texture=0),
            material("pocket_fabric", "#ffffff", 0.88, texture=1),
            material("leather", "#9a5b32", 0.5),
            material("webbing", "#24282e", 0.85),
            material("padding", "#33383f", 0.92),
            material("zip", "#15171a", 0.6),
            material("metal", "#d3d0c8", 0.3, 1.0),
            material("reflective", "#c9d2d8", 0.35, 0.3),
        )
    }
    return Product(
        "backpack",
        (
            part("body", ("fabric", _body()), ("leather", _bottom())),
            part("front_pocket", ("pocket_fabric", _front_pocket()), ("leather", _patch()), ("reflective", _stripe())),
            part("side_pockets", ("pocket_fabric", [_side_pocket(s) for s in (-1, 1)])),
            part("zips", ("zip", _zip_lines()), ("metal", _pulls())),
            part("handle", ("webbing", _handle()), ("leather", _handle_grip())),
            part(
                "straps",
                ("padding", [_strap(s) for s in (-1, 1)]),
                ("webbing", [_lower_strap(s) for s in (-1, 1)]),
                ("metal", [_buckle(s) for s in (-1, 1)]),
            ),
            part("back_panel", ("padding", _back_panel())),
        ),
        materials,
        (0.32, 0.46, 0.20),
        (canvas((58, 84, 112), 128, "fabric"), canvas((72, 100, 130), 128, "pocket_fabric")),
    )


def _soft(p: np.ndarray, half: tuple[float, float, float], belly: float) -> np.ndarray:
    """Bulges a box as stuffing would, slims it towards the top and rounds its shoulders."""
    q = p.copy()
    x, y, z = p[:, 0] / half[0], p[:, 1] / half[1], p[:, 2] / half[2]
    dome = np.clip(1 - x**2, 0, 1) * np.clip(1 - y**2, 0, 1)
    q[:, 2] += np.where(z > 0, belly, 0.25 * belly) * np.sign(z) * np.abs(z) * dome
    top = np.clip((y + 0.1) / 1.1, 0, 1)
    q[:, 0] *= 1 - 0.13 * top**2
    q[:, 0] += np.sign(x) * 0.010 * np.clip(1 - y**2, 0, 1) * np.abs(x)
    q[:, 2] = (q[:, 2] + half[2]) * (1 - 0.26 * top**2.2) - half[2]
    q[:, 1] -= 0.022 * np.abs(x) ** 3 * np.clip(y, 0, 1) ** 2
    return q


BODY = (0.145, 0.215, 0.070)


def _body_bend(p: np.ndarray) -> np.ndarray:
    return _soft(p, BODY, 0.022)


def _body() -> Shape:
    box = rounded_box((0.29, 0.43, 0.14), 0.055, 4, (4, 4, 1)).bent(_body_bend).moved(y=0.215)
    return Shape(box.positions, box.faces, box.uv * [5, 7], 70)


def _bottom() -> Shape:
    box = rounded_box((0.296, 0.10, 0.146), 0.05, 3, (3, 1, 1))
    return box.bent(lambda p: _body_bend(p - np.array([0, 0.168, 0]))).moved(y=0.213)


def _front_pocket() -> Shape:
    box = rounded_box((0.225, 0.195, 0.060), 0.028, 3, (4, 3, 1))

    def bend(p: np.ndarray) -> np.ndarray:
        q = p.copy()
        q[:, 2] += (
            0.014 * np.clip(1 - (p[:, 0] / 0.112) ** 2, 0, 1) * np.clip(1 - (p[:, 1] / 0.0975) ** 2, 0, 1) * (p[:, 2] > 0)
        )
        q[:, 0] *= 1 - 0.06 * np.clip(p[:, 1] / 0.1, 0, 1)
        q[:, 2] -= 0.020 * np.clip(p[:, 1] / 0.0975, 0, 1) ** 2
        return q

    shape = box.bent(bend).moved(0, 0.140, 0.080)
    return Shape(shape.positions, shape.faces, shape.uv * [4, 3.5], 70)


def _patch() -> Shape:
    return rounded_box((0.056, 0.036, 0.004), 0.0018, 1, 1).turned("x", -6).moved(0, 0.165, 0.1240)


def _stripe() -> Shape:
    box = rounded_box((0.196, 0.008, 0.004), 0.0015, 1, (8, 1, 1))
    return box.bent(
        lambda p: p + np.stack([0 * p[:, 0], 0 * p[:, 0], 0.0128 * np.clip(1 - (p[:, 0] / 0.115) ** 2, 0, 1)], 1)
    ).moved(0, 0.112, 0.1092)


def _side_pocket(side: int) -> Shape:
    box = rounded_box((0.034, 0.145, 0.105), 0.016, 2, (1, 2, 1))

    def bend(p: np.ndarray) -> np.ndarray:
        q = p.copy()
        q[:, 0] += side * 0.006 * np.clip(1 - (p[:, 1] / 0.075) ** 2, 0, 1)
        q[:, 1] -= 0.014 * np.clip(p[:, 1] / 0.07, 0, 1) * (p[:, 2] / 0.05)
        return q

    shape = box.bent(bend).moved(side * 0.150, 0.105, 0.004)
    return Shape(shape.positions, shape.faces, shape.uv * [2, 3], 70)


def _arch(width: float, low: float, high: float, z_low: float, z_high: float) -> np.ndarray:
    """The line of a zip over the front: up one side, across the shoulders, down the other."""
    raw = np.array(
        [
            (-width, low, z_low),
            (-width * 0.99, (low + high) / 2, z_low + (z_high - z_low) * 0.35),
            (-width * 0.90, high - 0.030, z_high + 0.008),
            (-width * 0.62, high, z_high),
            (0, high + 0.006, z_high),
            (width * 0.62, high, z_high),
            (width * 0.90, high - 0.030, z_high + 0.008),
            (width * 0.99, (low + high) / 2, z_low + (z_high - z_low) * 0.35),
            (width, low, z_low),
        ]
    )
    return spline(raw, 4)


def _main_zip() -> np.ndarray:
    """Follows the body's rounded edge, halfway between front and top."""
    t = np.concatenate(
        [
            np.stack([np.full(12, -1.0), np.linspace(-0.45, 0.80, 12)], 1),
            np.stack([np.linspace(-0.80, 0.80, 17), np.full(17, 1.0)], 1),
            np.stack([np.full(12, 1.0), np.linspace(0.80, -0.45, 12)], 1),
        ]
    )
    path = np.stack([t[:, 0] * 0.145, t[:, 1] * 0.215, np.full(len(t), 0.022)], 1)
    corner = np.clip(np.abs(t[:, 0]) + np.clip(t[:, 1], 0, 1) - 1.62, 0, 1)[:, None]
    path[:, :2] *= 1 - 0.30 * corner
    return spline(_body_bend(path)[::2] + np.array([0, 0.215, 0]), 2)


def _zip_lines() -> Shape:
    flat = superellipse(0.010, 0.005, 3, 6)
    pocket = _arch(0.092, 0.165, 0.2275, 0.094, 0.078)
    return joined(sweep(_main_zip(), circle(0.0048, 6)), sweep(pocket, flat, up=[0, 0.5, 1]))


def _pulls() -> Shape:
    def pull(x: float, y: float, z: float, tilt: float) -> Shape:
        ring = spline(
            [(0, 0, 0), (0.005, -0.008, 0), (0.004, -0.024, 0), (-0.004, -0.024, 0), (-0.005, -0.008, 0)], 3, closed=True
        )
        return tube(ring, 0.0016, 5, closed=True).turned("x", tilt).moved(x, y, z)

    return joined(pull(0.055, 0.2330, 0.087, -12), pull(-0.142, 0.245, 0.030, 0), pull(0.142, 0.225, 0.030, 0))


def _handle() -> Shape:
    path = spline(
        [
            (-0.042, 0.415, -0.038),
            (-0.040, 0.438, -0.040),
            (-0.022, 0.456, -0.040),
            (0.022, 0.456, -0.040),
            (0.040, 0.438, -0.040),
            (0.042, 0.415, -0.038),
        ],
        3,
    )
    return sweep(path, superellipse(0.005, 0.022, 4, 8), up=[0, 0, 1])


def _handle_grip() -> Shape:
    path = spline([(-0.024, 0.4555, -0.040), (0, 0.4575, -0.040), (0.024, 0.4555, -0.040)], 4)
    return sweep(path, superellipse(0.010, 0.027, 3, 10), up=[0, 0, 1])


def _strap(side: int) -> Shape:
    path = spline(
        [
            (side * 0.052, 0.405, -0.060),
            (side * 0.062, 0.395, -0.088),
            (side * 0.074, 0.340, -0.108),
            (side * 0.086, 0.270, -0.112),
            (side * 0.098, 0.200, -0.102),
            (side * 0.108, 0.150, -0.088),
        ],
        3,
    )
    t = np.linspace(0, 1, len(path))
    scale = np.stack([0.85 + 0.25 * np.sin(np.pi * t), np.full_like(t, 1.0)], 1)
    return sweep(path, superellipse(0.058, 0.014, 3, 10), scale=scale, up=[0, 0.3, -1])


def _lower_strap(side: int) -> Shape:
    path = spline(
        [
            (side * 0.108, 0.158, -0.090),
            (side * 0.118, 0.100, -0.088),
            (side * 0.130, 0.050, -0.070),
            (side * 0.134, 0.035, -0.050),
        ],
        3,
    )
    return sweep(path, superellipse(0.024, 0.004, 4, 8), up=[0, 0.3, -1])


def _buckle(side: int) -> Shape:
    return rounded_box((0.034, 0.024, 0.008), 0.003, 1, 1).moved(side * 0.1095, 0.142, -0.092)


def _back_panel() -> Shape:
    pads = [rounded_box((0.090, 0.30, 0.020), 0.009, 2, (1, 1, 1)).moved(x, 0.19, -0.070) for x in (-0.055, 0.055)]
    return joined(*pads)
