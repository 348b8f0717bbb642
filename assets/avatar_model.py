"""A digital human as data: skeleton, meshes, morph targets. Written by `avatar.build`, read by `render` and the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from assets.checked import FieldError, frozen_array, require

MAGIC = "nightwindow-avatar-1"


@dataclass(frozen=True, slots=True)
class AvatarMesh:
    """One drawable. positions/normals: (v, 3) float32 model space at rest; uvs: (v, 2); colours: (v, 3) linear RGB 0..1
    (multiplied with the texture); faces: (f, 3) int32, counter-clockwise outside;
    joints: (v, 4) uint8 indices, weights: (v, 4) float32 rows summing to 1;
    key_open: (v,) float32 0..1, how much of a key light from before and above reaches the vertex at rest (without: all of it);
    morph_rows: (k,) int32 indices into AvatarModel.morph_names; morph_vertices: (t,) int32 touched vertices;
    morph_deltas: (k, t, 3) float32 metres; material: one of MATERIALS; texture: name in AvatarModel.textures or ""."""

    name: str
    material: str
    texture: str
    positions: NDArray
    normals: NDArray
    uvs: NDArray
    colours: NDArray
    faces: NDArray
    joints: NDArray
    weights: NDArray
    morph_rows: NDArray
    morph_vertices: NDArray
    morph_deltas: NDArray
    key_open: NDArray | None = None

    # plain: textured, with holes where alpha < 0.5; wisps: hair that is blended, by alpha, over all the others
    MATERIALS = ("skin", "eye", "hair", "cloth", "teeth", "gloss", "plain", "wisps")

    def __post_init__(self) -> None:
        require(self.material in self.MATERIALS, "AvatarMesh", "material", self.material, f"one of {self.MATERIALS}")
        if self.key_open is None:
            object.__setattr__(self, "key_open", np.ones(len(self.positions), np.float32))
        v, k, t = len(self.positions), len(self.morph_rows), len(self.morph_vertices)
        shapes: dict[str, tuple[tuple[int | None, ...], type]] = {
            "positions": ((v, 3), np.float32), "normals": ((v, 3), np.float32), "uvs": ((v, 2), np.float32),
            "colours": ((v, 3), np.float32), "faces": ((None, 3), np.int32), "joints": ((v, 4), np.uint8),
            "weights": ((v, 4), np.float32), "morph_rows": ((k,), np.int32), "morph_vertices": ((t,), np.int32),
            "morph_deltas": ((k, t, 3), np.float32), "key_open": ((v,), np.float32),
        }
        for name, (shape, dtype) in shapes.items():
            object.__setattr__(self, name, frozen_array("AvatarMesh", name, getattr(self, name), shape, dtype))
        if len(self.faces) and int(self.faces.max()) >= v:
            raise FieldError("AvatarMesh", "faces", int(self.faces.max()), f"indices below {v}")


@dataclass(frozen=True, slots=True)
class AvatarModel:
    """joint_names/joint_parents (-1 for the root, parents first)/joint_positions_m (j, 3) at rest, model space;
    every joint's rest rotation is identity, so a pose is one local quaternion (xyzw) per joint.
    morph_names: the 52 ARKit names first, in avatar.face.ARKIT order. visemes: (15, 52) float32, rows in
    avatar.visemes.OCULUS order.
    hand_pose_names, hand_poses: (p, 2, 15, 4) float32 quaternions of the 15 finger joints of the left [0] and right [1] hand,
    in avatar.pose.FINGERS order. textures: name -> encoded image bytes (PNG, JPEG or WebP). licence: one line per part used."""

    id: str
    licence: tuple[str, ...]
    joint_names: tuple[str, ...]
    joint_parents: NDArray
    joint_positions_m: NDArray
    morph_names: tuple[str, ...]
    visemes: NDArray
    hand_pose_names: tuple[str, ...]
    hand_poses: NDArray
    meshes: tuple[AvatarMesh, ...]
    textures: dict[str, bytes]

    def __post_init__(self) -> None:
        j, p = len(self.joint_names), len(self.hand_pose_names)
        for name, shape, dtype in (
            ("joint_parents", (j,), np.int32), ("joint_positions_m", (j, 3), np.float32),
            ("visemes", (15, 52), np.float32), ("hand_poses", (p, 2, 15, 4), np.float32),
        ):
            object.__setattr__(self, name, frozen_array("AvatarModel", name, getattr(self, name), shape, dtype))
        for child, parent in enumerate(self.joint_parents):
            require(int(parent) < child, "AvatarModel", "joint_parents", int(parent), f"a parent before joint {child}")

    def save(self, path: Path) -> None:
        """Write one .npz (numpy, no pickle), atomically."""
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            self.write(file)
        part.replace(path)

    def write(self, file: IO[bytes]) -> None:
        """Write what `save` writes into an open file."""
        arrays: dict[str, object] = {
            "magic": np.array(MAGIC), "id": np.array(self.id), "licence": np.array(self.licence),
            "joint_names": np.array(self.joint_names), "joint_parents": self.joint_parents,
            "joint_positions_m": self.joint_positions_m, "morph_names": np.array(self.morph_names),
            "visemes": self.visemes, "hand_pose_names": np.array(self.hand_pose_names), "hand_poses": self.hand_poses,
            "mesh_names": np.array([m.name for m in self.meshes]),
            "mesh_materials": np.array([m.material for m in self.meshes]),
            "mesh_textures": np.array([m.texture for m in self.meshes]),
            "texture_names": np.array(list(self.textures)),
        }
        for i, mesh in enumerate(self.meshes):
            for name in _MESH_ARRAYS:
                arrays[f"mesh{i}_{name}"] = getattr(mesh, name)
        for i, data in enumerate(self.textures.values()):
            arrays[f"texture{i}"] = np.frombuffer(data, np.uint8)
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> AvatarModel:
        """Read what `save` wrote. Raises FieldError when the file is something else, OSError when it cannot be read."""
        with np.load(path, allow_pickle=False) as z:
            if "magic" not in z or str(z["magic"]) != MAGIC:
                raise FieldError("AvatarModel", "file", str(path), f"a {MAGIC} file")
            meshes = tuple(
                AvatarMesh(str(n), str(m), str(t), **{a: z[f"mesh{i}_{a}"] for a in _MESH_ARRAYS})
                for i, (n, m, t) in enumerate(zip(z["mesh_names"], z["mesh_materials"], z["mesh_textures"], strict=True))
            )
            return cls(
                str(z["id"]), tuple(map(str, z["licence"])), tuple(map(str, z["joint_names"])), z["joint_parents"],
                z["joint_positions_m"], tuple(map(str, z["morph_names"])), z["visemes"],
                tuple(map(str, z["hand_pose_names"])), z["hand_poses"], meshes,
                {str(n): z[f"texture{i}"].tobytes() for i, n in enumerate(z["texture_names"])},
            )


def joints_in(path: Path, names: Sequence[str]) -> NDArray:
    """(len(names), 3) float32 metres: where these joints of a saved model are at rest, without reading the rest of it.

    Raises ValueError for a joint that it has not, OSError when the file cannot be read."""
    with np.load(path, allow_pickle=False) as z:
        there = list(map(str, z["joint_names"]))
        return np.asarray(z["joint_positions_m"][[there.index(name) for name in names]], np.float32)


_MESH_ARRAYS = ("positions", "normals", "uvs", "colours", "faces", "joints", "weights",
                "morph_rows", "morph_vertices", "morph_deltas", "key_open")
