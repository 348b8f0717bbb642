"""Where a product's parts go when it is taken apart: their boxes in, one offset each out. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assets.glb import GlbError, GlbNode, GlbScene, scene_bounds
from assets.product import Exploded

GAP_SHARE = 0.04  # of the whole's diagonal between parts: less reads as one piece at the size of a phone
_SAME_CENTRE = 1e-6  # of the diagonal; below it a direction is rounding noise, and the part goes up


def explode_offsets(boxes: NDArray[np.floating]) -> NDArray[np.float64]:
    """How far each part moves, (n, 3) metres, so that no two boxes overlap and none goes below the lowest one.

    boxes: (n, 2, 3) lowest and highest corner of each part, metres, +Y up. The largest part stays where it is unless
    something must hang below it; the others leave it along the axis on which they already stand apart, nearest first,
    so that a stack keeps its order. Gaps are GAP_SHARE of the whole's diagonal. Multiply by 0..1 to animate; only at 1
    is the absence of overlaps promised. Raises ValueError for another shape, non-finite numbers or low above high.
    """
    corners = np.asarray(boxes, dtype=np.float64)
    if corners.ndim != 3 or corners.shape[1:] != (2, 3):
        raise ValueError(f"boxes must have shape (n, 2, 3), got {corners.shape}")
    if not np.isfinite(corners).all() or (corners[:, 0] > corners[:, 1]).any():
        raise ValueError("boxes must be finite, the lowest corner first")
    offsets = np.zeros((len(corners), 3))
    if len(corners) < 2:
        return offsets
    whole = corners[:, 1].max(0) - corners[:, 0].min(0)
    diagonal = max(float(np.linalg.norm(whole)), 1e-9)
    gap = GAP_SHARE * diagonal
    sizes = corners[:, 1] - corners[:, 0]
    anchor = int(np.argmax(np.prod(sizes + 1e-3 * diagonal, axis=1)))  # a flat sheet has a volume, too
    directions = _directions(corners, anchor, diagonal)
    reach = np.einsum("ij,ij->i", corners.mean(1) - corners[anchor].mean(0), directions)
    order = [anchor, *(int(i) for i in np.argsort(reach, kind="stable") if i != anchor)]
    placed = corners[[anchor]]
    for part in order[1:]:
        offsets[part] = directions[part] * _clear_distance(corners[part], placed, directions[part], gap)
        placed = np.concatenate([placed, (corners[part] + offsets[part])[None]])
    lift = corners[:, 0, 1].min() - (corners[:, 0, 1] + offsets[:, 1]).min()
    if lift > 0:  # the floor is there: what would hang below the product lifts all of it
        offsets[:, 1] += lift
    return offsets


def _directions(corners: NDArray[np.float64], anchor: int, diagonal: float) -> NDArray[np.float64]:
    """(n, 3) signed unit axes: the one on which a part's centre lies furthest out, measured in half sizes of the anchor."""
    centres = corners.mean(1) - corners[anchor].mean(0)
    half = np.maximum((corners[anchor, 1] - corners[anchor, 0]) / 2, 1e-3 * diagonal)
    axis = np.argmax(np.abs(centres) / half, axis=1)
    rows = np.arange(len(corners))
    inside = np.abs(centres).max(1) < _SAME_CENTRE * diagonal
    axis[inside] = 1
    directions = np.zeros_like(centres)
    directions[rows, axis] = np.where(inside | (centres[rows, axis] >= 0), 1.0, -1.0)
    return directions


def _clear_distance(box: NDArray[np.float64], placed: NDArray[np.float64], direction: NDArray[np.float64], gap: float) -> float:
    """The smallest distance >= 0 along the unit axis `direction` at which `box` is `gap` away from every placed box."""
    axis = int(np.argmax(np.abs(direction)))
    others = [k for k in range(3) if k != axis]
    beside = ((box[0, others] < placed[:, 1, others] + gap) & (box[1, others] > placed[:, 0, others] - gap)).all(1)
    if direction[axis] > 0:
        start, end = placed[beside, 0, axis] - box[1, axis] - gap, placed[beside, 1, axis] - box[0, axis] + gap
    else:
        start, end = box[0, axis] - placed[beside, 1, axis] - gap, box[1, axis] - placed[beside, 0, axis] + gap
    distance = 0.0
    for k in np.argsort(start):  # sweep: each blocked stretch that holds the distance pushes it to its end
        if start[k] < distance < end[k]:
            distance = float(end[k])
    return distance


def exploded(scene: GlbScene) -> Exploded | None:
    """A product's parts (the nodes that draw something, in file order) taken apart; None for fewer than two."""
    boxes = [part for node in scene.nodes if node.mesh is not None and (part := _node_box(scene, node)) is not None]
    drawn = sum(node.mesh is not None for node in scene.nodes)
    if drawn < 2 or len(boxes) != drawn:  # a node whose mesh has no triangle has no place to go
        return None
    corners = np.array(boxes)
    offsets = explode_offsets(corners)
    moved = corners + offsets[:, None]
    half = np.abs(moved[..., (0, 2)]).max(axis=(0, 1))
    return Exploded(offsets, np.array([2 * half[0], moved[..., 1].max(), 2 * half[1]]))


def _node_box(scene: GlbScene, node: GlbNode) -> NDArray[np.float64] | None:
    try:
        return np.array(scene_bounds(replace(scene, nodes=(replace(node, parent=None),))))
    except GlbError:
        return None
