"""A pack's pictures: smaller, and in the format that its viewer takes."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from assets.packs.surfaces import Product

ATLAS = "atlas of "  # how the name of a picture begins that holds several (assets.packs.atlas)


def as_webp(product: Product, side_px: int, quality: int) -> Product:
    """Every picture as WebP of at most side_px a side; one that holds several, twice that."""
    return replace(product, images=tuple((_webp(data, limit, quality), "image/webp")
                                         for (data, _), limit in zip(product.images, _limits(product, side_px), strict=True)))


def _limits(product: Product, side_px: int) -> list[int]:
    names = [str(image.get("name", "")) for image in product.value.get("images", [])]
    return [2 * side_px if name.startswith(ATLAS) else side_px for name in names]


def as_plain(product: Product, side_px: int, jpeg: bool) -> Product:
    """PNG and JPEG only, at most side_px a side. jpeg: pictures without transparency become JPEG, too."""
    return replace(product, images=tuple(_plain(data, mime, side_px, jpeg) for data, mime in product.images))


def _opened(data: bytes, side_px: int) -> Image.Image:
    file = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
    if max(file.size) > side_px:
        file.draft("RGB", (side_px, side_px))  # JPEG decodes straight to a half, a quarter, an eighth
    picture = file.convert("RGBA" if _clear(file) else "RGB")
    if max(picture.size) > side_px:
        factor = side_px / max(picture.size)
        picture = picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))),
                                 Image.Resampling.LANCZOS)
    return picture


def _clear(picture: Image.Image) -> bool:
    """Whether any of it is transparent."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        return bool(np.asarray(picture.convert("RGBA").getchannel("A")).min() < 255)
    return False


def _webp(data: bytes, side_px: int, quality: int) -> bytes:
    out = io.BytesIO()
    _opened(data, side_px).save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def _plain(data: bytes, mime: str, side_px: int, jpeg: bool) -> tuple[bytes, str]:
    small = max(Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")).size) <= side_px
    if small and (mime == "image/jpeg" or (mime == "image/png" and not jpeg)):
        return data, mime
    picture, out = _opened(data, side_px), io.BytesIO()
    if picture.mode == "RGBA" or not (jpeg or mime == "image/jpeg"):
        picture.save(out, "PNG", compress_level=6)
        return out.getvalue(), "image/png"
    picture.save(out, "JPEG", quality=90)
    return out.getvalue(), "image/jpeg"
