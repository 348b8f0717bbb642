"""The real model, with the metadata that we write into it, finds a rendered presenter and leaves the wall out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.parts import PartError
from avatar.capture.person_mask import MODEL_FILE, SEGMENTER, PersonMask
from showroom.parts import fetch

pytestmark = [pytest.mark.golden, pytest.mark.timeout(120)]
PICTURES = Path(__file__).parents[3] / "docs/pictures"


def test_a_presenter_is_cut_out_of_her_wall() -> None:
    try:
        mask = PersonMask(fetch(SEGMENTER) / MODEL_FILE)
    except PartError as error:
        pytest.skip(str(error))
    seen = cv2.cvtColor(cv2.imread(str(PICTURES / "mira-half.jpg")), cv2.COLOR_BGR2RGB)
    found = mask.read(seen, 1_000_000, (0.5, 0.3))
    moved = mask.read(seen, 1_033_000, (0.5, 0.3))
    nobody = mask.read(np.full_like(seen, 128), 9_000_000, (0.5, 0.3))
    for n in range(12):  # what it remembers of the pictures before fades
        nobody = mask.read(np.full_like(seen, 128), 9_033_000 + 33_000 * n, (0.5, 0.3))
    mask.close()
    assert found is not None and found.shape == (256, 256) and found.min() >= 0.0 and found.max() <= 1.0
    assert 0.15 < (found > 0.5).mean() < 0.6 and (found[70:90, 120:136] > 0.9).all(), "her face and neck"
    assert found[:60, :60].max() < 0.1 and found[:60, -60:].max() < 0.1, "the wall beside her head"
    assert moved is not None and np.abs(moved - found).mean() < 0.01, "the same picture, the same mask"
    assert nobody is None
