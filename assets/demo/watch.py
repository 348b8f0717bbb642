"""A wrist watch on its closed strap: case, bezel, painted dial, hands, crystal edge, crown, lugs, buckle. 0.072 m high."""

from __future__ import annotations

import numpy as np

from assets.demo.paint import watch_face
from assets.demo.product import Product, material, part
from assets.demo.shapes import Shape, disc, joined, lathe, ring_band, rounded_box, spline, superellipse, sweep, tube

FACE_Z = 0.0285  # front of the dial
CENTRE_Y = 0.043
TILT_DEG = -24.0  # the dial looks up at the viewer, as on a display cushion


def watch() -> Product:
    """The dial faces +Z, tilted up; the strap runs behind it as a loop."""
    materials = {
        m.name: m
        for m in (
            material("steel", "#c9ccd1", 0.24, 1.0),
            material("brushed", "#a9adb3", 0.42, 1.0),
            material("dial", "#ffffff", 0.7, texture=0),
            material("hands", "#f1e7cf", 0.3, 0.6),
            material("accent", "#e08a3c", 0.4),
            material("leather", "#5b3220", 0.58),
            material("stitch", "#d9b98a", 0.8),
        )
    }
    return Product(
        "watch",
        (
            part("case", ("brushed", _on_face(_case())), ("steel", [_on_face(_lug(x, y)) for x in (-1, 1) for y in (-1, 1)])),
            part("bezel", ("steel", _on_face(_turned_front(ring_band(0.0212, 0.0178, 0.0030, 0.0010, 48), 0.0040)))),
            part("dial", ("dial", _on_face(disc(0.0180, 64).moved(z=0.0046)))),
            part(
                "hands",
                ("hands", [_on_face(_hand(0.0098, 0.0022, -58, 0.0052)), _on_face(_hand(0.0150, 0.0016, 58, 0.0057))]),
                ("accent", [_on_face(_hand(0.0162, 0.0006, 168, 0.0061)), _on_face(_boss())]),
            ),
            part("crown", ("steel", _on_face(_crown()))),
            part("strap", ("leather", _strap()), ("stitch", _stitches())),
            part("buckle", ("steel", _buckle())),
        ),
        materials,
        (0.046, 0.072, 0.060),
        (watch_face(),),
    )


def _on_face(shape: Shape) -> Shape:
    return shape.turned("x", TILT_DEG).moved(0, CENTRE_Y, 0.0165)


def _turned_front(shape: Shape, z: float) -> Shape:
    return shape.turned("x", 90).moved(z=z)


def _case() -> Shape:
    profile = [
        (0, -0.0052),
        (0.0150, -0.0052),
        (0.0190, -0.0040),
        (0.0208, -0.0015),
        (0.0208, 0.0028),
        (0.0198, 0.0042),
        (0.0, 0.0042),
    ]
    return _turned_front(lathe(profile, 48, 28), 0)


def _lug(x: int, y: int) -> Shape:
    path = spline([(x * 0.0125, y * 0.0150, 0.001), (x * 0.0122, y * 0.0205, 0.0), (x * 0.0118, y * 0.0245, -0.0040)], 5)
    return sweep(path, superellipse(0.0046, 0.0050, 3.5, 12), scale=np.linspace(1.15, 0.75, len(path)), up=[0, 0, 1])


def _hand(length_m: float, width_m: float, angle_deg: float, z: float) -> Shape:
    box = rounded_box((width_m, length_m * 1.22, 0.0004), 0.00018, 1, (1, 3, 1)).moved(y=length_m * 0.39)
    taper = box.bent(
        lambda p: p * np.stack([1 - 0.65 * np.clip(p[:, 1] / length_m, 0, 1), np.ones(len(p)), np.ones(len(p))], 1)
    )
    return taper.turned("z", -angle_deg).moved(z=z)


def _boss() -> Shape:
    return _turned_front(lathe([(0, 0), (0.0011, 0), (0.0011, 0.0009), (0, 0.0012)], 20), 0.0055)


def _crown() -> Shape:
    angle = np.linspace(0, 2 * np.pi, 37)[:-1]
    radius = 0.0028 + 0.00016 * np.sign(np.sin(angle * 9))
    section = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    knob = sweep(
        [(0.0204, 0, 0), (0.0212, 0, 0), (0.0240, 0, 0), (0.0245, 0, 0)], section, scale=[0.8, 1, 1, 0.85], crease_deg=25
    )
    return knob.moved(z=-0.0004)


def _loop() -> np.ndarray:
    """(n, 3) middle line of the strap, from the upper lugs round the back to the lower lugs."""
    top = _on_face(Shape(np.array([[0, 0.0215, -0.0030]]), np.zeros((0, 3), np.int64), np.zeros((1, 2)))).positions[0]
    low = _on_face(Shape(np.array([[0, -0.0215, -0.0030]]), np.zeros((0, 3), np.int64), np.zeros((1, 2)))).positions[0]
    return spline(
        [
            top,
            (0, 0.0665, -0.0085),
            (0, 0.0590, -0.0230),
            (0, 0.0400, -0.0305),
            (0, 0.0190, -0.0265),
            (0, 0.0045, -0.0100),
            (0, 0.0042, 0.0090),
            low,
        ],
        8,
    )


def _strap() -> Shape:
    path = _loop()
    t = np.abs(np.linspace(-1, 1, len(path)))
    scale = np.stack([0.82 + 0.18 * t**2, 0.85 + 0.35 * t**6], 1)
    return sweep(path, superellipse(0.0205, 0.0030, 4, 14), scale=scale, up=_outward(path))


def _outward(path: np.ndarray) -> np.ndarray:
    away = path - np.array([0, 0.036, -0.004])
    return away / np.linalg.norm(away, axis=1, keepdims=True)


def _stitches() -> Shape:
    path = _loop()
    out = path + _outward(path) * 0.00165
    t = np.abs(np.linspace(-1, 1, len(path)))
    made = []
    for side in (-1, 1):
        line = out.copy()
        line[:, 0] = side * 0.0085 * (0.82 + 0.18 * t**2)
        for i in range(2, len(line) - 4, 2):
            made.append(tube(line[i : i + 2], 0.00028, 4, caps=False))
    return joined(*made)


def _buckle() -> Shape:
    frame = superellipse(0.0232, 0.0150, 6, 28)
    path = np.stack([frame[:, 0], frame[:, 1], np.zeros(len(frame))], 1)
    pin = tube([(0, -0.0075, 0.0004), (0, 0.0078, 0.0012)], 0.0007, 8)
    return joined(tube(path, 0.0011, 8, closed=True), pin).turned("x", 8).moved(0, 0.036, -0.0325)
