"""Over-ear headphones: padded band, forked yokes, oval cups with soft cushions. 0.205 m high."""

from __future__ import annotations

import numpy as np

from assets.demo.product import Product, material, part
from assets.demo.shapes import Shape, fillet, joined, lathe, rounded_box, spline, superellipse, sweep, tube

CUP_X, CUP_Y = 0.074, 0.062
OVAL = 1.16  # the cups are higher than they are wide


def headphones() -> Product:
    """They stand on their cups, as on a table; +Z is the wearer's front."""
    materials = {
        m.name: m
        for m in (
            material("shell", "#d9d2c5", 0.36),
            material("shell_night", "#20242c", 0.4),
            material("leather", "#6d4a36", 0.6),
            material("mesh", "#181818", 0.95),
            material("aluminium", "#c3c6ca", 0.28, 1.0),
            material("accent", "#c98d52", 0.3, 0.9),
            material("light", "#8fe0ff", 0.4, 0.0, 2.0),
        )
    }
    sides = (-1, 1)
    return Product(
        "headphones",
        (
            part("band", ("shell", _band()), ("leather", _band_padding())),
            part("sliders", ("aluminium", [_slider(s) for s in sides])),
            part("yokes", ("aluminium", [_yoke(s) for s in sides])),
            part(
                "cups",
                ("shell", [_cup(s) for s in sides]),
                ("accent", [_cup_ring(s) for s in sides]),
                ("shell_night", [_cup_face(s) for s in sides]),
            ),
            part("cushions", ("leather", [_cushion(s) for s in sides]), ("mesh", [_mesh(s) for s in sides])),
            part("buttons", ("aluminium", _buttons()), ("light", _light())),
        ),
        materials,
        (0.185, 0.205, 0.090),
        variants={"Sand": {"shell": "shell"}, "Night": {"shell": "shell_night"}},
    )


def _arc(radius_x: float, radius_y: float, spread_deg: float, count: int, y: float) -> np.ndarray:
    angle = np.radians(np.linspace(-spread_deg, spread_deg, count))
    return np.stack([radius_x * np.sin(angle), y + radius_y * np.cos(angle), np.zeros(count)], 1)


def _band() -> Shape:
    path = _arc(0.079, 0.096, 82, 33, 0.105)
    t = np.abs(np.linspace(-1, 1, 33))
    scale = np.stack([1.0 - 0.35 * t**2, 1.0 - 0.1 * t], 1)
    return sweep(path, superellipse(0.036, 0.0070, 4, 14), scale=scale, up=_away(path))


def _away(path: np.ndarray) -> np.ndarray:
    out = path - np.array([0, 0.105, 0])
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def _band_padding() -> Shape:
    path = _arc(0.0725, 0.0885, 52, 41, 0.105)
    t = np.linspace(-1, 1, 41)
    ribs = 1.0 - 0.16 * np.abs(np.sin(np.linspace(0, 8 * np.pi, 41))) ** 8  # quilted in eight cushions
    scale = np.stack([1.0 - 0.20 * np.abs(t) ** 2, ribs * np.clip((1 - np.abs(t)) * 12, 0.25, 1)], 1)
    return sweep(path, superellipse(0.034, 0.0125, 2.6, 12), scale=scale, up=_away(path))


def _slider(side: int) -> Shape:
    path = spline([(side * 0.0775, 0.128, 0), (side * 0.0820, 0.112, 0), (side * 0.0845, 0.100, 0)], 4)
    return sweep(path, superellipse(0.014, 0.0032, 4, 14), up=[side, 0.1, 0])


def _yoke(side: int) -> Shape:
    angle = np.radians(np.linspace(0, 180, 19))
    fork = np.stack([np.full(19, side * 0.0850), CUP_Y + 0.0415 * np.sin(angle), 0.0405 * np.cos(angle)], 1)
    fork[:, 0] -= side * 0.0055 * np.abs(np.cos(angle)) ** 3
    bow = sweep(fork, superellipse(0.0052, 0.0080, 4, 10), up=[side, 0, 0])
    pins = [
        _sideways(
            lathe([(0, -0.004), (0.0046, -0.004), (0.0052, -0.003), (0.0052, 0.003), (0.0046, 0.004), (0, 0.004)], 12), side
        ).moved(side * 0.0800, CUP_Y, z)
        for z in (-0.0400, 0.0400)
    ]
    stem = tube([(side * 0.0850, CUP_Y + 0.040, 0), (side * 0.0842, CUP_Y + 0.052, 0)], 0.0052, 14)
    return joined(bow, stem, *pins)


def _sideways(shape: Shape, side: int) -> Shape:
    """Made along +Y, put along the wearer's outward direction of that side."""
    return shape.turned("z", -90 * side)


def _at_cup(shape: Shape, side: int) -> Shape:
    return _sideways(shape, side).scaled(1, OVAL, 1).turned("y", 3.0 * side).moved(side * CUP_X, CUP_Y, 0)


def _cup(side: int) -> Shape:
    profile = fillet(
        [(0.0, -0.006), (0.0375, -0.006), (0.0385, 0.004), (0.0345, 0.0135), (0.0300, 0.0165)], [0.003, 0.006, 0.004], 3
    )
    return _at_cup(lathe(profile, 40), side)


def _cup_ring(side: int) -> Shape:
    return _at_cup(
        lathe(fillet([(0.0300, 0.0165), (0.0298, 0.0182), (0.0280, 0.0184), (0.0272, 0.0168)], 0.0006, 1), 40), side
    )


def _cup_face(side: int) -> Shape:
    return _at_cup(lathe([(0.0272, 0.0168), (0.020, 0.0160), (0.0, 0.0152)], 40), side)


def _cushion(side: int) -> Shape:
    angle = np.linspace(0, 2 * np.pi, 37)[:-1]
    path = np.stack([np.sin(angle) * 0.0285, np.zeros(36), np.cos(angle) * 0.0285], 1)
    pad = sweep(path, superellipse(0.0205, 0.0210, 2.7, 10), closed=True, up=[0, 1, 0])
    return _at_cup(pad.moved(y=-0.0140), side)


def _mesh(side: int) -> Shape:
    return _at_cup(lathe([(0.0, -0.0090), (0.024, -0.0090)], 32), side)


def _buttons() -> Shape:
    made = [
        rounded_box((0.0042, 0.0085, 0.0030), 0.0012, 2, 1)
        .turned("x", -28 + 14 * k)
        .moved(0.0765, CUP_Y - 0.036 + 0.0012 * k, -0.0215 + 0.0105 * k)
        for k in range(2)
    ]
    return joined(*made)


def _light() -> Shape:
    return _sideways(lathe([(0, 0), (0.0014, 0), (0.0010, 0.0008), (0, 0.0009)], 12), 1).moved(0.0895, CUP_Y - 0.026, 0.004)
