"""A stranger's figure becomes an AvatarModel, full and light: pure, bytes in, values out. Meant for the locked worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from assets.glb_container import Document
from avatar.build.body import SIDES
from avatar.build.hands import hand_poses
from avatar.face import ARKIT
from avatar.imported.faces import Face, Stood, make_face
from avatar.imported.licence import Rights, rights_of
from avatar.imported.read import Figure, read_figure
from avatar.imported.rig import INDEX, Bones, Rig, find_bones, make_rig, stood
from avatar.imported.surfaces import FULL_TRIANGLES, LIGHT_TRIANGLES, Group, finished, grouped, joined, lighter, textures
from avatar.imported.swinging import Swinging, springs_of, swinging_of
from avatar.pose import FINGERS, HAND_POSES
from avatar.springs import Springs, for_page
from avatar.toon import Toon

FULL_PX, STAGE_PX, PHONE_PX = 2048, 1024, 512


@dataclass(frozen=True, slots=True)
class Conversion:
    """full: for desktops; stage: for the broadcast; phone: the stage's with smaller textures; toons,
    full_toons: looks of their meshes, by name; the rest for the report."""

    full: AvatarModel
    stage: AvatarModel
    phone: AvatarModel
    figure: Figure
    bones: Bones
    rig: Rig
    face: Face
    rights: Rights
    swinging: Swinging
    springs: Springs | None
    toons: dict[str, Toon]
    full_toons: dict[str, Toon]

    @property
    def for_page(self) -> dict[str, Any]:
        """Extras of the GLBs."""
        springs = self.springs
        return {} if springs is None else {"springs": for_page(springs, self.full.joint_names, self.full.joint_positions_m)}


def convert(document: Document, name: str) -> Conversion:
    """name: of the file, becomes the model's id. Raises GlbError, and OSError or ValueError for broken pictures."""
    figure = read_figure(document)
    bones = find_bones(figure)
    swinging = swinging_of(figure, bones)
    rig = make_rig(figure, bones, swinging.nodes)
    surfaces = [Stood(*stood(s, rig)) for s in figure.surfaces]
    face = make_face(figure, bones, rig.joints_m, surfaces)
    groups = grouped(figure, surfaces, face)
    rights = rights_of(document.json)
    poses = _hand_poses(rig, bones)

    def model(parts: Sequence[Group], side_px: int) -> AvatarModel:
        return AvatarModel(name, (rights.line,), rig.names, rig.parents, rig.joints_m.astype(np.float32), ARKIT,
                           face.visemes.astype(np.float32), HAND_POSES, poses, tuple(finished(g) for g in parts),
                           textures(figure, parts, side_px))

    full, light = (joined(lighter(groups, most)) for most in (FULL_TRIANGLES, LIGHT_TRIANGLES))
    return Conversion(model(full, FULL_PX), model(light, STAGE_PX), model(light, PHONE_PX), figure, bones, rig, face, rights,
                      swinging, springs_of(swinging, figure, rig),
                      *({g.name: g.toon for g in parts if g.toon is not None} for parts in (light, full)))


class _Hands:
    """What avatar.build.hands asks a body: where joints are. Fingers that a file lacks are laid out below the wrist."""

    def __init__(self, rig: Rig, bones: Bones) -> None:
        self._at = {n: rig.joints_m[i] for n, i in INDEX.items()}
        for side in SIDES:
            if any(side + f not in bones.nodes for f in FINGERS if not f.startswith("Thumb")):
                for k, finger in enumerate(FINGERS):
                    row, bone = divmod(k, 3)
                    down = (0.085 if row else 0.035) + 0.022 * bone
                    self._at[side + finger] = self._at[side + "Hand"] + (0.0, -down, 0.034 if not row else 0.030 - 0.018 * row)
            elif any(side + f not in bones.nodes for f in FINGERS):  # a hand without a thumb, or with two thumb bones
                for k, finger in enumerate(f for f in FINGERS if f.startswith("Thumb")):
                    self._at[side + finger] = self._at[side + "Hand"] + (0.0, -0.035 - 0.022 * k, 0.034)

    def joint(self, name: str) -> NDArray:
        """(3,) metres."""
        return self._at[name]


def _hand_poses(rig: Rig, bones: Bones) -> NDArray:
    return hand_poses(_Hands(rig, bones))
