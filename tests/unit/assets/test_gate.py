"""The gate: what it refuses, mends and only says; every verdict from a file made here."""

from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

import assets.gate.inspection as inspection
from assets.gate import inspect, repair
from assets.glb import GlbImage, GlbMaterial, GlbMesh, GlbNode, GlbPrimitive, GlbScene, read_glb, scene_bounds
from assets.glb_write import glb_bytes

pytestmark = pytest.mark.unit


def box_scene(size=(0.2, 0.3, 0.1), shift=(0.0, 0.0, 0.0), images: tuple[GlbImage, ...] = ()) -> GlbScene:
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (0, 1) for z in (-0.5, 0.5)]) * size + shift
    faces = np.array(
        [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4]]
    )
    p = GlbPrimitive(
        corners.astype(np.float32),
        np.tile([0, 1, 0], (8, 1)).astype(np.float32),
        faces.astype(np.int32),
        np.zeros((8, 2), np.float32),
        material=0,
    )
    return GlbScene(
        (GlbNode("box", np.eye(4, dtype=np.float32), None, 0),),
        (GlbMesh("m", (p,)),),
        (GlbMaterial("paint", base_texture=0 if images else None),),
        images,
    )


def png(width: int, height: int, data: bytes = b"") -> GlbImage:
    """A PNG whose header says so; its pixels may be missing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return GlbImage(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""), "image/png")


def whole_png(width: int, height: int) -> GlbImage:
    return png(width, height, zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height))))


def edited(data: bytes, change) -> bytes:
    size = struct.unpack_from("<I", data, 12)[0]
    value = json.loads(data[20 : 20 + size])
    change(value)
    text = json.dumps(value).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + size :]
    return (
        struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest)) + struct.pack("<II", len(text), 0x4E4F534A) + text + rest
    )


def verdict(tmp_path: Path, data: bytes, listed=None) -> dict[str, str]:
    path = tmp_path / "model.glb"
    path.write_bytes(data)
    report = inspect(path, listed)
    assert (report.scene is None) == report.refused
    for finding in report.findings:
        assert finding.message_en and finding.message_zh and finding.source
    return {f.code: f.tier for f in report.findings}


def test_a_good_model_passes_without_a_word(tmp_path) -> None:
    assert verdict(tmp_path, glb_bytes(box_scene()), (0.2, 0.3, 0.1)) == {}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_gltf"),
        (b"<html>please log in</html>", "not_gltf"),
        (glb_bytes(box_scene())[:300], "truncated"),
        (edited(glb_bytes(box_scene()), lambda v: v.update(extensionsRequired=["ACME_smell"])), "unsupported"),
        (edited(glb_bytes(box_scene()), lambda v: v["buffers"][0].update(uri="http://169.254.169.254/x")), "external"),
        (edited(glb_bytes(box_scene()), lambda v: v["accessors"][2].update(count=5)), "range"),
        (edited(glb_bytes(box_scene()), lambda v: v["nodes"][0].update(children=[0])), "cycle"),
        (edited(glb_bytes(box_scene()), lambda v: v["accessors"][-1].update(count=3_000_000)), "triangles"),
        (edited(glb_bytes(box_scene()), lambda v: v.update(extras="x" * 17 * 2**20)), "json_size"),
        (glb_bytes(box_scene(images=(png(30000, 30000),))), "image_size"),
        (glb_bytes(box_scene(images=(png(64, 64, b"no pixels"),))), "image"),
    ],
)
def test_what_is_refused(tmp_path, data: bytes, code: str) -> None:
    assert verdict(tmp_path, data).get(code) == "refused"


def test_a_sound_file_that_draws_nothing_is_only_mentioned(tmp_path) -> None:
    assert verdict(tmp_path, edited(glb_bytes(box_scene()), lambda v: v["nodes"][0].pop("mesh")))["empty"] == "warned"


def test_textures_of_odd_size_are_only_mentioned(tmp_path) -> None:
    assert verdict(tmp_path, glb_bytes(box_scene(images=(whole_png(100, 60),)))) == {"power_of_two": "warned"}
    assert verdict(tmp_path, glb_bytes(box_scene(images=(whole_png(64, 128),)))) == {}


@pytest.mark.parametrize("factor", [0.001, 0.01, 100.0, 1 / 0.0254, 1 / 0.3048])
def test_wrong_units_are_scaled_to_the_listed_size(tmp_path, factor: float) -> None:
    random = np.random.default_rng()
    listed = random.uniform(0.1, 0.9, 3)
    noise = 1 + random.uniform(-0.02, 0.02, 3)
    path, out = tmp_path / "in.glb", tmp_path / "out.glb"
    before = glb_bytes(box_scene(listed * noise * factor))
    path.write_bytes(before)
    report = repair(path, out, tuple(listed))
    assert "scale" in {f.code for f in report.findings if f.tier == "repaired"}
    low, high = scene_bounds(read_glb(out))
    np.testing.assert_allclose(high - low, listed, rtol=0.031)
    assert path.read_bytes() == before  # the original is kept


def test_a_part_that_is_inside_out_is_mentioned(tmp_path) -> None:
    scene = box_scene()
    p = scene.meshes[0].primitives[0]
    whole = np.concatenate([p.indices, [[1, 5, 7], [1, 7, 3]]]).astype(np.int32)  # closes the box
    for faces, expected in ((whole, {}), (whole[:, ::-1], {"inside_out": "warned"})):
        closed = GlbPrimitive(p.positions, p.normals, faces, p.uv0, material=0)
        assert verdict(tmp_path, glb_bytes(GlbScene(scene.nodes, (GlbMesh("m", (closed,)),), scene.materials))) == expected


def test_a_size_that_no_unit_explains_is_said_and_left(tmp_path) -> None:
    assert verdict(tmp_path, glb_bytes(box_scene((0.2, 0.3, 0.1))), (0.2, 0.45, 0.1))["size"] == "warned"


def test_lying_and_shifted_models_are_set_upright_on_their_foot(tmp_path) -> None:
    path, out = tmp_path / "in.glb", tmp_path / "out.glb"
    path.write_bytes(glb_bytes(box_scene((0.2, 0.1, 0.3), shift=(40.0, -7.0, 3.0))))
    codes = {f.code for f in repair(path, out, (0.2, 0.3, 0.1)).findings}
    assert codes == {"up_axis", "pivot"}
    low, high = scene_bounds(read_glb(out))
    np.testing.assert_allclose(low, [-0.1, 0, -0.05], atol=1e-4)
    np.testing.assert_allclose(high, [0.1, 0.3, 0.05], atol=1e-4)


def test_lights_and_cameras_are_taken_out(tmp_path) -> None:
    def add(v: dict) -> None:
        v["cameras"] = [{"type": "perspective", "perspective": {"yfov": 1, "znear": 0.1}}]
        v["extensionsUsed"] = ["KHR_lights_punctual"]
        v["extensions"] = {"KHR_lights_punctual": {"lights": [{"type": "point"}]}}
        v["nodes"].append({"camera": 0, "extensions": {"KHR_lights_punctual": {"light": 0}}})
        v["scenes"][0]["nodes"].append(len(v["nodes"]) - 1)

    path, out = tmp_path / "in.glb", tmp_path / "out.glb"
    path.write_bytes(edited(glb_bytes(box_scene()), add))
    assert {f.code for f in repair(path, out).findings} == {"lights_cameras"}
    scene = read_glb(out)
    assert (scene.lights, scene.cameras, scene.triangle_count) == (0, 0, 10) and "KHR_lights_punctual" not in scene.extensions


def test_a_refused_file_leaves_nothing_behind(tmp_path) -> None:
    path = tmp_path / "in.glb"
    path.write_bytes(b"no model")
    assert repair(path, tmp_path / "out.glb").refused
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.glb"]
    with pytest.raises(OSError):
        inspect(tmp_path / "missing.glb")


def test_a_worker_that_hangs_or_dies_is_a_refusal(tmp_path, monkeypatch) -> None:
    path = tmp_path / "in.glb"
    path.write_bytes(glb_bytes(box_scene()))
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexec sleep 30\n")
    fake.chmod(0o755)
    monkeypatch.setattr(inspection.sys, "executable", os.fspath(fake))
    monkeypatch.setattr(inspection, "WALL_S", 0.3)
    assert [f.code for f in inspect(path).findings] == ["too_slow"]
    fake.write_text("#!/bin/sh\nkill -SEGV $$\n")
    assert [f.code for f in inspect(path).findings] == ["too_large"]
