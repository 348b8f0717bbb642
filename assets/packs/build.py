"""The packs of one product, from its mended GLB: pure, bytes in, bytes out."""

from __future__ import annotations

from assets.glb_container import Document
from assets.packs.atlas import atlased
from assets.packs.materials import flattened, merged, pruned, untransformed, without_tangents
from assets.packs.pictures import as_plain, as_webp
from assets.packs.surfaces import Product, product_of, reduced
from assets.packs.write import plain_glb, small_glb

TRIANGLES = 100_000  # Khronos 3D Commerce guideline
TOUR_STEPS = ((100_000, 1024, 82), (30_000, 1024, 78), (30_000, 512, 72), (8_000, 512, 66))  # triangles, pixels, quality
TOUR_BYTES = 3 * 1024**2  # Khronos publishing target, web catalogue
FIRST_STEPS = ((8_000, 256, 70), (4_000, 256, 66), (4_000, 128, 60), (1_500, 128, 55), (500, 64, 50))
FIRST_BYTES = 100 * 1000
AR_STEPS = ((100_000, 2048, False), (100_000, 2048, True), (60_000, 1024, True), (30_000, 512, True))
AR_BYTES = 10 * 1000**2  # Google Scene Viewer
UNSEEN = 0.0003  # of the largest extent: a third of a pixel where the product fills 1,000 pixels
UNSEEN_ON_AIR = 0.0005  # half a pixel there: a picture of 1080 rows never shows a product larger
FULL_BITS, FIRST_BITS = 15, 12


def packs(document: Document) -> dict[str, bytes]:
    """By name: "broadcast" for the stage, "first" and "tour" for browsers (the first one is there at once), "ar" for
    viewers that know neither meshopt nor WebP. Raises GlbError.

    Where even the last step is over its budget, it is what the pack is: a part must not vanish for a number.
    """
    whole = pruned(atlased(untransformed(merged(product_of(document)))))
    whole = reduced(whole, TRIANGLES)
    stage = pruned(merged(flattened(reduced(whole, TRIANGLES, UNSEEN_ON_AIR))))
    seen = without_tangents(reduced(whole, TRIANGLES, UNSEEN))  # three.js works them out as it draws
    return {"broadcast": plain_glb(stage), "tour": _tour(seen), "first": _first(pruned(merged(flattened(seen)))),
            "ar": _ar(whole)}


def _tour(product: Product) -> bytes:
    data = b""
    for triangles, side_px, quality in TOUR_STEPS:
        product = reduced(product, triangles)
        data = small_glb(as_webp(product, side_px, quality), FULL_BITS)
        if len(data) <= TOUR_BYTES:
            break
    return data


def _first(product: Product) -> bytes:
    data = b""
    for triangles, side_px, quality in FIRST_STEPS:
        product = reduced(product, triangles)
        data = small_glb(as_webp(product, side_px, quality), FIRST_BITS)
        if len(data) <= FIRST_BYTES:
            break
    return data


def _ar(product: Product) -> bytes:
    data = b""
    for triangles, side_px, jpeg in AR_STEPS:
        product = reduced(product, triangles)
        data = plain_glb(as_plain(product, side_px, jpeg))
        if len(data) <= AR_BYTES:
            break
    return data
