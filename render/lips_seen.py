"""How far lips are apart in a picture: not as a face model guesses it, but by the pixels between them.

A landmark model knows what mouths look like and reads a gap of two pixels as none, so it only says where the mouth is. What is
between the lips is what has not their colour: teeth are grey, the mouth's inside is dark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

LEFT_EYE, RIGHT_EYE, LEFT_CORNER, RIGHT_CORNER = 33, 263, 61, 291  # of the reader's 478 landmarks: outer corners
UPPER_EDGE, LOWER_EDGE = 0, 17  # the outer borders of both lips, in the middle
MIDDLE = 0.6  # of the mouth's width: its corners lie in shade, open or not
DARK, GREY = 0.55, 0.45  # of the lips' brightness and redness: below it is no lip, for both presenters in every light preset
LIPS_PERCENT = 70.0  # of the pixels between both borders fewer are something else than lip, up to a middling "aa"
CLOSED = 0.005  # of the distance between the eyes' outer corners: 0.45 mm

Marks = NDArray[np.float64]


@contextmanager
def marker(task: Path) -> Iterator[Callable[[NDArray], Marks | None]]:
    """A function from an RGB picture to the reader's (478, 2) landmarks in px, None where it sees no face. task: its model."""
    import mediapipe  # a second: only who reads faces pays it
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(task)))
    with vision.FaceLandmarker.create_from_options(options) as model:

        def look(picture: NDArray) -> Marks | None:
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(picture))
            found = model.detect(image).face_landmarks
            size = picture.shape[1], picture.shape[0]
            return np.array([(m.x, m.y) for m in found[0]]) * size if found else None

        yield look


def between_lips(picture: NDArray, marks: Marks) -> float:
    """What is seen between the lips, in the mean over the middle of the mouth, as a share of the distance between the eyes'
    outer corners. picture: (h, w, 3) uint8 RGB."""
    left, right = marks[LEFT_CORNER], marks[RIGHT_CORNER]
    middle, way = (left + right) / 2, right - left
    turn = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), float(np.degrees(np.arctan2(way[1], way[0]))), 1.0)
    rows = (marks[[UPPER_EDGE, LOWER_EDGE]] @ turn[:, :2].T + turn[:, 2])[:, 1]
    half = float(np.hypot(*way)) / 2 * MIDDLE
    upright = cv2.warpAffine(np.ascontiguousarray(picture), turn, picture.shape[1::-1])
    mouth = upright[int(rows[0]) + 1 : int(np.ceil(rows[1])), round(middle[0] - half) : round(middle[0] + half) + 1]
    if not mouth.size:
        return 0.0
    pixels = mouth.astype(np.float32)
    bright = pixels.max(2)
    red = (pixels[..., 0] - pixels[..., 1]) / np.maximum(pixels[..., 0], 1)
    inside = (bright < DARK * np.percentile(bright, LIPS_PERCENT)) | (red < GREY * np.percentile(red, LIPS_PERCENT))
    return float(inside.sum(0).mean() / np.hypot(*(marks[LEFT_EYE] - marks[RIGHT_EYE])))
