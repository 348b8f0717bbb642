"""Soft outlines for what moves: multisampling doubles the cost of a frame on a CPU rasteriser (measured: 24 to 61 ms),
this costs about one. Only the one-pixel border between the moving things and the still room, and hard steps inside, are
smoothed; textures stay sharp. The still room itself is multisampled, since it is drawn once a shot.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

STEP = 64  # luma difference to a neighbour, of 255, that shows as a staircase; eyes and print stay below mostly
_CROSS = np.ones((3, 3), np.uint8)


def smooth_outlines(picture: NDArray[np.uint8], still: NDArray[np.uint8], box: tuple[int, int, int, int]) -> None:
    """Smooth `picture` in place inside box (left, top, right, bottom, px). picture, still: (h, w, 4) uint8 BGRA, top row
    first; still: the room without the moving things."""
    left, top, right, bottom = box
    if right - left < 3 or bottom - top < 3:
        return
    now, before = picture[top:bottom, left:right], still[top:bottom, left:right]
    different = cv2.cvtColor(cv2.absdiff(now, before), cv2.COLOR_BGRA2GRAY)
    moving = cv2.threshold(different, 2, 255, cv2.THRESH_BINARY)[1]
    moving = cv2.morphologyEx(moving, cv2.MORPH_CLOSE, _CROSS)  # a pixel that happens to have the room's colour
    grey = cv2.cvtColor(now, cv2.COLOR_BGRA2GRAY)
    steps = cv2.threshold(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, _CROSS), STEP, 255, cv2.THRESH_BINARY)[1]
    border = cv2.morphologyEx(moving, cv2.MORPH_GRADIENT, _CROSS)
    mask = cv2.bitwise_and(steps, cv2.dilate(moving, _CROSS))
    mask = cv2.bitwise_or(mask, border)
    soft = cv2.GaussianBlur(now, (3, 3), 0)
    cv2.copyTo(soft, mask, now)
