"""A lounge chair: one moulded shell, a seat cushion, four turned oak legs. 0.80 m high."""

from __future__ import annotations

import numpy as np

from assets.demo.paint import canvas, wood
from assets.demo.product import Product, material, part
from assets.demo.shapes import Shape, fillet, joined, lathe, rounded_box, shell, spline, tube


def chair() -> Product:
    """Shell, cushion, back pad, legs, stretchers and glides are separate parts."""
    materials = {
        m.name: m
        for m in (
            material("shell", "#31574f", 0.42),
            material("fabric", "#ffffff", 0.95, texture=0),
            material("oak", "#ffffff", 0.55, texture=1),
            material("steel", "#3a3c3f", 0.4, 0.8),
            material("glide", "#161616", 0.8),
        )
    }
    legs, glides = _legs()
    return Product(
        "chair",
        (
            part("shell", ("shell", _shell())),
            part("cushion", ("fabric", _cushion())),
            part("back_pad", ("fabric", _back_pad())),
            part("legs", ("oak", legs)),
            part("frame", ("steel", _frame())),
            part("glides", ("glide", glides)),
        ),
        materials,
        (0.62, 0.80, 0.60),
        (canvas((216, 158, 92), 128, "fabric"), wood()),
    )


def _spine() -> np.ndarray:
    """(y, z) from the front lip over the seat and up the back."""
    return spline(
        [
            (0.405, 0.275),
            (0.428, 0.245),
            (0.425, 0.10),
            (0.415, -0.06),
            (0.430, -0.165),
            (0.500, -0.225),
            (0.640, -0.262),
            (0.790, -0.300),
        ],
        5,
    )


def _shell() -> Shape:
    spine, columns = _spine(), 25
    rows = len(spine)
    u = np.linspace(-1, 1, columns)[None, :]
    v = np.linspace(0, 1, rows)[:, None]
    half = 0.265 + 0.045 * np.sin(np.pi * np.clip(v * 1.25 - 0.1, 0, 1)) - 0.055 * np.clip(v - 0.62, 0, 1) / 0.38
    end = np.clip((np.abs(v - 0.5) * 2 - 0.70) / 0.30, 0, 1)
    half = half * (0.42 + 0.58 * np.sqrt(1 - end**2.4))  # rounded lip and top
    out = np.abs(u * half) / 0.30  # distance from the middle: the trimmed corners follow the same surface
    seat, back = np.clip(1 - v / 0.62, 0, 1), np.clip((v - 0.45) / 0.55, 0, 1)
    arms = 0.150 * np.exp(-(((v - 0.52) / 0.26) ** 2))  # the sides rise to low arms where seat meets back
    y = spine[:, :1] + out**3.0 * (0.030 * seat + arms)
    z = spine[:, 1:] + out**2.4 * (0.120 * back + 0.55 * arms)
    return shell(np.stack([u * half, y, z], -1)[::-1], 0.013, 60)


def _cushion() -> Shape:
    box = rounded_box((0.43, 0.055, 0.41), 0.026, 3, (6, 1, 6))

    def plump(p: np.ndarray) -> np.ndarray:
        q = p.copy()
        dome = np.clip(1 - (p[:, 0] / 0.22) ** 2, 0, 1) * np.clip(1 - (p[:, 2] / 0.21) ** 2, 0, 1)
        q[:, 1] += np.where(p[:, 1] > 0, 0.024, 0.0) * dome
        q[:, 0] *= 1 - 0.10 * np.clip(-p[:, 2] / 0.2, 0, 1)
        q[:, 1] += 0.012 * (np.abs(p[:, 0]) / 0.21) ** 3
        return q

    return box.bent(plump).moved(0, 0.458, 0.035)


def _back_pad() -> Shape:
    box = rounded_box((0.34, 0.24, 0.040), 0.019, 3, (6, 5, 1))

    def plump(p: np.ndarray) -> np.ndarray:
        q = p.copy()
        dome = np.clip(1 - (p[:, 0] / 0.18) ** 2, 0, 1) * np.clip(1 - (p[:, 1] / 0.125) ** 2, 0, 1)
        q[:, 2] += np.where(p[:, 2] > 0, 0.018, 0.0) * dome + 0.07 * (np.abs(p[:, 0]) / 0.18) ** 2.4
        return q

    return box.bent(plump).turned("x", -15).moved(0, 0.625, -0.212)


def _legs() -> tuple[Shape, Shape]:
    legs, glides = [], []
    for sx in (-1, 1):
        for top, foot in (((0.17, 0.405, 0.165), (0.245, 0.0, 0.255)), ((0.16, 0.405, -0.120), (0.235, 0.0, -0.245))):
            a, b = np.array(foot) * [sx, 1, 1], np.array(top) * [sx, 1, 1]
            length = float(np.linalg.norm(b - a))
            profile = fillet(
                [(0, 0.006), (0.0105, 0.006), (0.0125, 0.05), (0.0195, length * 0.72), (0.0165, length), (0, length)],
                [0.002, 0.02, 0.10, 0.0],
                4,
            )
            legs.append(_along(lathe(profile, 16), a, b))
            glides.append(_along(lathe([(0, 0), (0.0095, 0), (0.0095, 0.007), (0, 0.007)], 14), a, b))
    return joined(*legs), joined(*glides)


def _along(shape: Shape, start: np.ndarray, end: np.ndarray) -> Shape:
    """A shape made along +Y from the origin, put between two points."""
    way = (end - start) / np.linalg.norm(end - start)
    side = np.cross(way, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    matrix = np.stack([side, way, np.cross(side, way)], 1)
    return shape.bent(lambda p: p @ matrix.T + start)


def _frame() -> Shape:
    bars = [tube([(-0.17, 0.398, z), (0.17, 0.398, z)], 0.009, 10) for z in (0.163, -0.118)]
    bars += [tube([(x, 0.398, 0.165), (x, 0.398, -0.12)], 0.009, 10) for x in (-0.165, 0.165)]
    return joined(*bars)
