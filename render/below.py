"""What of a body lies below its head: clothes and hands. While it moves by less than can be seen, it stays as it was drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarMesh, AvatarModel

STILL_PX = 0.5  # what moved by less than this since it was drawn is not drawn again
NEAREST_M = 0.1  # before the camera
LANDMARKS = 40  # of each mesh
MOSTLY = 0.5  # of a vertex' weight
TURNS = 0.01  # of a vertex' weight on neck and head; with less it goes less than STILL_PX however they turn, up to 3,000 px/m


class Below:
    """Of one model. Not thread-safe: it remembers where everything was put last.

    parts: numbers of the meshes that neither the head nor the face moves.
    """

    def __init__(self, model: AvatarModel) -> None:
        heads: set[int] = set()
        for j, (name, parent) in enumerate(zip(model.joint_names, model.joint_parents, strict=True)):
            if name == "head" or parent in heads:
                heads.add(j)
        self._turn = sorted(heads | {model.joint_parents[j] for j in heads})  # the neck, too, whatever it is called
        self.parts = frozenset(i for i, mesh in enumerate(model.meshes) if _is_below(mesh, heads))
        some = [(mesh, _some(mesh)) for i, mesh in enumerate(model.meshes) if i in self.parts]
        self._joints, self._weights, self._places = (_joined([getattr(mesh, name)[rows] for mesh, rows in some]) for name in (
            "joints", "weights", "positions"))
        self._last: NDArray | None = None

    def turning(self, mesh: AvatarMesh) -> NDArray[np.intp]:
        """Vertices of a mesh that neck, head or face move; the others, as the skin in a neckline, move with what lies below."""
        turns = (np.isin(mesh.joints, self._turn) * mesh.weights).sum(1) > TURNS
        turns[mesh.morph_vertices] = True
        return np.flatnonzero(turns)

    def put(self, matrices: NDArray) -> None:
        """matrices: (j, 3, 4) as of `Skinner.joint_matrices`, by which it is drawn."""
        self._last = self._at(matrices) if self.parts else None

    def moved_px(self, matrices: NDArray, seen: NDArray) -> float:
        """How far, at most, a landmark would go in the picture from where it was put; sway towards the camera shows little.
        seen: (3, 4), from model axes to (right * away, up * away, away), px and metres. Infinite beside or behind a camera."""
        if self._last is None or not self.parts:
            return float("inf")
        then, now = (places @ seen[:, :3].T + seen[:, 3] for places in (self._last, self._at(matrices)))
        if min(then[:, 2].min(), now[:, 2].min()) < NEAREST_M:
            return float("inf")
        way = now[:, :2] / now[:, 2:] - then[:, :2] / then[:, 2:]
        return float(np.sqrt(np.einsum("vi,vi->v", way, way).max()))

    def _at(self, matrices: NDArray) -> NDArray:
        blend = np.einsum("vk,vkab->vab", self._weights, matrices[self._joints])
        return np.asarray(np.einsum("vab,vb->va", blend[:, :, :3], self._places) + blend[:, :, 3])


def _is_below(mesh: AvatarMesh, heads: set[int]) -> bool:
    of_head = np.isin(mesh.joints, list(heads)) * mesh.weights
    return not len(mesh.morph_rows) and bool(of_head.sum(1).max(initial=0.0) < MOSTLY)


def _some(mesh: AvatarMesh) -> NDArray:
    """Vertices all over a mesh."""
    return np.arange(0, len(mesh.positions), max(1, len(mesh.positions) // LANDMARKS))


def _joined(arrays: Sequence[NDArray]) -> NDArray:
    return np.concatenate(arrays) if arrays else np.zeros(0)
