"""KHR_texture_basisu: pictures in KTX2 unpacked to PNG, because neither the stage nor every browser reads them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from assets.gate.edit import Edit
from assets.gate.findings import Finding
from assets.gate.spec.image_header import KTX2, HeaderError, read_header
from assets.glb import GlbError
from assets.glb_container import Document, open_document

NAME = "KHR_texture_basisu"
SIDE_PX, TOTAL_PX = 4096, 64_000_000  # as for other pictures: read from the header before anything is unpacked
SOURCE = "KHR_texture_basisu: Khronos recommends PNG or JPEG beside it, as not every viewer unpacks it"


def unpacked(document: Document) -> tuple[Document, list[Finding]]:
    """The document without the extension, and the finding; the same one when it has none.

    Raises GlbError for a picture that is too large, damaged or not Basis Universal.
    """
    names = document.json.get("extensionsUsed")
    if not isinstance(names, list) or NAME not in names:
        return document, []
    edit = Edit(document)
    reader = edit.accessors()
    changed, total = 0, 0
    for i, image in enumerate(edit.value.get("images", [])):
        data = reader.view(image["bufferView"], f"image {i}") if isinstance(image.get("bufferView"), int) else b""
        try:
            header = read_header(data)
        except HeaderError as error:
            raise GlbError(f"Image {i} is broken: {error}.", "image") from None
        if header is None or header.mime != KTX2:
            continue
        total += header.width_px * header.height_px
        if max(header.width_px, header.height_px) > SIDE_PX or total > TOTAL_PX:
            raise GlbError(f"Image {i} is {header.width_px} x {header.height_px} pixels; at most {SIDE_PX} a side and 64 "
                           "million together.", "image_size")
        edit.replace_image(i, _png(data, i), "image/png")
        changed += 1
    for texture in edit.value.get("textures", []):
        own: Any = texture.get("extensions", {}).pop(NAME, None)
        if isinstance(own, dict) and "source" in own:
            texture["source"] = own["source"]
        if texture.get("extensions") == {}:
            del texture["extensions"]
    for key in ("extensionsUsed", "extensionsRequired"):
        kept = [n for n in edit.value.get(key, []) if n != NAME]
        edit.value.pop(key, None)
        if kept:
            edit.value[key] = kept
    return open_document(edit.glb()), [Finding(
        "texture_basis", "repaired", f"{changed} KTX2 pictures were unpacked to PNG.",
        f"{changed} 张 KTX2 贴图已解码为 PNG。", changed, 0, SOURCE)]


def _png(data: bytes, index: int) -> bytes:
    try:
        import opengl_basisu
    except ImportError:
        raise GlbError(f"Image {index} is KTX2 ({NAME}), which needs the package opengl-basisu; export PNG or JPEG.",
                       "unsupported") from None
    try:
        texture = opengl_basisu.open(data)
        pixels = texture.transcode(opengl_basisu.Target.RGBA8).data
    except ValueError as error:
        raise GlbError(f"Image {index} is KTX2 and cannot be unpacked ({str(error)[:80]}); export PNG or JPEG.",
                       "image") from None
    picture = Image.fromarray(pixels, "RGBA")
    out = io.BytesIO()
    (picture if texture.has_alpha else picture.convert("RGB")).save(out, "PNG", compress_level=3)
    return out.getvalue()
