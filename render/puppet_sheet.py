"""Pictures of an anchor for people to look at: `python -m render.puppet_sheet avatar.npz out.png [face half visemes …]`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    Camera,
    GraphicsOutput,
    LPoint3f,
    LVector3f,
    NodePath,
    PerspectiveLens,
    Texture,
)
from PIL import Image

from assets.avatar_model import AvatarModel
from avatar import quaternions as qn
from avatar.face import ARKIT, INDEX
from avatar.idle import REST_LIDS, IdleLife
from avatar.pose import HAND_POSES, JOINTS, Pose, rest_pose
from avatar.skeleton import ARMS, JOINT, REST_M, bearing_of, reach, stances
from avatar.visemes import OCULUS
from render.axes import point
from render.engine import Engine
from render.puppet import Puppet

SHOTS = {  # camera, target, vertical field of view
    "face": ((0.0, 1.56, 1.25), (0.0, 1.555, 0.05), 18.0),
    "half": ((0.0, 1.42, 2.3), (0.0, 1.25, 0.0), 24.0),
    "full": ((0.0, 1.2, 4.2), (0.0, 0.86, 0.0), 25.0),
    "side": ((1.3, 1.56, 0.5), (0.0, 1.54, 0.03), 22.0),
    "back": ((-1.2, 1.6, -1.9), (0.0, 1.3, 0.0), 24.0),
    "eyes": ((0.0, 1.57, 0.75), (0.0, 1.565, 0.1), 11.0),
    "collar": ((0.0, 1.42, 0.9), (0.0, 1.38, 0.05), 22.0),
    "three": ((0.75, 1.5, 1.15), (0.0, 1.5, 0.02), 24.0),
}


class Booth:
    """An off-screen camera before a plain wall. driver: "gl" or "tiny"; with "gl" outlines are smooth (a first buffer would
    not be multisampled, one beside it is)."""

    def __init__(self, model: AvatarModel, width_px: int, height_px: int, driver: str = "gl") -> None:
        self._engine = Engine(driver)
        shaders = self._engine.shaders
        self._buffer = self._engine.buffer("booth", width_px, height_px, 4 if shaders else 0)
        self._picture = Texture("picture")
        self._buffer.add_render_texture(self._picture, GraphicsOutput.RTM_copy_ram)
        self._buffer.set_clear_color((0.62, 0.60, 0.585, 1))
        self.root = NodePath("booth")
        self.puppet = Puppet(model, shaders)
        self.puppet.node.reparent_to(self.root)
        if shaders:
            self.puppet.light(self.puppet.lights)
        self._lens = PerspectiveLens()
        self._lens.set_near_far(0.05, 20)
        self._lens.set_aspect_ratio(width_px / height_px)
        self._camera = self.root.attach_new_node(Camera("camera", self._lens))
        self._buffer.make_display_region().set_camera(self._camera)

    def close(self) -> None:
        """Give the buffer back."""
        self._engine.close()

    def shoot(self, pose: Pose, shot: str | tuple) -> NDArray:
        """(height, width, 3) uint8 of the pose, seen by a named shot or (camera, target, fov) in glTF axes."""
        camera, target, fov = SHOTS[shot] if isinstance(shot, str) else shot
        self.puppet.apply(pose)
        self.puppet.look_from(camera)
        self._lens.set_min_fov(fov)
        self._camera.set_pos(point(camera))
        self._camera.look_at(LPoint3f(point(target)), LVector3f(0, 0, 1))
        self._engine.step()
        data = np.frombuffer(self._picture.get_ram_image_as("RGB"), np.uint8)
        return data.reshape(self._picture.get_y_size(), self._picture.get_x_size(), 3)[::-1]


def with_weights(pose: Pose, weights: NDArray | dict[str, float]) -> Pose:
    """The pose with these face weights: (52,) or by name."""
    if isinstance(weights, dict):
        row = np.zeros(len(ARKIT), np.float32)
        for name, value in weights.items():
            row[INDEX[name]] = value
        weights = row
    return replace(pose, weights=np.asarray(weights, np.float32))


def standing(hand: str = "folded", model: AvatarModel | None = None) -> Pose:
    """The ready stance with a friendly face. model: whose hands fold; without one, the nominal body's."""
    pose = rest_pose()
    joints = pose.joints.copy()
    rest = REST_M if model is None else model.joint_positions_m[[model.joint_names.index(n) for n in JOINTS]]
    joints[ARMS] = stances(rest)["ready"]
    bearing = bearing_of(rest)
    for name, angles in bearing.lean_deg.items():
        joints[JOINT[name]] = qn.from_euler_deg(np.array(angles) * (bearing.leg, 1.0, bearing.leg))
    hands = np.array([(0, HAND_POSES.index(hand), 1.0)] * 2, np.float32)
    smile = {name + side: value for side in ("Left", "Right") for name, value in (
        ("mouthSmile", 0.50), ("cheekSquint", 0.6), ("eyeSquint", 0.10), ("browOuterUp", 0.06), ("eyeBlink", 0.5 * REST_LIDS))}
    return with_weights(Pose(pose.weights, joints, hands), smile)


def pointing(target_m: tuple[float, float, float] = (0.45, 1.15, 0.35)) -> Pose:
    """The left arm reaching for a point."""
    pose = standing()
    joints, hands = pose.joints.copy(), pose.hands.copy()
    joints[8:12] = reach("left", target_m, 35.0, 0.5)
    hands[:] = [(0, HAND_POSES.index("offer"), 1.0), (0, 0, 0.0)]
    return Pose(pose.weights, joints, hands)


def opened() -> Pose:
    """Both palms open."""
    pose = standing("open")
    joints = pose.joints.copy()
    for i, (side, sign) in enumerate((("left", 1.0), ("right", -1.0))):
        joints[8 + 4 * i : 12 + 4 * i] = reach(side, (sign * 0.26, 1.07, 0.27), 60.0, 0.15)
    return Pose(pose.weights, joints, pose.hands)


def sheet(model: AvatarModel, kinds: list[str], size_px: int = 480) -> Image.Image:
    """One row per kind: a shot's name, "visemes", "gestures", "faces", "hands" or "idle"."""
    booth = Booth(model, size_px, size_px)
    rows = []
    for kind in kinds:
        if kind == "visemes":
            face = ((0.0, 1.52, 0.9), (0.0, 1.52, 0.05), 13.0)
            rows.append([booth.shoot(with_weights(standing(), w), face) for w in model.visemes[: len(OCULUS)]])
        elif kind == "gestures":
            wide = ((0.2, 1.42, 2.7), (0.1, 1.22, 0.0), 27.0)
            rows.append([booth.shoot(p, wide) for p in (rest_pose(), standing(model=model), pointing(), opened())])
        elif kind == "faces":
            rows.append([booth.shoot(with_weights(standing(), w), "face") for w in _FACES])
        elif kind == "hands":
            close = ((0.25, 1.2, 0.9), (0.12, 1.08, 0.2), 26.0)
            rows.append([booth.shoot(standing(h), close) for h in HAND_POSES])
        elif kind == "idle":
            idle = IdleLife(1)
            rows.append([booth.shoot(idle.pose(t), "half") for t in (3.0, 11.0, 29.0, 47.0)])
        else:
            rows.append([booth.shoot(standing(model=model), kind)])
    booth.close()
    width = max(len(r) for r in rows)
    columns = min(width, 5)
    cells = [c for r in rows for c in (*r, *[np.full_like(r[0], 255)] * (-len(r) % columns if len(rows) > 1 else 0))]
    out = Image.new("RGB", (columns * size_px, -(-len(cells) // columns) * size_px), "white")
    for i, cell in enumerate(cells):
        out.paste(Image.fromarray(cell), ((i % columns) * size_px, i // columns * size_px))
    return out


_FACES: tuple[dict[str, float], ...] = (
    {}, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}, {"jawOpen": 1.0}, {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8},
    {"browInnerUp": 0.8, "browOuterUpLeft": 0.8, "browOuterUpRight": 0.8}, {"mouthPucker": 1.0},
    {"mouthFunnel": 1.0}, {"browDownLeft": 1.0, "browDownRight": 1.0}, {"tongueOut": 1.0, "jawOpen": 0.6},
    {"mouthFrownLeft": 1.0, "mouthFrownRight": 1.0},
)


def main(arguments: list[str]) -> int:
    """Write the sheet; 2 with one sentence when called wrongly."""
    if len(arguments) < 2:
        print("use: python -m render.puppet_sheet avatar.npz out.png [face half full side back visemes gestures …]")
        return 2
    size = int(arguments.pop()) if arguments[-1].isdigit() else 480
    sheet(AvatarModel.load(Path(arguments[0])), arguments[2:] or ["face", "half"], size).save(arguments[1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
