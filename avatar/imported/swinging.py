"""Which bones of a VRM swing, how stiffly, and what stands in their way: VRMC_springBone 1.0, VRM 0's secondaryAnimation.

What is broken or missing is left out, never a reason to refuse a figure: it then hangs still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.imported.loose import number_of, object_of, objects_of, three_of, wholes_of
from avatar.imported.read import Figure
from avatar.imported.rig import Bones, Rig
from avatar.springs import Springs

MOST_BONES = 160  # a figure of VRoid has 60 to 150; what is beyond hangs still, spring by spring
MOST_COLLIDERS = 64
FAR = 1e3  # of a place or a direction in a file: more is nonsense
DOWN = (0.0, -1.0, 0.0)
# VRM 0 has Unity's axes in its own part of the file, glTF's in the rest. UniVRM, where it comes from, turns places of colliders
# and the direction of gravity alike when it makes VRM 1 of it; three-vrm turns the places only.
UNITY = np.array((1.0, 1.0, -1.0))
LAST_M = 0.07  # VRM 0: how far the last bone of a chain is taken to reach, along the one before it


@dataclass(frozen=True, slots=True)
class Bone:
    """A bone that swings, in the file's units and axes. tail: node where it ends, None for VRM 0's last ones."""

    node: int
    tail: int | None
    stiffness: float
    gravity: NDArray
    drag: float
    radius: float
    centre: int | None
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Collider:
    """ends: (2, 3) in the node's own axes; group: VRM 0's, of VRM 1's there may be many."""

    node: int
    ends: NDArray
    radius: float
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Swinging:
    """Parents before children; dropped: how many bones were more than MOST_BONES."""

    bones: tuple[Bone, ...] = ()
    colliders: tuple[Collider, ...] = ()
    dropped: int = 0

    @property
    def nodes(self) -> list[int]:
        """Of the file, one for each bone."""
        return [b.node for b in self.bones]


def swinging_of(figure: Figure, bones: Bones) -> Swinging:
    """What the file says of it; nothing for a file without."""
    extensions = object_of(figure.json.get("extensions"))
    new, old = extensions.get("VRMC_springBone"), object_of(extensions.get("VRM")).get("secondaryAnimation")
    chains = _Chains(figure, set(bones.nodes.values()))
    if isinstance(new, dict):
        found, colliders = list(_new(chains, new)), _new_colliders(chains, new)
    elif isinstance(old, dict):
        found, colliders = list(_old(chains, old)), _old_colliders(chains, old)
    else:
        return Swinging()
    whole = [b for chain in found for b in chain]
    kept: list[Bone] = []
    for chain in found:
        if len(kept) + len(chain) <= MOST_BONES:
            kept += chain
    kept.sort(key=lambda b: chains.depth(b.node))
    return Swinging(tuple(kept), tuple(colliders[:MOST_COLLIDERS]), len(whole) - len(kept))


def springs_of(swinging: Swinging, figure: Figure, rig: Rig) -> Springs | None:
    """For the model that was made with `rig`, whose last joints are these bones; None without any."""
    if not swinging.bones:
        return None
    first = len(rig.names) - len(swinging.bones)
    joints = np.arange(first, len(rig.names))
    tails = np.array([_tail_m(b, figure, rig) for b in swinging.bones])
    scale, turn = rig.scale, rig.place[:3, :3] / rig.scale
    at = [np.stack([rig.stands_m(c.node, figure.world[c.node][:3, :3] @ end + figure.world[c.node][:3, 3]) for end in c.ends])
          for c in swinging.colliders]
    return Springs(
        joints, rig.parents[joints], tails, np.array([b.stiffness * scale for b in swinging.bones]),
        np.array([b.drag for b in swinging.bones]), np.array([b.radius * scale for b in swinging.bones]),
        np.array([turn @ b.gravity * scale for b in swinging.bones]),
        np.array([-1 if b.centre is None else rig.owner[b.centre] for b in swinging.bones]),
        np.array([rig.owner[c.node] for c in swinging.colliders], np.int32), np.array(at).reshape(-1, 2, 3),
        np.array([c.radius * scale for c in swinging.colliders]),
        np.array([[bool(c.groups & set(b.groups)) for c in swinging.colliders] for b in swinging.bones],
                 np.bool_).reshape(len(joints), len(swinging.colliders)))


def _tail_m(bone: Bone, figure: Figure, rig: Rig) -> NDArray:
    start = figure.world[bone.node][:3, 3]
    if bone.tail is not None:
        end = figure.world[bone.tail][:3, 3]
    else:
        above = figure.parents[bone.node]
        way = start - (figure.world[above][:3, 3] if above is not None else start)
        size = float(np.linalg.norm(way))
        end = start + (way / size if size > 1e-9 else np.array([0.0, -1.0, 0.0])) * LAST_M / rig.scale
    return rig.stands_m(bone.node, end)


class _Chains:
    """Of one figure: children, depths, and which nodes may swing; `fixed` are bones of the body, which never do."""

    def __init__(self, figure: Figure, fixed: set[int]) -> None:
        self.figure, self.fixed, self.taken = figure, fixed, set[int]()
        self.children: dict[int, list[int]] = {}
        for node, parent in enumerate(figure.parents):
            if parent is not None:
                self.children.setdefault(parent, []).append(node)

    def depth(self, node: int) -> int:
        """Steps up to a root."""
        steps, at = 0, self.figure.parents[node]
        while at is not None:
            steps, at = steps + 1, self.figure.parents[at]
        return steps

    def node(self, value: object) -> int | None:
        """A number of a node, or None."""
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(self.figure.names):
            return None
        return value if np.isfinite(self.figure.world[value]).all() else None

    def free(self, node: int | None) -> bool:
        """Whether it may swing; each node does once."""
        return node is not None and node not in self.fixed and node not in self.taken

    def bone(self, node: int, tail: int | None, of: dict[str, Any], stiffness: str, radius: float, centre: object,
             groups: tuple[int, ...], turn: NDArray | float = 1.0) -> Bone:
        """With what the file says, within what cannot run away. turn: of the file's axes for directions."""
        self.taken.add(node)
        power = number_of(of.get("gravityPower"), 0.0, 0.0, 100.0)
        gravity = np.array(three_of(of.get("gravityDir"), DOWN, -FAR, FAR)) * turn * power
        stiff, drag = number_of(of.get(stiffness), 1.0, 0.0, 100.0), number_of(of.get("dragForce"), 0.5, 0.0, 1.0)
        return Bone(node, tail, stiff, gravity, drag, radius, self.node(centre), groups)


def _new(chains: _Chains, spec: dict[str, Any]) -> Iterator[list[Bone]]:
    """VRMC_springBone: each spring lists its joints; the last one is only an end."""
    for spring in objects_of(spec.get("springs")):
        groups = wholes_of(spring.get("colliderGroups"))
        joints = [j for j in objects_of(spring.get("joints")) if chains.node(j.get("node")) is not None]
        chain = []
        for joint, following in pairwise(joints):
            node, tail = joint["node"], following["node"]
            if chains.free(node) and node != tail:
                radius = number_of(joint.get("hitRadius"), 0.0, 0.0, 10.0)
                chain.append(chains.bone(node, tail, joint, "stiffness", radius, spring.get("center"), groups))
        yield chain


def _old(chains: _Chains, spec: dict[str, Any]) -> Iterator[list[Bone]]:
    """VRM 0: each group names roots; all that hangs on them swings."""
    for group in objects_of(spec.get("boneGroups")):
        groups = wholes_of(group.get("colliderGroups"))
        radius = number_of(group.get("hitRadius"), 0.0, 0.0, 10.0)
        for root in wholes_of(group.get("bones")):
            chain, waiting = [], [chains.node(root)]
            while waiting:
                node = waiting.pop()
                if node is None or not chains.free(node):
                    continue
                below = [c for c in chains.children.get(node, ()) if c not in chains.fixed]
                chain.append(chains.bone(node, below[0] if below else None, group, "stiffiness", radius, group.get("center"),
                                         groups, UNITY))
                waiting += below
            yield chain


def _new_colliders(chains: _Chains, spec: dict[str, Any]) -> list[Collider]:
    within: dict[int, set[int]] = {}
    for k, group in enumerate(objects_of(spec.get("colliderGroups"))):
        for c in wholes_of(group.get("colliders")):
            within.setdefault(c, set()).add(k)
    out = []
    for k, collider in enumerate(objects_of(spec.get("colliders"))):
        node, shape = chains.node(collider.get("node")), object_of(collider.get("shape"))
        found = object_of(shape.get("capsule") or shape.get("sphere"))
        if node is not None and found and k in within:
            start = three_of(found.get("offset"), (0.0, 0.0, 0.0), -FAR, FAR)
            end = three_of(found.get("tail"), start, -FAR, FAR) if "capsule" in shape else start
            radius = number_of(found.get("radius"), 0.0, 0.0, 10.0)
            out.append(Collider(node, np.stack([start, end]), radius, frozenset(within[k])))
    return out


def _old_colliders(chains: _Chains, spec: dict[str, Any]) -> list[Collider]:
    out = []
    for k, group in enumerate(objects_of(spec.get("colliderGroups"))):
        node = chains.node(group.get("node"))
        for sphere in objects_of(group.get("colliders")) if node is not None else ():
            at = np.array(three_of(sphere.get("offset"), (0.0, 0.0, 0.0), -FAR, FAR)) * UNITY
            out.append(Collider(node, np.stack([at, at]), number_of(sphere.get("radius"), 0.0, 0.0, 10.0),  # type: ignore[arg-type]
                                frozenset([k])))
    return out
