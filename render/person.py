"""A person's cut-out on a quad in the set: it stands where the anchor stands, faces the camera, and has the person's true size.

The quad is laid over the finished picture, not drawn by the engine: parallel to the picture it is a scaled rectangle, and
what of the room stands nearer is known from the room's depth. The anchor's body is not drawn meanwhile, so a frame with a
person costs less than one with her.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.capture.cut_out import CutOut, unpacked

THICK_M = 0.15  # of the room nothing is taken for nearer that is not by this much: a body has a depth, its quad has none


@dataclass(frozen=True, slots=True)
class Person:
    """pixels: (h, w, 4) uint8 BGRA, premultiplied; rect_m: see CutOut; part: how far the person is there, 0..1."""

    anchor_id: str
    pixels: NDArray[np.uint8]
    rect_m: tuple[float, float, float, float]
    part: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A person in the picture. rect_px: left, top, right, bottom; depth: of the depth buffer, 0..1; under: names of moving
    things that are nearer."""

    person: Person
    rect_px: tuple[float, float, float, float]
    depth: float
    under: tuple[str, ...] = ()


class Unpacking:
    """Keeps the last cut-out unpacked: pictures come less often than frames. A damaged one shows the one before."""

    def __init__(self) -> None:
        self._cut: CutOut | None = None
        self._kept: tuple[NDArray[np.uint8], tuple[float, float, float, float]] | None = None
        self.damaged = 0

    def __call__(self, shown: tuple[str, CutOut, float] | None) -> Person | None:
        """As render.performers.Performers.person gives it."""
        if shown is None:
            self._cut = self._kept = None
            return None
        anchor_id, cut, part = shown
        if cut is not self._cut:
            self._cut, pixels = cut, unpacked(cut)
            self.damaged += pixels is None
            self._kept = (pixels, cut.rect_m) if pixels is not None else self._kept
        return None if self._kept is None else Person(anchor_id, *self._kept, part)


def placed_px(rect_m: tuple[float, float, float, float], eyes_px: tuple[float, float],
              px_per_m: float) -> tuple[float, float, float, float]:
    """left, top, right, bottom in the picture, px, y down."""
    left, bottom, right, top = rect_m
    x, y = eyes_px
    return x + left * px_per_m, y - top * px_per_m, x + right * px_per_m, y - bottom * px_per_m


def lay_person(picture: NDArray, placed: Placed, nearer: NDArray | None = None, strength: float = 1.0) -> None:
    """Over `picture` (h, w, 4) uint8 BGRA in place. nearer: (h, w) uint8, not 0 where the room hides the person; strength:
    0..1, less is see-through."""
    height, width = picture.shape[:2]
    left, top, right, bottom = placed.rect_px
    x0, y0 = max(0, int(np.floor(left))), max(0, int(np.floor(top)))
    x1, y1 = min(width, int(np.ceil(right))), min(height, int(np.ceil(bottom)))
    if x1 <= x0 or y1 <= y0:
        return
    source = placed.person.pixels
    across, along = (right - left) / source.shape[1], (bottom - top) / source.shape[0]
    # Middles of pixels: source (u + .5) * across + left is picture x + .5.
    back = np.array([[1 / across, 0, (x0 + 0.5 - left) / across - 0.5], [0, 1 / along, (y0 + 0.5 - top) / along - 0.5]])
    shown = cv2.warpAffine(source, back, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                           borderMode=cv2.BORDER_CONSTANT)
    if nearer is not None:
        shown[nearer[y0:y1, x0:x1] != 0] = 0
    if strength < 1.0:
        shown = cv2.convertScaleAbs(shown, alpha=strength)
    under = picture[y0:y1, x0:x1]
    alpha = cv2.extractChannel(shown, 3)
    cv2.multiply(under, cv2.bitwise_not(cv2.merge([alpha] * 4)), dst=under, scale=1 / 255)
    cv2.add(under, shown, dst=under)
