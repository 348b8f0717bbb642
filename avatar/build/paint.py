"""Skin and iris painted in 3-D: every texel knows where on the head it lies and is coloured by that."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from scipy.spatial import cKDTree

from avatar.build import skin_detail
from avatar.build.body import Body
from avatar.build.face import lids_middle
from avatar.build.look import Look, Skin, srgb
from avatar.build.mesh import Piece
from avatar.build.scalp import Scalp
from avatar.build.skin_detail import Face3D
from avatar.face import INDEX

SIZE_PX = 2048
UNDER_LOCKS_M = 0.010  # below the hairline, where hair shades the skin
# sRGB as an eye sees them under white light: very fair, fair, tan, brown, very dark
TONES = np.array([(0.925, 0.770, 0.690), (0.875, 0.690, 0.590), (0.780, 0.575, 0.455), (0.570, 0.385, 0.285),
                  (0.350, 0.225, 0.165)])
GOLDEN, ROSY = np.array([0.99, 1.01, 0.93]), np.array([1.01, 0.985, 1.01])
BLUSH, LIP_EDGE, SHADOW = np.array([0.995, 0.790, 0.785]), np.array([0.90, 0.94, 0.95]), np.array([0.640, 0.545, 0.535])
LID, LINER, BEARD = np.array([0.780, 0.700, 0.690]), np.array([0.190, 0.125, 0.105]), np.array([0.72, 0.74, 0.79])
MOUTH = np.array([0.45, 0.26, 0.25])  # what little light leaves of skin behind the lips
SEAM, SEAM_DARK, SEAM_M = np.array([0.50, 0.34, 0.34]), 0.85, (0.0013, 0.0019)  # of the upper and of the lower lip
FRECKLE = np.array([0.80, 0.66, 0.55])  # all of these but LINER are shares of the skin's own colour
PUPIL, SCLERA, VEIN = np.array([0.012, 0.01, 0.01]), np.array([0.83, 0.81, 0.79]), np.array([0.78, 0.62, 0.58])
DUCT = np.array([0.74, 0.50, 0.46])
# brows: along the ridge, metres from the eye's centre, (sideways, up, half thickness)
BROW_LINE = np.array([(-0.0190, 0.0164, 0.0012), (-0.0140, 0.0175, 0.0028), (-0.007, 0.0187, 0.0034), (0.004, 0.0204, 0.0031),
                      (0.013, 0.0210, 0.0023), (0.0215, 0.0192, 0.0014), (0.0280, 0.0162, 0.0005)])


BROWS_UP_M = -0.004  # a woman's: where a reader of faces finds them at rest, and what a stern look loses
BROWS_TILT = ((-0.019, -0.004, 0.010, 0.028), (0.0, 0.0, 0.0, 0.0008))


def skin_colour(skin: Skin) -> NDArray:
    """(3,) sRGB of a tone."""
    at = skin.tone * (len(TONES) - 1)
    tone = np.array([np.interp(at, range(len(TONES)), TONES[:, i]) for i in range(3)])
    tint = GOLDEN if skin.warmth > 0 else ROSY
    return tone * (1 + (tint - 1) * abs(skin.warmth))


def skin_texture(head: Piece, body: Body, occlusion: NDArray, under_hair: NDArray, size_px: int = SIZE_PX) -> NDArray:
    """(size, size, 3) uint8, the head's albedo. occlusion, under_hair: (v,) 0..1 of head's vertices, how open they lie
    and how deep under the hair."""
    lips = body.source.mask("lips")[head.origin]
    falls = np.linalg.norm(body.units[INDEX["jawOpen"]][head.origin], axis=1)
    maps, inside = bake(head, np.column_stack([head.positions, lips, occlusion, under_hair, falls / falls.max(),
                                                head.normals()[:, 2]]), size_px)
    points, look = maps[..., :3], body.look
    base = skin_colour(look.skin)
    spot = Face3D(points, body)
    colour = np.broadcast_to(base.astype(np.float32), points.shape).copy()
    colour = _zones(colour, spot, look.skin.blush)
    colour *= skin_detail.mottle(spot, look.skin.pores)[..., None]
    colour = skin_detail.flushed(colour, spot)
    colour = skin_detail.modelled(colour, spot, maps[..., 3], look)
    colour = skin_detail.throat(colour, spot, body)
    colour = skin_detail.lined(colour, spot, look)
    colour = skin_detail.freckled(colour, spot, FRECKLE, look.skin.freckles)
    colour = skin_detail.bearded(colour, spot, maps[..., 3], BEARD, look)
    colour = _eyes(colour, spot, look.eyes.makeup)
    colour = _lips(colour, maps[..., 3], look)
    colour = _seam(colour, points, maps[..., 3], maps[..., 6])
    colour = _corners(colour, spot, points, body, maps[..., 7])
    colour = _brows(colour, spot, look)
    shade = np.clip(1.0 - maps[..., 4], 0, 1) ** 1.2 * 0.12  # of the key's, `key_open` knows; more would look like dirt
    colour *= 1 - shade[..., None] * (1 - SHADOW * 0.75)
    deep = Scalp(body).inside_hairline(points.reshape(-1, 3)).reshape(points.shape[:2])
    bare = np.clip(-deep, 0, 1)
    under = np.exp(-((bare / UNDER_LOCKS_M) ** 1.5))
    under *= np.clip((0.060 - spot.aside) / 0.010, 0, 1) * np.clip((spot.up + 0.02) / 0.02, 0, 1) * (look.hair.style != "hijab")
    colour *= 1 - 0.26 * under[..., None] * (1 - SHADOW)  # hair shades the skin that it overhangs
    scalp = np.array(srgb(look.hair.colour)) * 0.8 if look.hair.style != "hijab" else base * 0.9
    ragged = 0.07 if look.hair.style in ("bob", "long") else 0.09  # hair that falls forward hides its roots
    cover: NDArray | float = 0.72 if look.hair.style == "buzz" else 1.0  # skin shows through cropped hair
    if look.hair.style in ("short", "swept"):  # clipped ever closer towards the hairline
        cover = np.interp(deep, [0.0, 0.028], [0.50, 0.78])
    colour = _mix(colour, scalp, cover * skin_detail.hairline(np.clip(maps[..., 5], 0, 1), spot, ragged))
    return (np.clip(_bleed(colour, inside), 0, 1) * 255 + 0.5).astype(np.uint8)


def bake(p: Piece, values: NDArray, size_px: int) -> tuple[NDArray, NDArray]:
    """Vertex values (v, c) drawn into UV space: (size, size, c), rows from the top, and (size, size) bool of hits."""
    out = np.zeros((size_px, size_px, values.shape[1]), np.float32)
    hit = np.zeros((size_px, size_px), bool)
    uv = np.stack([p.uvs[:, 0], 1.0 - p.uvs[:, 1]], 1) * size_px - 0.5
    outside = np.hypot(p.positions[:, 0], p.positions[:, 2])[p.faces].mean(1)
    for face in p.faces[np.argsort(outside)]:  # what lies further out is painted last and stays
        a, b, c = uv[face]
        low = np.maximum(np.floor(np.minimum(np.minimum(a, b), c)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(np.maximum(np.maximum(a, b), c)).astype(int) + 2, size_px)
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if abs(area) < 1e-9 or (high <= low).any():
            continue
        x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
        w1 = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        w2 = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        w0 = 1 - w1 - w2
        ok = (w0 >= -1e-3) & (w1 >= -1e-3) & (w2 >= -1e-3)
        out[y[ok], x[ok]] = (w0[ok, None] * values[face[0]] + w1[ok, None] * values[face[1]]
                             + w2[ok, None] * values[face[2]])
        hit[y[ok], x[ok]] = True
    return out, hit


def _mix(colour: NDArray, other: NDArray, amount: NDArray) -> NDArray:
    return colour * (1 - amount[..., None]) + other * amount[..., None]


def _zones(colour: NDArray, spot: Face3D, blush: float) -> NDArray:
    """Cheeks, nose, ears and chin redder, forehead paler, the skin under the eyes darker."""
    cheek = spot.hill((0.016, -0.030, -0.005), 0.023, (1.0, 1.35, 0.7)) * (0.06 + 0.60 * blush)
    nose = spot.hill((-0.030, -0.043, 0.035), 0.013) * 0.40 + spot.hill((-0.016, -0.046, 0.018), 0.008) * 0.35
    ear = np.clip((spot.aside - 0.070) / 0.012, 0, 1) * (np.abs(spot.up + 0.02) < 0.05) * 0.52
    chin = spot.hill((-0.030, -0.100, 0.0), 0.014) * 0.20
    chest = np.clip((-0.166 - spot.up) / 0.12, 0, 1) * 0.015
    red = np.clip(cheek + nose + ear + chin + chest, 0, 1)
    colour = colour * (1 - red[..., None] * (1 - BLUSH))
    pale = spot.hill((-0.030, 0.050, 0.0), 0.030, (0.8, 1.0, 0.5)) * 0.5 + spot.hill((0.010, -0.020, 0.0), 0.010) * 0.4
    return colour * (1 + pale[..., None] * np.array([0.03, 0.035, 0.025]))


def _eyes(colour: NDArray, spot: Face3D, makeup: float) -> NDArray:
    """Shade on the lid and in its fold, a liner along the lashes, a warm inner rim, the hollow below."""
    way_x, way_y = spot.side, spot.up
    around = np.hypot(way_x / 0.0200, (way_y - 0.002) / 0.0135)
    above = np.clip(way_y / 0.004 + 0.4, 0, 1)
    lid = np.clip(1.25 - around, 0, 1) * (0.16 + (0.20 + 0.40 * makeup) * above) * spot.front
    colour = colour * (1 - lid[..., None] * (1 - LID))
    above_lid = np.clip((way_y - 0.002) / 0.004, 0, 1)
    fold = np.exp(-(((np.hypot(way_x / 0.0185, (way_y - 0.0005) / 0.0128) - 0.90) / 0.07) ** 2)) * above_lid * spot.front
    colour = colour * (1 - 0.30 * fold[..., None] * (1 - SHADOW))
    start = np.clip(way_y / 0.002, 0, 1)
    line = np.clip(1.0 - np.abs(np.hypot(way_x / 0.0148, way_y / 0.0066) - 1.0) / 0.16, 0, 1) * start * spot.front
    colour = _mix(colour, LINER, line * (0.30 + 0.32 * makeup))
    below = np.exp(-(way_x / 0.016) ** 2 - ((way_y + 0.014) / 0.006) ** 2)
    return colour * (1 - below[..., None] * 0.15 * spot.front[..., None] * (1 - SHADOW))


def _lips(colour: NDArray, lips: NDArray, look: Look) -> NDArray:
    """Colour that is strongest in the middle, fine upright creases, a soft edge."""
    scale = lips.shape[0] / 1024
    soft = ndimage.gaussian_filter(np.clip(lips, 0, 1), 2.6 * scale)
    amount = np.clip((soft - 0.22) / 0.55, 0, 1)
    edge = np.clip(1 - np.abs(soft - 0.45) / 0.35, 0, 1) * amount
    noise = ndimage.gaussian_filter1d(np.random.default_rng(12).normal(size=lips.shape).astype(np.float32), 9 * scale, axis=0)
    noise = ndimage.gaussian_filter1d(noise, 0.9 * scale, axis=1)
    crease = 1 + 0.022 * noise / noise.std()
    tone = np.array(srgb(look.lips.colour)) * crease[..., None]
    full = ndimage.gaussian_filter(np.clip(lips, 0, 1), 7 * scale)  # fullest in the middle, darker towards corners and edge
    tone = tone * (0.80 + 0.32 * np.clip((full - 0.35) / 0.55, 0, 1))[..., None]
    wet = np.clip(full - 0.55, 0, 1) / 0.45 * np.clip(0.6 + 0.4 * noise / noise.std(), 0, 1)  # light on what is fullest
    tone = tone * (1 + 0.24 * wet[..., None])
    strength = amount * (0.35 + 0.60 * look.lips.strength)
    colour = _mix(colour, tone, strength)
    fallen = np.roll(ndimage.gaussian_filter(np.clip(lips, 0, 1), 5 * scale), round(11 * scale), axis=0)
    below = np.clip(fallen - 1.2 * soft, 0, 1) * (1 - amount)  # the lower lip's shade on the chin
    colour = colour * (1 - 0.34 * below[..., None] * (1 - SHADOW * 0.9))
    return colour * (1 - 0.5 * edge[..., None] * look.lips.strength * (1 - LIP_EDGE))


def _seam(colour: NDArray, points: NDArray, lips: NDArray, falls: NDArray) -> NDArray:
    """Where the lips touch hardly any light gets in: near to the other lip it is darker. falls: 0..1 of the jaw's way."""
    row, column = np.nonzero(lips > 0.35)
    spots, way = points[row, column], falls[row, column]
    slice_ = np.minimum((np.abs(spots[:, 0]) / 0.001).astype(int), 30)  # towards the corners both lips move ever more alike
    most, least = (np.array([f(way[slice_ == k], initial=0.5) for k in range(31)]) for f in (np.max, np.min))
    lower = way > ((most + least) / 2)[slice_]
    shade = np.zeros(len(spots))
    for mine, wide_m in zip((~lower, lower), SEAM_M, strict=True):
        off = cKDTree(spots[~mine]).query(spots[mine], distance_upper_bound=4 * wide_m)[0]
        shade[mine] = np.exp(-((off / wide_m) ** 2))
    out = colour.copy()
    out[row, column] *= 1 - SEAM_DARK * shade[:, None] * (1 - SEAM)
    return out


def _corners(colour: NDArray, spot: Face3D, points: NDArray, body: Body, ahead: NDArray) -> NDArray:
    """The small hollows where the lips meet lie in shade; flat light on their edge, or on skin behind them, would be a bright
    dot. ahead: normals' share to the front."""
    lips = body.shape[body.source.mask("lips") > 0.5]
    end = lips[np.abs(lips[:, 0]).argmax()]
    eye = lids_middle(body, "left")
    off = np.hypot((spot.side - (abs(end[0]) - eye[0])) / 0.0025, (spot.up - (end[1] - 0.0012 - eye[1])) / 0.0022)
    behind = np.clip(-3 * ahead, 0, 1) * (np.hypot(spot.aside / 0.032, (spot.up - (end[1] - eye[1])) / 0.016) < 1)
    behind = behind * (points[..., 2] > end[2] - 0.03)  # the nape, as high as the mouth, turns back as well
    colour = colour * (1 - behind[..., None] * (1 - MOUTH))
    return colour * (1 - 0.45 * (np.exp(-(off**2)) * spot.front)[..., None] * (1 - MOUTH))


def _brows(colour: NDArray, spot: Face3D, look: Look) -> NDArray:
    """Hairs drawn as short slanting strokes within the brow's outline."""
    side, up = spot.side, spot.up
    moved = BROWS_UP_M + np.interp(side, *BROWS_TILT) if look.sex == "woman" else -0.0030
    middle = np.interp(side, BROW_LINE[:, 0], BROW_LINE[:, 1]) + moved
    half = np.interp(side, BROW_LINE[:, 0], BROW_LINE[:, 2], left=0.0, right=0.0) * look.brows.thickness
    half = half * (0.90 if look.sex == "woman" else 1.0)
    across = (up - middle) / np.maximum(half, 1e-4)
    lean = np.interp(side, [-0.016, 0.0, 0.026], [0.35, 0.9, 1.5])  # hairs stand at the root, lie down at the tail
    rng = np.random.default_rng(9)
    hairs = ndimage.gaussian_filter(rng.normal(size=(256, 64)).astype(np.float32), (0.55, 1.2), mode="wrap")
    root = (side - lean * (up - middle)) / 0.00034  # one column for each hair, which changes along its length
    grain = ndimage.map_coordinates(hairs / hairs.std(), [root % 256, (up / 0.0011) % 64], order=1, mode="grid-wrap")
    shape = np.clip(1.30 - 1.10 * np.abs(across) ** 2.2, 0, 1) * (half > 1e-4) * spot.front
    fade = np.interp(side, [-0.0200, -0.016, -0.009, 0.016, 0.0280], [0.05, 0.45, 0.85, 0.95, 0.40])
    amount = np.clip(1.25 * shape * fade - 0.22 + 0.14 * grain * np.clip(shape * 3, 0, 1), 0, 0.88)
    soft = 0.42 * shape * fade  # skin in the hairs' shade
    return _mix(colour, np.array(srgb(look.brows.colour)), np.maximum(amount, soft))


def _bleed(colour: NDArray, inside: NDArray) -> NDArray:
    """Fill texels outside the islands with the nearest inside, so that mipmaps do not pull in black."""
    nearest = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    return colour[tuple(nearest)]


def shrunk(pixels: NDArray, size_px: int, quality: int = 84) -> bytes:
    """uint8 pixels as WebP, at most size_px wide."""
    image = Image.fromarray(pixels)
    if pixels.shape[1] > size_px:
        image = image.resize((size_px, size_px), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def encode(colour: NDArray, quality: int = 88) -> bytes:
    """(h, w, 3) sRGB 0..1 as WebP bytes."""
    out = io.BytesIO()
    Image.fromarray((np.clip(colour, 0, 1) * 255 + 0.5).astype(np.uint8)).save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def iris_texture(colour_: tuple[float, float, float], size_px: int = 512) -> bytes:
    """The eyeball seen from in front, its edge 100 degrees from the pupil: sclera, iris with fibres, pupil.
    colour_: sRGB of the iris."""
    iris_in, iris_out = np.clip(np.array(colour_) * 1.12 + 0.02, 0, 1), np.array(colour_) * 0.36
    y, x = np.mgrid[0:size_px, 0:size_px]
    x, y = (x + 0.5) / size_px - 0.5, 0.5 - (y + 0.5) / size_px
    polar = np.hypot(x, y) * 200.0  # degrees from the pupil's middle
    turn = np.arctan2(y, x)
    fibres = sum(np.sin(turn * k + k + polar * 0.05) for k in (17, 29, 41, 53, 71)) / 4
    iris_edge, pupil_edge = 30.2, 10.4
    inner = np.clip((polar - pupil_edge) / (iris_edge - pupil_edge), 0, 1)
    iris = iris_in * (1 - inner[..., None] ** 1.5) + iris_out * inner[..., None] ** 1.5
    iris = iris * (1 + 0.16 * fibres[..., None] * (1 - inner[..., None]))
    iris = iris * np.interp(y, [-0.15, 0.15], [1.25, 0.72])[..., None]  # light gathers below, the lid shades above
    sclera = SCLERA * np.interp(polar, [25, 60, 100], [1.0, 0.96, 0.7])[..., None]
    sclera = _mix(sclera, VEIN, np.interp(polar, [38, 62], [0.0, 0.55]))
    sclera = _mix(sclera, DUCT, np.interp(np.abs(x) - 0.35 * np.abs(y), [0.17, 0.27], [0.0, 0.75]))  # redder at the corners
    sclera = sclera * np.interp(y, [0.035, 0.15], [1.0, 0.62])[..., None]  # in the upper lid's shade
    colour = _mix(sclera, iris, np.clip((iris_edge + 1.5 - polar) / 3.0, 0, 1))
    colour = _mix(colour, iris_out * 0.55, np.clip(1 - np.abs(polar - iris_edge) / 2.6, 0, 1) * 0.75)
    colour = _mix(colour, PUPIL, np.clip((pupil_edge + 1.2 - polar) / 2.4, 0, 1))
    return encode(colour, 90)
