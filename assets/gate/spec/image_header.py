"""What an image file says of itself in its first bytes, without decoding a pixel. PNG, JPEG, WebP, KTX2."""

from __future__ import annotations

import struct
from dataclasses import dataclass

PNG, JPEG, WEBP, KTX2 = "image/png", "image/jpeg", "image/webp", "image/ktx2"
_MAGICS = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"\xabKTX 20\xbb\r\n\x1a\n", KTX2))
_PNG_COLOURS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}  # colour type -> bit depths


class HeaderError(ValueError):
    """The header is broken. code: image_data_invalid or image_unexpected_eos."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """mime: from the bytes; width, height in pixels."""

    mime: str
    width_px: int
    height_px: int


def mime_of(data: bytes) -> str:
    """The type by its first bytes, "" when it is none of the four."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    return next((mime for magic, mime in _MAGICS if data.startswith(magic)), "")


def read_header(data: bytes) -> ImageHeader | None:
    """Type and size; None for an unknown type. Raises HeaderError."""
    mime = mime_of(data)
    if not mime:
        return None
    try:
        width, height = {PNG: _png, JPEG: _jpeg, WEBP: _webp, KTX2: _ktx2}[mime](data)
    except struct.error:
        raise HeaderError("image_unexpected_eos", "the file ends inside its header") from None
    if not width or not height:
        raise HeaderError("image_data_invalid", "a side of 0 pixels")
    return ImageHeader(mime, width, height)


def _png(data: bytes) -> tuple[int, int]:
    """Walks the chunks up to the first pixels."""
    length, kind = struct.unpack_from(">I4s", data, 8)
    if kind != b"IHDR" or length != 13:
        raise HeaderError("image_data_invalid", "the first chunk of the PNG is not IHDR")
    width, height, depth, colour, *_, interlace = struct.unpack_from(">IIBBBBB", data, 16)
    if depth not in _PNG_COLOURS.get(colour, ()) or interlace > 1:
        raise HeaderError("image_data_invalid", f"PNG colour type {colour} with {depth} bits")
    at = 33
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IDAT":
            break
        if kind == b"IEND":
            raise HeaderError("image_data_invalid", "a PNG without pixels")
        at += 12 + length
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    """Walks the markers up to the frame header."""
    at = 2
    while True:
        mark, kind = struct.unpack_from(">BB", data, at)
        if mark != 0xFF:
            raise HeaderError("image_data_invalid", f"no JPEG marker at byte {at}")
        if kind == 0xFF:  # fill bytes before a marker
            at += 1
            continue
        length = struct.unpack_from(">H", data, at + 2)[0]
        if length < 2:
            raise HeaderError("image_data_invalid", "a JPEG segment of less than two bytes")
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            _, height, width, channels = struct.unpack_from(">BHHB", data, at + 4)
            if channels not in (1, 3):
                raise HeaderError("image_data_invalid", f"a JPEG with {channels} colour channels")
            return width, height
        if kind in (0xD9, 0xDA):
            raise HeaderError("image_data_invalid", "a JPEG without a frame header")
        at += 2 + length


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8 ":
        start, width, height = struct.unpack_from("<3sHH", data, 23)
        if start != b"\x9d\x01\x2a":
            raise HeaderError("image_data_invalid", "a WebP without its start code")
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        signature, bits = struct.unpack_from("<BI", data, 20)
        if signature != 0x2F:
            raise HeaderError("image_data_invalid", "a lossless WebP without its signature")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        low_w, high_w, low_h, high_h = struct.unpack_from("<HBHB", data, 24)
        return (low_w | high_w << 16) + 1, (low_h | high_h << 16) + 1
    raise HeaderError("image_data_invalid", f"a WebP that begins with {kind!r}")


def _ktx2(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<II", data, 20)
    return width, max(height, 1)
