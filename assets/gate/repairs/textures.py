"""Pictures of more than 2,048 pixels a side: four times the memory for what no phone shows."""

from __future__ import annotations

import io

from PIL import Image

from assets.gate.edit import Edit
from assets.gate.findings import Finding
from assets.gate.spec.image_header import HeaderError, read_header
from assets.glb import GlbError

SIDE_PX = 2048
SOURCE = "Khronos 3D Commerce guideline and Google Scene Viewer: textures of at most 2,048 pixels a side"
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
JPEG_QUALITY = 92  # above it files grow faster than anything can be seen


def repair(edit: Edit) -> list[Finding]:
    """Scale what is too large down to SIDE_PX, keeping its proportions and format."""
    largest, scaled = 0, 0
    for i, data in images_of(edit):
        try:
            header = read_header(data)
        except HeaderError:
            continue
        if header is None or header.mime not in _FORMATS or max(header.width_px, header.height_px) <= SIDE_PX:
            continue
        picture = Image.open(io.BytesIO(data), formats=(_FORMATS[header.mime],))
        edit.replace_image(i, encoded(_smaller(picture), _FORMATS[header.mime]), header.mime)
        largest, scaled = max(largest, header.width_px, header.height_px), scaled + 1
    if not scaled:
        return []
    return [Finding("texture_size", "repaired", f"{scaled} textures of up to {largest} pixels were scaled to {SIDE_PX}.",
                    f"{scaled} 张最大 {largest} 像素的贴图已缩小到 {SIDE_PX}。", largest, SIDE_PX, SOURCE)]


def images_of(edit: Edit) -> list[tuple[int, bytes]]:
    """(index, bytes) of the images that can be reached."""
    reader, found = edit.accessors(), []
    for i, image in enumerate(edit.value.get("images", [])):
        if isinstance(image.get("bufferView"), int):
            try:
                found.append((i, reader.view(image["bufferView"], f"image {i}")))
            except GlbError:
                continue  # its check has named it
    return found


def encoded(picture: Image.Image, kind: str) -> bytes:
    """The picture as a file of PNG, JPEG or WEBP."""
    out = io.BytesIO()
    if kind == "JPEG" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    picture.save(out, kind, **({"quality": JPEG_QUALITY} if kind != "PNG" else {}))
    return out.getvalue()


def _smaller(picture: Image.Image) -> Image.Image:
    if picture.mode == "P":  # palettes cannot be blended
        picture = picture.convert("RGBA")
    factor = SIDE_PX / max(picture.size)
    return picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))),
                          Image.Resampling.LANCZOS)
