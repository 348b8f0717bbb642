"""A desk lamp: weighted base, two rods with brass joints, a bell shade with a glowing bulb. 0.42 m high."""

from __future__ import annotations

import numpy as np

from assets.demo.product import Product, material, part
from assets.demo.shapes import Shape, fillet, lathe, spline, tube

FOOT = np.array([-0.045, 0.030, 0.0])
ELBOW = np.array([-0.135, 0.225, 0.0])
HEAD = np.array([0.040, 0.385, 0.0])


def lamp() -> Product:
    """Enamel and brass; the shade is a node of its own, as are bulb, arms and base."""
    materials = {
        m.name: m
        for m in (
            material("enamel", "#26483f", 0.32),
            material("enamel_cream", "#e9dfc8", 0.34),
            material("enamel_rust", "#a8482c", 0.34),
            material("brass", "#c99a4b", 0.28, 1.0),
            material("dark_metal", "#2a2b2d", 0.45, 0.7),
            material("white_inside", "#f6efe0", 0.6, 0.0, 0.35),
            material("bulb", "#ffd9a0", 0.3, 0.0, 3.5),
            material("rubber", "#1b1b1c", 0.85),
            material("cable", "#7d5a3c", 0.8),
        )
    }
    shade, lining = _shade()
    return Product(
        "lamp",
        (
            part(
                "base",
                ("enamel", _base()),
                (
                    "brass",
                    lathe(
                        [
                            (0, 0.026),
                            (0.0165, 0.026),
                            (0.0175, 0.029),
                            (0.0165, 0.034),
                            (0.009, 0.038),
                            (0.009, 0.047),
                            (0, 0.047),
                        ],
                        28,
                    ).moved(*FOOT * [1, 0, 1]),
                ),
                ("rubber", lathe([(0, 0), (0.079, 0), (0.079, 0.004), (0, 0.004)], 40)),
                ("brass", _dimmer()),
            ),
            part(
                "arm_lower",
                ("dark_metal", tube([FOOT + np.array([0, 0.012, 0.0]), ELBOW], 0.0052, 12)),
                ("brass", _ferrule(FOOT, ELBOW, 0.10)),
            ),
            part("hinge", ("brass", _joint(ELBOW, 0.015, 0.030)), ("dark_metal", _joint(ELBOW, 0.008, 0.040))),
            part("arm_upper", ("dark_metal", tube([ELBOW, HEAD], 0.0052, 12)), ("brass", _ferrule(ELBOW, HEAD, 0.86))),
            part("shade", ("enamel", shade), ("white_inside", lining), ("brass", _collar())),
            part("bulb", ("bulb", _bulb()), ("brass", _socket())),
            part("cable", ("cable", tube(_cable_path(), 0.0026, 8))),
        ),
        materials,
        (0.31, 0.42, 0.165),
        variants={"Forest": {"enamel": "enamel"}, "Cream": {"enamel": "enamel_cream"}, "Rust": {"enamel": "enamel_rust"}},
    )


def _base() -> Shape:
    profile = fillet([(0, 0.004), (0.082, 0.004), (0.082, 0.016), (0.070, 0.025), (0.0, 0.027)], [0.0, 0.006, 0.008], 4)
    return lathe(profile, 48)


def _dimmer() -> Shape:
    knob = lathe(fillet([(0, 0), (0.0085, 0), (0.0085, 0.008), (0, 0.009)], [0.001, 0.002], 3), 24)
    return knob.moved(0.042, 0.0262, 0.030)


def _joint(centre: np.ndarray, radius_m: float, length_m: float) -> Shape:
    b = radius_m * 0.18
    knob = lathe(
        [(0, 0), (radius_m - b, 0), (radius_m, b), (radius_m, length_m - b), (radius_m - b, length_m), (0, length_m)], 28, 30
    )
    return knob.moved(y=-length_m / 2).turned("x", 90).moved(*centre)


def _ferrule(start: np.ndarray, end: np.ndarray, share: float) -> Shape:
    middle, way = start + (end - start) * share, (end - start) / np.linalg.norm(end - start)
    return tube([middle - way * 0.010, middle + way * 0.010], 0.0078, 14)


SHADE_TILT_DEG = 24.0  # towards +X, so that the light falls beside the base


def _placed(shape: Shape) -> Shape:
    return shape.turned("z", SHADE_TILT_DEG).moved(*HEAD)


def _shade() -> tuple[Shape, Shape]:
    outside = fillet(
        [(0.080, -0.098), (0.079, -0.090), (0.064, -0.045), (0.028, -0.008), (0.022, 0.014), (0.0, 0.016)],
        [0.004, 0.05, 0.02, 0.005],
        5,
    )
    inside = fillet(
        [(0.0, -0.006), (0.024, -0.012), (0.061, -0.047), (0.0765, -0.092), (0.080, -0.098)], [0.01, 0.04, 0.01], 5
    )
    return _placed(lathe(outside, 48)), _placed(lathe(inside, 48))


def _collar() -> Shape:
    return _placed(lathe([(0, 0.012), (0.016, 0.012), (0.017, 0.016), (0.0165, 0.030), (0.012, 0.036), (0, 0.037)], 28))


def _bulb() -> Shape:
    profile = fillet(
        [(0, -0.084), (0.022, -0.082), (0.028, -0.062), (0.015, -0.038), (0.013, -0.028), (0, -0.028)],
        [0.014, 0.016, 0.010, 0.0],
        6,
    )
    return _placed(lathe(profile, 32))


def _socket() -> Shape:
    return _placed(lathe([(0, -0.034), (0.0155, -0.034), (0.0155, -0.010), (0, -0.010)], 24))


def _cable_path() -> np.ndarray:
    return spline(
        [
            (-0.070, 0.010, -0.03),
            (-0.098, 0.0045, -0.045),
            (-0.130, 0.003, -0.050),
            (-0.160, 0.003, -0.068),
            (-0.178, 0.003, -0.05),
        ],
        6,
    )
