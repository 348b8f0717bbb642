"""Closed loop: what we tell a built face to do, an independent reader of faces (mediapipe) reads back from the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from avatar.pose import rest_pose
from avatar.visemes import ROW
from render.puppet_sheet import Booth, with_weights

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
YAWS_DEG = (-30.0, -20.0, -10.0, 10.0, 20.0, 30.0)
# what is driven together (a face rarely does one side alone), by the name of the first
CHANNELS: tuple[tuple[str, ...], ...] = (
    ("jawOpen",), ("eyeBlinkLeft", "eyeBlinkRight"), ("mouthSmileLeft", "mouthSmileRight"), ("browInnerUp",),
    ("mouthPucker",), ("mouthFunnel",), ("browDownLeft", "browDownRight"), ("mouthFrownLeft", "mouthFrownRight"),
    ("browOuterUpLeft", "browOuterUpRight"), ("mouthUpperUpLeft", "mouthUpperUpRight"), ("eyeSquintLeft", "eyeSquintRight"),
    ("mouthShrugLower",), ("mouthStretchLeft", "mouthStretchRight"),
)
SPOKEN = ("PP", "aa", "O", "I", "FF")
Read = Callable[[dict[str, float] | NDArray, float, float], dict[str, float]]
Picture = Callable[[dict[str, float] | NDArray, float, float], NDArray]


@contextmanager
def reader(task: Path) -> Iterator[Callable[[NDArray], dict[str, float]]]:
    """A function from an RGB picture to the reader's coefficients, {} where it sees no face. task: its model file."""
    import mediapipe  # a second: only who reads faces pays it
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(task)), output_face_blendshapes=True)
    with vision.FaceLandmarker.create_from_options(options) as model:

        def look(picture: NDArray) -> dict[str, float]:
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(picture))
            found = model.detect(image).face_blendshapes
            return {c.category_name: float(c.score) for c in found[0]} if found else {}

        yield look


def photographer(model: AvatarModel, booth: Booth) -> Picture:
    """A function from weights, yaw (degrees) and distance (metres) to a picture of the model's face."""
    eyes_m = float(model.joint_positions_m[model.joint_names.index("leftEye"), 1])

    def shoot(weights: dict[str, float] | NDArray, turn_deg: float = 0.0, far_m: float = 1.1) -> NDArray:
        a = np.radians(turn_deg)
        shot = ((float(far_m * np.sin(a)), eyes_m - 0.006, float(far_m * np.cos(a))), (0.0, eyes_m - 0.016, 0.05), 22.0)
        return booth.shoot(with_weights(rest_pose(), weights), shot)

    return shoot


def response(read: Read, channel: Sequence[str], steps: Sequence[float] = STEPS) -> tuple[float, float, list[float]]:
    """Correlation and slope of what is read against what is driven, and the readings; -1 where no face was seen."""
    seen = [read(dict.fromkeys(channel, step), 0.0, 1.1).get(channel[0], -1.0) for step in steps]
    return float(np.corrcoef(seen, steps)[0, 1]), float(np.polyfit(steps, seen, 1)[0]), seen


def told_apart(read: Read, model: AvatarModel, rng: np.random.Generator, views: int = 12) -> float:
    """Share of pictures of PP, aa, O, I, FF whose viseme is recognised, from random yaws, distances and strengths.

    Half of the views of each are the examples, the other half are named by the nearest example's mean."""
    vectors, names = [], []
    for name in SPOKEN:
        for _ in range(views):
            turn, far, strength = rng.uniform(-20, 20), rng.uniform(1.0, 1.3), rng.uniform(0.85, 1.0)
            seen = read(model.visemes[ROW[name]] * np.float32(strength), float(turn), float(far))
            vectors.append([v for k, v in sorted(seen.items()) if k.startswith(("mouth", "jaw"))])
            names.append(name)
    data, label = np.array(vectors), np.array(names)
    first = np.arange(len(label)) % 2 == 0
    means = np.stack([data[first & (label == n)].mean(0) for n in SPOKEN])
    spread = data[first].std(0) + 0.02
    distance = np.linalg.norm((data[~first][:, None] - means) / spread, axis=2)
    return float((np.array(SPOKEN)[distance.argmin(1)] == label[~first]).mean())
