"""Buffers and images as bytes, and what their headers say. Source: glTF 2.0, sections 3.6.1 and 3.8.4."""

from __future__ import annotations

from assets.gate.spec.fields import Clean
from assets.gate.spec.image_header import JPEG, KTX2, PNG, WEBP, HeaderError, mime_of, read_header
from assets.gate.spec.model import Model
from assets.glb import GlbError
from assets.glb_container import uri_bytes

_ENABLED_BY = {WEBP: "EXT_texture_webp", KTX2: "KHR_texture_basisu"}
MOST_PADDING = 3  # bytes that a GLB's binary chunk may be longer than its buffer


def check(model: Model) -> None:
    """Load the buffers into the model and note what is wrong with buffers and images."""
    for i, buffer, where in model.each("buffers"):
        model.buffers[i] = _buffer(model, i, buffer, where)
    kinds = {i: _image(model, image, where) for i, image, where in model.each("images")}
    for _, texture, where in model.each("textures"):
        for owner, place, allowed in (
            (texture, where, (PNG, JPEG)),
            (model.extension(texture, "EXT_texture_webp") or {}, f"{where}/extensions/EXT_texture_webp", (WEBP,)),
            (model.extension(texture, "KHR_texture_basisu") or {}, f"{where}/extensions/KHR_texture_basisu", (KTX2,)),
        ):
            kind = kinds.get(owner.get("source", -1), "")
            if kind and kind not in allowed:
                model.problems.add("texture_invalid_image_mime_type", f"{place}/source", kind)


def _buffer(model: Model, index: int, buffer: Clean, where: str) -> bytes | None:
    size = buffer.get("byteLength")
    if size is None:
        return None
    data: bytes | None
    if "uri" in buffer:
        data = _fetched(model, buffer["uri"], where)
    else:
        data = model.document.binary if index == 0 else None
        if data is None and index == 0 and model.document.is_glb and not buffer.get("extensions"):
            model.problems.add("buffer_missing_glb_data", where)
    if data is not None and len(data) < size:
        model.problems.add("buffer_byte_length_mismatch", where, f"{len(data)} < {size}")
        return None
    return data


def _fetched(model: Model, uri: str, where: str) -> bytes | None:
    try:
        return uri_bytes(model.document, uri, where)
    except GlbError as error:
        model.problems.add("external" if error.code == "external" else "invalid_uri", f"{where}/uri", error)
        return None


def _image(model: Model, image: Clean, where: str) -> str:
    """Its type by its bytes, else the stated one, else ""."""
    add = model.problems.add
    stated = image.get("mimeType", "")
    if "uri" in image:
        data = _fetched(model, image["uri"], where)
        uri = image["uri"]
        if data is not None and uri.startswith("data:") and mime_of(data) != uri[5:].split(";")[0].split(",")[0].lower():
            add("invalid_uri", f"{where}/uri", "the stated type is not that of the data")
    else:
        data = model.view_bytes(image.get("bufferView"))
    if data is None:
        return stated
    try:
        header = read_header(data)
    except HeaderError as error:
        add(error.code, where, error)
        return stated or mime_of(data)
    if header is None:
        add("image_unrecognized_format", where)
        return stated
    if header.mime in _ENABLED_BY and _ENABLED_BY[header.mime] not in model.used:
        add("image_non_enabled_mime_type", where, header.mime)
    if stated and stated != header.mime:
        add("image_mime_type_invalid", where, f"{stated}, found {header.mime}")
    return header.mime
