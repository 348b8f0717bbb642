"""The shaped body: macro and detail targets blended, scaled to a person, arms brought down, joints placed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar import quaternions as qn
from avatar.build.look import Look
from avatar.build.shape_targets import shape_targets
from avatar.build.source import Source
from avatar.face import ARKIT
from avatar.pose import FINGERS, JOINTS
from avatar.skeleton import JOINT, PARENTS, REST_M

ROOT = "root"  # carries legs and feet, so that swaying hips do not drag the shoes over the floor
SIDES = ("left", "right")
NOMINAL_CROWN_M = 1.68  # of the body whose joints REST_M has
# Fuller lips leave a slit at the corners, which the first closes; the rest makes the neutral face a friendly one.
RESTING_FACE: dict[str, dict[str, float]] = {
    "woman": {"mouthClose": 0.08, "mouthSmileLeft": 0.05, "mouthSmileRight": 0.05, "eyeWideLeft": 0.38, "eyeWideRight": 0.38},
    "man": {"mouthClose": 0.05, "mouthSmileLeft": 0.08, "mouthSmileRight": 0.08, "eyeWideLeft": 0.48, "eyeWideRight": 0.45,
            "eyeSquintLeft": -0.24, "eyeSquintRight": -0.24},
}
# How much stronger than in the part a shape is here: what an independent reader of faces needs to see it (docs/FACE.md).
UNIT_GAINS = {
    "woman": {"mouthPucker": 0.92, "mouthFunnel": 1.9, "mouthFrown": 1.8, "browDown": 1.75, "browInnerUp": 1.6,
              "browOuterUp": 1.4, "mouthUpperUp": 2.6, "mouthStretch": 1.9, "mouthShrugLower": 1.06, "mouthSmile": 0.66,
              "eyeSquint": 2.3},
    "man": {"mouthPucker": 0.88, "mouthFunnel": 1.8, "mouthFrown": 2.1, "browDown": 1.25, "browInnerUp": 2.35,
            "browOuterUp": 2.0, "mouthUpperUp": 2.4, "mouthStretch": 2.15, "mouthShrugLower": 1.32, "jawOpen": 1.08,
            "eyeBlink": 1.22, "eyeSquint": 2.1, "mouthSmile": 0.87},
}
# Corners that go down also pull apart and press, as with most people; on a man's face the part's shape alone is not read.
# Lips in a funnel part the teeth a little, and a funnel is wider than a kiss. A chin that is raised lifts both lips.
UNIT_JOINED: dict[str, dict[str, tuple[tuple[str, float], ...]]] = {
    "woman": {"mouthFunnel": (("jawOpen", 0.20),), "mouthShrugLower": (("mouthClose", 0.12), ("mouthShrugUpper", 1.0))},
    "man": {"mouthFunnel": (("mouthPucker", -0.16), ("jawOpen", 0.19)),
            **{f"mouthFrown{s}": ((f"mouthStretch{s}", 0.46), (f"mouthPress{s}", 0.40)) for s in ("Left", "Right")}},
}
EYES_LARGER = {"woman": 0.12, "man": 0.10}  # than the part's largest: seen from a shop window's distance, eyes carry a face
EYE_REACH_M = (0.017, 0.042)  # from the eyeball's middle: all of it, nothing of it
UPPER_ARM = (0.155, -1.0, -0.03)  # where arms hang; the body's left, mirrored for the right
FOREARM = (0.06, -1.0, 0.17)
LEGS_IN_M = 0.075
CLAVICLE_SHARE = 0.2  # of the lowering; a shoulder lowered by one joint collapses

_BONES = {  # ours -> mixamo's
    "hips": "Hips", "spine": "Spine", "chest": "Spine1", "upperChest": "Spine2", "neck": "Neck", "head": "Head",
    "Shoulder": "Shoulder", "UpperArm": "Arm", "LowerArm": "ForeArm", "Hand": "Hand",
}
_LADDER = ("hips", "spine", "chest", "upperChest", "neck", "head", "leftEye")  # joints from the floor up
_FINGER = {"Thumb": "Thumb", "Index": "Index", "Middle": "Middle", "Ring": "Ring", "Little": "Pinky"}
_KNUCKLE = {"Metacarpal": 1, "Proximal": 1, "Intermediate": 2, "Distal": 3}


@dataclass(frozen=True, slots=True)
class Body:
    """shape: (19158, 3) metres, arms down; units: (52, 19158, 3) face shapes; weights: (19158, j) rows summing to 1;
    joint_names, joint_parents, joint_positions_m as in AvatarModel; skin: (f, 4) faces of the body proper."""

    look: Look
    source: Source
    shape: NDArray
    units: NDArray
    weights: NDArray
    joint_names: tuple[str, ...]
    joint_parents: NDArray
    joint_positions_m: NDArray
    skin: NDArray

    def joint(self, name: str) -> NDArray:
        """(3,) rest position."""
        return self.joint_positions_m[self.joint_names.index(name)]

    def crown_m(self) -> float:
        """Height of the head's top."""
        return float(self.shape[np.unique(self.skin), 1].max())

    def nominal(self, points: NDArray) -> NDArray:
        """(n, 3) where points would lie on the nominal body (REST_M): heights by joints, width by the shoulders.

        Garments and paint are laid out once, in these coordinates, and fit every body."""
        mine = [0.0, *(self.joint(n)[1] for n in _LADDER), self.crown_m()]
        there = [0.0, *(float(REST_M[JOINT[n], 1]) for n in _LADDER), NOMINAL_CROWN_M]
        out = points.copy()
        out[:, 1] = np.interp(points[:, 1], mine, there)
        wide = self.joint("leftUpperArm")[0] / float(REST_M[JOINT["leftUpperArm"], 0])
        out[:, 0] = points[:, 0] / np.interp(out[:, 1], [1.38, 1.46], [wide, 1.0])
        return out


def joint_names() -> tuple[str, ...]:
    """Root, the 16 posed joints, then the fingers of the left and of the right hand."""
    return (ROOT, *JOINTS, *(side + finger for side in SIDES for finger in FINGERS))


def joint_parents(names: tuple[str, ...]) -> NDArray:
    """(j,) parents by index."""
    index = {n: i for i, n in enumerate(names)}
    out = [-1] + [p + 1 if p >= 0 else 0 for p in PARENTS]
    for side in SIDES:
        for i in range(len(FINGERS)):
            out.append(index[side + "Hand"] if i % 3 == 0 else len(out) - 1)
    return np.array(out, np.int32)


def mixamo_name(joint: str) -> str | None:
    """The bone of the part that a joint of ours stands for; None for root and eyes."""
    if joint in _BONES:
        return _BONES[joint]
    for side in SIDES:
        if joint.startswith(side):
            rest = joint[len(side):]
            if rest in _BONES:
                return side.capitalize() + _BONES[rest]
            for ours, theirs in _FINGER.items():
                if rest.startswith(ours):
                    bone = rest[len(ours):]
                    number = _KNUCKLE[bone] + (1 if ours == "Thumb" and bone != "Metacarpal" else 0)
                    return f"{side.capitalize()}Hand{theirs}{number if ours != 'Thumb' or bone != 'Distal' else 3}"
    return None


def shape_body(source: Source, look: Look) -> Body:
    """The look's body with its face shapes, in the rest pose that everything else is built on."""
    points = source.base.copy()
    for path, weight in shape_targets(look).items():
        points += weight * source.target(path)
    for name, weight in RESTING_FACE[look.sex].items():
        points += weight * source.face_unit(name)
    skin = source.faces[source.groups["body"]]
    used = np.unique(skin)
    low, high = points[used, 1].min(), points[used, 1].max()
    scale = look.height_m / (high - low)
    points = (points - (0.0, low, 0.0)) * scale
    points, near_eyes = _larger_eyes(source, points, EYES_LARGER[look.sex])
    names = joint_names()
    parents = joint_parents(names)
    bones = source.weights()
    weights = _weights(names, bones)
    joints = _mirrored(names, np.array([_place(source, points, name) for name in names]))
    points, joints = _close_legs(points, joints)
    points, joints, turn = _lower_arms(points, joints, weights, names, parents)
    grown = 1.0 + EYES_LARGER[look.sex] * near_eyes
    units = np.einsum("vab,uvb->uva", turn, _face_units(source, look.sex) * (scale * grown[:, None]))
    # the part has no lids-only eyeLook: those units also turn the eyeball, which is a joint's work here
    weights = _steady_legs(points, weights, names, bones)
    return Body(look, source, points, units, weights, names, parents, joints, skin)


def _face_units(source: Source, sex: str) -> NDArray:
    """(52, 19158, 3) metres: the part's shapes with this sex's gains and companions."""
    gains = UNIT_GAINS[sex]
    out = source.face_units()
    plain = out.copy()
    out *= np.array([gains.get(n.removesuffix("Left").removesuffix("Right"), 1.0) for n in ARKIT])[:, None, None]
    for name, others in UNIT_JOINED[sex].items():
        for other, share in others:
            out[ARKIT.index(name)] += share * plain[ARKIT.index(other)]
    return out


def _place(source: Source, points: NDArray, name: str) -> NDArray:
    if name == ROOT:
        return np.zeros(3)
    if name in ("leftEye", "rightEye"):
        group = "helper-l-eye" if name == "leftEye" else "helper-r-eye"
        return points[np.unique(source.faces[source.groups[group]])].mean(0)
    bone = mixamo_name(name)
    assert bone is not None
    return source.joint(bone, "head", points)


def _larger_eyes(source: Source, points: NDArray, share: float) -> tuple[NDArray, NDArray]:
    """Eyeballs, lids and what lies round them grown about the eyes' middles; and (v,) 0..1 by how much of it."""
    out, near = points.copy(), np.zeros(len(points))
    for name in ("leftEye", "rightEye"):
        way = points - _place(source, points, name)
        t = np.clip((np.linalg.norm(way, axis=1) - EYE_REACH_M[0]) / (EYE_REACH_M[1] - EYE_REACH_M[0]), 0, 1)
        falls = 1 - t * t * (3 - 2 * t)
        out += share * falls[:, None] * way
        near = np.maximum(near, falls)
    return out, near


def _close_legs(points: NDArray, joints: NDArray) -> tuple[NDArray, NDArray]:
    """Feet a hand's width apart instead of the part's straddle: each leg shifts sideways, more the lower."""
    out = points.copy()
    down = np.clip((0.80 - points[:, 1]) / 0.80, 0.0, 1.0)
    side = np.clip(points[:, 0] / 0.03, -1.0, 1.0)
    arms = np.abs(points[:, 0]) > 0.30
    out[:, 0] -= np.where(arms, 0.0, LEGS_IN_M * down * side)
    return out, joints


def _mirrored(names: tuple[str, ...], joints: NDArray) -> NDArray:
    """Left and right alike, the middle in the middle: the part's helper cubes are a few millimetres off."""
    out = joints.copy()
    flip = np.array([-1.0, 1.0, 1.0])
    for i, name in enumerate(names):
        if name.startswith("left"):
            other = names.index("right" + name[4:])
            out[i] = (joints[i] + joints[other] * flip) / 2
            out[other] = out[i] * flip
        elif not name.startswith("right"):
            out[i, 0] = 0.0
    return out


def _weights(names: tuple[str, ...], bones: dict[str, NDArray]) -> NDArray:
    out = np.zeros((len(next(iter(bones.values()))), len(names)), np.float32)
    used = set()
    for i, name in enumerate(names):
        bone = mixamo_name(name)
        if bone is not None and bone in bones:
            out[:, i] = bones[bone]
            used.add(bone)
    for bone in set(bones) - used:  # legs and toes hang on the root
        out[:, 0] += bones[bone]
    total = out.sum(1, keepdims=True)
    out[:, 0] += (total[:, 0] < 1e-6)
    return out / np.maximum(out.sum(1, keepdims=True), 1e-6)


def _steady_legs(points: NDArray, weights: NDArray, names: tuple[str, ...], bones: dict[str, NDArray]) -> NDArray:
    """Legs follow the hips at the top and the floor from mid-thigh on."""
    hips = names.index("hips")
    share = np.clip((points[:, 1] - 0.45) / 0.35, 0.0, 1.0).astype(np.float32)
    out = weights.copy()
    out[:, hips] += out[:, 0] * share
    out[:, 0] *= 1.0 - share
    return out


def _lower_arms(points: NDArray, joints: NDArray, weights: NDArray, names: tuple[str, ...],
                parents: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Bake hanging arms: new points, new joints, and (v, 3, 3) how directions turned."""
    index = {n: i for i, n in enumerate(names)}
    turns = np.zeros((len(names), 4), np.float32)
    turns[:, 3] = 1.0
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        at = {n: joints[index[side + n]] for n in ("Shoulder", "UpperArm", "LowerArm", "Hand")}
        upper, fore = at["LowerArm"] - at["UpperArm"], at["Hand"] - at["LowerArm"]
        mirror = np.array([sign, 1.0, 1.0])
        whole = qn.between(upper, np.array(UPPER_ARM) * mirror)
        clavicle = qn.nlerp(qn.IDENTITY, whole, np.float32(CLAVICLE_SHARE))
        lower = qn.multiply(qn.between(qn.rotate(whole, fore), np.array(FOREARM) * mirror), whole)
        turns[index[side + "Shoulder"]] = clavicle
        turns[index[side + "UpperArm"]] = whole
        turns[index[side + "LowerArm"]] = lower
        for name in names:
            if name == side + "Hand" or (name.startswith(side) and mixamo_name(name) and "Hand" in str(mixamo_name(name))):
                turns[index[name]] = lower
    matrices = qn.to_matrix(turns).astype(np.float64)
    placed = np.zeros_like(joints)
    for j, parent in enumerate(parents):
        placed[j] = joints[j] if parent < 0 else placed[parent] + matrices[parent] @ (joints[j] - joints[parent])
    offset = placed - np.einsum("jab,jb->ja", matrices, joints)
    turn = np.einsum("vj,jab->vab", weights, matrices)
    moved = np.einsum("vab,vb->va", turn, points) + weights @ offset
    return moved, placed, turn
