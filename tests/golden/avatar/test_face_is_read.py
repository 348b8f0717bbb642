"""Closed loop: what we tell the built face to do, an independent face reader (mediapipe) sees in the picture.

The body part and the reader's model are fetched once and kept in the cache; without a network or a GL driver these skip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.pose import rest_pose
from render.puppet_sheet import Booth, with_weights
from showroom.parts import fetch

pytestmark = pytest.mark.golden

Read = Callable[[dict[str, float], float], dict[str, float]]
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    mediapipe = pytest.importorskip("mediapipe")
    from mediapipe.tasks.python import BaseOptions, vision

    try:
        folder = ensure(fetch(part("body")), cache_dir("avatars"))
        task = next(fetch(part("face-landmarker")).rglob("face_landmarker.task"))
        booth = Booth(AvatarModel.load(folder / "avatar.npz"), 480, 480)
    except (PartError, RuntimeError) as error:
        pytest.skip(str(error))
    options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(task)), output_face_blendshapes=True)
    with vision.FaceLandmarker.create_from_options(options) as reader:

        def look(weights: dict[str, float], turn_deg: float = 0.0) -> dict[str, float]:
            a = np.radians(turn_deg)
            shot = ((float(1.1 * np.sin(a)), 1.56, float(1.1 * np.cos(a))), (0.0, 1.55, 0.05), 22.0)
            picture = np.ascontiguousarray(booth.shoot(with_weights(rest_pose(), weights), shot))
            found = reader.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture)).face_blendshapes
            return {c.category_name: c.score for c in found[0]} if found else {}

        yield look
    booth.close()


def test_the_neutral_face_is_read_as_neutral(read: Read) -> None:
    seen = read({}, 0.0)
    assert seen
    assert {name: score for name, score in seen.items() if score > 0.45} == {}


@pytest.mark.parametrize("turn_deg", [-30, -15, 15, 30])
def test_it_is_a_face_from_the_side_too(read: Read, turn_deg: float) -> None:
    assert read({}, turn_deg)


@pytest.mark.parametrize(("channel", "least"), [
    (("jawOpen",), 0.9), (("mouthSmileLeft", "mouthSmileRight"), 0.8), (("eyeBlinkLeft", "eyeBlinkRight"), 0.9),
    (("browInnerUp",), 0.9), (("mouthPucker",), 0.8), (("browDownLeft", "browDownRight"), 0.8),
])
def test_what_the_face_does_is_what_is_read(read: Read, channel: tuple[str, ...], least: float) -> None:
    seen = [read(dict.fromkeys(channel, step), 0.0).get(channel[0], -1.0) for step in STEPS]
    assert np.corrcoef(seen, STEPS)[0, 1] >= least, seen
    assert seen[-1] - seen[0] > 0.25, seen
