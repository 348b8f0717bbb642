"""What lies between two painted lips: nothing, teeth, or the dark of a mouth; upright and tilted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from render.lips_seen import CLOSED, LEFT_CORNER, LEFT_EYE, LOWER_EDGE, RIGHT_CORNER, RIGHT_EYE, UPPER_EDGE, between_lips

pytestmark = pytest.mark.unit
SKIN, LIP, TEETH, DARK = (215, 170, 145), (190, 105, 95), (205, 200, 190), (60, 25, 25)
EYES_PX = 100  # between their outer corners


def mouth(gap_px: int, inside: tuple[int, int, int], tilt_deg: float) -> tuple[np.ndarray, np.ndarray]:
    picture = np.full((200, 200, 3), SKIN, np.uint8)
    picture[128:146, 70:130] = LIP
    picture[136 : 136 + gap_px, 75:125] = inside
    marks = np.zeros((478, 2))
    marks[[LEFT_EYE, RIGHT_EYE, LEFT_CORNER, RIGHT_CORNER, UPPER_EDGE, LOWER_EDGE]] = (
        (50, 80), (150, 80), (70, 137), (130, 137), (100, 128), (100, 146))
    turn = cv2.getRotationMatrix2D((100.0, 100.0), tilt_deg, 1.0)
    return cv2.warpAffine(picture, turn, (200, 200), borderValue=SKIN), marks @ turn[:, :2].T + turn[:, 2]


@pytest.mark.parametrize("tilt_deg", [0.0, 12.0, -20.0])
def test_lips_that_touch_have_nothing_between_them(tilt_deg: float) -> None:
    assert between_lips(*mouth(0, DARK, tilt_deg)) < CLOSED


@pytest.mark.parametrize("tilt_deg", [0.0, 12.0, -20.0])
@pytest.mark.parametrize("inside", [TEETH, DARK])
@pytest.mark.parametrize("gap_px", [2, 4])
def test_what_is_between_them_is_measured(gap_px: int, inside: tuple[int, int, int], tilt_deg: float) -> None:
    assert between_lips(*mouth(gap_px, inside, tilt_deg)) == pytest.approx(gap_px / EYES_PX, abs=0.012)
