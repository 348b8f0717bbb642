"""The figure's face shapes as ours: the best of ARKit, Oculus visemes, VRM vowels, a jaw, or a chin that follows loudness.

A file with visemes and no ARKit shapes gets ARKit shapes by least squares: those whose mixes give the file's visemes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar import quaternions as qn
from avatar.face import ARKIT
from avatar.face import INDEX as CHANNEL
from avatar.imported.names import arkit_name, other_shapes, viseme_name, vowel_name
from avatar.imported.read import Figure
from avatar.imported.rig import INDEX, Bones
from avatar.visemes import OCULUS, ROW, VISEME_WEIGHTS

TIERS = ("arkit", "oculus", "vrm", "jaw", "amplitude")
MOUTH_SHAPES = 8  # of ARKit's 27, and the jaw: with fewer, lips cannot be told apart
VISEMES_WANTED, VOWELS_WANTED = 8, 3
RIDGE = 0.01  # of a viseme's squared length: where two visemes are mixed alike, they share instead of cancelling
JAW_TURN_DEG = 15.0  # of a jaw bone at jawOpen 1
CHIN_DROP = 0.11  # of the way from eyes to chin, in a face without any shape
SIDE_M = 0.012  # half the width in which a shape for both sides passes from one to the other
# Free channels that carry what is particular to one viseme when ARKit shapes are made from visemes.
_PRIVATE = {"E": ("mouthDimpleLeft", "mouthDimpleRight"), "SS": ("mouthShrugUpper",), "I": ("mouthShrugLower",)}
_NOT_CARRIERS = ("mouthSmileLeft", "mouthSmileRight", "mouthClose")  # moods use them; a smile must not open the mouth
Deltas = dict[int, NDArray]  # surface -> (v, 3) metres


@dataclass(frozen=True, slots=True)
class Stood:
    """A surface after rig.stood: (v, 3) positions and normals, (v, j) weights; morphs: target -> (v, 3)."""

    positions: NDArray
    normals: NDArray
    weights: NDArray
    morphs: dict[int, NDArray]


@dataclass(frozen=True, slots=True)
class Face:
    """tier: of TIERS; shapes: ARKit name -> deltas by surface; visemes: (15, 52) for this face; own: names that the file
    itself has (the others of `shapes` are made from something else); eye_bones: whether the eyes turn by bones."""

    tier: str
    shapes: dict[str, Deltas]
    visemes: NDArray
    own: frozenset[str]
    eye_bones: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """Of the 52, those that move nothing here."""
        return tuple(n for n in ARKIT if n not in self.shapes)


def make_face(figure: Figure, bones: Bones, rig_joints_m: NDArray, stood: Sequence[Stood]) -> Face:
    """The face of a figure that stands."""
    named, visemes, vowels = _by_name(figure, stood), _visemes(figure, stood), _vowels(figure, stood)
    own = frozenset(named)
    eye_bones = _eyes_by_bones(stood)
    tier = _tier(own, visemes, vowels, bones, stood, figure)
    shapes = dict(named)
    weights = VISEME_WEIGHTS
    if tier in ("oculus", "vrm"):
        weights = carriers()
        shapes = {n: d for n, d in shapes.items() if not n.startswith(("mouth", "jaw", "tongue")) or n in _NOT_CARRIERS}
        shapes |= solved(visemes if tier == "oculus" else vowels, weights)
    elif tier == "jaw" and "jawOpen" not in shapes:
        shapes["jawOpen"] = _jaw_from_bone(figure, bones, rig_joints_m, stood)
    elif tier == "amplitude":
        shapes["jawOpen"] = _chin(rig_joints_m, stood)
    for name, deltas in _moods(figure, stood, rig_joints_m).items():
        shapes.setdefault(name, deltas)
    if eye_bones:  # eyeballs follow joints only; the eyeLook shapes move lids
        for name in [n for n in shapes if n.startswith("eyeLook")]:
            shapes[name] = _without_eyeballs(shapes[name], stood)
    return Face(tier, {n: d for n, d in shapes.items() if d}, weights, own, eye_bones)


def _tier(own: frozenset[str], visemes: Mapping[str, Deltas], vowels: Mapping[str, Deltas], bones: Bones,
          stood: Sequence[Stood], figure: Figure) -> str:
    if "jawOpen" in own and sum(n.startswith("mouth") for n in own) >= MOUTH_SHAPES:
        return "arkit"
    if len(visemes) >= VISEMES_WANTED:
        return "oculus"
    if len(vowels) >= VOWELS_WANTED:
        return "vrm"
    if "jawOpen" in own or _follows_jaw(figure, bones, stood):
        return "jaw"
    return "amplitude"


def carriers() -> NDArray:
    """(15, 52): our mixes without smiles, and with a channel of its own for what E, I and SS do beyond them."""
    out = np.array(VISEME_WEIGHTS)
    out[:, [CHANNEL[n] for n in _NOT_CARRIERS]] = 0.0
    for viseme, channels in _PRIVATE.items():
        for channel in channels:
            out[ROW[viseme], CHANNEL[channel]] = 0.5
    return out


def solved(visemes: Mapping[str, Deltas], weights: NDArray) -> dict[str, Deltas]:
    """ARKit shapes of which the mixes `weights` (15, 52) give these visemes: the smallest such shapes, ridge regression."""
    names = [n for n in OCULUS if n in visemes and n != "sil"]
    w = weights[[ROW[n] for n in names]].astype(np.float64)
    gram = w @ w.T
    share = w.T @ np.linalg.inv(gram + RIDGE * np.trace(gram) / len(names) * np.eye(len(names)))  # (52, k)
    out: dict[str, Deltas] = {}
    for channel in np.nonzero(np.abs(share).max(1) > 1e-3)[0]:
        out[ARKIT[channel]] = _sum((share[channel, k], visemes[n]) for k, n in enumerate(names))
    return out


def _sum(parts: Iterable[tuple[float, Deltas]]) -> Deltas:
    out: Deltas = {}
    for weight, deltas in parts:
        for surface, d in deltas.items():
            out[surface] = out[surface] + d * weight if surface in out else d * weight
    return out


def _by_name(figure: Figure, stood: Sequence[Stood]) -> dict[str, Deltas]:
    """ARKit shapes that the file has, by expression or by target name; looser names fill what is left."""
    out: dict[str, Deltas] = {}
    for name, binds in expressions(figure).items():
        if arkit := arkit_name(name):
            out.setdefault(arkit, {}).update(_bound(figure, stood, binds))
    for arkit, deltas in _collect(figure, stood, lambda n: (arkit_name(n),)).items():
        out.setdefault(arkit, deltas)
    for name, deltas in _collect(figure, stood, other_shapes).items():
        if name not in out:
            side = 1.0 if name.endswith("Left") else -1.0 if name.endswith("Right") else 0.0
            out[name] = _one_side(deltas, stood, side)
    return {n: d for n, d in out.items() if d}


def _visemes(figure: Figure, stood: Sequence[Stood]) -> dict[str, Deltas]:
    return _collect(figure, stood, lambda n: (viseme_name(n),))


def _vowels(figure: Figure, stood: Sequence[Stood]) -> dict[str, Deltas]:
    out = {}
    for name, binds in expressions(figure).items():
        if (vowel := vowel_name(name)) and (deltas := _bound(figure, stood, binds)):
            out[vowel] = deltas
    for vowel, deltas in _collect(figure, stood, lambda n: (vowel_name(n),)).items():
        out.setdefault(vowel, deltas)
    return out


def _collect(figure: Figure, stood: Sequence[Stood], named: Callable[[str], tuple[str | None, ...]]) -> dict[str, Deltas]:
    """Deltas by what `named` makes of the targets' names; the first target of a surface with a name counts."""
    out: dict[str, Deltas] = {}
    for i, surface in enumerate(figure.surfaces):
        for k, deltas in stood[i].morphs.items():
            for name in named(surface.names[k] if k < len(surface.names) else ""):
                if name is not None:
                    out.setdefault(name, {}).setdefault(i, deltas)
    return out


Binds = list[tuple[str, int, int, float]]  # "mesh" or "node", which, target, weight


def expressions(figure: Figure) -> dict[str, Binds]:
    """VRM's expressions (blend shape groups) by preset or own name; {} for other files."""
    extensions = figure.json.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    out: dict[str, Binds] = {}
    new = _dig(extensions, "VRMC_vrm", "expressions")
    for group in ("preset", "custom"):
        for name, spec in (_dig(new, group) or {}).items():
            binds = spec.get("morphTargetBinds") if isinstance(spec, dict) else None
            out[name] = _binds(binds, "node", 1.0)
    old = _dig(extensions, "VRM", "blendShapeMaster")
    groups = old.get("blendShapeGroups") if old else None
    for spec in groups if isinstance(groups, list) else []:
        if isinstance(spec, dict):
            preset = str(spec.get("presetName") or "unknown").lower()
            name = preset if preset != "unknown" else str(spec.get("name"))
            out[name] = _binds(spec.get("binds"), "mesh", 0.01)
    return {n: b for n, b in out.items() if b}


def _dig(owner: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        owner = owner.get(key) if isinstance(owner, dict) else None
    return owner if isinstance(owner, dict) else {}


def _binds(listed: Any, kind: str, unit: float) -> Binds:
    out: Binds = []
    for bind in listed if isinstance(listed, list) else []:
        if isinstance(bind, dict):
            which, index, weight = bind.get(kind), bind.get("index"), bind.get("weight", 1.0)
            if isinstance(which, int) and isinstance(index, int) and isinstance(weight, int | float) and abs(weight) <= 1000:
                out.append((kind, which, index, float(weight) * unit))
    return out


def _bound(figure: Figure, stood: Sequence[Stood], binds: Binds) -> Deltas:
    return _sum((weight, {i: stood[i].morphs[target]}) for kind, which, target, weight in binds
                for i, s in enumerate(figure.surfaces)
                if (s.mesh if kind == "mesh" else s.node) == which and target in stood[i].morphs)


def _smooth(x: NDArray) -> NDArray:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def _one_side(deltas: Deltas, stood: Sequence[Stood], side: float) -> Deltas:
    """The part of a shape for both sides on the body's left (1) or right (-1); 0 keeps all."""
    if not side:
        return deltas
    return {i: d * _smooth((stood[i].positions[:, 0] * side + SIDE_M) / (2 * SIDE_M))[:, None] for i, d in deltas.items()}


def _between(deltas: Deltas, stood: Sequence[Stood], low_m: float, high_m: float) -> Deltas:
    """The part of a shape between two heights, faded over a centimetre."""
    return {i: d * (_smooth((stood[i].positions[:, 1] - low_m) / 0.01 + 0.5)
                    * _smooth((high_m - stood[i].positions[:, 1]) / 0.01 + 0.5))[:, None] for i, d in deltas.items()}


# VRM's moods, and which of ours are cut out of them: (expressions in order of liking, ours, strength, above the eyes?)
_MOODS: tuple[tuple[tuple[str, ...], tuple[str, ...], float, bool], ...] = (
    (("relaxed", "fun", "happy", "joy"), ("mouthSmileLeft", "mouthSmileRight"), 1.0, False),
    (("surprised",), ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"), 0.5, True),
    (("angry",), ("browDownLeft", "browDownRight"), 1.0, True),
)
_LIDS = {"blink": ("eyeBlinkLeft", "eyeBlinkRight"), "blinkleft": ("eyeBlinkLeft",), "blinkright": ("eyeBlinkRight",),
         "blink_l": ("eyeBlinkLeft",), "blink_r": ("eyeBlinkRight",), "lookup": ("eyeLookUpLeft", "eyeLookUpRight"),
         "lookdown": ("eyeLookDownLeft", "eyeLookDownRight"), "lookleft": ("eyeLookOutLeft", "eyeLookInRight"),
         "lookright": ("eyeLookInLeft", "eyeLookOutRight")}


def _moods(figure: Figure, stood: Sequence[Stood], joints_m: NDArray) -> dict[str, Deltas]:
    """Lids, gaze, smiles and brows out of VRM's expressions."""
    found = {n.lower(): b for n, b in expressions(figure).items()}
    eyes_m = float(joints_m[[INDEX["leftEye"], INDEX["rightEye"]], 1].mean())
    out: dict[str, Deltas] = {}
    for name in sorted(_LIDS, key=lambda n: n in ("blink",)):  # one-sided lids first
        for ours in _LIDS[name]:
            if name in found and ours not in out:
                side = 1.0 if ours.endswith("Left") else -1.0
                out[ours] = _one_side(_bound(figure, stood, found[name]), stood, side)
    for names, targets, strength, above in _MOODS:
        mood = next((n for n in names if n in found), None)
        if mood is None:
            continue
        whole = _bound(figure, stood, found[mood])
        part = _between(whole, stood, eyes_m + 0.012, 9.0) if above else _between(whole, stood, -9.0, eyes_m - 0.02)
        for ours in targets:
            side = 1.0 if ours.endswith("Left") else -1.0 if ours.endswith("Right") else 0.0
            out[ours] = {i: d * strength for i, d in _one_side(part, stood, side).items()}
    return {n: {i: d for i, d in deltas.items() if np.abs(d).max() > 1e-5} for n, deltas in out.items()}


_EYES = [INDEX["leftEye"], INDEX["rightEye"]]


def _eyes_by_bones(stood: Sequence[Stood]) -> bool:
    return any((s.weights[:, _EYES].max(1) > 0.5).any() for s in stood)


def _without_eyeballs(deltas: Deltas, stood: Sequence[Stood]) -> Deltas:
    return {i: d * (1.0 - stood[i].weights[:, _EYES].sum(1))[:, None] for i, d in deltas.items()}


def _jaw_share(figure: Figure, bones: Bones, surface: int) -> NDArray:
    """(v,) how far each vertex follows the jaw bone or what hangs on it."""
    below = {bones.nodes["jaw"]}
    for node in range(len(figure.names)):
        at: int | None = node
        while at is not None and at not in below:
            at = figure.parents[at]
        if at is not None:
            below.add(node)
    s = figure.surfaces[surface]
    return (s.weights * np.isin(s.nodes, sorted(below))).sum(1)


def _follows_jaw(figure: Figure, bones: Bones, stood: Sequence[Stood]) -> bool:
    return "jaw" in bones.nodes and any(_jaw_share(figure, bones, i).max(initial=0.0) > 0.3 for i in range(len(stood)))


def _jaw_from_bone(figure: Figure, bones: Bones, joints_m: NDArray, stood: Sequence[Stood]) -> Deltas:
    """jawOpen as the jaw bone's turn about an axis through the ears."""
    hinge = joints_m[INDEX["head"]] + np.array([0.0, 0.02, 0.02])
    turn = qn.from_euler_deg((0.0, JAW_TURN_DEG, 0.0)).astype(np.float64)
    out: Deltas = {}
    for i, s in enumerate(stood):
        share = _jaw_share(figure, bones, i)
        if share.max(initial=0.0) > 0.05:
            way = s.positions - hinge
            out[i] = (qn.rotate(turn, way) - way) * share[:, None]
    return out


def _chin(joints_m: NDArray, stood: Sequence[Stood]) -> Deltas:
    """jawOpen for a face without any shape: what lies below the mouth in front drops, lips stretch along."""
    head, eyes_m = joints_m[INDEX["head"]], float(joints_m[_EYES, 1].mean())
    on_head = [s.weights[:, INDEX["head"]] > 0.5 for s in stood]
    points = np.concatenate([s.positions[m] for s, m in zip(stood, on_head, strict=True)])
    if not len(points):
        return {}
    nose = float(np.quantile(points[:, 2], 0.995))
    front = points[points[:, 2] > head[2] + 0.45 * (nose - head[2])]
    chin_m = float(front[:, 1].min()) if len(front) else eyes_m - 0.11
    long = max(eyes_m - chin_m, 0.03)
    mouth_m = eyes_m - 0.62 * long
    out: Deltas = {}
    for i, (s, mask) in enumerate(zip(stood, on_head, strict=True)):
        if mask.any():
            x, y, z = s.positions.T
            low = _smooth((mouth_m - y) / (0.2 * long))
            ahead = _smooth((z - head[2]) / max(0.5 * (nose - head[2]), 0.02))
            middle = _smooth(1.6 - np.abs(x) / (0.6 * long))
            drop = low * ahead * middle * s.weights[:, INDEX["head"]] * CHIN_DROP * long
            out[i] = np.stack([np.zeros_like(x), -drop, -0.25 * drop], 1)
    return out
