"""Detail of skin, laid out on the face in 3-D: patches, pores, freckles, stubble, the hairline's first hairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from avatar.build.body import EYE_REACH_M, EYES_LARGER, Body
from avatar.build.face import lids_middle
from avatar.build.look import Look, srgb

RELIEF = ((1.7, 0.030), (3.4, 0.016))  # widths in texels of a 2048 picture, and how strong at pores = 1
FLUSH, FLUSH_M = 0.018, ((0.0065, 0.6), (0.0030, 0.6))  # how strong; grid widths and their shares
NOTCH_BELOW_NECK_M = 0.036  # the hollow between the collarbones, below the neck's joint


class Face3D:
    """Where texels lie, seen from the middle of the left eye's opening, both sides alike: side (outward), up, ahead; metres.

    places: (h, w, 3) in the model's space; aside: from the face's middle; front: 1 on the face's front."""

    def __init__(self, points: NDArray, body: Body) -> None:
        eye = lids_middle(body, "left")
        self.places = points
        self.aside = np.abs(points[..., 0])
        self.side, self.up, self.ahead = self.aside - eye[0], points[..., 1] - eye[1], points[..., 2] - eye[2]
        off = np.clip((np.hypot(self.side, self.up) - EYE_REACH_M[0]) / (EYE_REACH_M[1] - EYE_REACH_M[0]), 0, 1)
        larger = 1 + EYES_LARGER[body.look.sex] * (1 - off * off * (3 - 2 * off))  # what follows is laid out on the part's eyes
        self.side, self.up = self.side / larger, self.up / larger
        self.front = (self.ahead > -0.057).astype(np.float32)

    def hill(self, spot: tuple[float, float, float], radius_m: float, scale: tuple[float, float, float] = (1, 1, 1)) -> NDArray:
        """1 at a spot, fading over radius_m."""
        way = [(v - s) * k for v, s, k in zip((self.side, self.up, self.ahead), spot, scale, strict=True)]
        return np.exp(-(way[0] ** 2 + way[1] ** 2 + way[2] ** 2) / radius_m**2)


def mottle(spot: Face3D, pores: float) -> NDArray:
    """Skin is never one colour: large patches, fine grain, pores."""
    shape = spot.up.shape
    rng, scale = np.random.default_rng(3), shape[0] / 1024
    even = np.clip((spot.up + 0.13) / 0.03, 0.15, 1)  # below the chin a texel is tall: grain would be streaks
    out = np.ones(shape, np.float32)
    for sigma, amount in ((22.0, 0.002), (6.0, 0.004), (1.3, 0.010)):
        noise = ndimage.gaussian_filter(rng.normal(size=shape).astype(np.float32), sigma * scale, mode="wrap")
        out += amount * noise / noise.std()
    fine = ndimage.gaussian_filter(rng.normal(size=shape).astype(np.float32), 1.1)
    fine /= fine.std()
    return 1 + even * (out - 1 - 0.065 * pores * np.clip(fine - 1.0, 0, 2) + relief(rng, shape, pores))


def relief(rng: np.random.Generator, shape: tuple[int, int], pores: float) -> NDArray:
    """What light from above makes of pores and fine lines: each hollow is darker at its upper rim, lighter at its lower one."""
    scale, out = shape[0] / 2048, np.zeros(shape, np.float32)
    for sigma, amount in RELIEF:
        hills = ndimage.gaussian_filter(rng.normal(size=shape).astype(np.float32), sigma * scale, mode="wrap")
        slope = ndimage.gaussian_filter1d(hills, 0.7 * sigma * scale, axis=0, order=1, mode="wrap")
        out += amount * pores * np.clip(slope / slope.std(), -2.5, 2.5)
    return out


def flushed(colour: NDArray, spot: Face3D) -> NDArray:
    """Blood is not spread evenly below skin: patches of 6 to 14 mm a little redder or paler than others. Laid out in space,
    so that a texel that is stretched on throat or chest shows no streaks."""
    rng = np.random.default_rng(7)
    flush = np.zeros(spot.up.shape, np.float32)
    for cell_m, share in FLUSH_M:
        field = ndimage.gaussian_filter(rng.normal(size=(40, 40, 40)).astype(np.float32), 1.0, mode="wrap")
        at = np.moveaxis(spot.places / cell_m, -1, 0)
        flush += share * ndimage.map_coordinates(field / field.std(), at, order=1, mode="grid-wrap")
    return colour * (1 - FLUSH * flush[..., None] * (0.15, 1.0, 1.1))


def modelled(colour: NDArray, spot: Face3D, lips: NDArray, look: Look) -> NDArray:
    """Planes of the face, which flat light on coarse triangles loses: hollows of eyes and temples, sides of the nose,
    the groove and rim above the lips; bone that the light meets first."""
    man = look.sex == "man"
    aside, up = spot.aside, spot.up
    wing = np.exp(-(((aside - 0.0135 - 0.10 * np.clip(-0.020 - up, 0, 1)) / 0.0048) ** 2))
    wing *= np.clip((0.004 - up) / 0.012, 0, 1) * np.clip((up + 0.046) / 0.010, 0, 1)
    inner = spot.hill((-0.0165, 0.0085, 0.0), 0.0085, (1.0, 0.9, 0.4))
    temple = np.clip((aside - 0.052) / 0.016, 0, 1) * np.exp(-(((up - 0.022) / 0.022) ** 2))
    chin = np.exp(-(((up + 0.0835) / 0.0045) ** 2) - (aside / 0.017) ** 2)
    # Little of it: what is painted stays where the light moves, and soon looks like dirt.
    dark = 0.12 * wing + (0.12 if man else 0.04) * inner + 0.03 * temple + 0.03 * chin
    bridge = np.exp(-((aside / 0.0052) ** 2)) * np.clip((0.006 - up) / 0.01, 0, 1) * np.clip((up + 0.040) / 0.008, 0, 1)
    bone = spot.hill((0.022, -0.024, -0.006), 0.013, (0.8, 1.35, 0.6))
    light = 0.12 * bridge + 0.50 * bone + 0.4 * spot.hill((-0.030, -0.101, 0.0), 0.009)
    middle = (lips > 0.5) & (aside < 0.006)
    if middle.any():
        top = float(np.quantile(up[middle], 0.98))
        above = np.clip((up - top) / 0.001, 0, 1) * np.clip((top + 0.0145 - up) / 0.005, 0, 1)
        dark = dark + 0.26 * above * np.exp(-((aside / 0.0021) ** 2))
        light = light + 0.7 * above * np.exp(-(((aside - 0.0048) / 0.0018) ** 2))
    seen = spot.front[..., None]
    colour = colour * (1 - np.clip(dark, 0, 0.8)[..., None] * seen * (0.30, 0.44, 0.45))
    return colour * (1 + light[..., None] * seen * (0.060, 0.068, 0.066))


def throat(colour: NDArray, spot: Face3D, body: Body) -> NDArray:
    """Collarbones, the notch between them and the muscles from there to behind the ears, which the part's body hardly has."""
    notch = body.joint("neck")[1] - NOTCH_BELOW_NECK_M - lids_middle(body, "left")[1]
    aside, up = spot.aside, spot.up - notch
    bone = np.interp(aside, [0.010, 0.040, 0.080, 0.125], [0.002, 0.008, 0.013, 0.024])
    along = np.clip((aside - 0.012) / 0.010, 0, 1) * np.clip((0.125 - aside) / 0.035, 0, 1)
    above, below = (np.exp(-(((up - bone - off) / 0.0085) ** 2)) * along for off in (0.015, -0.013))
    hollow = np.exp(-((aside / 0.010) ** 2) - ((up - 0.008) / 0.012) ** 2)
    strap = np.interp(up, [0.004, 0.090], [0.012, 0.052])
    on_neck = np.clip(up / 0.020, 0, 1) * np.clip((0.085 - up) / 0.035, 0, 1)
    within = np.exp(-(((aside - strap + 0.014) / 0.009) ** 2)) * on_neck
    dark = 0.55 * above + 0.35 * below + 0.85 * hollow + 0.40 * within
    light = 0.6 * np.exp(-(((up - bone) / 0.0060) ** 2)) * along + 0.35 * np.exp(-(((aside - strap) / 0.006) ** 2)) * on_neck
    seen = np.clip((spot.ahead + 0.105) / 0.020, 0, 1)[..., None]
    colour = colour * (1 - np.clip(dark, 0, 1)[..., None] * seen * (0.13, 0.19, 0.20))
    return colour * (1 + light[..., None] * seen * (0.045, 0.050, 0.050))


def freckled(colour: NDArray, spot: Face3D, tone: NDArray, amount: float) -> NDArray:
    """Small soft spots over nose and cheeks, and a few anywhere."""
    if amount <= 0:
        return colour
    rng, scale = np.random.default_rng(8), colour.shape[0] / 2048
    seeds = (rng.random(colour.shape[:2]) < 0.0022).astype(np.float32) * rng.uniform(0.3, 1.0, colour.shape[:2])
    dots = ndimage.gaussian_filter(seeds.astype(np.float32), 1.9 * scale) * 22 * scale**2
    where = spot.hill((-0.010, -0.028, 0.0), 0.030, (1.0, 1.3, 0.5)) + 0.10
    return colour * (1 - np.clip(dots * where * amount * 1.6, 0, 0.8)[..., None] * (1 - tone))


def lined(colour: NDArray, spot: Face3D, look: Look) -> NDArray:
    """What years leave: lines of the forehead and beside the eyes, the folds from nose to mouth, blotches and small veins."""
    years = np.clip((look.age_years - 20) / 40, 0.10, 1.0) * (0.85 if look.sex == "man" else 0.7)
    rng, shape = np.random.default_rng(10), colour.shape[:2]
    scale = shape[0] / 1024
    wander = ndimage.gaussian_filter(rng.normal(size=shape).astype(np.float32), (8 * scale, 30 * scale))
    wander *= 0.0011 / wander.std()
    lines = np.zeros(shape, np.float32)
    for at, deep in ((0.036, 0.55), (0.0455, 0.8), (0.055, 0.6)):  # forehead
        bow = at + 4.0 * np.clip(spot.aside - 0.012, 0, 1) ** 2 * -1.0
        lines += deep * np.exp(-(((spot.up - bow - wander) / 0.0010) ** 2)) * np.clip(1 - (spot.aside / 0.052) ** 4, 0, 1)
    for k, deep in ((-0.35, 0.5), (0.0, 0.7), (0.40, 0.5)):  # crow's feet
        out, up = spot.side - 0.0215, spot.up - 0.001
        lines += deep * np.exp(-(((up - k * out) / 0.00075) ** 2)) * np.clip(out / 0.003, 0, 1) * np.clip(1 - out / 0.013, 0, 1)
    t = np.clip((-0.030 - spot.up) / 0.032, 0, 1)  # from the nose's wing to beside the mouth
    path = 0.0185 + 0.0135 * t**0.8
    span = np.clip((-0.026 - spot.up) / 0.006, 0, 1) * np.clip((spot.up + 0.068) / 0.012, 0, 1)
    fold = np.exp(-(((spot.aside - path) / 0.0042) ** 2)) * span
    lines = np.clip(lines, 0, 1) * spot.front
    blotch = ndimage.gaussian_filter(rng.normal(size=shape).astype(np.float32), 11 * scale)
    blotch /= blotch.std()
    red = (0.006 if look.sex == "man" else 0.001) * np.clip(blotch, -1.5, 2) * (spot.up > -0.12)
    colour = colour * (1 + red[..., None] * np.array([0.25, -0.55, -0.45]))
    colour = colour * (1 - 0.30 * years * lines[..., None] * (0.55, 0.85, 0.9))
    return colour * (1 - 0.10 * years * (fold * spot.front)[..., None] * (0.7, 1.0, 1.0))


def bearded(colour: NDArray, spot: Face3D, lips: NDArray, tone: NDArray, look: Look) -> NDArray:
    """Stubble: a cool shade where a beard grows, with single dark hairs."""
    if look.skin.stubble <= 0:
        return colour
    scale = colour.shape[0] / 1024
    jaw = np.interp(spot.aside, [0.0, 0.020, 0.032, 0.050, 0.062, 0.070], [-0.050, -0.050, -0.066, -0.052, -0.030, -0.006])
    low = np.clip((jaw - spot.up) / 0.028, 0, 1) * np.clip((spot.up + 0.135) / 0.022, 0, 1)
    low = low * (1 - 0.7 * np.clip((spot.aside - 0.040) / 0.022, 0, 1))  # thinner on the cheeks
    lip_y = float(np.median(spot.up[(lips > 0.5) & (spot.aside < 0.008)])) if (lips > 0.5).any() else -0.07
    above = np.clip((spot.up - lip_y - 0.002) / 0.004, 0, 1) * np.clip((lip_y + 0.021 - spot.up) / 0.006, 0, 1)
    above *= np.clip((0.032 - spot.aside) / 0.010, 0, 1) * np.clip((spot.aside - 0.001) / 0.004, 0.5, 1)
    low = np.maximum(low, 0.50 * above)
    clean = np.clip(ndimage.gaussian_filter(np.clip(lips, 0, 1), 5 * scale) * 3.0, 0, 1)
    grows = low * (1 - clean) * np.clip((spot.ahead + 0.118) / 0.022, 0, 1)
    rng = np.random.default_rng(4)
    patchy = ndimage.gaussian_filter(rng.normal(size=lips.shape).astype(np.float32), 7 * scale)
    grows = np.clip(grows * (0.9 + 0.10 * patchy / patchy.std()), 0, 1) * look.skin.stubble
    colour = colour * (1 - 0.55 * grows[..., None] * (1 - tone))
    hairs = ndimage.gaussian_filter((rng.random(lips.shape) < 0.055).astype(np.float32), (0.9, 0.6))
    dark = np.clip(hairs * 4.5, 0, 1) * grows * 0.75
    return colour * (1 - dark[..., None]) + np.array(srgb(look.brows.colour)) * dark[..., None]


def hairline(inside: NDArray, spot: Face3D, ragged: float) -> NDArray:
    """0..1 how much hair covers the scalp: its edge is drawn in single hairs. ragged: how far they reach."""
    rng, scale = np.random.default_rng(6), inside.shape[0] / 1024
    noise = ndimage.gaussian_filter(rng.normal(size=inside.shape).astype(np.float32), (3 * scale, 0.6 * scale))
    noise /= noise.std()
    return np.clip(inside * 1.15 + ragged * noise * np.clip(4 * inside * (1 - inside), 0, 1), 0, 1) * (spot.up > -0.12)
