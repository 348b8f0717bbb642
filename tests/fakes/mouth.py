"""How far a mouth is open: in pixels, by a face tracker that knows nothing of us, and by the phones that are said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assets.parts import part
from showroom.parts import fetch

# Jaw opening of vowels, 0..1, by height in the IPA chart: open 1, close 0.25; consonants that leave the lips apart 0.12.
OPEN = {"a": 1.0, "ɑ": 1.0, "æ": 0.9, "ɐ": 0.8, "ʌ": 0.8, "ɒ": 0.8, "ɔ": 0.7, "o": 0.6, "ɛ": 0.6, "e": 0.5, "ə": 0.4,
        "ɜ": 0.5, "ɚ": 0.4, "ɪ": 0.35, "i": 0.25, "ʊ": 0.3, "u": 0.25}
APART, CLOSED = 0.12, "pbm"
UPPER_LIP, LOWER_LIP, LEFT_EYE, RIGHT_EYE = 13, 14, 33, 263  # of MediaPipe's 478 landmarks: inner lips, outer eye corners


def openness(phones: Iterable[tuple[str, float, float]], at_s: NDArray) -> NDArray:
    """Opening that a listener would expect at each time, smoothed over three pictures."""
    out = np.zeros(len(at_s))
    for ipa, start, end in phones:
        vowel = max((OPEN.get(c, 0.0) for c in ipa), default=0.0)
        if not vowel and ipa and not any(c in CLOSED for c in ipa):
            vowel = APART
        out[(at_s >= start) & (at_s < end)] = vowel
    return np.convolve(out, (0.25, 0.5, 0.25), "same")


class MouthMeter:
    """Inner-lip distance over eye distance, picture by picture; NaN where no face is found."""

    def __init__(self) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        model = next(fetch(part("face-landmarker")).rglob("*.task"))
        self._marks = vision.FaceLandmarker.create_from_options(
            vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(model))))

    def __enter__(self) -> MouthMeter:
        return self

    def __exit__(self, *_: object) -> None:
        self._marks.close()  # left to the garbage collector it can wait for ever, in whatever test that runs

    def measure(self, picture: NDArray[np.uint8]) -> float:
        """picture: (h, w, 3) uint8 BGR."""
        import mediapipe

        h, w = picture.shape[:2]
        face = cv2.resize(picture[: int(h * 0.62), int(w * 0.08) : int(w * 0.62)], None, fx=2, fy=2,
                          interpolation=cv2.INTER_CUBIC)
        found = self._marks.detect(mediapipe.Image(
            image_format=mediapipe.ImageFormat.SRGB, data=cv2.cvtColor(face, cv2.COLOR_BGR2RGB))).face_landmarks
        if not found:
            return float("nan")
        points = np.array([[m.x * face.shape[1], m.y * face.shape[0]] for m in found[0]])
        lips, eyes = points[UPPER_LIP] - points[LOWER_LIP], points[LEFT_EYE] - points[RIGHT_EYE]
        return float(np.linalg.norm(lips) / np.linalg.norm(eyes))


def pictures(path: Path, start_s: float, end_s: float) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Pictures of a file with their times."""
    capture = cv2.VideoCapture(str(path))
    capture.set(cv2.CAP_PROP_POS_MSEC, start_s * 1000)
    while True:
        at = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        ok, picture = capture.read()
        if not ok or at > end_s:
            break
        if at >= start_s:
            yield at, picture
    capture.release()
