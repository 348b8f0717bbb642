"""Folds, seams, pockets and weave of an outfit as one normal map; its blue channel says how much light gets into the cloth.

Heights are drawn in metres over each sheet of avatar.build.fabric; slopes and shade follow from them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from avatar.build.body import Body
from avatar.build.cloth import BUTTON_Y_M, HEM_Y_M, SCOOP_Y_M
from avatar.build.fabric import (
    FRONT_X_M,
    FRONT_Y_M,
    LAPELS,
    LOW_Y_M,
    ROUND_DEG,
    SHEETS,
    SLEEVE_M,
    TORSO_Y_M,
    Sleeve,
    around_trunk,
    kind,
    kinds,
    sleeves,
)
from avatar.build.jacket import CUTAWAY_Y_M, opening_half_width
from avatar.build.mesh import Piece
from avatar.build.paint import encode

SIZE_PX, PHONE_PX = 1024, 512
OPEN = 0.943  # blue where a cloth lies open; the shaders divide by it
TRUNK_M, ARM_M, LEG_M = 0.150, 0.062, 0.095  # typical radii: what an angle is in metres
TRIM_M, GORGE_M = 1.2, 0.034  # what a collar's whole length is in metres; how far its seam rises from the notch to the neck
STEEPEST = 0.9  # slope of the sharpest fold
# by style: strength of folds; depth of the weave's grain; wavelength of ribs, metres (0 none); tailored seams and pockets
STYLES = {"blazer": (1.3, 0.9, 0.0, True), "knit": (0.75, 0.6, 0.0062, False), "shirt": (1.15, 0.35, 0.0, False),
          "abaya": (1.3, 0.5, 0.0, False)}


@dataclass(slots=True)
class Sheet:
    """One sheet: x across (degrees or metres), y along (metres), both (h, w), rows from the top; metres per texel; height."""

    x: NDArray
    y: NDArray
    step_m: tuple[float, float]
    height: NDArray
    shade: NDArray
    rng: np.random.Generator

    def noise(self, across_m: float, along_m: float) -> NDArray:
        """Smooth noise of unit spread with patches of this size."""
        raw = self.rng.normal(size=self.x.shape).astype(np.float32)
        out = ndimage.gaussian_filter(raw, (along_m / self.step_m[1], across_m / self.step_m[0]), mode="wrap")
        return out / max(float(out.std()), 1e-9)

    def line(self, distance_m: NDArray, deep_m: float = 0.0012, wide_m: float = 0.0022) -> None:
        """A seam: a groove with rounded lips."""
        d = np.abs(distance_m)
        lips = np.exp(-(((d - 2.2 * wide_m) / (1.4 * wide_m)) ** 2))
        self.height -= deep_m * (np.exp(-((d / wide_m) ** 2)) - 0.35 * lips)
        self.shade -= 0.10 * np.exp(-((d / wide_m) ** 2))

    def flap(self, inside_m: NDArray, thick_m: float = 0.0015) -> None:
        """Cloth laid on cloth where inside_m > 0, the distance from its edge: raised, with a shadow below the edge."""
        self.height += thick_m * np.clip(inside_m / 0.0025, 0, 1)
        self.shade -= 0.22 * np.exp(-((np.minimum(inside_m, 0) / 0.004) ** 2)) * (inside_m < 0.0005)
        self.line(np.where(inside_m > 0, inside_m - 0.005, 1.0), 0.0004, 0.0012)


def fold(phase: NDArray) -> NDArray:
    """0..1: narrow ridges with wide hollows between them, period 1; cloth bends sharply outward and softly inward."""
    return (0.5 + 0.5 * np.cos(2 * np.pi * phase)) ** 1.7


def bump(value: NDArray, middle: float, wide: float) -> NDArray:
    """A bell curve."""
    return np.exp(-(((value - middle) / wide) ** 2))


def fabric_texture(parts: dict[str, Piece], body: Body) -> NDArray:
    """(SIZE_PX, SIZE_PX, 3) uint8, rows from the top. parts: the outfit's, before they are cut along seams."""
    style = body.look.outfit.style
    folds, grain, rib_m, tailored = STYLES[style]
    out = np.empty((SIZE_PX, SIZE_PX, 3), np.float32)
    out[:] = 0.5, 0.5, OPEN
    arms = sleeves(parts["blazer"], body)
    collar = next((p for p in kinds(parts["blazer"]) if kind(p) == 3), parts["blazer"])
    for name, rect in SHEETS.items():
        sheet, box = _sheet(name, rect)
        if name == "torso":
            _torso(sheet, folds, tailored, style, body.look.sex)
            if tailored:
                _below_lapels(sheet, collar, body)
        elif name in ("left", "right"):
            _sleeve(sheet, arms[name], folds, tailored)
        elif name == "low":
            (_skirt if style == "abaya" else _legs)(sheet)
        elif name == "lapels":
            _trim(sheet, 0.0843)
            if tailored:
                _gorge(sheet, collar)
        elif name == "front":
            _front(sheet, body.look.sex)
        else:
            _trim(sheet)
        if rib_m and name in ("torso", "left", "right", "trim", "lapels"):
            _ribbed(sheet, rib_m, name)
        out[box] = _coded(sheet, grain if name != "low" else 0.8)
    return (out * 255 + 0.5).astype(np.uint8)


def shrunk(picture: NDArray, size_px: int) -> bytes:
    """As WebP, size_px wide."""
    step = picture.shape[0] // size_px
    small = picture.reshape(size_px, step, size_px, step, 3).mean((1, 3)) / 255
    return encode(small, 86 if step == 1 else 74)


def _sheet(name: str, rect: tuple[float, float, float, float]) -> tuple[Sheet, tuple[slice, slice]]:
    left, low, right, high = (round(v * SIZE_PX) for v in rect)
    v, u = np.mgrid[0 : high - low, 0 : right - left].astype(np.float32)
    u, v = (u + 0.5) / (right - left), 1 - (v + 0.5) / (high - low)
    spans = {"torso": TORSO_Y_M, "low": LOW_Y_M, "front": FRONT_Y_M, "trim": (0.0, 0.10), "lapels": (0.0, 0.10)}
    low_m, high_m = spans.get(name, (-0.06, SLEEVE_M))
    y = low_m + v * (high_m - low_m)
    if name == "front":
        x, wide = (u * 2 - 1) * FRONT_X_M, 2 * FRONT_X_M
    elif name in ("trim", "lapels"):
        x, wide = u * TRIM_M, TRIM_M
    else:
        x = (u * 2 - 1) * ROUND_DEG
        wide = np.radians(2 * ROUND_DEG) * {"torso": TRUNK_M, "low": LEG_M}.get(name, ARM_M)
    steps = (float(wide) / (right - left), (high_m - low_m) / (high - low))
    box = (slice(SIZE_PX - high, SIZE_PX - low), slice(left, right))
    rng = np.random.default_rng(sum(map(ord, name)))
    return Sheet(x, y, steps, np.zeros_like(x), np.ones_like(x), rng), box


def _round_mean(angle_deg: NDArray, seam: NDArray) -> NDArray:
    """The seam's height at each angle: (2, n) samples, smoothed, the same at -180 and 180."""
    at, height = seam
    grid = np.arange(-180, 180, 6.0)
    weight = np.exp(-((((at[None] - grid[:, None] + 180) % 360 - 180) / 14.0) ** 2)) + 1e-6
    return np.interp((angle_deg + 180) % 360 - 180, grid, (weight * height).sum(1) / weight.sum(1), period=360)


def _sleeve(s: Sheet, sleeve: Sleeve, folds: float, tailored: bool) -> None:
    """Folds in the crook of the elbow, twisting ones above and below it, the seam at the shoulder, the cuff."""
    a, y = np.radians(s.x), s.y
    warp, slow = 0.22 * s.noise(0.02, 0.03), 0.35 * s.noise(0.06, 0.06)
    crook = 0.5 + 0.5 * np.cos(a + np.radians(100))  # 1 in front and inside
    elbow, end = sleeve.elbow_m, sleeve.end_m
    seam = _round_mean(s.x, sleeve.seam_m) if sleeve.seam_m.shape[1] else np.zeros_like(y)
    down = y - seam
    bent = fold((y - elbow) / 0.034 + 1.5 * np.sin(a * 0.5 + 0.6) + 1.5 * warp)
    h = 0.0034 * bump(y, elbow - 0.005, 0.062) * (0.05 + 0.95 * crook**1.8) * bent
    h += 0.0026 * bump(y, elbow - 0.10, 0.055) * (0.3 + 0.7 * crook) * fold(y / 0.066 - 2.0 * a / np.pi + 1.4 * slow)
    h += 0.0024 * bump(y, elbow + 0.085, 0.050) * (0.12 + 0.88 * crook) * fold(y / 0.062 + 2.0 * a / np.pi + 1.6 * slow + 0.3)
    under = 0.5 + 0.5 * np.cos(a + np.radians(150))  # towards the armpit, in front
    h += 0.0030 * bump(down, 0.085, 0.060) * under**1.3 * fold(y / 0.040 + 1.3 * a / np.pi + warp)
    at_cuff = bump(y, end - 0.045, 0.030) * (0.4 + 0.6 * np.cos(a / 2 + 0.4) ** 2)
    h += 0.0011 * at_cuff * fold(y / 0.026 + 0.35 * a / np.pi + slow)
    s.height += folds * h
    if tailored:
        s.height += 0.0022 * bump(down, 0.011, 0.010)  # the sleeve's head stands up beside the seam
        for k in range(3):
            spot = np.hypot(ARM_M * np.radians(s.x - 128), y - (end - 0.020 - 0.017 * k))
            s.height += 0.0016 * np.clip(1 - (spot / 0.0062) ** 2, 0, 1) ** 0.4
            s.shade -= 0.42 * (spot < 0.0060) - 0.12 * (spot < 0.0038)
        s.line((np.radians(s.x - 112) * ARM_M) + 10.0 * (y < end - 0.085), 0.0010, 0.0014)
    else:
        s.line(y - (end - 0.028), 0.0008, 0.0014)
    s.line(down, 0.0012, 0.0035)
    s.line(np.radians(s.x - 150) * ARM_M, 0.0009, 0.0016)
    s.line(y - (end - 0.004), 0.0006, 0.0012)
    s.shade -= 0.16 * bump(down, 0.0, 0.016) * np.clip(-np.cos(a) + 0.2, 0, 1)


def _torso(s: Sheet, folds: float, tailored: bool, style: str, sex: str) -> None:
    """Folds that pull from button and armpits, slack above the hem; seams, darts, pockets."""
    a, y = s.x, s.y
    x = TRUNK_M * np.radians(a)
    warp, slow = 0.20 * s.noise(0.03, 0.03), 0.35 * s.noise(0.10, 0.08)
    side = np.clip((np.abs(a) - 25) / 40, 0, 1)
    mirror = np.abs(x) + 0.012 * np.sign(x)  # nobody's folds are the same on both sides
    pit = np.hypot((mirror - 0.165) / 0.075, (y - 1.235) / 0.075)
    h = 0.0036 * np.exp(-(pit**2)) * fold((mirror * 0.75 + (y - 1.23) * 0.8) / 0.034 + warp)
    h += 0.0024 * side * bump(y, 1.055, 0.065) * fold(y / 0.040 + 0.30 * np.sin(np.radians(a) * 2.0) + slow)
    h += 0.0016 * fold(x / 0.11 + 0.6 * slow) * np.clip((0.98 - y) / 0.12, 0, 1)
    h += 0.0016 * bump(np.abs(a), 150, 40) * bump(y, 1.12, 0.09) * fold(y / 0.050 - np.abs(a) / 140 + slow)
    if style in ("blazer", "abaya"):
        dx, dy = np.abs(x) - 0.005, y - BUTTON_Y_M
        far = np.hypot(dx, dy)
        rays = fold(np.arctan2(dy, dx) * 1.65 + 0.8 * warp + 0.2 * np.sign(x)) * (np.abs(a) < 80)
        h += 0.0032 * bump(far, 0.085, 0.050) * np.clip(far / 0.06, 0, 1) ** 2 * rays
    if style in ("shirt", "abaya", "knit"):
        h += 0.0022 * bump(y, 1.16, 0.13) * bump(np.abs(a), 40, 30) * fold(x / 0.055 + (y - 1.2) * 2.2 * np.sign(x) + slow)
    s.height += folds * h
    s.line(np.radians(np.abs(a) - 97) * TRUNK_M)
    s.line(y - (HEM_Y_M + 0.016), 0.0005, 0.0012)
    if tailored:
        _tailored(s, a, x, y)
        _overlap(s, x if sex == "man" else -x, y)
    elif style == "shirt":
        _placket(s, x)
        inside = np.minimum.reduce([0.058 - np.abs(x - 0.088), y - 1.135, 1.240 - y])
        s.flap(inside, 0.0010)
    s.line(np.where(np.abs(a) > 90, y - 1.345, 1.0), 0.0007, 0.0014) if style == "shirt" else None


def _tailored(s: Sheet, a: NDArray, x: NDArray, y: NDArray) -> None:
    """A jacket's darts, flap pockets, breast pocket and back seam."""
    dart = np.where((y > 0.955) & (y < 1.175), np.abs(a) - 36 - 12 * (y - 1.0), 60.0)
    s.line(np.radians(dart) * TRUNK_M, 0.0012, 0.0016)
    s.line(np.radians(np.abs(np.abs(a) - 180)) * TRUNK_M, 0.0010, 0.0016)
    level = y + 0.10 * (np.abs(x) - 0.14)  # a pocket rises towards the front
    pocket = np.minimum.reduce([0.066 - np.abs(np.abs(x) - 0.150), level - 0.880, 0.930 - level])
    s.flap(pocket, 0.0022)
    s.line(np.where(np.abs(np.abs(x) - 0.150) < 0.066, level - 0.933, 1.0), 0.0015, 0.0014)
    chest = y - 0.16 * (x - 0.11)
    s.flap(np.minimum.reduce([0.045 - np.abs(x - 0.115), chest - 1.172, 1.193 - chest]), 0.0012)


def _overlap(s: Sheet, x: NDArray, y: NDArray) -> None:
    """The edge of the front that lies over the other below the button."""
    edge = x + 0.010
    there = np.clip((BUTTON_Y_M + 0.012 - y) / 0.006, 0, 1) * np.clip((y - CUTAWAY_Y_M - 0.004) / 0.010, 0, 1)
    s.height += 0.0018 * there * np.clip(edge / 0.0025, 0, 1) * np.clip(1 - edge / 0.06, 0, 1)
    s.shade -= there * (0.30 * np.exp(-((np.minimum(edge, 0) / 0.005) ** 2)) * (edge < 0.0005) * (edge > -0.03))
    s.height -= 0.0005 * there * np.exp(-(((edge - 0.007) / 0.0012) ** 2))


def _placket(s: Sheet, x: NDArray) -> None:
    s.flap(0.0165 - np.abs(x - 0.001), 0.0009)
    s.line(np.abs(x) - 0.0118, 0.0004, 0.0010)


def _front(s: Sheet, sex: str) -> None:
    """What shows between lapels: a shirt's placket with cloth pulled to it, or a fine knit."""
    warp = 0.3 * s.noise(0.03, 0.05)
    beside = np.abs(s.x) - opening_half_width(s.y)  # the lapels' shadow falls on what lies below them
    s.shade -= 0.34 * np.exp(-((np.minimum(beside, 0) / 0.011) ** 2)) * (s.y > BUTTON_Y_M - 0.01)
    if sex == "man":
        s.shade -= 0.30 * bump(s.y, 1.372, 0.020) * (np.abs(s.x) < 0.085)  # and the collar's
        h = 0.0018 * fold(s.x / 0.060 + 1.2 * (s.y - 1.1) * np.sign(s.x) + warp) * np.clip(np.abs(s.x) / 0.05, 0, 1)
        s.height += h + 0.0014 * bump(s.y, 0.99, 0.045) * fold(s.y / 0.030 + s.x * 4 + warp)
        _placket(s, s.x)
    else:
        s.height += 0.0012 * bump(s.y, 1.02, 0.07) * fold(s.y / 0.036 + 2.2 * np.abs(s.x) + warp)
        _ribbed(s, 0.0040, "front")
        s.line(s.y - (SCOOP_Y_M + 7.0 * s.x**2) + 0.010, 0.0006, 0.0014)


def _legs(s: Sheet) -> None:
    """A pressed crease, folds at hip, knee and shoe."""
    a, y = np.radians(s.x), s.y
    slow = 0.4 * s.noise(0.08, 0.08)
    s.height += 0.0022 * np.exp(-(np.abs(a) * LEG_M / 0.010)) + 0.0016 * np.exp(-((np.pi - np.abs(a)).clip(0) * LEG_M / 0.010))
    s.height += 0.0026 * bump(y, 0.86, 0.06) * fold(y / 0.040 + 0.8 * np.abs(a) / np.pi + slow)
    s.height += 0.0024 * bump(y, 0.47, 0.06) * fold(y / 0.045 + 0.5 * np.cos(a) + slow)
    s.height += 0.0038 * bump(y, 0.12, 0.05) * fold(y / 0.050 + 0.4 * np.cos(a) + slow)
    s.line((np.abs(s.x) - 92) * np.pi / 180 * LEG_M)


def _skirt(s: Sheet) -> None:
    """Long soft drapes that grow towards the floor."""
    slow = 0.5 * s.noise(0.10, 0.30)
    s.height += 0.0050 * np.clip((0.95 - s.y) / 0.5, 0, 1) * fold(s.x / 21.0 + slow)
    s.height += 0.0016 * fold(s.x / 9.0 + slow * 0.7) * np.clip((0.9 - s.y) / 0.4, 0, 1)
    s.line(s.y - 0.045, 0.0008, 0.0016)


def _trim(s: Sheet, stitch: float = 0.082) -> None:
    """Collars and lapels: an edge stitched at that place across, hardly a fold."""
    s.height += 0.0004 * s.noise(0.05, 0.03)
    s.line(s.y - stitch, 0.0006, 0.0016)


def _below_lapels(s: Sheet, collar: Piece, body: Body) -> None:
    """The shadow of collar and lapels on what they lie on."""
    across = collar.uvs[:, 1]
    edge = across == np.unique(across)[-2]
    angle, height = (v[edge] for v in around_trunk(collar, body))
    order = np.argsort(collar.uvs[edge, 0])
    line = np.stack([np.radians(angle) * TRUNK_M, height], 1)[order]
    fine = np.linspace(0, len(line) - 1, 8 * len(line))
    line = np.stack([np.interp(fine, np.arange(len(line)), line[:, k]) for k in range(2)], 1)
    spots = np.stack([np.radians(s.x).ravel() * TRUNK_M, s.y.ravel()], 1)
    far = cKDTree(line).query(spots, distance_upper_bound=0.05)[0].reshape(s.x.shape)
    s.shade -= 0.34 * np.exp(-((far / 0.0055) ** 2)) + 0.14 * np.exp(-((far / 0.016) ** 2))


def _gorge(s: Sheet, collar: Piece) -> None:
    """The seam between collar and lapel: from the notch inwards, rising to the neck."""
    along, across = collar.uvs.T
    rows = np.unique(across)
    edge, crease = (collar.positions[across == rows[k]] for k in (-2, 3))
    place = along[across == rows[3]] - LAPELS
    wide = ndimage.gaussian_filter1d(np.linalg.norm(edge - crease, axis=1), 0.6)
    for half, way in ((place < 0.5, 1.0), (place >= 0.5, -1.0)):
        dips = [i for i in np.nonzero(half)[0][2:-2] if wide[i] < wide[i - 2] and wide[i] <= wide[i + 2]]
        if not dips:
            continue
        notch = place[min(dips, key=lambda i: wide[i] - wide[i - 2] - wide[i + 2])] * TRIM_M
        low, high = rows[3] * 0.10, rows[-2] * 0.10
        share = np.clip((high - s.y) / (high - low), 0, 1)
        from_seam = (s.x - notch - way * GORGE_M * share) * 0.85
        s.line(np.where((s.y > low) & (s.y < high), from_seam, 1.0), 0.0016, 0.0018)
        s.shade -= 0.16 * np.exp(-((from_seam / 0.003) ** 2)) * ((s.y > low) & (s.y < high))


def _ribbed(s: Sheet, wave_m: float, name: str) -> None:
    """Columns of stitches, each a small braid."""
    radius = {"torso": TRUNK_M, "left": ARM_M, "right": ARM_M}.get(name, 0.0)
    x = np.radians(s.x) * radius if radius else s.x
    row = 0.18 * np.sin(2 * np.pi * s.y / (wave_m * 0.75))
    wave = np.cos(2 * np.pi * (x / wave_m + row))
    s.height += 0.00055 * wave * (1.0 if wave_m > 2.2 * s.step_m[0] else 0.0)
    s.shade += 0.05 * wave - 0.03


def _coded(s: Sheet, grain: float) -> NDArray:
    """(h, w, 3) 0..1: normal by slopes; blue falls where a hollow gets less light."""
    weave = s.rng.normal(size=s.x.shape).astype(np.float32)
    weave = ndimage.gaussian_filter(weave, (0.4, 0.7), mode="wrap")
    weave /= weave.std()
    slopes = np.gradient(s.height)
    up, right = -slopes[0] / s.step_m[1], slopes[1] / s.step_m[0]
    up, right = (np.clip(v + grain * 0.035 * weave * k, -STEEPEST, STEEPEST) for v, k in ((up, 1.0), (right, 0.6)))
    wide = [ndimage.gaussian_filter(s.height, (w / s.step_m[1], w / s.step_m[0]), mode="nearest") for w in (0.006, 0.014)]
    shade = s.shade - 75.0 * np.clip((wide[0] + wide[1]) / 2 - s.height, -0.0006, 0.004)
    threads = s.noise(0.010, 0.0006) + s.noise(0.0006, 0.010)  # thicker and thinner ones, both ways
    shade = shade + grain * (0.034 * weave + 0.016 * threads + 0.014 * s.noise(0.02, 0.02))
    long = np.sqrt(1 + up**2 + right**2)
    return np.stack([0.5 - 0.5 * right / long, 0.5 - 0.5 * up / long, np.clip(shade, 0.35, 1.06) * OPEN], -1)
