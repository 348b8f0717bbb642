"""Whether lips are closed in the picture where p, b and m are said: `python -m tests.benchmark.closures [sentences [seed]]`,
both presenters on the stage of the demo show, near and from afar. Two minutes for 44 sentences without a GPU."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from assets.glb import read_glb
from assets.parts import part
from assets.scene import Mark
from avatar.pose import Pose
from render.cue import Camera
from render.engine import Engine
from render.lips_seen import CLOSED, marker
from render.puppet import Puppet
from render.stage import Stage
from showroom.parts import fetch
from tests.fakes.closures import Seen, lips_of, said
from tests.fakes.show_parts import demo_content

SIZE_PX, FOV_DEG = 480, 20.0
AWAY_M = {"near": 1.25, "far": 1.9}  # 1,090 and 720 px/m: a close-up, and the figure with fewer triangles that most shots show


def closures(count: int = 44, seed: int | None = None) -> dict[str, float]:
    """Shares of p, b and m that are closed in a picture, and in all their pictures; and what says that openness is seen."""
    seed = int(time.time()) if seed is None else seed
    task = next(fetch(part("face-landmarker")).rglob("face_landmarker.task"))
    out: dict[str, float] = {"closures_seed": float(seed)}
    with marker(task) as look:
        for name in ("mira", "adam"):
            total = Seen()
            for number, (place, away_m) in enumerate(AWAY_M.items()):
                rng = np.random.default_rng([seed, number])
                spoken = said(rng, (count + number) // len(AWAY_M))
                model, mark, shoot, engine = _before(name, away_m)
                total.add(seen := lips_of(model, spoken, shoot, look, rng, mark))
                engine.close()
                out[f"closures_{name}_{place}_share"] = seen.closed / max(seen.closures, 1)
            out |= {f"closures_{name}": float(total.closures), f"closures_{name}_aside": float(total.aside),
                    f"closures_{name}_pictures": float(len(total.gaps)),
                    f"closures_{name}_all_share": total.all_closed / max(total.closures, 1),
                    f"closures_{name}_most_open": max(total.gaps, default=0.0),
                    f"vowels_{name}_open_share": float(np.mean(np.array(total.vowels or [0.0]) > CLOSED))}
    return out


def _before(name: str, away_m: float) -> tuple[AvatarModel, Mark, Callable[[Pose], NDArray], Engine]:
    """A presenter on the demo's stage, and a camera before her face."""
    from assets.cache import cache_dir
    from avatar.build import ensure
    from avatar.build.look import PRESENTERS

    content, engine = demo_content(), Engine("auto")
    model = AvatarModel.load(ensure(fetch(part("body")), cache_dir("avatars"), look=PRESENTERS[name]) / "avatar.npz")
    mark = content.spec.marks[0]
    stage = Stage(engine, SIZE_PX, SIZE_PX, content.spec, read_glb(content.spec.room_glb), read_glb(content.plinth_glb),
                  {mark.anchor_id: Puppet(model, engine.shaders)})
    eyes_m = float(model.joint_positions_m[model.joint_names.index("leftEye"), 1])
    heading = np.radians(mark.heading_deg)

    def at(forward_m: float, down_m: float) -> tuple[float, float, float]:
        x, y, z = mark.position_m
        return float(x + forward_m * np.sin(heading)), float(y + eyes_m - down_m), float(z + forward_m * np.cos(heading))

    camera = Camera(at(away_m, 0.03), at(0.05, 0.05), FOV_DEG)
    drawn = iter(range(1 << 30))

    def shoot(pose: Pose) -> NDArray:
        return np.asarray(stage.draw(next(drawn), camera, None, {mark.anchor_id: pose})[..., 2::-1])

    return model, mark, shoot, engine


if __name__ == "__main__":
    cv2.setNumThreads(1)
    for key, value in closures(*(int(a) for a in sys.argv[1:])).items():
        print(f"{key:32} {value:.4f}")
