"""Textures: pixel limits from the headers before decoding, then whether they decode, then power of two."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from PIL import Image

from assets.gate.findings import Finding
from assets.gate.subject import Subject
from assets.glb import GlbError
from assets.glb_accessors import Accessors
from assets.glb_container import integer, uri_bytes

FORMATS = ("PNG", "JPEG", "WEBP")  # Pillow knows forty more, some of which start other programs
SIDE_PX, TOTAL_PX = 4096, 64_000_000
SOURCE = "Khronos publishing targets (2K); 4096 and 64 Mpx are what a phone can hold"


def check(subject: Subject) -> list[Finding]:
    """Reads image bytes, so it runs after the container's checks."""
    findings: list[Finding] = []
    opened: list[tuple[int, Image.Image]] = []
    used = _used(subject)
    for i, data in _encoded(subject):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                Image.MAX_IMAGE_PIXELS = None  # this process exists for one file, and our own limit comes first
                opened.append((i, Image.open(io.BytesIO(data), formats=FORMATS)))
        except Exception as error:  # Pillow raises many kinds for damaged headers
            findings.append(_broken(i, error, i in used))
    for i, picture in opened:
        findings += _size(i, *picture.size)
    total = sum(p.size[0] * p.size[1] for _, p in opened)
    if total > TOTAL_PX:
        english = f"The textures have {total / 1e6:.0f} million pixels together; at most 64."
        chinese = f"贴图共 {total / 1e6:.0f} 百万像素，上限为 64。"
        findings.append(Finding("image_total", "refused", english, chinese, total, TOTAL_PX, SOURCE))
    if any(f.tier == "refused" for f in findings):
        return findings
    for i, picture in opened:
        try:
            picture.load()
        except Exception as error:  # as above, for damaged pixels
            findings.append(_broken(i, error, i in used))
    return findings


def _used(subject: Subject) -> set[int]:
    """Images that a texture names, by itself or through an extension."""
    found: set[int] = set()
    for texture in subject.document.items("textures"):
        extensions = texture.get("extensions")
        owners = [texture, *(extensions.values() if isinstance(extensions, dict) else [])]
        found |= {o["source"] for o in owners if isinstance(o, dict) and isinstance(o.get("source"), int)}
    return found


def _encoded(subject: Subject) -> Iterator[tuple[int, bytes]]:
    """The bytes of each image; those that cannot be reached are the reader's to name."""
    document = subject.document
    accessors = Accessors(document)
    for i, spec in enumerate(document.items("images")):
        where = f"image {i}"
        try:
            data = (
                accessors.view(integer(spec, "bufferView", where), where)
                if "bufferView" in spec
                else uri_bytes(document, spec.get("uri"), where)
            )
        except GlbError:
            continue
        if data[:4] != b"\xabKTX":
            yield i, data


def _size(index: int, width: int, height: int) -> list[Finding]:
    if max(width, height) > SIDE_PX:
        english = f"Image {index} is {width} x {height} pixels; at most {SIDE_PX} a side."
        chinese = f"第 {index} 张贴图为 {width} x {height} 像素，每边最多 {SIDE_PX}。"
        return [Finding("image_size", "refused", english, chinese, max(width, height), SIDE_PX, SOURCE)]
    if width & (width - 1) or height & (height - 1):
        english = f"Image {index} is {width} x {height}; sides of 512, 1024 or 2048 filter better."
        chinese = f"第 {index} 张贴图为 {width} x {height}，建议边长为 2 的幂。"
        return [Finding("power_of_two", "warned", english, chinese, None, None, SOURCE)]
    return []


def _broken(index: int, error: Exception, used: bool) -> Finding:
    return Finding(
        "image",
        "refused" if used else "warned",
        f"Image {index} cannot be decoded ({str(error)[:80]}).",
        f"第 {index} 张贴图无法解码。",
        source=SOURCE,
    )
