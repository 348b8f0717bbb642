"""A person cut out of a camera's picture: made on the performer's machine, checked by the host, shown by the studio. Pure.

Nothing of the room behind the person is in it: the colour is multiplied by the mask before it is packed.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from avatar.capture.captured import FADE_S, HOLD_S, KEEP_S, Switch
from avatar.capture.neutral import Reading
from avatar.noise import ease

MOST_SIDE_PX = 1280  # of the colour picture
MADE_HEIGHT_PX = 640  # a whole body's half in a 720p frame is no larger
MAX_BYTES = 88_000  # both pictures together; a message of the show's socket has 96 KiB
QUALITY, LEAST_QUALITY = 80, 40
MASK_QUALITY = 85
FAR_M = 3.0  # from the eyes to an edge
LEAST_M, MOST_M = 0.05, 4.0  # width and height
MAX_CUT_OUTS = 130  # kept in the studio: 4 s of 30 a second
CAMERA_FOV_DEG = 63.0  # vertical, as the face reader takes a camera to be: its metres are made with it
EYES_ABOVE_M = 0.03  # the middle of the reader's points lies that far below the eyes
MARGIN_PX = 2  # around the mask, of its own 256
CLEAN_LOW, CLEAN_HIGH = 12, 243  # what JPEG leaves in a mask beside nothing and everything


class CutOutError(ValueError):
    """A cut-out that is not what it should be; one sentence."""


@dataclass(frozen=True, slots=True)
class CutOut:
    """rect_m: left, bottom, right, top from between the neutral look's eyes, x to the picture's right, y up, metres;
    colour: JPEG, RGB times the mask; mask: JPEG, grey, how far each place belongs to the person; it may be smaller."""

    rect_m: tuple[float, float, float, float]
    colour: bytes
    mask: bytes


@dataclass(frozen=True, slots=True)
class Framing:
    """How the camera sees the performer at rest. eyes_px: between the eyes; size_px: width, height of the picture."""

    eyes_px: tuple[float, float]
    px_per_m: float
    size_px: tuple[int, int]

    @property
    def below_eyes_m(self) -> float:
        """How far down the camera sees."""
        return (self.size_px[1] - self.eyes_px[1]) / self.px_per_m


def framing_of(readings: list[Reading], size_px: tuple[int, int]) -> Framing:
    """From the readings of the calibration, at least one."""
    width, height = size_px
    away_m = max(0.1, abs(float(np.median([r.place_m[2] for r in readings]))))
    px_per_m = height / 2 / math.tan(math.radians(CAMERA_FOV_DEG / 2)) / away_m
    x, y = np.median([r.centre for r in readings], axis=0)
    return Framing((float(x) * width, float(y) * height - EYES_ABOVE_M * px_per_m), px_per_m, size_px)


def cut_out(picture: NDArray, mask: NDArray[np.float32], framing: Framing, most_px: int = MADE_HEIGHT_PX) -> CutOut:
    """picture: (h, w, 3) uint8 RGB; mask: (m, m) 0..1 over the whole picture, somewhere above 0; most_px: its height as
    packed. What stays too large for a message is packed harder, then smaller. Raises CutOutError for a mask of nobody."""
    height, width = picture.shape[:2]
    across, along = (np.flatnonzero(mask.max(axis) > 0.02) for axis in (0, 1))
    if not len(across):
        raise CutOutError("the mask is empty")
    spans = [(max(0, int(p[0]) - MARGIN_PX) / n, min(n, int(p[-1]) + 1 + MARGIN_PX) / n)
             for p, n in ((across, mask.shape[1]), (along, mask.shape[0]))]
    (left, right), (top, bottom) = ([round(v * size) for v in span] for span, size in zip(spans, (width, height), strict=True))
    shrink = min(1.0, most_px / (bottom - top))
    size = max(1, round((right - left) * shrink)), max(1, round((bottom - top) * shrink))
    part = picture[top:bottom, left:right]
    if shrink < 1.0:  # linear: a tenth of the time of INTER_AREA, and above a half as good
        part = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR if shrink > 0.5 else cv2.INTER_AREA)
    grown = cv2.resize((mask * 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)[top:bottom, left:right]
    soft = cv2.resize(grown, part.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    colour = cv2.multiply(cv2.cvtColor(part, cv2.COLOR_RGB2BGR), cv2.merge([soft] * 3), scale=1 / 255)
    half = cv2.resize(soft, (max(1, size[0] // 2), max(1, size[1] // 2)), interpolation=cv2.INTER_AREA)
    packed_mask, quality = _jpeg(half, MASK_QUALITY), QUALITY
    packed = _jpeg(colour, quality)
    while len(packed) + len(packed_mask) > MAX_BYTES and quality > LEAST_QUALITY:
        quality -= 20
        packed = _jpeg(colour, quality)
    if len(packed) + len(packed_mask) > MAX_BYTES and most_px > 1:
        return cut_out(picture, mask, framing, most_px // 2)
    x, y = framing.eyes_px
    edges = (left - x, y - bottom, right - x, y - top)
    return CutOut(tuple(v / framing.px_per_m for v in edges), packed, packed_mask)  # type: ignore[arg-type]


def _jpeg(pixels: NDArray, quality: int) -> bytes:
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def check(cut: CutOut) -> None:
    """Raises CutOutError. What comes from a network: sizes are read from the heads of the pictures, nothing is unpacked."""
    if len(cut.colour) + len(cut.mask) > MAX_BYTES:
        raise CutOutError(f"a cut-out of {len(cut.colour) + len(cut.mask)} bytes; {MAX_BYTES} are the most")
    left, bottom, right, top = cut.rect_m
    if not all(math.isfinite(v) and abs(v) <= FAR_M for v in cut.rect_m):
        raise CutOutError(f"a cut-out reaches at most {FAR_M:g} m from the eyes")
    if not (LEAST_M <= right - left <= MOST_M and LEAST_M <= top - bottom <= MOST_M):
        raise CutOutError(f"a cut-out is {LEAST_M:g} m to {MOST_M:g} m wide and high")
    width, height = _size(cut.colour, "RGB")
    mask_width, mask_height = _size(cut.mask, "L")
    if mask_width > width or mask_height > height:
        raise CutOutError("a cut-out's mask is larger than its picture")


def _size(jpeg: bytes, mode: str) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            size, found, steps = image.size, image.mode, "progression" in image.info or "progressive" in image.info
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CutOutError("a cut-out's picture is no JPEG") from error
    if found != mode or steps or not 1 <= min(size) <= max(size) <= MOST_SIDE_PX:
        raise CutOutError(f"a cut-out's picture is a plain JPEG ({mode}) of at most {MOST_SIDE_PX} px, got {found} "
                          f"{size[0]}x{size[1]}{', progressive' if steps else ''}")
    return size


def unpacked(cut: CutOut) -> NDArray[np.uint8] | None:
    """(h, w, 4) uint8 BGRA, colour premultiplied by alpha, top row first; None where the pictures are damaged."""
    colour = cv2.imdecode(np.frombuffer(cut.colour, np.uint8), cv2.IMREAD_COLOR)
    mask = cv2.imdecode(np.frombuffer(cut.mask, np.uint8), cv2.IMREAD_GRAYSCALE)
    if colour is None or mask is None:
        return None
    alpha = cv2.LUT(cv2.resize(mask, colour.shape[1::-1], interpolation=cv2.INTER_LINEAR), _CLEAN)
    out = cv2.merge([*cv2.split(colour), alpha])
    return np.asarray(cv2.min(out, cv2.merge([alpha] * 4)), np.uint8)  # never brighter than what covers


_CLEAN = np.clip((np.arange(256) - CLEAN_LOW) * (255 / (CLEAN_HIGH - CLEAN_LOW)), 0, 255).astype(np.uint8)


class CutOutTrack:
    """Cut-outs of one performer by time, and from when to when they count. One thread may write while others read."""

    def __init__(self) -> None:
        self._cuts: tuple[tuple[float, CutOut], ...] = ()
        self._switch = Switch()

    def add(self, t_s: float, cut: CutOut) -> None:
        """A cut-out for t_s; one that is not later than the last is dropped, so are those of the past KEEP_S."""
        cuts = self._cuts
        if cuts and t_s <= cuts[-1][0]:
            return
        kept = tuple(c for c in cuts if c[0] >= t_s - KEEP_S)
        self._cuts = (*kept[-(MAX_CUT_OUTS - 1):], (t_s, cut))

    def switch(self, t_s: float, on: bool) -> None:
        """The performer counts from t_s on, or no longer; either way within FADE_S."""
        self._switch.set(t_s, on)

    def at(self, t_s: float) -> tuple[CutOut, float] | None:
        """What is shown at t_s and how far, 0..1; None when that is nothing. It comes with the first cut-out, and goes when
        none comes any more."""
        influence = self._switch.at(t_s)
        if influence <= 0.0:
            return None
        known = [c for c in self._cuts if c[0] <= t_s]
        if not known:
            return None
        level = _fresh([at for at, _ in known], t_s)
        return (known[-1][1], influence * level) if level > 0.0 else None


def _fresh(times_s: list[float], t_s: float) -> float:
    """0..1: rising from the first of a run, falling HOLD_S after its last, without a step where a run begins again."""
    level, begin_s = 0.0, times_s[0]

    def up(at_s: float) -> float:
        return level + (1.0 - level) * ease((at_s - begin_s) / FADE_S)

    for before_s, at_s in pairwise([*times_s, t_s]):
        if at_s - before_s > HOLD_S:
            level, begin_s = up(before_s + HOLD_S) * (1.0 - ease((at_s - before_s - HOLD_S) / FADE_S)), at_s
    return up(t_s)
