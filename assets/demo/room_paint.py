"""Paints of the demo room: albedo by position, linear RGB. Everything is computed; nothing is loaded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assets.demo.product import srgb

Points = NDArray[np.float64]
Paint = Callable[[Points, Points], Points]


def colour(code: str) -> Points:
    """(3,) linear RGB of a web colour."""
    return np.array(srgb(code)[:3])


def plain(code: str) -> Paint:
    """One colour."""
    value = colour(code)
    return lambda p, st: np.broadcast_to(value, p.shape).copy()


def noise(x: Points, y: Points, seed: int) -> Points:
    """Smooth value noise, 0..1, period 1."""

    def lattice(i: Points, j: Points) -> Points:
        h = (i.astype(np.int64) * 374761393 + j.astype(np.int64) * 668265263 + seed * 982451653) & 0xFFFFFFFF
        h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
        return ((h ^ (h >> 16)) & 0xFFFF) / 65535.0

    i, j = np.floor(x), np.floor(y)
    u, v = x - i, y - j
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    return (lattice(i, j) * (1 - u) + lattice(i + 1, j) * u) * (1 - v) + (
        lattice(i, j + 1) * (1 - u) + lattice(i + 1, j + 1) * u
    ) * v


def herringbone(p: Points, st: Points) -> Points:
    """Oak blocks of 0.56 x 0.112 m in herringbone, seen from above (x, z)."""
    width = 0.112
    ratio = 5  # a block is five widths long
    turn = np.pi / 4
    x = (p[:, 0] * np.cos(turn) + p[:, 2] * np.sin(turn)) / width
    y = (-p[:, 0] * np.sin(turn) + p[:, 2] * np.cos(turn)) / width
    i, j = np.floor(x), np.floor(y)
    phase = np.mod(i - j, 2 * ratio)
    lying = phase < ratio  # cells i - j = 0..4 along x belong to one block that lies along x
    along = np.where(lying, phase + (x - i), (2 * ratio - 1 - phase) + (y - j))
    across = np.where(lying, y - j, x - i)
    block = np.where(lying, (i - phase) * 31 + j * 57, i * 73 + (j - (2 * ratio - 1 - phase)) * 19)
    tone = noise(block * 0.731, block * 0.317, 3)
    grain = noise(along * 1.3 + block * 7.1, across * 14.0 + block * 3.3, 5)
    fine = noise(along * 5.0 + block, across * 42.0 + block, 8)
    value = 0.70 + 0.34 * tone + 0.20 * (grain - 0.5) + 0.12 * (fine - 0.5)
    edge = np.minimum(np.minimum(across, 1 - across), np.minimum(along, ratio - along))
    value *= np.where(edge < 0.028, 0.55, 1.0)
    warm = colour("#a8744a") * (1 - tone[:, None]) + colour("#bb8a5c") * tone[:, None]
    return warm * value[:, None]


def fluted(code: str, pitch_m: float = 0.05) -> Paint:
    """Vertical half-round slats: darker in the grooves. The chart's first axis runs across them."""
    base = colour(code)

    def paint(p: Points, st: Points) -> Points:
        across = np.mod(st[:, 0] / pitch_m, 1.0)
        value = 0.42 + 0.66 * np.sqrt(np.clip(1 - (2 * across - 1) ** 2, 0, 1))
        slat = np.floor(st[:, 0] / pitch_m)
        value *= 0.92 + 0.16 * noise(slat * 0.77 + 3, np.zeros_like(slat), 4)
        grain = noise(st[:, 0] * 160, st[:, 1] * 5 + slat, 9)
        return base * (value * (0.92 + 0.16 * grain))[:, None]

    return paint


def panelled(code: str, low_m: float, high_m: float, pitch_m: float, offset_m: float = 0.0) -> Paint:
    """A painted wall with mouldings: upright frames between two heights, as relief lit from above."""
    base = colour(code)

    def paint(p: Points, st: Points) -> Points:
        run = np.where(np.ptp(p[:, 0]) > np.ptp(p[:, 2]) if len(p) else True, p[:, 0], p[:, 2]) + offset_m
        x = np.mod(run, pitch_m)
        margin = 0.13
        inside = np.minimum(np.minimum(x - margin, pitch_m - margin - x), np.minimum(p[:, 1] - low_m, high_m - p[:, 1]))
        value = np.ones(len(p))
        flat = (p[:, 1] - low_m < inside + 0.004) | (x - margin < inside + 0.004)  # lower and left edges
        for near, far, lit in ((0.0, 0.012, 1), (0.012, 0.024, -1)):
            line = (inside > near) & (inside <= far)
            value = np.where(line, np.where(flat, 1 + 0.32 * lit, 1 - 0.30 * lit), value)
        cloud = noise(run * 1.7, p[:, 1] * 1.7, 12) * 0.05 + noise(run * 40, p[:, 1] * 40, 13) * 0.03
        return base * (value * (0.96 + cloud))[:, None]

    return paint


def plaster(code: str) -> Paint:
    """A slightly clouded lime wash."""
    base = colour(code)
    return lambda p, st: (
        base
        * (0.94 + 0.07 * noise(st[:, 0] * 2.3, st[:, 1] * 2.3, 21) + 0.04 * noise(st[:, 0] * 37, st[:, 1] * 37, 22))[:, None]
    )


def boards(code: str) -> Paint:
    """Straight-grained wood along the chart's first axis."""
    base = colour(code)
    return lambda p, st: (
        base
        * (0.84 + 0.22 * noise(st[:, 0] * 3, st[:, 1] * 55, 31) + 0.10 * noise(st[:, 0] * 9, st[:, 1] * 160, 32))[:, None]
    )


def rug(centre: tuple[float, float], radius_m: float) -> Paint:
    """A round woven rug: rings of two tones, a darker border."""
    light, dark, line = colour("#d9cbb2"), colour("#c2ae8e"), colour("#36474f")

    def paint(p: Points, st: Points) -> Points:
        r = np.hypot(p[:, 0] - centre[0], p[:, 2] - centre[1]) / radius_m
        ring = 0.5 + 0.5 * np.sin(r * 2 * np.pi * 16)
        weave = 0.93 + 0.12 * noise(p[:, 0] * 110, p[:, 2] * 110, 41)
        mix = light * (1 - 0.55 * ring[:, None]) + dark * 0.55 * ring[:, None]
        border = ((r > 0.86) & (r < 0.90)) | (r > 0.965)
        return np.where(border[:, None], line, mix) * weave[:, None]

    return paint


def foliage(p: Points, st: Points) -> Points:
    """Leaf green, lighter at the tip, a pale midrib is left to the light."""
    tip = np.clip(1 - st[:, 1] / max(float(st[:, 1].max()), 1e-6), 0, 1)[:, None]
    return colour("#2f5a3a") * (1 - tip) + colour("#5d8a4a") * tip


def books(p: Points, st: Points) -> Points:
    """A row of spines: each a few centimetres wide, with a band near its top."""
    spine = np.floor(st[:, 0] / 0.032 + 0.4 * noise(st[:, 0] * 9, np.zeros(len(st)), 51))
    codes = np.stack(
        [colour(c) for c in ("#8f3f2e", "#d8c9a8", "#2c4a52", "#b98742", "#5a3a2c", "#e3dccb", "#41593f", "#22303f")]
    )
    pick = (noise(spine * 1.37, spine * 0.71, 52) * 7.99).astype(np.int64)
    edge = np.mod(st[:, 0] / 0.032, 1.0)
    band = (st[:, 1] > 0.035) & (st[:, 1] < 0.045)
    return np.where(band[:, None], colour("#d9b772"), codes[pick]) * np.where(edge < 0.08, 0.5, 1.0)[:, None]


def city(p: Points, st: Points) -> Points:
    """The night outside, as radiance, a little out of focus: the mean over a lens of 3 cm on the backdrop."""
    total = np.zeros(p.shape)
    for k in range(7):
        angle, reach = k * 2 * np.pi / 6, 0.0 if k == 6 else 0.017
        total += _sharp_city(st[:, 0] + reach * np.cos(angle), p[:, 1] + reach * np.sin(angle))
    return total / 7


MOON = (6.05, 2.62)  # metres along the backdrop's chart and height: seen through the window's left half


def _sharp_city(x: Points, y: Points) -> Points:
    """A violet sky with a warm haze, a moon, three rows of towers with lit windows, the glow of streets."""
    sky = np.clip((y + 0.4) / 4.6, 0, 1)[:, None]
    out = colour("#7a5474") * 0.62 * (1 - sky) ** 1.6 + colour("#1b2552") * 0.75 * sky
    out = out + colour("#ff9a5c") * 0.55 * np.exp(-np.clip(y - 0.1, 0, 9) * 1.35)[:, None]  # the city's own haze
    star = noise(x * 31, y * 31, 61) * noise(x * 77, y * 77, 62)
    out = out + (np.clip(star - 0.80, 0, 1) * 4 * np.clip(y - 1.9, 0, 1))[:, None]
    moon = np.hypot(x - MOON[0], y - MOON[1])
    out = out + colour("#fff1cf") * (2.2 * np.clip((0.15 - moon) / 0.015, 0, 1) + 0.26 * np.exp(-moon * 3.2))[:, None]
    for layer in range(3):
        out = _towers(out, x, y, layer)
    return out


# per row, far to near: width of a tower, lowest top, range of tops, brightness of windows, width of a window
_ROWS = ((0.36, 1.30, 1.30, 0.42, 0.034), (0.55, 0.92, 1.15, 0.85, 0.046), (0.86, 0.42, 0.85, 1.5, 0.066))


def _towers(out: Points, x: Points, y: Points, layer: int) -> Points:
    """One row of buildings in front of what is there. Each tower has its own share of lit windows and its own colour."""
    width, low, spread, bright, pane = _ROWS[layer]
    shifted = x + 0.37 * layer
    block = np.floor(shifted / width)
    key, own = noise(block * 0.913 + 17 * layer, block * 0.477, 70 + layer), noise(block * 1.713, block * 0.37, 76 + layer)
    gap = np.mod(shifted / width, 1.0)
    step = 0.10 * (gap > 0.3) * (gap < 0.75) * (own > 0.45)  # some have a narrower top
    top = low + spread * key**1.5 + step
    inside = (y < top) & (gap > 0.02)
    haze = np.exp(-np.clip(y + 0.1, 0, 9) * 1.1)[:, None] * (0.20, 0.11, 0.05)[layer]
    face = colour(("#3d3560", "#2a2a4a", "#171b31")[layer]) * (0.62, 0.52, 0.45)[layer] + colour("#ff9a5c") * haze
    tall = pane * (1.2 + 0.8 * own)
    u, v = shifted / pane, y / tall
    floor_lit = noise(np.floor(v) * 5.1 + 0.5, block * 3.7, 84 + layer)  # offices that are lit along a whole floor
    chance = noise(np.floor(u) * 7.3 + 0.5, np.floor(v) * 3.9 + 0.5, 80 + layer)
    lit = (chance > 0.74 - 0.30 * own * (own > 0.5)) | ((floor_lit > 0.86) & (chance > 0.25))
    fu, fv = np.mod(u, 1), np.mod(v, 1)
    glass = (fu > 0.20) & (fu < 0.80) & (fv > 0.28) & (fv < 0.80) & (gap > 0.10) & (gap < 0.92) & (top - y > 0.06)
    warm = noise(np.floor(u) * 1.7 + 0.3, np.floor(v) * 2.3 + 0.7, 90 + layer)[:, None]
    lamp = colour("#ff9d45") * (1 - warm) + colour("#ffe2b0") * warm
    lamp = (
        np.where(warm > 0.88, colour("#9fd4ff"), lamp)
        * bright
        * (0.35 + 1.3 * noise(np.floor(u) * 3.1, np.floor(v) * 1.3, 95)[:, None])
    )
    body = np.where((lit & glass)[:, None], face + lamp, face)
    beacon = (np.abs(gap - 0.5) < 0.03) & (np.abs(y - top + 0.01) < 0.016) & (key > 0.6)
    body = np.where(beacon[:, None], colour("#ff4a3a") * 1.6, body)
    return np.where(inside[:, None], body, out)
