"""A stoneware mug with real wall thickness, a swept handle and a printed band. 0.095 m high."""

from __future__ import annotations

import numpy as np

from assets.demo.paint import mug_print
from assets.demo.product import Product, material, part
from assets.demo.shapes import Shape, fillet, lathe, spline, superellipse, sweep


def mug() -> Product:
    """Body (glaze outside, print band), inside, foot ring and handle are separate parts."""
    materials = {
        m.name: m
        for m in (
            material("glaze_night", "#23304f", 0.18),
            material("glaze_cream", "#efe6d2", 0.2),
            material("print", "#ffffff", 0.3, texture=0),
            material("stoneware", "#b58f6a", 0.9),
            material("gold_line", "#d8ac5a", 0.25, 1.0),
        )
    }
    return Product(
        "mug",
        (
            part("body", ("glaze_night", _lower()), ("glaze_night", _upper()), ("print", _band())),
            part("inside", ("glaze_cream", _inside())),
            part(
                "foot",
                ("stoneware", lathe([(0.0, 0.0035), (0.024, 0.0035), (0.026, 0.0), (0.030, 0.0), (0.0315, 0.004)], 48)),
            ),
            part("rim", ("gold_line", _rim())),
            part("handle", ("glaze_night", _handle())),
        ),
        materials,
        (0.118, 0.095, 0.084),
        (mug_print(),),
    )


R = 0.042  # outer radius


def _lower() -> Shape:
    return lathe(fillet([(0.0315, 0.004), (0.036, 0.0075), (0.0408, 0.0165), (R, 0.027)], [0.004, 0.008], 4), 56)


def _band() -> Shape:
    return lathe([(R, 0.027), (R, 0.045), (R, 0.062), (R, 0.078)], 56)


def _upper() -> Shape:
    return lathe([(R, 0.078), (R, 0.0925)], 56)


def _rim() -> Shape:
    return lathe(fillet([(R, 0.0925), (R, 0.095), (0.0382, 0.095), (0.0382, 0.0925)], [0.0022, 0.0022], 4), 56)


def _inside() -> Shape:
    profile = fillet([(0.0382, 0.0925), (0.0382, 0.024), (0.030, 0.0085), (0.0, 0.0075)], [0.02, 0.012], 6)
    return lathe(profile, 56)


def _handle() -> Shape:
    path = spline(
        [
            (0.0400, 0.078, 0),
            (0.0500, 0.0795, 0),
            (0.0640, 0.074, 0),
            (0.0710, 0.058, 0),
            (0.0655, 0.040, 0),
            (0.0540, 0.028, 0),
            (0.0395, 0.0235, 0),
        ],
        6,
    )
    t = np.linspace(-1, 1, len(path))
    scale = np.stack([1.0 + 0.35 * t**4, 1.0 + 0.45 * t**4], 1)  # it swells where it meets the body
    return sweep(path, superellipse(0.0082, 0.0125, 2.6, 16), scale=scale, up=[0, 0, 1])
