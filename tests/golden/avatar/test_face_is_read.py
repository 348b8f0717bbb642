"""Closed loop: what we tell the built faces to do, an independent face reader (mediapipe) sees in the picture.

The body part and the reader's model are fetched once and kept in the cache; without a network or a GL driver these skip.
The whole table is in docs/FACE.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.build.look import ADAM, MIRA
from render.face_loop import YAWS_DEG, Read, photographer, reader, response, told_apart
from render.puppet_sheet import Booth
from showroom.parts import fetch

pytestmark = pytest.mark.golden


@dataclass(frozen=True)
class Face:
    model: AvatarModel
    read: Read


@pytest.fixture(scope="module", params=[MIRA, ADAM], ids=["mira", "adam"])
def face(request: pytest.FixtureRequest) -> Iterator[Face]:
    pytest.importorskip("mediapipe")
    try:
        folder = ensure(fetch(part("body")), cache_dir("avatars"), look=request.param)
        task = next(fetch(part("face-landmarker")).rglob("face_landmarker.task"))
        model = AvatarModel.load(folder / "avatar.npz")
        booth = Booth(model, 480, 480)
    except (PartError, RuntimeError) as error:
        pytest.skip(str(error))
    shoot = photographer(model, booth)
    with reader(task) as look:
        yield Face(model, lambda weights, turn, far: look(shoot(weights, turn, far)))
    booth.close()


def test_the_neutral_face_is_read_as_neutral(face: Face) -> None:
    seen = face.read({}, 0.0, 1.1)
    assert seen
    assert {name: score for name, score in seen.items() if score > 0.25} == {}


def test_it_is_a_face_from_the_side_too(face: Face) -> None:
    assert [turn for turn in YAWS_DEG if not face.read({}, turn, 1.1)] == []


@pytest.mark.parametrize(("channel", "slope"), [
    (("jawOpen",), 0.7), (("mouthSmileLeft", "mouthSmileRight"), 0.7), (("eyeBlinkLeft", "eyeBlinkRight"), 0.7),
    (("browInnerUp",), 0.7), (("mouthPucker",), 0.7), (("browDownLeft", "browDownRight"), 0.35), (("mouthFunnel",), 0.35),
    (("mouthFrownLeft", "mouthFrownRight"), 0.35), (("browOuterUpLeft", "browOuterUpRight"), 0.35),
    (("eyeSquintLeft", "eyeSquintRight"), 0.2), (("mouthShrugLower",), 0.3), (("mouthStretchLeft", "mouthStretchRight"), 0.08),
])
def test_what_the_face_does_is_what_is_read(face: Face, channel: tuple[str, ...], slope: float) -> None:
    r, seen_slope, seen = response(face.read, channel)
    assert r >= 0.94 and seen_slope >= slope, seen


def test_mouth_shapes_are_told_apart_from_pixels(face: Face) -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    share = told_apart(face.read, face.model, np.random.default_rng(seed), 24)
    assert share >= 0.9, f"seed {seed}"
