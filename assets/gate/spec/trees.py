"""Nodes, scenes and skins: one parent each, no loops, transforms that mean something. Source: glTF 2.0, 3.5 and 3.7.3."""

from __future__ import annotations

import numpy as np

from assets.gate.spec.fields import Clean
from assets.gate.spec.model import Model, format_of

UNIT_TOLERANCE = 0.00769  # the error that 8-bit quantization of four numbers makes at most
MOST_STEPS = 2_000_000  # of climbing from all joints to roots; a figure of 1,000 joints takes some 20,000
_TRS_TOLERANCE = 1e-3  # of a unit: how far from perpendicular the axes may be; single precision files reach 1e-5


def check(model: Model) -> None:
    """Note what is wrong with nodes, scenes and skins."""
    parents = _parents(model)
    looping = _loops(model, parents)
    for i, node, where in model.each("nodes"):
        _transform(model, node, where)
        _mesh_of(model, node, where)
        light = model.extension(node, "KHR_lights_punctual")
        if light is not None and model.extension(model.root, "KHR_lights_punctual") is None:
            model.problems.add("unsatisfied_dependency", where, "KHR_lights_punctual")
        if i in looping:
            model.problems.add("node_loop", where)
    scenes: list[set[int]] = []
    for _, scene, where in model.each("scenes"):
        roots = [n for n in scene.get("nodes", []) if n is not None]
        for n in roots:
            if n in parents:
                model.problems.add("scene_non_root_node", f"{where}/nodes", n)
        scenes.append(_below(model, roots))
    worn: dict[int, list[tuple[int, str]]] = {}
    for n, node, where in model.each("nodes"):
        if "skin" in node:
            worn.setdefault(node["skin"], []).append((n, where))
    steps = MOST_STEPS
    for i, skin, where in model.each("skins"):
        common, steps = _common_root(model, skin, where, parents, steps)
        top = {c for c in common if c not in parents}
        for n, place in worn.get(i, []) if top else []:
            if any(n in scene and not top & scene for scene in scenes):
                model.problems.add("node_skin_no_scene", place)
        _bind_matrices(model, skin, where)


def _parents(model: Model) -> dict[int, int]:
    parents: dict[int, int] = {}
    for i, node, where in model.each("nodes"):
        for k, child in enumerate(node.get("children", [])):
            if model.at("nodes", child) is None:
                continue
            if child in parents:
                model.problems.add("node_parent_override", f"{where}/children/{k}", child)
            parents[child] = i
    return parents


def _loops(model: Model, parents: dict[int, int]) -> set[int]:
    """Nodes that come upon themselves when climbing. Linear: each chain is climbed once."""
    state: dict[int, int] = {}  # node -> number of the climb that met it
    looping: set[int] = set()
    for start in range(len(model.items("nodes"))):
        at: int | None = start
        path = []
        while at is not None and at not in state:
            state[at] = start
            path.append(at)
            at = parents.get(at)
        if at is not None and state[at] == start:
            looping.update(path[path.index(at):])
    return looping


def _below(model: Model, roots: list[int]) -> set[int]:
    seen: set[int] = set()
    queue = list(roots)
    while queue:
        index = queue.pop()
        node = model.at("nodes", index)
        if node is not None and index not in seen:
            seen.add(index)
            queue.extend(c for c in node.get("children", []) if c is not None)
    return seen


def _transform(model: Model, node: Clean, where: str) -> None:
    add = model.problems.add
    rotation = node.get("rotation")
    if rotation is not None and abs(1 - float(np.linalg.norm(rotation))) > UNIT_TOLERANCE:
        add("rotation_non_unit", f"{where}/rotation", f"{np.linalg.norm(rotation):.4f}")
    if "matrix" not in node:
        return
    if {"translation", "rotation", "scale"} & set(node):
        add("node_matrix_trs", f"{where}/matrix")
    matrix = np.array(node["matrix"]).reshape(4, 4).T
    if not np.array_equal(matrix, np.eye(4)) and not _is_trs(matrix):
        add("node_matrix_non_trs", f"{where}/matrix")


def _is_trs(matrix: np.ndarray) -> bool:
    if not np.array_equal(matrix[3], (0, 0, 0, 1)):
        return False
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(matrix[:3, :3], axis=0)
        if not (np.isfinite(matrix).all() and (lengths > 0).all() and np.isfinite(lengths).all()):
            return False
        axes = matrix[:3, :3] / lengths
    return bool(np.abs(axes.T @ axes - np.eye(3)).max() < _TRS_TOLERANCE)


def _mesh_of(model: Model, node: Clean, where: str) -> None:
    add = model.problems.add
    for key in ("skin", "weights"):
        if key in node and "mesh" not in node:
            add("unsatisfied_dependency", f"{where}/{key}", "mesh")
    mesh = model.at("meshes", node.get("mesh"))
    if mesh is None:
        return
    primitives = [p for p in mesh.get("primitives", []) if p is not None]
    if "weights" in node and primitives and len(primitives[0].get("targets", [])) != len(node["weights"]):
        add("node_weights_invalid", f"{where}/weights", len(node["weights"]))
    skinned = [any(name.startswith("JOINTS_") for name in p.get("attributes", {})) for p in primitives]
    if model.at("skins", node.get("skin")) is not None and not all(skinned):
        add("node_skin_with_non_skinned_mesh", where)


def _common_root(model: Model, skin: Clean, where: str, parents: dict[int, int], steps: int) -> tuple[set[int], int]:
    """(nodes above all joints, steps of climbing that are left). With none left nothing is looked at any more."""
    joints = [j for j in skin.get("joints", []) if model.at("nodes", j) is not None]
    common: set[int] | None = None
    for joint in joints:
        line = {joint}
        at = parents.get(joint)
        while at is not None and at not in line and steps > 0:
            line.add(at)
            at = parents.get(at)
            steps -= 1
        common = line if common is None else common & line
    if steps <= 0 or common is None:
        return set(), steps
    if not common:
        model.problems.add("skin_no_common_root", f"{where}/joints")
    skeleton = skin.get("skeleton")
    if model.at("nodes", skeleton) is not None and skeleton not in common:
        model.problems.add("skin_skeleton_invalid", f"{where}/skeleton", skeleton)
    return common, steps


def _bind_matrices(model: Model, skin: Clean, where: str) -> None:
    add, joints = model.problems.add, len(skin.get("joints", []))
    accessor = model.use_accessor(skin.get("inverseBindMatrices"), "inverse bind matrices", f"{where}/inverseBindMatrices")
    if accessor is None:
        return
    view = model.use_view(accessor.get("bufferView"), "inverse bind matrices", f"{where}/inverseBindMatrices")
    if view is not None and "byteStride" in view:
        add("skin_ibm_accessor_with_bytestride", where)
    if format_of(accessor) != "MAT4 5126":
        add("skin_ibm_invalid_format", where, format_of(accessor))
    if accessor.get("count", joints) < joints:
        add("invalid_ibm_accessor_count", where, f"{accessor['count']} for {joints}")
