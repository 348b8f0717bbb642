"""VRM 1.0 metadata of a GLB: who may use it, which node is which bone, the eighteen expressions (VRMC_vrm 1.0)."""

from __future__ import annotations

from typing import Any

import numpy as np

from assets.avatar_model import AvatarModel
from avatar.face import ARKIT, INDEX
from avatar.pose import FINGERS, JOINTS
from avatar.visemes import ROW

LICENCE_URL = "https://vrm.dev/licenses/1.0/"
# (x, y) metres of a leg's joints on the nominal body; the broadcast moves no legs, so they carry no vertices
LEGS_M = {"UpperLeg": (0.088, 0.880), "LowerLeg": (0.092, 0.480), "Foot": (0.095, 0.085)}
_BOTH = ("Left", "Right")
_EMOTIONS: dict[str, dict[str, float]] = {
    "happy": {"mouthSmile*": 0.75, "cheekSquint*": 0.4, "eyeSquint*": 0.25},
    "angry": {"browDown*": 0.8, "mouthFrown*": 0.35, "noseSneer*": 0.3, "mouthPress*": 0.3},
    "sad": {"browInnerUp": 0.7, "mouthFrown*": 0.55, "mouthShrugLower": 0.2},
    "relaxed": {"mouthSmile*": 0.3, "eyeBlink*": 0.15},
    "surprised": {"browInnerUp": 0.6, "browOuterUp*": 0.7, "eyeWide*": 0.7, "jawOpen": 0.25},
    "blink": {"eyeBlink*": 1.0}, "blinkLeft": {"eyeBlinkLeft": 1.0}, "blinkRight": {"eyeBlinkRight": 1.0},
    "lookUp": {"eyeLookUp*": 1.0}, "lookDown": {"eyeLookDown*": 1.0},
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}, "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
    "neutral": {},
}
_VOWELS = {"aa": "aa", "ih": "I", "ou": "U", "ee": "E", "oh": "O"}


def vrm_extension(model: AvatarModel, nodes: list[dict], name: str) -> dict[str, Any]:
    """The VRMC_vrm object. nodes: of the GLB; leg nodes are appended to them below the hips."""
    _add_legs(model, nodes)
    index = {n["name"]: i for i, n in enumerate(nodes)}
    bones = {n: index[n] for n in (*JOINTS, *(s + f for s in ("left", "right") for f in FINGERS)) if n in index}
    bones |= {s + leg: index[s + leg] for s in ("left", "right") for leg in LEGS_M}
    faces = [index[f"anchor-{mesh.name}"] for mesh in model.meshes if len(mesh.morph_rows)]
    presets = {name: _expression(faces, _weights(mix), name) for name, mix in _EMOTIONS.items()}
    presets |= {name: _expression(faces, model.visemes[ROW[row]], name) for name, row in _VOWELS.items()}
    look = {"inputMaxValue": 90.0, "outputScale": 10.0}
    return {
        "specVersion": "1.0",
        "meta": {
            "name": name, "version": "1", "authors": ["nightwindow", *model.licence], "licenseUrl": LICENCE_URL,
            "copyrightInformation": "; ".join(model.licence), "thirdPartyLicenses": "CC0-1.0",
            "avatarPermission": "everyone", "allowExcessivelyViolentUsage": False, "allowExcessivelySexualUsage": False,
            "commercialUsage": "corporation", "allowPoliticalOrReligiousUsage": False, "allowAntisocialOrHateUsage": False,
            "creditNotation": "unnecessary", "allowRedistribution": True, "modification": "allowModificationRedistribution",
        },
        "humanoid": {"humanBones": {bone: {"node": node} for bone, node in bones.items()}},
        "expressions": {"preset": presets},
        "lookAt": {"type": "bone", "offsetFromHeadBone": _eye_offset(model),
                   **{f"rangeMap{way}": look for way in ("HorizontalInner", "HorizontalOuter", "VerticalDown", "VerticalUp")}},
    }


def _add_legs(model: AvatarModel, nodes: list[dict]) -> None:
    index = {n["name"]: i for i, n in enumerate(nodes)}
    hips = model.joint_positions_m[model.joint_names.index("hips")].astype(float)
    size = hips[1] / 0.915  # the nominal hips' height
    for side, sign in (("left", 1.0), ("right", -1.0)):
        parent, at = index["hips"], hips
        for leg, (x, y) in LEGS_M.items():
            spot = np.array([sign * x * size, y * size, hips[2]])
            nodes[parent].setdefault("children", []).append(len(nodes))
            nodes.append({"name": side + leg, "translation": [float(v) for v in spot - at]})
            parent, at = len(nodes) - 1, spot


def _weights(mix: dict[str, float]) -> np.ndarray:
    out = np.zeros(len(ARKIT), np.float32)
    for shape, weight in mix.items():
        for name in ([shape[:-1] + side for side in _BOTH] if shape.endswith("*") else [shape]):
            out[INDEX[name]] = weight
    return out


def _expression(faces: list[int], weights: np.ndarray, name: str) -> dict[str, Any]:
    binds = [{"node": node, "index": int(i), "weight": round(float(weights[i]), 4)}
             for node in faces for i in np.nonzero(weights)[0]]
    return {"isBinary": False, "morphTargetBinds": binds, "overrideMouth": "none",
            "overrideBlink": "block" if name.startswith("blink") else "none", "overrideLookAt": "none"}


def _eye_offset(model: AvatarModel) -> list[float]:
    at = {n: model.joint_positions_m[model.joint_names.index(n)] for n in ("leftEye", "rightEye", "head")}
    return [float(v) for v in (at["leftEye"] + at["rightEye"]) / 2 - at["head"]]
