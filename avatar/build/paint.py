"""Skin and iris painted in 3-D: every texel knows where on the head it lies and is coloured by that."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from avatar.build.body import Body
from avatar.build.mesh import Piece

SIZE_PX = 1024
# sRGB, as an eye sees them under white light
SKIN = np.array([0.875, 0.690, 0.590])
BLUSH = np.array([0.870, 0.545, 0.480])
LIP = np.array([0.715, 0.350, 0.345])
LIP_EDGE = np.array([0.640, 0.330, 0.315])
SHADOW = np.array([0.560, 0.375, 0.315])
BROW = np.array([0.255, 0.165, 0.115])
LINER = np.array([0.190, 0.125, 0.105])
LID = np.array([0.700, 0.500, 0.430])
SCALP = np.array([0.200, 0.130, 0.095])
IRIS_OUT, IRIS_IN, PUPIL = np.array([0.16, 0.095, 0.06]), np.array([0.42, 0.27, 0.15]), np.array([0.012, 0.01, 0.01])
SCLERA, VEIN = np.array([0.86, 0.84, 0.82]), np.array([0.78, 0.62, 0.58])
# brows: along the ridge, metres from the eye's centre, (sideways, up, half thickness)
BROW_LINE = np.array([(-0.0165, 0.0172, 0.0026), (-0.008, 0.0186, 0.0034), (0.004, 0.0204, 0.0031),
                      (0.013, 0.0210, 0.0023), (0.021, 0.0192, 0.0014), (0.0265, 0.0166, 0.0005)])


def skin_texture(head: Piece, body: Body, occlusion: NDArray, under_hair: NDArray) -> bytes:
    """WebP of the head's albedo. occlusion, under_hair: (v,) 0..1 of head's vertices, how open they lie and how
    deep under the hair."""
    lips = body.source.mask("lips")[head.origin]
    maps, inside = bake(head, np.column_stack([head.positions, head.normals(), lips, occlusion, under_hair]), SIZE_PX)
    points, normals = maps[..., :3], maps[..., 3:6]
    colour = np.broadcast_to(SKIN, points.shape).copy()
    colour = _mix(colour, BLUSH, _flush(points, body))
    colour *= _mottle(points)[..., None]
    colour = _eyes(colour, points, body)
    colour = _lips(colour, points, normals, maps[..., 6])
    colour = _brows(colour, points, body)
    shade = np.clip(1.0 - maps[..., 7], 0, 1) ** 1.2 * 0.85
    colour = colour * (1 - shade[..., None]) + colour * (SHADOW / SKIN) * shade[..., None] * 0.75
    colour = _mix(colour, SCALP, np.clip(maps[..., 8], 0, 1))
    return encode(_bleed(colour, inside))


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


def _hill(distance: NDArray, radius: float) -> NDArray:
    return np.exp(-((distance / radius) ** 2))


def _near(points: NDArray, spot: NDArray, scale: tuple[float, float, float] = (1, 1, 1)) -> NDArray:
    return np.linalg.norm((points - spot) * scale, axis=-1)


def _flush(points: NDArray, body: Body) -> NDArray:
    """Cheeks, tip of the nose, ears, chin."""
    eye = body.joint("leftEye")
    mirrored = points * (1, 1, 1)
    mirrored[..., 0] = np.abs(mirrored[..., 0])
    cheek = _hill(_near(mirrored, eye + np.array([0.014, -0.036, -0.005]), (1.0, 1.25, 0.7)), 0.022) * 0.50
    nose = _hill(_near(mirrored, eye + np.array([-0.030, -0.043, 0.035])), 0.013) * 0.35
    ear = np.clip((mirrored[..., 0] - 0.070) / 0.012, 0, 1) * (np.abs(points[..., 1] - eye[1] + 0.02) < 0.05) * 0.35
    chin = _hill(_near(mirrored, eye + np.array([-0.030, -0.100, 0.0])), 0.014) * 0.15
    chest = np.clip((1.40 - points[..., 1]) / 0.12, 0, 1) * 0.10
    return np.clip(cheek + nose + ear + chin + chest, 0, 1)


def _mottle(points: NDArray) -> NDArray:
    """Skin is never one colour: 3 % of large patches, 2 % of fine grain."""
    rng = np.random.default_rng(3)
    coarse = ndimage.gaussian_filter(rng.normal(size=points.shape[:2]), 22, mode="wrap")
    fine = ndimage.gaussian_filter(rng.normal(size=points.shape[:2]), 1.3, mode="wrap")
    return 1.0 + 0.014 * coarse / coarse.std() + 0.010 * fine / fine.std()


def _eyes(colour: NDArray, points: NDArray, body: Body) -> NDArray:
    """Soft shade on the lid, a liner along the lashes, a warm inner rim."""
    mirrored = points * (1, 1, 1)
    mirrored[..., 0] = np.abs(mirrored[..., 0])
    way = mirrored - body.joint("leftEye")
    around = np.hypot(way[..., 0] / 0.0200, (way[..., 1] - 0.002) / 0.0135)
    above = np.clip(way[..., 1] / 0.004 + 0.4, 0, 1)
    front = (points[..., 2] > 0.06).astype(np.float64)
    colour = _mix(colour, LID, np.clip(1.25 - around, 0, 1) * (0.30 + 0.45 * above) * front)
    below = _hill(np.hypot(way[..., 0] / 0.016, (way[..., 1] + 0.014) / 0.006), 1.0)
    return _mix(colour, SHADOW * 1.25, below * 0.16 * front)


def _lips(colour: NDArray, points: NDArray, normals: NDArray, lips: NDArray) -> NDArray:
    soft = ndimage.gaussian_filter(np.clip(lips, 0, 1), 1.6)
    amount = np.clip((soft - 0.25) / 0.45, 0, 1)
    edge = np.clip(1 - np.abs(soft - 0.45) / 0.35, 0, 1) * amount
    colour = _mix(colour, LIP, amount * 0.90)
    return _mix(colour, LIP_EDGE, edge * 0.35)


def _brows(colour: NDArray, points: NDArray, body: Body) -> NDArray:
    """Hairs drawn as short slanting strokes within the brow's outline."""
    eye = body.joint("leftEye")
    side = (np.abs(points[..., 0]) - eye[0])
    up = points[..., 1] - eye[1]
    middle = np.interp(side, BROW_LINE[:, 0], BROW_LINE[:, 1])
    half = np.interp(side, BROW_LINE[:, 0], BROW_LINE[:, 2], left=0.0, right=0.0)
    front = points[..., 2] > 0.06
    across = (up - middle) / np.maximum(half, 1e-4)
    lean = np.interp(side, [-0.016, 0.0, 0.026], [0.35, 0.9, 1.5])  # hairs stand at the root, lie down at the tail
    rng = np.random.default_rng(9)
    noise = ndimage.gaussian_filter(rng.normal(size=side.shape), 4)
    noise *= 1.2 / noise.std()
    grain = np.sin((side - lean * (up - middle)) * 2 * np.pi / 0.0013 + 2.0 * noise) * 0.5 + 0.5
    body_ = np.clip(1.25 - across**2, 0, 1) * (half > 1e-4) * front
    fade = np.interp(side, [-0.0165, -0.010, 0.020, 0.0265], [0.25, 0.85, 0.9, 0.5])
    amount = body_ * fade * (0.58 + 0.30 * grain)
    return _mix(colour, BROW, np.clip(amount, 0, 0.92))


def _bleed(colour: NDArray, inside: NDArray) -> NDArray:
    """Fill texels outside the islands with the nearest inside, so that mipmaps do not pull in black."""
    nearest = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    return colour[tuple(nearest)]


def encode(colour: NDArray, quality: int = 88) -> bytes:
    """(h, w, 3) sRGB 0..1 as WebP bytes."""
    out = io.BytesIO()
    Image.fromarray((np.clip(colour, 0, 1) * 255 + 0.5).astype(np.uint8)).save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def iris_texture(size_px: int = 256) -> bytes:
    """The eyeball seen from in front, its edge 100 degrees from the pupil: sclera, brown iris with fibres, pupil."""
    y, x = np.mgrid[0:size_px, 0:size_px]
    x, y = (x + 0.5) / size_px - 0.5, 0.5 - (y + 0.5) / size_px
    polar = np.hypot(x, y) * 200.0  # degrees from the pupil's middle
    turn = np.arctan2(y, x)
    fibres = sum(np.sin(turn * k + k) for k in (17, 29, 41, 53)) / 4
    iris_edge, pupil_edge = 29.0, 11.5
    inner = np.clip((polar - pupil_edge) / (iris_edge - pupil_edge), 0, 1)
    iris = IRIS_IN * (1 - inner[..., None] ** 1.5) + IRIS_OUT * inner[..., None] ** 1.5
    iris = iris * (1 + 0.16 * fibres[..., None] * (1 - inner[..., None]))
    iris = iris * np.interp(y, [-0.15, 0.15], [1.25, 0.72])[..., None]  # light gathers below, the lid shades above
    sclera = SCLERA * np.interp(polar, [25, 60, 100], [1.0, 0.96, 0.7])[..., None]
    sclera = _mix(sclera, VEIN, np.interp(polar, [38, 62], [0.0, 0.55]))
    colour = _mix(sclera, iris, np.clip((iris_edge + 1.5 - polar) / 3.0, 0, 1))
    colour = _mix(colour, IRIS_OUT * 0.55, np.clip(1 - np.abs(polar - iris_edge) / 2.6, 0, 1) * 0.75)
    colour = _mix(colour, PUPIL, np.clip((pupil_edge + 1.2 - polar) / 2.4, 0, 1))
    return encode(colour, 90)
