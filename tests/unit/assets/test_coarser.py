"""Coarser lists of a product: on the surface they stand for, on its own vertices, and never a reason not to show it."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assets.glb import GlbMaterial, GlbMesh, GlbNode, GlbPrimitive, GlbScene, read_glb
from assets.glb_write import write_glb
from assets.packs.coarser import ERRORS_M, OF_EXTENT, WORTH, coarser_lists, staged_scene, with_coarser
from tests.fakes.products import lathe

pytestmark = pytest.mark.unit


def ball(radius_m: float, size: float = 1.0) -> GlbScene:
    """A turned ball with a texture seam. size: of the node; the mesh is made smaller by it."""
    angles = np.linspace(-np.pi / 2, np.pi / 2, 25)
    corners, normals, uv = lathe(np.stack([np.cos(angles), np.sin(angles)], 1) * radius_m / size, 44)
    rows = np.concatenate([corners.reshape(-1, 3), uv.reshape(-1, 2), normals.reshape(-1, 3)], 1).round(9)
    _, first, faces = np.unique(rows[:, :5], axis=0, return_index=True, return_inverse=True)
    vertices = rows[first].astype(np.float32)
    part = GlbPrimitive(vertices[:, :3], vertices[:, 5:], faces.reshape(-1, 3).astype(np.int32), vertices[:, 3:5], material=0)
    matrix = np.diag([size, size, size, 1]).astype(np.float32)
    return GlbScene((GlbNode("ball", matrix, None, 0),), (GlbMesh("ball", (part,)),), (GlbMaterial(),))


def lists_of(scene: GlbScene) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(coarser_lists(scene))) as found:
        return {name: found[name] for name in found.files}


def test_each_step_has_fewer_triangles_and_lies_on_the_surface() -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    radius_m = float(np.random.default_rng(seed).uniform(0.09, 0.5))
    whole = ball(radius_m)
    part = with_coarser(whole, lists_of(whole)).meshes[0].primitives[0]
    counts = [len(part.indices), *(len(faces) for _, faces in part.coarser)]
    assert len(counts) >= 2 and counts == sorted(counts, reverse=True) and counts[-1] <= WORTH * counts[0], seed
    for error_m, faces in part.coarser:
        assert error_m <= OF_EXTENT * 2 * radius_m * 1.01, seed
        corners = part.positions[faces].astype(float)
        off = np.abs(np.linalg.norm(corners.mean(1), axis=1) - radius_m)  # the middle of a triangle is furthest off
        assert off.mean() < 2 * error_m and off.max() < 8 * error_m, f"{error_m}, seed {seed}"
        assert np.ptp(part.uv0[faces, 0], axis=1).max() < 0.5, f"a triangle reaches around the seam, seed {seed}"


def test_a_mesh_that_its_node_enlarges_counts_as_large_as_it_is_drawn() -> None:
    plain, enlarged = lists_of(ball(0.15)), lists_of(ball(0.15, size=25.0))
    assert plain.keys() == enlarged.keys() and plain
    for name in plain:
        assert len(enlarged[name]) == pytest.approx(len(plain[name]), rel=0.1)


def test_lists_that_are_damaged_or_of_another_model_are_left_out(tmp_path: Path) -> None:
    whole = ball(0.1)
    path = tmp_path / "broadcast.glb"
    write_glb(path, whole)
    count = len(read_glb(path).meshes[0].primitives[0].positions)
    name, good = f"0-0-{round(ERRORS_M[1] * 1e6)}", np.array([[0, 1, 2]], np.uint32)

    def found() -> tuple:
        return staged_scene(path).meshes[0].primitives[0].coarser

    assert found() == ()  # a model without lists beside it
    for data in (b"", b"PK\x03\x04 no more", np.random.default_rng(1).bytes(400)):
        path.with_suffix(".npz").write_bytes(data)
        assert found() == ()
    for bad in (good + np.uint32(count), good.astype(np.float32), good[:, :2], good[:0], np.array([{"a": 1}], object)):
        np.savez(path.with_suffix(".npz"), **{name: bad, "nonsense": good})
        assert found() == ()
    np.savez(path.with_suffix(".npz"), **{name: good})
    ((error_m, faces),) = found()
    assert error_m == ERRORS_M[1] and faces.tolist() == good.tolist()
    cut = path.with_suffix(".npz").read_bytes()
    path.with_suffix(".npz").write_bytes(cut[:-40])
    assert found() == ()


def test_a_scene_that_draws_nothing_has_no_lists() -> None:
    empty = replace(ball(0.1), nodes=())
    assert lists_of(empty) == {}
