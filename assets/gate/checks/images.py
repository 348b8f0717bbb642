"""Textures: pixel limits from the headers before decoding, then whether they decode, then power of two."""

from __future__ import annotations

import io
import warnings

from PIL import Image

from assets.gate.findings import Finding
from assets.gate.subject import Subject
from assets.glb import GlbError
from assets.glb_accessors import Accessors
from assets.glb_container import integer, uri_bytes

SIDE_PX, TOTAL_PX = 4096, 64_000_000
SOURCE = "Khronos publishing targets (2K); 4096 and 64 Mpx are what a phone can hold"


def check(subject: Subject) -> list[Finding]:
    """Reads image bytes, so it runs after the container's checks."""
    document, findings, total = subject.document, list[Finding](), 0
    accessors, sizes = Accessors(document), list[tuple[int, Image.Image]]()
    for i, spec in enumerate(document.items("images")):
        where = f"image {i}"
        try:
            data = (accessors.view(integer(spec, "bufferView", where), where) if "bufferView" in spec
                    else uri_bytes(document, spec.get("uri"), where))
        except GlbError:
            continue  # the reader names it
        if data[:4] == b"\xabKTX":
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                Image.MAX_IMAGE_PIXELS = None  # this process exists for one file, and our own limit comes first
                picture = Image.open(io.BytesIO(data))
            except Exception as error:  # Pillow raises many kinds for damaged headers
                findings.append(_broken(i, error))
                continue
        width, height = picture.size
        total += width * height
        if max(width, height) > SIDE_PX:
            findings.append(Finding("image_size", "refused", f"Image {i} is {width} x {height} pixels; at most {SIDE_PX} a side.",
                                    f"第 {i} 张贴图为 {width} x {height} 像素，每边最多 {SIDE_PX}。", max(width, height), SIDE_PX, SOURCE))
        elif width & (width - 1) or height & (height - 1):
            findings.append(Finding("power_of_two", "warned", f"Image {i} is {width} x {height}; sides of 512, 1024 or 2048 filter "
                                    "better.", f"第 {i} 张贴图为 {width} x {height}，建议边长为 2 的幂。", None, None, SOURCE))
        sizes.append((i, picture))
    if total > TOTAL_PX:
        findings.append(Finding("image_total", "refused", f"The textures have {total / 1e6:.0f} million pixels together; at most 64.",
                                f"贴图共 {total / 1e6:.0f} 百万像素，上限为 64。", total, TOTAL_PX, SOURCE))
    if not any(f.tier == "refused" for f in findings):
        for i, picture in sizes:
            try:
                picture.load()
            except Exception as error:
                findings.append(_broken(i, error))
    return findings


def _broken(index: int, error: Exception) -> Finding:
    return Finding("image", "refused", f"Image {index} cannot be decoded ({str(error)[:80]}).", f"第 {index} 张贴图无法解码。",
                   source=SOURCE)
