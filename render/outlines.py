"""What moves, laid over the still room with soft outlines. Multisampling triples the cost of a frame on a CPU rasteriser
(measured: 31 to 88 ms); this costs about one. Only the one-pixel border between the moving things and the room, and hard steps
inside, are smoothed; textures stay sharp. The room itself is multisampled, since it is drawn once a shot.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

STEP = 64  # luma difference to a neighbour, of 255, that shows as a staircase; eyes and print stay below mostly
SIGMA_PX = 0.8
_CROSS = np.ones((3, 3), np.uint8)


def lay_over(picture: NDArray[np.uint8], drawn: NDArray[np.uint8], still: NDArray[np.uint8],
             box: tuple[int, int, int, int], through: bool = False) -> None:
    """Lay `drawn` over `picture` in place inside box (left, top, right, bottom, px). All: (h, w, 4) uint8 BGRA, top row first;
    drawn: alpha 0 and black where nothing was drawn; still: the room alone; through: the room was laid under `drawn` before
    (glass), so that what differs from it counts as drawn."""
    left, top, right, bottom = box
    if right - left < 3 or bottom - top < 3:
        return
    now, before, out = (p[top:bottom, left:right] for p in (drawn, still, picture))
    if through:
        different = cv2.cvtColor(cv2.absdiff(now, before), cv2.COLOR_BGRA2GRAY)
        moving = cv2.threshold(different, 2, 255, cv2.THRESH_BINARY)[1]
        moving = cv2.morphologyEx(moving, cv2.MORPH_CLOSE, _CROSS)  # a pixel that happens to have the room's colour
        cv2.copyTo(now, cv2.extractChannel(now, 3), out)
    else:
        moving = cv2.extractChannel(now, 3)
        cv2.copyTo(now, moving, out)
    grey = cv2.cvtColor(out, cv2.COLOR_BGRA2GRAY)
    steps = cv2.threshold(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, _CROSS), STEP, 255, cv2.THRESH_BINARY)[1]
    border = cv2.morphologyEx(moving, cv2.MORPH_GRADIENT, _CROSS)
    mask = cv2.bitwise_and(steps, cv2.dilate(moving, _CROSS))
    mask = cv2.bitwise_or(mask, border)
    cv2.copyTo(cv2.GaussianBlur(out, (3, 3), 0), mask, out)
