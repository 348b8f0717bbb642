"""Fine hair that is blended over everything else: cards with hairs painted on them, at hairlines, temples, outlines, tips.

Locks are opaque (`avatar.build.locks`), so that nothing shimmers; alone they end in hard edges. These lie on locks and skin of
nearly their own colour, so the order in which they are blended does not show, and they write no depth."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from avatar.build.locks import woven
from avatar.build.mesh import Piece, piece

SIZE_PX = (512, 256)  # of the picture: columns side by side, from root (bottom) to tip
CLUMP, LOOSE, SINGLE, CLIPPED = range(4)  # columns: many hairs that keep together, some, a few; short ones all over
_HAIRS = {CLUMP: 64, LOOSE: 26, SINGLE: 7, CLIPPED: 170}
_COLUMNS = 4
_OVER = 4  # the picture is drawn so many times finer across
_EDGE = 0.06  # of a column's width and height stays clear


def cards(paths: NDArray, outward: NDArray, width_m: NDArray, column: int, weights: NDArray, shade: NDArray,
          tint: NDArray, narrow: float = 0.7) -> Piece:
    """One Piece of flat strips. paths: (n, r, 3) from root to tip; outward: (n, r, 3) unit, away from the head; width_m: (n,);
    column: of the picture; shade: (n,) brightness; tint: (3,) linear; narrow: width at both ends, as a share."""
    n, rows, _ = paths.shape
    along = np.gradient(paths, axis=1)
    side = np.cross(outward, along)
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-9)
    t = np.linspace(0, 1, rows)
    half = width_m[:, None] / 2 * (narrow + (1 - narrow) * np.sin(np.pi * t))
    spots = np.stack([paths - side * half[..., None], paths + side * half[..., None]], 2).reshape(-1, 3)
    flipped = np.arange(n) % 2  # the same picture from its other side: twice as many cards to the eye
    left, right = column / _COLUMNS, (column + 1) / _COLUMNS
    u = np.where(flipped[:, None] == np.arange(2), left, right)
    uvs = np.stack(np.broadcast_arrays(u[:, None, :], t[None, :, None]), -1).reshape(-1, 2)
    colours = np.repeat(shade, rows * 2)[:, None] * tint
    return piece(spots, woven(spots, outward, 2), weights, colours, uvs)


def picture(shrink: int = 1) -> bytes:
    """The cards' picture: brightness of the hairs, and where they are as alpha. WebP. shrink: so many times smaller."""
    width, height = SIZE_PX
    rng = np.random.default_rng(23)
    columns = [_column(kind, width // _COLUMNS * _OVER, height, rng) for kind in range(_COLUMNS)]
    grey, alpha = (np.concatenate([c[i] for c in columns], 1)[::-1] for i in range(2))
    pixels = np.stack([grey, grey, grey, alpha], -1)
    pixels = pixels.reshape(height, width, _OVER, 4).mean(2)
    image = Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8), "RGBA")
    if shrink > 1:
        image = image.resize((width // shrink, height // shrink), Image.Resampling.BOX)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=70, alpha_quality=70, method=4, exact=True)
    return out.getvalue()


def _column(kind: int, width: int, height: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Brightness and alpha, (height, width), row 0 at the root."""
    count = _HAIRS[kind]
    spread = {CLUMP: 0.16, LOOSE: 0.24, SINGLE: 0.30, CLIPPED: 0.5}[kind]
    middle = rng.normal(0, spread, count) if kind != CLIPPED else rng.uniform(-0.5, 0.5, count)
    middle = np.clip(middle, -0.40, 0.40)
    begin = rng.uniform(0, 0.07, count) if kind != CLIPPED else rng.uniform(0.0, 0.80, count)
    length = rng.uniform(0.45, 0.86, count) if kind != CLIPPED else rng.uniform(0.12, 0.24, count)
    bend, wave, phase = rng.normal(0, 0.05, count), rng.normal(0, 0.012, count), rng.uniform(0, 6.3, count)
    shade = rng.uniform(0.50, 1.0, count)
    x, v = (np.arange(width) + 0.5) / width - 0.5, (np.arange(height) + 0.5) / height
    grey, left = np.full((height, width), 0.84), np.ones((height, width))
    for i in range(count):
        t = (v - _EDGE - begin[i]) / length[i]
        there = np.flatnonzero((t > 0) & (t < 1))
        if not len(there):
            continue
        t = t[there]
        gather = 1.0 - 0.35 * t if kind == CLUMP else 1.0 + 0.25 * t  # clumps close to their tips, loose ones part
        at = middle[i] * gather + bend[i] * t**2 + wave[i] * np.sin(6.3 * t + phase[i])
        thick = 0.0095 * np.clip((1 - t) / 0.5, 0.15, 1)
        strength = np.clip(t * 9, 0, 1) * np.clip((1 - t) * 3, 0, 1) * (0.45 if kind == CLIPPED else 0.9)
        hair = np.exp(-(((x[None] - at[:, None]) / thick[:, None]) ** 2)) * strength[:, None]
        grey[there] += hair * (shade[i] - grey[there])
        left[there] *= 1 - hair
    side = np.clip((0.5 - np.abs(x)) / _EDGE, 0, 1)[None]
    ends = np.clip(np.minimum(v, 1 - v) / _EDGE, 0, 1)[:, None]
    if kind == CLIPPED:  # no edge of such a card may show on the skin
        side, ends = np.clip(np.cos(np.pi * x), 0, 1)[None] ** 0.7, np.clip(np.sin(np.pi * v), 0, 1)[:, None] ** 0.7
    return grey, (1 - left) * side * ends
