"""Closed loop: what we tell the built faces to do, an independent face reader (mediapipe) sees in the picture.

The body part and the reader's model are fetched once and kept in the cache; without a network or a GL driver these skip.
The whole table is in docs/FACE.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.parts import PartError, part
from assets.scene import Mark
from avatar.build import ensure
from avatar.build.look import ADAM, MIRA
from avatar.pose import Pose, rest_pose
from avatar.visemes import ROW
from render.face_loop import YAWS_DEG, Read, photographer, reader, response, told_apart
from render.lips_seen import CLOSED, between_lips, marker
from render.puppet_sheet import Booth, with_weights
from showroom.parts import fetch
from tests.fakes.closures import lips_of, said

pytestmark = pytest.mark.golden


@dataclass(frozen=True)
class Face:
    model: AvatarModel
    read: Read
    task: Path
    booth: Booth
    folder: Path

    def shoot(self, pose: Pose) -> NDArray:
        eyes_m = float(self.model.joint_positions_m[self.model.joint_names.index("leftEye"), 1])
        return self.booth.shoot(pose, ((0.0, eyes_m - 0.03, 1.25), (0.0, eyes_m - 0.05, 0.05), 22.0))


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
        yield Face(model, lambda weights, turn, far: look(shoot(weights, turn, far)), task, booth, folder)
    booth.close()


def test_a_phone_downloads_little(face: Face) -> None:
    assert 300_000 < (face.folder / "phone.glb").stat().st_size <= 1_200_000
    assert sum(len(mesh.faces) for mesh in face.model.meshes) <= 20_000


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
    assert r >= 0.95 and seen_slope >= slope, seen


def test_mouth_shapes_are_told_apart_from_pixels(face: Face) -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    share = told_apart(face.read, face.model, np.random.default_rng(seed), 24)
    assert share >= 0.95, f"seed {seed}"


def test_lips_are_closed_in_the_picture_wherever_p_b_or_m_is_said(face: Face) -> None:
    """Drawn sentences, said by the built-in voice, through lips, performance and idle body into pictures at a show's rates.
    Hundreds of closures: `python -m tests.benchmark.closures`."""
    seed = int(np.random.default_rng().integers(1 << 31))
    rng = np.random.default_rng(seed)
    with marker(face.task) as look:
        for name in ("aa", "E", "I", "O", "U", "kk"):  # what is open is seen to be open
            marks = look(picture := face.shoot(with_weights(rest_pose(), face.model.visemes[ROW[name]])))
            assert marks is not None and between_lips(picture, marks) > CLOSED, name
        seen = lips_of(face.model, said(rng, 2), face.shoot, look, rng, Mark("anchor", (0.0, 0.0, 0.0)))
    assert seen.closures > seen.aside and seen.closed >= 0.98 * seen.closures, (seed, seen)


def test_a_nape_has_the_colours_of_skin_or_hair(face: Face) -> None:
    """What darkens the inside of a mouth once painted a dark red spot as high as it, on the back of the neck."""
    head = next(m for m in face.model.meshes if m.material == "skin" and m.name.startswith("head"))
    texture = np.asarray(Image.open(BytesIO(face.model.textures[head.texture])).convert("RGB")).astype(float)
    behind = head.faces[(head.normals[head.faces][..., 2] < -0.3).all(1) & (head.positions[head.faces][..., 2] < 0.0).all(1)]
    assert len(behind) > 10
    share = np.random.default_rng().dirichlet((1, 1, 1), (len(behind), 60))
    uv = np.einsum("fnk,fkc->fnc", share, head.uvs[behind]).reshape(-1, 2)
    size = np.array(texture.shape[1::-1])
    spot = np.clip(np.stack([uv[:, 0], 1 - uv[:, 1]], 1) * size, 0, size - 1).astype(int)
    red, green, _ = texture[spot[:, 1], spot[:, 0]].T
    assert (red / np.maximum(green, 1)).max() < 2.0
