"""Small painted textures: a watch face, a mug's print, canvas, wood. Every picture is drawn here, none is loaded."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from assets.glb import GlbImage


def png(picture: Image.Image, name: str, colours: int = 0) -> GlbImage:
    """As a PNG; colours > 0 reduces the palette, which keeps flat prints small."""
    if colours:
        picture = picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return GlbImage(buffer.getvalue(), "image/png", name)


def jpeg(picture: Image.Image, name: str, quality: int = 82) -> GlbImage:
    """As a JPEG without chroma subsampling."""
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=quality, optimize=True, subsampling=0)
    return GlbImage(buffer.getvalue(), "image/jpeg", name)


def watch_face(size_px: int = 256) -> GlbImage:
    """A midnight-blue dial: minute track, hour batons, a moon at six and the shop's window mark at twelve."""
    big = size_px * 3  # drawn large and shrunk: PIL draws without smoothing
    y, x = np.mgrid[0:big, 0:big] / big - 0.5
    radius = np.hypot(x, y)
    glow = np.clip(1.15 - radius * 1.5 + 0.12 * (-y), 0.25, 1.2)[..., None]
    sun = 1 + 0.06 * np.cos(np.arctan2(y, x) * 120)[..., None]  # a sunburst brushing
    base = np.clip(np.array([26, 44, 84]) * glow * sun, 0, 255).astype(np.uint8)
    picture = Image.fromarray(base)
    draw = ImageDraw.Draw(picture)
    centre = big / 2
    for minute in range(60):
        angle = math.radians(minute * 6)
        hour = minute % 5 == 0
        outer, inner, width = 0.485, 0.455 if not hour else 0.375, 2 if not hour else 13
        if minute == 30:
            inner = 0.43
        ends = [(centre + r * big * math.sin(angle), centre - r * big * math.cos(angle)) for r in (inner, outer)]
        draw.line(ends, fill=(226, 214, 186) if hour else (150, 160, 184), width=max(2, width * big // 1152))
    moon = (centre, centre + 0.24 * big)
    r = 0.085 * big
    draw.ellipse([moon[0] - r, moon[1] - r, moon[0] + r, moon[1] + r], fill=(10, 16, 36), outline=(226, 214, 186), width=6)
    m = 0.05 * big
    draw.ellipse([moon[0] - m, moon[1] - m, moon[0] + m, moon[1] + m], fill=(244, 226, 170))
    draw.ellipse([moon[0] - m * 0.45, moon[1] - m * 1.15, moon[0] + m * 1.55, moon[1] + m * 0.8], fill=(10, 16, 36))
    w = 0.035 * big
    top = centre - 0.245 * big
    draw.rectangle([centre - w, top - w, centre + w, top + w], outline=(244, 205, 130), width=8)
    draw.line([(centre, top - w), (centre, top + w)], fill=(244, 205, 130), width=6)
    draw.line([(centre - w, top), (centre + w, top)], fill=(244, 205, 130), width=6)
    return png(picture.resize((size_px, size_px), Image.Resampling.LANCZOS), "watch_face", 160)


def mug_print(width_px: int = 1024, height_px: int = 256) -> GlbImage:
    """A skyline at night with lit windows and a moon, as a band around a mug; wraps left to right."""
    random = np.random.default_rng(11)
    rows = np.linspace(0, 1, height_px)[:, None, None]
    sky = (1 - rows) * np.array([24, 32, 66]) + rows * np.array([88, 74, 118])
    picture = Image.fromarray(np.broadcast_to(sky, (height_px, width_px, 3)).astype(np.uint8).copy())
    draw = ImageDraw.Draw(picture)
    for _ in range(90):
        x, y = int(random.integers(width_px)), int(random.integers(height_px // 2))
        draw.point((x, y), fill=(240, 236, 214))
    for moon_x in (int(width_px * 0.42), int(width_px * 0.92)):  # U = 0 is the front, 0.25 the handle
        draw.ellipse([moon_x - 24, 30, moon_x + 24, 78], fill=(248, 232, 184))
        draw.ellipse([moon_x - 8, 24, moon_x + 38, 70], fill=(30, 38, 74))
    x = 0
    while x < width_px:
        w, h = int(random.integers(28, 62)), int(random.integers(60, 150))
        w = min(w, width_px - x)
        top = height_px - h
        draw.rectangle([x, top, x + w - 3, height_px], fill=(22, 24, 46))
        for wy in range(top + 8, height_px - 8, 13):
            for wx in range(x + 6, x + w - 10, 11):
                if random.random() < 0.55:
                    draw.rectangle([wx, wy, wx + 5, wy + 7], fill=[(255, 208, 120), (255, 226, 160), (244, 170, 96)][
                        int(random.integers(3))])
        x += w
    return png(picture, "mug_print", 48)


def canvas(code: tuple[int, int, int], size_px: int = 128, name: str = "canvas") -> GlbImage:
    """A plain weave, tileable: two threads per cell, slightly uneven."""
    random = np.random.default_rng(5)
    y, x = np.mgrid[0:size_px, 0:size_px]
    warp = 0.5 + 0.5 * np.cos(x * 2 * np.pi / 4)
    weft = 0.5 + 0.5 * np.cos(y * 2 * np.pi / 4)
    over = ((x // 4 + y // 4) % 2).astype(float)
    weave = over * warp + (1 - over) * weft
    value = 0.84 + 0.16 * weave + random.normal(0, 0.03, (size_px, size_px))
    picture = np.clip(np.asarray(code) * value[..., None], 0, 255).astype(np.uint8)
    return jpeg(Image.fromarray(picture), name, 70)


def wood(size_px: int = 256, name: str = "wood") -> GlbImage:
    """Straight-grained oak, tileable along V."""
    random = np.random.default_rng(3)
    y, x = np.mgrid[0:size_px, 0:size_px] / size_px
    bend = 0.03 * np.sin(2 * np.pi * y) + 0.015 * np.sin(2 * np.pi * (2 * y + 0.3))
    rings = np.zeros_like(x)
    for k, strength in ((6, 0.30), (14, 0.25), (33, 0.2), (71, 0.15)):
        rings += strength * np.sin(2 * np.pi * (k * (x + bend) + random.random()))
    pores = random.normal(0, 1, (size_px, size_px))
    soft = Image.fromarray((pores * 40 + 128).clip(0, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(1))
    long = np.asarray(soft.resize((size_px, size_px // 8)).resize((size_px, size_px))) / 128 - 1
    value = np.clip(0.88 + 0.10 * rings + 0.22 * long, 0.5, 1.1)[..., None]
    colour = np.array([206, 160, 108]) * value
    return jpeg(Image.fromarray(np.clip(colour, 0, 255).astype(np.uint8)), name, 78)
