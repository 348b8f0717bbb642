"""From the file's skeleton to ours: which bone is which, standing upright and facing +Z, arms hanging, rest rotations gone.

After `stood` every joint's rest rotation is the identity in the body's axes, as in the presenters that we build, so one pose
means the same on both. T-pose, A-pose, VRM 0's -Z, centimetres and bones with axes of their own all vanish here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.glb import GlbError
from avatar import quaternions as qn
from avatar.build.body import FOREARM, SIDES, UPPER_ARM, joint_names, joint_parents
from avatar.imported.names import LEGS, bones_by_name, vrm_bones
from avatar.imported.read import Figure, Surface
from avatar.pose import FINGERS, JOINTS
from avatar.skeleton import EYES_M, JOINT, REST_M

NAMES = joint_names()
PARENTS = joint_parents(NAMES)
INDEX = {n: i for i, n in enumerate(NAMES)}
EYE_HEIGHTS_M = (1.40, 1.75)  # of people; a figure outside is scaled to the nominal presenter's, so that cameras find it
UNITS_M = (1.0, 0.01)  # metres, as glTF wants; centimetres, as some exporters write
CLAVICLE_SHARE = 0.06  # of lowering an arm: the collar bone's, as in a body; the rest is the upper arm's
CLEAR_M = 0.035  # between hand and hip
WIDEST = 0.45  # sine of the angle at which an arm may hang away from wide clothes
_CHAIN = ("hips", "spine", "chest", "upperChest", "neck", "head")


@dataclass(frozen=True, slots=True)
class Bones:
    """nodes: our joint (and legs, jaw) -> node of the file; source: "vrm0", "vrm1" or "names"."""

    nodes: dict[str, int]
    source: str

    @property
    def missing(self) -> tuple[str, ...]:
        """Joints of ours that the file has no bone for."""
        return tuple(n for n in NAMES[1:] if n not in self.nodes)


@dataclass(frozen=True, slots=True)
class Rig:
    """owner: (n,) which of our joints each node's vertices follow; joints_m: (j, 3) at rest, arms hanging;
    turns: (j, 4) and shifts: (j, 3): how lowering the arms moved what follows a joint; place: (4, 4) from the file's world;
    scale: of the figure; height_m: before scaling, floor to eyes; names, parents: of joints, those that swing last."""

    owner: NDArray
    joints_m: NDArray
    turns: NDArray
    shifts: NDArray
    place: NDArray
    scale: float
    height_m: float
    names: tuple[str, ...] = NAMES
    parents: NDArray = field(default_factory=lambda: PARENTS)

    def stands_m(self, node: int, point: NDArray) -> NDArray:
        """(3,) where a point of the file's world that goes with a node is at rest here."""
        joint = int(self.owner[node])
        return np.asarray(qn.rotate(self.turns[joint], self.place[:3, :3] @ point + self.place[:3, 3]) + self.shifts[joint])


def find_bones(figure: Figure) -> Bones:
    """Raises GlbError when the figure has no skeleton of a person."""
    extensions = figure.json.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    given: dict[str, Any] = {}
    source = "names"
    for key, kind in (("VRMC_vrm", "vrm1"), ("VRM", "vrm0")):
        humanoid = extensions.get(key, {}).get("humanoid") if isinstance(extensions.get(key), dict) else None
        bones = humanoid.get("humanBones") if isinstance(humanoid, dict) else None
        if isinstance(bones, dict):
            given, source = {n: b.get("node") for n, b in bones.items() if isinstance(b, dict)}, kind
        elif isinstance(bones, list):
            given = {str(b.get("bone")): b.get("node") for b in bones if isinstance(b, dict)}
            source = kind
        if given:
            break
    listed = {n: i for n, i in given.items() if isinstance(i, int) and not isinstance(i, bool) and 0 <= i < len(figure.names)}
    nodes = vrm_bones(listed, 0 if source == "vrm0" else 1) if listed else bones_by_name(
        figure.names, figure.parents, _bone_nodes(figure))
    lacking = [n for n in ("hips", "head") if n not in nodes and not (n == "hips" and "spine" in nodes)]
    if lacking or not any(s + "UpperArm" in nodes for s in SIDES):
        found = ", ".join(sorted(nodes)[:12]) or "none"
        raise GlbError(f"The skeleton cannot be told: bones for {' and '.join(lacking) or 'the arms'} are missing "
                       f"(found: {found}). Export with VRM or Mixamo bone names.", "skeleton")
    return Bones(nodes, source)


def _bone_nodes(figure: Figure) -> set[int]:
    """Joints of skins and what they hang on."""
    out = set(figure.joints)
    for joint in figure.joints:
        at = figure.parents[joint]
        while at is not None:
            out.add(at)
            at = figure.parents[at]
    return out


def make_rig(figure: Figure, bones: Bones, swinging: Sequence[int] = ()) -> Rig:
    """Our 47 joints in the figure, standing with hanging arms, and one more for each node of `swinging`, parents before
    children. Raises GlbError when it has no height."""
    place, scale, eyes_m = _placed(figure, bones)
    at = {n: place[:3, :3] @ figure.world[i][:3, 3] + place[:3, 3] for n, i in bones.nodes.items()}
    rest = _completed(at)
    turns, hanging = lowered(rest, _hip_width_m(figure, bones, place, rest))
    shifts = hanging - qn.rotate(turns, rest)
    rig = Rig(_owners(figure, bones), hanging, turns, shifts, place, scale, eyes_m)
    return _with_more(rig, figure, bones, swinging) if len(swinging) else rig


def _with_more(rig: Rig, figure: Figure, bones: Bones, swinging: Sequence[int]) -> Rig:
    """Joints that swing: they came down with the arm, if any, that they hang on."""
    on = rig.owner[list(swinging)]
    more = {node: len(NAMES) + k for k, node in enumerate(swinging)}
    owner = _owners(figure, bones, more)
    above = [figure.parents[node] for node in swinging]
    return replace(
        rig, owner=owner, turns=np.concatenate([rig.turns, rig.turns[on]]), shifts=np.concatenate([rig.shifts, rig.shifts[on]]),
        joints_m=np.concatenate([rig.joints_m, [rig.stands_m(node, figure.world[node][:3, 3]) for node in swinging]]),
        names=(*NAMES, *(f"swings{k}" for k in range(len(swinging)))),
        parents=np.concatenate([PARENTS, [0 if a is None else owner[a] for a in above]]).astype(np.int32))


def _owners(figure: Figure, bones: Bones, more: Mapping[int, int] = MappingProxyType({})) -> NDArray:
    """(n,) our joint for every node: its own, or that of the bone above it. Legs stand still with the root. more: joints of
    other nodes."""
    ours = dict(more) | {node: INDEX.get("head" if name == "jaw" else name, 0) if name not in LEGS else 0
            for name, node in bones.nodes.items()}
    out = np.full(len(figure.names), -1)
    for start in range(len(out)):
        path, at = [], start
        while at is not None and out[at] < 0 and at not in ours:
            path.append(at)
            at = figure.parents[at]  # type: ignore[assignment]
        joint = 0 if at is None else ours.get(at, int(out[at]))
        out[path] = joint
        out[start] = joint
    return out


def _placed(figure: Figure, bones: Bones) -> tuple[NDArray, float, float]:
    """(4, 4) that puts the figure's feet on the floor between which the origin lies, facing +Z, as tall as a person."""
    def spot(name: str) -> NDArray | None:
        return figure.world[bones.nodes[name]][:3, 3] if name in bones.nodes else None

    turn = np.eye(3)
    left, right = (next(p for p in (spot(s + n) for n in ("UpperArm", "Hand", "Shoulder", "UpperLeg")) if p is not None)
                   if any(s + n in bones.nodes for n in ("UpperArm", "Hand", "Shoulder", "UpperLeg")) else None for s in SIDES)
    if left is not None and right is not None:
        across = left - right
        if np.hypot(across[0], across[2]) > 1e-6:
            angle = np.arctan2(across[2], across[0])  # the body's left is +X
            c, s = np.cos(angle), np.sin(angle)
            turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    points = np.concatenate([s.positions[np.unique(s.faces)] for s in figure.surfaces if len(s.faces)] or [np.zeros((0, 3))])
    if not len(points):
        raise GlbError("The figure draws no triangle.", "empty")
    floor = float(points[:, 1].min())
    eyes = [p for p in (spot("leftEye"), spot("rightEye")) if p is not None]
    head, hips = spot("head"), spot("hips")
    if hips is None:
        hips = spot("spine")
    assert head is not None and hips is not None
    tall = float(points[:, 1].max()) - floor
    if tall < 1e-4 or head[1] - floor < tall * 0.3:
        raise GlbError("The figure does not stand upright along +Y; export it with +Y up.", "upright")
    skull = (float(points[:, 1].max()) - head[1]) * 0.45  # eyes lie in the middle of a head, the joint at its base
    eyes_m = float(np.mean([p[1] for p in eyes])) - floor if eyes else float(head[1]) - floor + skull
    legs = any(n in bones.nodes for n in ("leftUpperLeg", "rightUpperLeg"))
    fits = [u for u in UNITS_M if EYE_HEIGHTS_M[0] <= eyes_m * u <= EYE_HEIGHTS_M[1]]
    scale = fits[0] if fits else float(EYES_M[1]) / eyes_m
    lift = 0.0
    if not legs:  # a half body: as large as ours from the hips up, hips at their height
        reach = max(float(eyes_m + floor - hips[1]), 1e-4)
        scale = float(EYES_M[1] - REST_M[0][1]) / reach
        lift = float(REST_M[0][1]) - (float(hips[1]) - floor) * scale
    matrix = np.eye(4)
    matrix[:3, :3] = turn * scale
    centre = turn @ hips * scale
    matrix[:3, 3] = (-centre[0], lift - floor * scale, float(REST_M[0][2]) - centre[2])
    return matrix, scale, eyes_m


def _completed(at: dict[str, NDArray]) -> NDArray:
    """(47, 3): joints of the file, and between or beside them those that it lacks."""
    out = np.zeros((len(NAMES), 3))
    rest = {n: REST_M[i].astype(np.float64) for n, i in JOINT.items()}
    known = [n for n in _CHAIN if n in at]
    for name in _CHAIN:
        if name in at:
            out[INDEX[name]] = at[name]
            continue
        order = _CHAIN.index(name)
        below = [n for n in known if _CHAIN.index(n) < order]
        above = [n for n in known if _CHAIN.index(n) > order]
        if below and above:
            a, b = below[-1], above[0]
            share = (rest[name][1] - rest[a][1]) / (rest[b][1] - rest[a][1])
            out[INDEX[name]] = at[a] + (at[b] - at[a]) * share
        else:
            near = below[-1] if below else above[0]
            out[INDEX[name]] = at[near] + rest[name] - rest[near]
    for i, name in enumerate(NAMES):
        if i == 0 or name in _CHAIN:
            continue
        if name in at:
            out[i] = at[name]
        elif name in JOINT:
            out[i] = out[PARENTS[i]] + rest[name] - REST_M[JOINT[NAMES[PARENTS[i]]]]
        else:  # a finger that the file lacks moves nothing
            out[i] = out[PARENTS[i]]
    return out


def _hip_width_m(figure: Figure, bones: Bones, place: NDArray, rest: NDArray) -> float:
    """Half the width of body and clothes where hanging hands will be."""
    arm = np.linalg.norm(rest[INDEX["leftHand"]] - rest[INDEX["leftUpperArm"]])
    height = rest[INDEX["leftUpperArm"]][1] - arm
    owner = _owners(figure, bones)
    trunk = np.isin(owner, [0, *(INDEX[n] for n in _CHAIN[:4])])
    widths = []
    for s in figure.surfaces:
        points = s.positions @ place[:3, :3].T + place[:3, 3]
        body = (s.weights * trunk[s.nodes]).sum(1) > 0.9
        near = body & (np.abs(points[:, 1] - height) < 0.12)
        if near.any():
            widths.append(float(np.quantile(np.abs(points[near, 0]), 0.95)))
    return max(widths, default=0.15)


def lowered(rest: NDArray, hip_m: float) -> tuple[NDArray, NDArray]:
    """(47, 4) global turn of each joint and (47, 3) where it goes, when both arms come down beside a body that is 2 * hip_m
    wide. rest: (47, 3) joints as in the file."""
    turns = np.tile(qn.IDENTITY.astype(np.float64), (len(NAMES), 1))
    out = rest.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        shoulder, upper, lower, hand = (INDEX[side + n] for n in ("Shoulder", "UpperArm", "LowerArm", "Hand"))
        length = float(np.linalg.norm(rest[hand] - rest[lower]) + np.linalg.norm(rest[lower] - rest[upper]))
        if length < 1e-6:
            continue
        out_by = (hip_m + CLEAR_M - abs(rest[upper][0])) / length
        extra = float(np.clip(out_by, 0.0, WIDEST)) if out_by > 0.17 else 0.0
        down = np.array([sign * max(UPPER_ARM[0], extra), *UPPER_ARM[1:]])
        fore = np.array([sign * max(FOREARM[0], extra), *FOREARM[1:]])
        whole = qn.between(rest[lower] - rest[upper], down).astype(np.float64)
        clavicle = qn.slerp(qn.IDENTITY, whole, np.float64(CLAVICLE_SHARE)).astype(np.float64)
        arm = qn.between(rest[lower] - rest[upper], down).astype(np.float64)
        forearm = qn.multiply(qn.between(qn.rotate(arm, rest[hand] - rest[lower]), fore), arm)
        roll = _palm_roll(rest, side, forearm, fore)
        forearm = qn.multiply(qn.about(fore, roll * 0.5), forearm)
        palm = qn.multiply(qn.about(fore, roll * 0.5), forearm)
        turns[shoulder], turns[upper], turns[lower] = clavicle, arm, forearm
        fingers = [INDEX[side + f] for f in FINGERS]
        turns[[hand, *fingers]] = palm
        for joint in (upper, lower, hand, *fingers):
            parent = int(PARENTS[joint])
            out[joint] = out[parent] + qn.rotate(turns[parent], rest[joint] - rest[parent])
    return turns, out


def _palm_roll(rest: NDArray, side: str, forearm: NDArray, way: NDArray) -> float:
    """Degrees about the forearm that turn a hanging hand's palm to the thigh; 0 where the file has no fingers."""
    hand, first, last = (rest[INDEX[side + n]] for n in ("Hand", "IndexProximal", "LittleProximal"))
    back = np.cross(first - hand, last - hand)
    if np.linalg.norm(back) < 1e-7:
        return 0.0
    back = qn.rotate(forearm, back / np.linalg.norm(back))
    way = way / np.linalg.norm(way)
    want = np.array([1.0, 0.0, 0.0])  # the cross product points outwards on the left hand and inwards on the right
    a, b = (v - way * (v @ way) for v in (back, want))
    return float(np.degrees(np.arctan2(np.cross(a, b) @ way, a @ b)))


def stood(surface: Surface, rig: Rig) -> tuple[NDArray, NDArray, NDArray, dict[int, NDArray]]:
    """A surface in the body's rest: (v, 3) positions, (v, 3) normals, (v, j) weights, and its morphs.

    Arms come down by blended dual quaternions (Kavan 2007): a shoulder that is lowered by 80 degrees keeps its volume.
    """
    count = len(surface.positions)
    weights = np.zeros((count, len(rig.names)))
    joints = rig.owner[surface.nodes]
    for k in range(joints.shape[1]):
        np.add.at(weights, (np.arange(count), joints[:, k]), surface.weights[:, k])
    turn, shift = _blended(weights, rig)
    linear = rig.place[:3, :3]
    points = surface.positions @ linear.T + rig.place[:3, 3]
    normals = surface.normals @ (linear / rig.scale).T
    morphs = {k: qn.rotate(turn, d @ linear.T) for k, d in surface.morphs.items()}
    return qn.rotate(turn, points) + shift, qn.rotate(turn, normals), weights, morphs


def _blended(weights: NDArray, rig: Rig) -> tuple[NDArray, NDArray]:
    """(v, 4) turns and (v, 3) shifts: the joints' rigid movements blended as dual quaternions."""
    real = rig.turns
    dual = 0.5 * qn.multiply(np.concatenate([rig.shifts, np.zeros((len(real), 1))], 1), real)
    lead = real[weights.argmax(1)]
    sign = np.where(lead @ real.T < 0, -1.0, 1.0)
    w = weights * sign
    a, b = w @ real, w @ dual
    size = np.maximum(np.linalg.norm(a, axis=1, keepdims=True), 1e-9)
    a, b = a / size, b / size
    shift = 2.0 * qn.multiply(b, qn.conjugate(a))[:, :3]
    return a, shift


def missing_groups(missing: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Missing joints by what a reader calls them: "eyes", "fingers", "spine", "arms"."""
    groups: dict[str, list[str]] = {}
    for name in missing:
        kind = ("eyes" if name.endswith("Eye") else "fingers" if name not in JOINTS else
                "spine" if name in _CHAIN else "arms")
        groups.setdefault(kind, []).append(name)
    return {k: tuple(v) for k, v in groups.items()}
