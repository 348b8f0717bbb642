"""Light by mood: three directional lights and what comes from all sides. `light_preset = "night"` in showroom.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.scene import Light

Three = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class LightPreset:
    """lights: key, fill and rim; ambient: (3,) linear RGB."""

    lights: tuple[Light, ...]
    ambient: NDArray


def _preset(key: tuple[Three, Three], fill: tuple[Three, Three], rim: tuple[Three, Three], ambient: Three) -> LightPreset:
    made = tuple(Light(kind, np.array(way) / np.linalg.norm(way), np.array(colour))
                 for kind, (way, colour) in (("key", key), ("fill", fill), ("rim", rim)))
    return LightPreset(made, np.array(ambient, np.float32))


# Even and clear; warm from high; cool from behind against a dark set.
LIGHT_PRESETS: Mapping[str, LightPreset] = {
    "studio": _preset(((-0.46, -0.60, -0.66), (1.45, 1.39, 1.31)), ((0.75, -0.1, -0.65), (0.40, 0.385, 0.375)),
                      ((0.35, -0.5, 0.8), (0.90, 0.90, 0.95)), (0.28, 0.272, 0.270)),
    "boutique": _preset(((-0.35, -0.75, -0.55), (1.28, 1.14, 0.96)), ((0.8, -0.1, -0.6), (0.42, 0.38, 0.34)),
                        ((0.5, -0.4, 0.75), (0.62, 0.52, 0.40)), (0.40, 0.36, 0.32)),
    "night": _preset(((-0.6, -0.4, -0.7), (0.96, 0.93, 1.00)), ((0.8, -0.1, -0.5), (0.22, 0.27, 0.42)),
                     ((0.25, -0.45, 0.85), (0.90, 1.00, 1.32)), (0.24, 0.25, 0.31)),
}
