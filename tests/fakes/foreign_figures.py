"""Figures as other people's programs write them, made out of one of ours: other names, poses, axes, units and face shapes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from avatar import quaternions as qn
from avatar.face import ARKIT, INDEX
from avatar.imported.names import HUMANOID
from avatar.pose import FINGERS, JOINTS, Pose, rest_pose
from avatar.skinning import Skinner
from avatar.visemes import OCULUS, VISEME_WEIGHTS

MIXAMO_TRUNK = {"hips": "Hips", "spine": "Spine", "chest": "Spine1", "upperChest": "Spine2", "neck": "Neck", "head": "Head"}
_LIMBS = {"Shoulder": "Shoulder", "UpperArm": "Arm", "LowerArm": "ForeArm", "Hand": "Hand", "Eye": "Eye"}
_KNUCKLES = {"Metacarpal": "1", "Proximal": "1", "Intermediate": "2", "Distal": "3"}
_VROID_SPINE = {"hips": "Hips", "spine": "Spine", "chest": "Chest", "upperChest": "UpperChest", "neck": "Neck", "head": "Head"}
VOWELS = {"aa": "aa", "ih": "I", "ou": "U", "ee": "E", "oh": "O"}
SWING_BALL_M = 0.06
OLD_VOWELS = {"a": "aa", "i": "I", "u": "U", "e": "E", "o": "O"}


@dataclass(frozen=True)
class Foreign:
    """bones: "vrm", "mixamo", "mixamo:" (with the prefix) or "vroid"; shapes: "arkit", "arkit_lr", "perfect", "oculus",
    "vowels", "jaw" (a bone) or "none"; vrm: None, 0 or 1; arms_deg: from hanging (0) to a T (80); turned: rest rotations of
    its own; scale: units to a metre; sparse: "no", "yes", "bare" (without a buffer view); meta: of VRM; asset: more fields
    of glTF's; without: joints that get other names; toon: fields of every material's MToon; swings: fields of the springs
    of the model's joints that are called "swing…", a chain, whose collider is a sphere round the head's joint."""

    bones: str = "vrm"
    shapes: str = "arkit"
    vrm: int | None = None
    arms_deg: float = 80.0
    turned: bool = True
    scale: float = 1.0
    sparse: str = "yes"
    toon: bool | Mapping[str, Any] = False
    legs: bool = True
    without: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    asset: Mapping[str, Any] = field(default_factory=dict)
    swings: Mapping[str, Any] | None = None
    seed: int = 0


def foreign_glb(model: AvatarModel, how: Foreign) -> bytes:
    """The file's bytes."""
    return _Writer(model, how).bytes()


def bone_name(joint: str, style: str) -> str:
    """Our joint's name in another program's convention."""
    if style == "vrm":
        return joint
    side = "left" if joint.startswith("left") else "right" if joint.startswith("right") else ""
    rest = joint[len(side):]
    if style == "vroid":
        limb = f"J_Bip_{side[:1].upper()}_{rest}" if side else joint
        return f"J_Bip_C_{_VROID_SPINE[joint]}" if joint in _VROID_SPINE else limb
    name = MIXAMO_TRUNK.get(joint, joint)
    if side and rest in _LIMBS:
        name = side.capitalize() + _LIMBS[rest]
    elif side and rest in FINGERS:
        finger = next(f for f in ("Thumb", "Index", "Middle", "Ring", "Little") if rest.startswith(f))
        knuckle = rest[len(finger):]
        number = {"Metacarpal": "1", "Proximal": "2", "Distal": "3"}[knuckle] if finger == "Thumb" else _KNUCKLES[knuckle]
        name = f"{side.capitalize()}Hand{'Pinky' if finger == 'Little' else finger}{number}"
    elif side:
        name = side.capitalize() + {"UpperLeg": "UpLeg", "LowerLeg": "Leg", "Foot": "Foot"}[rest]
    return f"mixamorig:{name}" if style == "mixamo:" and name != "root" else name


def arms_up(model: AvatarModel, degrees: float) -> Pose:
    """The pose in which both arms stand `degrees` away from hanging, straight."""
    pose, at = rest_pose(), dict(zip(model.joint_names, model.joint_positions_m.astype(float), strict=True))
    joints = pose.joints.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        a = np.radians(90 - degrees)
        way = np.array([sign * np.cos(a), -np.sin(a), 0.0])
        upper = qn.between(at[side + "LowerArm"] - at[side + "UpperArm"], way)
        lower = qn.between(at[side + "Hand"] - at[side + "LowerArm"], way)
        joints[JOINTS.index(side + "UpperArm")] = upper
        joints[JOINTS.index(side + "LowerArm")] = qn.multiply(qn.conjugate(upper), lower)
    return replace(pose, joints=joints)


def _mime(data: bytes) -> str:
    return "image/webp" if data[:4] == b"RIFF" else "image/png" if data[:4] == b"\x89PNG" else "image/jpeg"


class _Writer:
    def __init__(self, model: AvatarModel, how: Foreign) -> None:
        self.model, self.how, self.rng = model, how, np.random.default_rng(how.seed)
        self.blob = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.nodes: list[dict[str, Any]] = []
        self.node_of: dict[str, int] = {}
        self.world: list[NDArray] = []

    def bytes(self) -> bytes:
        model, how = self.model, self.how
        skinner = Skinner(model)
        pose = arms_up(model, how.arms_deg) if how.arms_deg else rest_pose()
        pose = Pose(pose.weights, pose.joints, np.array([(0, 0, 0.0)] * 2, np.float32))
        matrices = skinner.joint_matrices(pose).astype(float)
        face = np.diag([-1.0, 1.0, -1.0]) if how.vrm == 0 else np.eye(3)  # VRM 0 looks along -Z
        points = np.einsum("jab,jb->ja", matrices[:, :, :3], model.joint_positions_m) + matrices[:, :, 3]
        self._skeleton(points @ face.T * how.scale)
        meshes = [self._mesh(skinner, i, pose, matrices, face) for i in range(len(model.meshes))]
        first = len(self.nodes)
        self.nodes += [{"name": m.name, "mesh": i, "skin": 0} for i, m in enumerate(model.meshes)]
        joints = list(range(1, first))
        binds = np.stack([np.linalg.inv(self.world[j]).T.reshape(16) for j in joints]).astype("<f4")
        gltf: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "somebody's exporter", **how.asset}, "scene": 0,
            "scenes": [{"nodes": [0, *range(first, len(self.nodes))]}], "nodes": self.nodes, "meshes": meshes,
            "skins": [{"joints": joints, "inverseBindMatrices": self.accessor(binds, "MAT4", 5126)}],
            "materials": self._materials(), "extensionsUsed": [], "extensions": {},
        }
        if model.textures:
            gltf["images"] = [{"bufferView": self.view(d), "mimeType": _mime(d)} for d in model.textures.values()]
            webp = [_mime(d) == "image/webp" for d in model.textures.values()]
            gltf["textures"] = [{"extensions": {"EXT_texture_webp": {"source": i}}} if w else {"source": i}
                                for i, w in enumerate(webp)]
            gltf["extensionsUsed"] += ["EXT_texture_webp"] * any(webp)
        if how.vrm is not None:
            self._vrm(gltf, first)
        for key in ("extensionsUsed", "extensions"):
            if not gltf[key]:
                del gltf[key]
        gltf |= {"bufferViews": self.views, "accessors": self.accessors, "buffers": [{"byteLength": len(self.blob)}]}
        text = json.dumps(gltf).encode()
        text += b" " * (-len(text) % 4)
        body = bytes(self.blob) + b"\0" * (-len(self.blob) % 4)
        return (struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(body)) + struct.pack("<I4s", len(text), b"JSON") + text
                + struct.pack("<I4s", len(body), b"BIN\0") + body)

    def _skeleton(self, points: NDArray) -> None:
        """Node 0 is the armature; every joint has axes of its own when `turned`."""
        model, how = self.model, self.how
        self.nodes.append({"name": "Armature", "children": [1]})
        self.world.append(np.eye(4))
        for j, name in enumerate(model.joint_names):
            parent = int(model.joint_parents[j])
            called = bone_name(name, how.bones) if name not in how.without else f"thing{j}"
            self._node(called, points[j], 1 + parent if parent >= 0 else 0)
            if name not in how.without:
                self.node_of[name] = len(self.nodes) - 1
        if how.legs:
            for side in ("left", "right"):
                spot = points[model.joint_names.index("hips")].copy()
                sign = np.sign(points[model.joint_names.index(side + "UpperArm")][0])
                parent = self.node_of.get("hips", 1)
                for leg, drop in (("UpperLeg", 0.05), ("LowerLeg", 0.4), ("Foot", 0.4)):
                    spot = spot + np.array([sign * 0.03, -drop, 0.0]) * how.scale
                    parent = self._node(bone_name(side + leg, how.bones if how.bones != "vroid" else "vrm"), spot, parent)
                    self.node_of[side + leg] = parent
        if how.shapes == "jaw":
            head = points[model.joint_names.index("head")]
            self.node_of["jaw"] = self._node("Jaw", head + np.array([0, 0.03, 0.02]) * how.scale, self.node_of["head"])

    def _node(self, name: str, at: NDArray, parent: int) -> int:
        turn = qn.from_euler_deg(self.rng.uniform(-170, 170, 3)) if self.how.turned else qn.IDENTITY
        world = np.eye(4)
        world[:3, :3], world[:3, 3] = qn.to_matrix(turn), at
        local = np.linalg.inv(self.world[parent]) @ world
        self.nodes.append({"name": name, "matrix": [float(v) for v in local.T.reshape(16)]})
        self.nodes[parent].setdefault("children", [])
        if len(self.nodes) - 1 not in self.nodes[parent]["children"]:
            self.nodes[parent]["children"].append(len(self.nodes) - 1)
        self.world.append(world)
        return len(self.nodes) - 1

    def _mesh(self, skinner: Skinner, index: int, pose: Pose, matrices: NDArray, face: NDArray) -> dict[str, Any]:
        mesh, how = self.model.meshes[index], self.how
        positions, normals = skinner.vertices(index, pose)
        joints, weights = mesh.joints.astype(np.int64), mesh.weights.astype(np.float64)
        deltas = {self.model.morph_names[r]: d for r, d in zip(mesh.morph_rows, mesh.morph_deltas, strict=True)}
        if how.shapes == "jaw" and "jawOpen" in deltas:
            share = np.zeros(len(positions))
            share[mesh.morph_vertices] = np.clip(-deltas["jawOpen"][:, 1] / 0.026, 0, 1)
            weights = weights * (1 - share[:, None])
            joints[:, 3], weights[:, 3] = self.node_of["jaw"] - 1, weights[:, 3] + share
        attributes = {
            "POSITION": self.accessor((positions @ face.T * how.scale).astype("<f4"), "VEC3", 5126, bounds=True),
            "NORMAL": self.accessor((normals @ face.T).astype("<f4"), "VEC3", 5126),
            "COLOR_0": self.accessor(mesh.colours.astype("<f4"), "VEC3", 5126),
            "JOINTS_0": self.accessor(joints.astype("u1"), "VEC4", 5121),
            "WEIGHTS_0": self.accessor(weights.astype("<f4"), "VEC4", 5126),
        }
        if mesh.texture:
            flipped = np.stack([mesh.uvs[:, 0], 1.0 - mesh.uvs[:, 1]], 1)
            attributes["TEXCOORD_0"] = self.accessor(flipped.astype("<f4"), "VEC2", 5126)
        primitive: dict[str, Any] = {"attributes": attributes, "material": index,
                                     "indices": self.accessor(mesh.faces.ravel().astype("<u4"), "SCALAR", 5125)}
        out = {"name": mesh.name, "primitives": [primitive]}
        shapes = self._shapes(deltas, mesh.morph_vertices, len(positions))
        if shapes:
            turn = np.einsum("vk,vkab->vab", mesh.weights, matrices[mesh.joints][..., :3])
            primitive["targets"] = [{"POSITION": self._target(np.einsum("vab,vb->va", turn, d) @ face.T * how.scale)}
                                    for d in shapes.values()]
            out["extras"] = {"targetNames": list(shapes)}
        return out

    def _shapes(self, deltas: Mapping[str, NDArray], touched: NDArray, count: int) -> dict[str, NDArray]:
        """Full (v, 3) deltas by the file's own names; the same names for every mesh that has any."""
        def full(mix: Mapping[str, float]) -> NDArray:
            out = np.zeros((count, 3))
            for name, weight in mix.items():
                if name in deltas:
                    out[touched] += deltas[name] * weight
            return out

        how = self.how
        if not deltas or how.shapes in ("jaw", "none"):
            return {}
        if how.shapes == "oculus":
            return {f"viseme_{v}": full(dict(zip(ARKIT, VISEME_WEIGHTS[k], strict=True))) for k, v in enumerate(OCULUS)} | {
                "eyesClosed": full({"eyeBlinkLeft": 1, "eyeBlinkRight": 1})}
        if how.shapes == "vowels":
            rows = {v: full(dict(zip(ARKIT, VISEME_WEIGHTS[OCULUS.index(o)], strict=True))) for v, o in VOWELS.items()}
            return {f"face.M_F00_{k.upper()}": d for k, d in rows.items()} | {
                "face.blink": full({"eyeBlinkLeft": 1, "eyeBlinkRight": 1}),
                "face.fun": full({"mouthSmileLeft": 1, "mouthSmileRight": 1, "browOuterUpLeft": 0.5})}
        return {self._arkit(name): full({name: 1.0}) for name in ARKIT}

    def _arkit(self, name: str) -> str:
        if self.how.shapes == "perfect":
            return name[0].upper() + name[1:]
        if self.how.shapes == "arkit_lr":
            return name.removesuffix("Left") + "_L" if name.endswith("Left") else (
                name.removesuffix("Right") + "_R" if name.endswith("Right") else name)
        return name

    def _target(self, deltas: NDArray) -> int:
        deltas = deltas.astype("<f4")
        rows = np.nonzero(np.abs(deltas).max(1) > 1e-7)[0]
        if self.how.sparse == "no":
            return self.accessor(deltas, "VEC3", 5126, bounds=True)
        spec: dict[str, Any] = {"count": len(deltas), "type": "VEC3", "componentType": 5126}
        if self.how.sparse == "yes":
            spec["bufferView"] = self.view(np.zeros_like(deltas).tobytes())
        if len(rows):
            spec["sparse"] = {"count": len(rows),
                              "indices": {"bufferView": self.view(rows.astype("<u2").tobytes()), "componentType": 5123},
                              "values": {"bufferView": self.view(deltas[rows].tobytes())}}
        self.accessors.append(spec)
        return len(self.accessors) - 1

    def _materials(self) -> list[dict[str, Any]]:
        names = list(self.model.textures)
        given = self.how.toon if isinstance(self.how.toon, Mapping) else {}
        here = self.how.toon is True or (self.how.toon and self.how.vrm != 0)
        toon = {"extensions": {"VRMC_materials_mtoon": {"specVersion": "1.0", **given}}} if here else {}
        return [{"name": m.name, **toon, "pbrMetallicRoughness": {"metallicFactor": 0.0, **(
            {"baseColorTexture": {"index": names.index(m.texture)}} if m.texture else {})}} for m in self.model.meshes]

    def _vrm(self, gltf: dict[str, Any], first: int) -> None:
        how = self.how
        bones = {n: i for n, i in self.node_of.items() if n in HUMANOID}
        faces = [i for i, m in enumerate(gltf["meshes"]) if "extras" in m]
        names = gltf["meshes"][faces[0]]["extras"]["targetNames"] if faces else []

        def binds(target: str, whole: float) -> list[dict[str, Any]]:
            at = names.index(target)
            kind, start = ("mesh", 0) if how.vrm == 0 else ("node", first)
            return [{kind: f + start, "index": at, "weight": whole} for f in faces]

        wanted: dict[str, str] = {}
        if how.shapes == "vowels":
            wanted = {v: f"face.M_F00_{v.upper()}" for v in VOWELS} | {"blink": "face.blink", "relaxed": "face.fun"}
        elif how.shapes == "perfect":
            wanted = {n: n for n in names}
        if how.vrm == 1:
            group = "preset" if how.shapes == "vowels" else "custom"
            preset = {group: {n: {"morphTargetBinds": binds(t, 1.0)} for n, t in wanted.items()}}
            gltf["extensions"]["VRMC_vrm"] = {"specVersion": "1.0", "meta": dict(how.meta), "expressions": preset,
                                              "humanoid": {"humanBones": {n: {"node": i} for n, i in bones.items()}}}
            gltf["extensionsUsed"].append("VRMC_vrm")
            if how.swings is not None:
                gltf["extensions"]["VRMC_springBone"] = self._swings(how.swings)
                gltf["extensionsUsed"].append("VRMC_springBone")
            return
        old = {v: k for k, v in OLD_VOWELS.items()}
        named = {"relaxed": "fun", "blink": "blink"}
        groups = [{"name": n, "presetName": old.get(VOWELS.get(n, ""), named.get(n, "unknown")), "binds": binds(t, 100.0)}
                  for n, t in wanted.items()]
        thumbs = {"ThumbMetacarpal": "ThumbProximal", "ThumbProximal": "ThumbIntermediate"}
        listed = [{"bone": next((n.replace(a, b) for a, b in thumbs.items() if n.endswith(a)), n), "node": i}
                  for n, i in bones.items()]
        gltf["extensions"]["VRM"] = {"specVersion": "0.0", "meta": dict(how.meta), "humanoid": {"humanBones": listed},
                                     "blendShapeMaster": {"blendShapeGroups": groups}}
        if isinstance(how.toon, Mapping):
            gltf["extensions"]["VRM"]["materialProperties"] = [{"shader": "VRM/MToon", **how.toon} for _ in self.model.meshes]
        if how.swings is not None:
            gltf["extensions"]["VRM"]["secondaryAnimation"] = self._old_swings(how.swings)
        gltf["extensionsUsed"].append("VRM")

    def _swings(self, of: Mapping[str, Any]) -> dict[str, Any]:
        chain = [i for n, i in self.node_of.items() if n.startswith("swing")]
        return {"specVersion": "1.0", "colliderGroups": [{"colliders": [0]}],
                "colliders": [{"node": self.node_of["head"], "shape": {"sphere": {"radius": SWING_BALL_M * self.how.scale}}}],
                "springs": [{"joints": [{"node": i, **of} for i in chain], "colliderGroups": [0]}]}

    def _old_swings(self, of: Mapping[str, Any]) -> dict[str, Any]:
        first = next(i for n, i in self.node_of.items() if n.startswith("swing"))
        given = {("stiffiness" if k == "stiffness" else k): v for k, v in of.items()}  # so it is spelt there
        ball = {"offset": {"x": 0, "y": 0, "z": 0}, "radius": SWING_BALL_M * self.how.scale}
        return {"colliderGroups": [{"node": self.node_of["head"], "colliders": [ball]}],
                "boneGroups": [{"bones": [first], "center": -1, "colliderGroups": [0], **given}]}

    def view(self, data: bytes) -> int:
        self.blob += b"\0" * (-len(self.blob) % 4)
        self.views.append({"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(data)})
        self.blob += data
        return len(self.views) - 1

    def accessor(self, array: NDArray, kind: str, component: int, bounds: bool = False) -> int:
        spec = {"bufferView": self.view(np.ascontiguousarray(array).tobytes()), "count": len(array), "type": kind,
                "componentType": component}
        if bounds:
            spec |= {"min": array.min(0).tolist(), "max": array.max(0).tolist()}
        self.accessors.append(spec)
        return len(self.accessors) - 1


__all__ = ["INDEX", "Foreign", "arms_up", "bone_name", "foreign_glb"]
