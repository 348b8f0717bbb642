"""docs/FACE.md: what an independent reader sees of both presenters' faces: `python docs/make_face_table.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.parts import part
from avatar.build import ensure
from avatar.build.look import ADAM, MIRA
from render.face_loop import CHANNELS, STEPS, YAWS_DEG, photographer, reader, response, told_apart
from render.puppet_sheet import Booth
from showroom.parts import fetch

HEAD = """# The face, read back

What the built faces are told to do, and what Google's FaceLandmarker (mediapipe 0.10.35, 480 px, Panda3D, the stage's level of
detail) reads from the pictures. Made by `docs/make_face_table.py`; a sample is a test
(`tests/golden/avatar/test_face_is_read.py`). Shapes that the reader gives less than 0.1 at full strength (mouthRoll,
mouthLowerDown, mouthPress, jawLeft) are left out.
"""


def lines_of(name: str, model: AvatarModel, look) -> list[str]:  # type: ignore[no-untyped-def]
    """One presenter's part of the page."""
    booth = Booth(model, 480, 480)
    shoot = photographer(model, booth)

    def read(weights, turn, far):  # type: ignore[no-untyped-def]
        return look(shoot(weights, turn, far))

    neutral = sorted(read({}, 0.0, 1.1).items(), key=lambda pair: -pair[1])[:4]
    seen = sum(bool(read({}, turn, 1.1)) for turn in YAWS_DEG)
    shares = [told_apart(read, model, np.random.default_rng(seed), 24) for seed in range(3)]
    largest = ", ".join(f"{k} {v:.2f}" for k, v in neutral)
    apart = ", ".join(f"{s:.1%}" for s in shares)
    out = [f"## {name}", "", f"Seen from {seen} of {len(YAWS_DEG)} yaws (±{YAWS_DEG[-1]:.0f}°). Neutral face, largest "
           f"readings: {largest}. PP, aa, O, I and FF told apart in {apart} of pictures (yaw ±20°, three draws).", "",
           "| shape | r | slope | " + " | ".join(f"{s:.2f}" for s in STEPS) + " |", "| --- |" + " --- |" * (2 + len(STEPS))]
    for channel in CHANNELS:
        r, slope, readings = response(read, channel)
        row = [channel[0].removesuffix("Left"), *(f"{v:.2f}" for v in (r, slope, *readings))]
        out.append("| " + " | ".join(row) + " |")
    booth.close()
    return [*out, ""]


def main() -> None:
    """Write the page."""
    task = next(fetch(part("face-landmarker")).rglob("face_landmarker.task"))
    text = [HEAD]
    with reader(task) as look:
        for person in (MIRA, ADAM):
            folder = ensure(fetch(part("body")), cache_dir("avatars"), look=person)
            text += lines_of(person.name, AvatarModel.load(folder / "avatar.npz"), look)
    Path(__file__).with_name("FACE.md").write_text("\n".join(text).rstrip() + "\n")


if __name__ == "__main__":
    main()
