"""A product without a model: its photo as a cut-out that stands at true height, until somebody makes a model."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from assets.gate.assembly import Assembly, Part
from assets.gate.spec.image_header import HeaderError, read_header
from assets.glb import GlbError

MAX_SIDE_PX, MAX_PX = 12_000, 60_000_000  # phones take 50 Mpx; more does not fit the worker
SIDE_PX = 2048  # of the card's picture
THICKNESS_M = 0.005  # a board of foam: thin enough to read as a photo, thick enough to have an edge
FOOT_SHARE = 0.25  # of the height: how deep the foot behind it is
BACKGROUND_TOLERANCE = 28  # of 255, in each channel: studio white with its soft shadow
BACKGROUND_SHARE = 0.85  # of the border that must look alike, else the photo has a scene behind the product
SMALLEST_SHARE = 0.02  # of the photo: a cut-out that leaves less has eaten the product
_BOARD = (0.72, 0.70, 0.66)  # grey card


def standee_glb(data: bytes, height_m: float) -> tuple[bytes, bool]:
    """(GLB, whether a background was taken away). height_m: of the product in the photo. Raises GlbError.

    A plain background is cut away and the picture cropped to what is left; a photo with transparency is cut by it; any other
    stands as a whole board.
    """
    picture, cut = _cut_out(_opened(data))
    width_m = height_m * picture.width / picture.height
    made = Assembly("nightwindow, from a photo")
    out = io.BytesIO()
    picture.save(out, "PNG")
    texture = {"index": made.texture(out.getvalue())}
    masked = {"alphaMode": "MASK", "alphaCutoff": 0.5}
    front = made.material({"name": "photo", **masked, "pbrMetallicRoughness": {
        "baseColorTexture": texture, "metallicFactor": 0, "roughnessFactor": 0.9}})
    back = made.material({"name": "board", **masked, "pbrMetallicRoughness": {
        "baseColorTexture": texture, "baseColorFactor": [0.12, 0.12, 0.12, 1], "metallicFactor": 0, "roughnessFactor": 1}})
    foot = made.material({"name": "foot", "doubleSided": True, "pbrMetallicRoughness": {
        "baseColorFactor": [*_BOARD, 1], "metallicFactor": 0, "roughnessFactor": 1}})
    deep, tall = FOOT_SHARE * height_m, 0.4 * height_m
    half, z = width_m / 2, deep / 2  # the foot reaches as far back as the picture stands in front
    corners = np.array([[-half, 0, z], [half, 0, z], [half, height_m, z], [-half, height_m, z]])
    uv = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    made.add(Part("photo", corners[faces], _facing(faces, 1.0), uv[faces], front))
    made.add(Part("board", (corners - (0, 0, THICKNESS_M))[faces[:, ::-1]], _facing(faces, -1.0), uv[faces[:, ::-1]], back))
    behind = z - THICKNESS_M
    wedge = np.array([[[0, 0, behind], [0, 0, -z], [0, tall, behind]]])
    made.add(Part("foot", wedge, np.tile([1.0, 0.0, 0.0], (1, 3, 1)), None, foot))
    return made.glb(), cut


def _facing(faces: NDArray[np.int64], z: float) -> NDArray[np.float64]:
    return np.tile([0.0, 0.0, z], (*faces.shape, 1))


def _opened(data: bytes) -> Image.Image:
    """The photo as RGBA, upright, at most SIDE_PX a side."""
    try:
        header = read_header(data)
    except HeaderError as error:
        raise GlbError(f"The photo is broken: {error}.", "image") from None
    if header is None or header.mime == "image/ktx2":
        raise GlbError("The photo is not a PNG, JPEG or WebP file.", "image")
    if max(header.width_px, header.height_px) > MAX_SIDE_PX or header.width_px * header.height_px > MAX_PX:
        raise GlbError(f"The photo is {header.width_px} x {header.height_px} pixels; at most {MAX_SIDE_PX} a side and 60 "
                       "million together.", "image_size")
    Image.MAX_IMAGE_PIXELS = None  # this process exists for one file, and our own limit came first
    try:
        opened = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
        opened.draft("RGB", (SIDE_PX, SIDE_PX))  # a JPEG is decoded small at once
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
        return picture.convert("RGBA")
    except Exception as error:  # Pillow raises many kinds for damaged pixels
        raise GlbError(f"The photo cannot be decoded ({str(error)[:80]}).", "image") from None


def _cut_out(picture: Image.Image) -> tuple[Image.Image, bool]:
    """The picture cropped to the product; whether a background went."""
    pixels = np.asarray(picture).copy()
    cut = False
    if pixels[..., 3].min() > 250:
        behind = background(pixels[..., :3])
        if behind is not None and (~behind).mean() >= SMALLEST_SHARE:
            pixels[behind, 3], cut = 0, True
    seen = pixels[..., 3] >= 128
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    if not len(rows):
        raise GlbError("The photo is transparent everywhere.", "empty")
    pixels = pixels[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    return Image.fromarray(pixels, "RGBA"), cut


def background(rgb: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """(h, w) what lies behind the product: the colour of the border, as far as it reaches in; None for a busy border."""
    from scipy import ndimage

    border = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]]).astype(np.int16)
    colour = np.median(border, axis=0)
    if (np.abs(border - colour).max(1) <= BACKGROUND_TOLERANCE).mean() < BACKGROUND_SHARE:
        return None
    alike = np.abs(rgb.astype(np.int16) - colour).max(-1) <= BACKGROUND_TOLERANCE
    labels, _ = ndimage.label(alike)
    touching = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return np.isin(labels, touching[touching > 0])
