"""The built default anchor: budgets, names, GLB against npz, the cache. Fetches the body part once (kept in the cache)."""

from __future__ import annotations

import json
import struct
import threading
from pathlib import Path

import numpy as np
import pytest

import avatar.build
from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.glb_accessors import Accessors
from assets.glb_container import open_document
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.build.compress import for_web
from avatar.face import ARKIT
from avatar.pose import FINGERS, JOINTS
from avatar.skeleton import JOINT, REST_M
from showroom.parts import fetch

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def built() -> Path:
    try:
        folder = fetch(part("body"))
    except PartError as error:
        pytest.skip(str(error))
    return ensure(folder, cache_dir("avatars"))


@pytest.fixture(scope="module")
def model(built: Path) -> AvatarModel:
    return AvatarModel.load(built / "avatar.npz")


def read_glb(path: Path) -> tuple[dict, bytes]:
    data = path.read_bytes()
    assert data[:4] == b"glTF" and struct.unpack_from("<I", data, 8)[0] == len(data)
    length = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + length]), data[20 + length + 8 :]


def accessor(gltf: dict, binary: bytes, index: int) -> np.ndarray:
    a = gltf["accessors"][index]
    kinds = {5126: "<f4", 5123: "<u2", 5125: "<u4", 5121: "<u1"}
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}[a["type"]]

    def view(number: int, kind: int, count: int) -> np.ndarray:
        start = gltf["bufferViews"][number].get("byteOffset", 0)
        return np.frombuffer(binary, kinds[kind], count, start)

    out = np.zeros((a["count"], width), kinds[a["componentType"]])
    if "bufferView" in a:
        out = view(a["bufferView"], a["componentType"], a["count"] * width).reshape(-1, width).copy()
    if "sparse" in a:
        s = a["sparse"]
        rows = view(s["indices"]["bufferView"], s["indices"]["componentType"], s["count"])
        assert (np.diff(rows.astype(int)) > 0).all(), "sparse indices rise"
        out[rows] = view(s["values"]["bufferView"], a["componentType"], s["count"] * width).reshape(-1, width)
    return out


@pytest.fixture(scope="module")
def full(built: Path) -> AvatarModel:
    return AvatarModel.load(built / "full.npz")


def test_budgets(built: Path, model: AvatarModel, full: AvatarModel) -> None:
    assert sum(len(m.faces) for m in model.meshes) <= 20_000
    assert sum(len(m.faces) for m in full.meshes) <= 80_000
    assert len(full.meshes) <= 12
    assert (built / "avatar.glb").stat().st_size <= 4_600_000  # as a file; browsers get the compressed one
    assert (built / "phone.glb").stat().st_size <= 1_200_000
    assert max(m.positions[:, 1].max() for m in model.meshes) < 1.75
    assert abs(min(m.positions[:, 1].min() for m in model.meshes)) < 0.02


def test_names_and_joints(model: AvatarModel) -> None:
    wanted = {*JOINTS, *(side + f for side in ("left", "right") for f in FINGERS)}
    assert wanted <= set(model.joint_names)
    assert model.morph_names == ARKIT
    for name in JOINTS:  # gestures aim with the nominal skeleton
        at = model.joint_positions_m[model.joint_names.index(name)]
        assert np.linalg.norm(at - REST_M[JOINT[name]]) < 0.03, name


@pytest.mark.parametrize("shape", ["jawOpen", "jawLeft", "jawForward"])
def test_teeth_are_hard(model: AvatarModel, full: AvatarModel, shape: str) -> None:
    """What moves the jaw stretches neither row, and the upper one stays where it is."""
    for one in (model, full):
        mesh = next(m for m in one.meshes if m.name == "teeth")
        moved = mesh.positions.astype(np.float64)
        row = list(mesh.morph_rows).index(one.morph_names.index(shape))
        moved[mesh.morph_vertices] += mesh.morph_deltas[row]
        edges = np.concatenate([mesh.faces[:, [0, 1]], mesh.faces[:, [1, 2]]])
        before, after = (np.linalg.norm(p[edges[:, 0]] - p[edges[:, 1]], axis=1) for p in (mesh.positions, moved))
        assert np.abs(after - before).max() < 1e-4
        still = np.linalg.norm(moved - mesh.positions, axis=1) < 1e-5
        assert 0.4 < still.mean() < 0.6


def test_every_arkit_shape_moves_something(model: AvatarModel) -> None:
    moved = {model.morph_names[r] for mesh in model.meshes for r in mesh.morph_rows}
    assert moved == set(ARKIT)


def test_meshes_are_whole(model: AvatarModel) -> None:
    for mesh in model.meshes:
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3), mesh.name
        assert np.allclose(mesh.weights.sum(1), 1, atol=1e-4), mesh.name
        corner = mesh.positions[mesh.faces]
        area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1)
        assert (area > 0).mean() > 0.98, mesh.name


def test_glb_and_npz_hold_the_same_body(built: Path, full: AvatarModel) -> None:
    model = full
    gltf, binary = read_glb(built / "avatar.glb")
    assert [n["name"] for n in gltf["nodes"][1 : 1 + len(model.joint_names)]] == list(model.joint_names)
    assert all("rotation" not in n for n in gltf["nodes"])
    for mesh, entry in zip(model.meshes, gltf["meshes"], strict=True):
        primitive = entry["primitives"][0]
        assert np.array_equal(accessor(gltf, binary, primitive["attributes"]["POSITION"]), mesh.positions)
        assert np.array_equal(accessor(gltf, binary, primitive["attributes"]["JOINTS_0"]), mesh.joints)
        assert np.array_equal(accessor(gltf, binary, primitive["indices"]).ravel(), mesh.faces.ravel())
        if "targets" not in primitive:
            assert len(mesh.morph_rows) == 0
            continue
        assert entry["extras"]["targetNames"] == list(ARKIT) and len(primitive["targets"]) == 52
        for k, row in enumerate(mesh.morph_rows):
            whole = np.zeros_like(mesh.positions)
            whole[mesh.morph_vertices] = mesh.morph_deltas[k]
            sent = accessor(gltf, binary, primitive["targets"][row]["POSITION"])
            assert np.abs(sent - whole).max() < 1.5e-4, (mesh.name, ARKIT[row])


def turned(indices: np.ndarray) -> np.ndarray:
    """Triangles with their least corner first: a coder may begin with any."""
    faces = indices.reshape(-1, 3)
    return np.take_along_axis(faces, (faces.argmin(1)[:, None] + np.arange(3)) % 3, 1)


@pytest.mark.parametrize(("name", "most_bytes"), [("avatar", 2_000_000), ("phone", 500_000)])
def test_what_browsers_get_is_small_and_the_same_body(built: Path, name: str, most_bytes: int) -> None:
    """Read with our own decoder, which shares no code with the encoder."""
    plain = built / f"{name}.glb"
    small = for_web(plain).read_bytes()  # made here, or by a show that was on air before
    assert len(small) <= most_bytes
    before, after = open_document(plain), open_document(small)
    a, b = Accessors(before), Accessors(after)
    for one, other in zip(before.items("meshes"), after.items("meshes"), strict=True):
        was, now = one["primitives"][0], other["primitives"][0]
        assert np.array_equal(turned(a.read(was["indices"], "x")), turned(b.read(now["indices"], "x")))
        far = {key: float(np.abs(a.read(was["attributes"][key], key).astype(float) - b.read(now["attributes"][key], key)).max())
               for key in was["attributes"]}
        assert far["POSITION"] < 1e-4 and far["JOINTS_0"] == 0 and far["WEIGHTS_0"] == 0 and far["COLOR_0"] < 0.003
        assert far["NORMAL"] < 0.025 and far.get("TEXCOORD_0", 0.0) < 6e-4
        for old, new in zip(was.get("targets", ()), now.get("targets", ()), strict=True):
            moved = a.read(old["POSITION"], "x") - b.read(new["POSITION"], "x")
            assert np.abs(moved).max() < 1.5e-4, one["name"]


def test_the_phone_has_the_same_face_and_skeleton(built: Path) -> None:
    full, _ = read_glb(built / "avatar.glb")
    phone, binary = read_glb(built / "phone.glb")
    assert [n["name"] for n in phone["nodes"]] == [n["name"] for n in full["nodes"]]
    head = phone["meshes"][0]
    assert head["extras"]["targetNames"] == list(ARKIT)
    jaw = accessor(phone, binary, head["primitives"][0]["targets"][ARKIT.index("jawOpen")]["POSITION"])
    assert jaw[:, 1].min() < -0.01


def test_vrm_metadata_is_whole(built: Path) -> None:
    for name in ("avatar.glb", "phone.glb"):
        gltf, _ = read_glb(built / name)
        vrm = gltf["extensions"]["VRMC_vrm"]
        assert vrm["specVersion"] == "1.0" and "VRMC_vrm" in gltf["extensionsUsed"]
        bones = {bone: gltf["nodes"][entry["node"]]["name"] for bone, entry in vrm["humanoid"]["humanBones"].items()}
        needed = {"hips", "spine", "head"} | {s + b for s in ("left", "right") for b in (
            "UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")}
        assert needed <= set(bones) and all(bone == node for bone, node in bones.items())
        presets = vrm["expressions"]["preset"]
        assert len(presets) == 18
        for preset, expression in presets.items():
            binds = expression["morphTargetBinds"]
            assert bool(binds) == (preset != "neutral"), preset
            for bind in binds:
                mesh = gltf["meshes"][gltf["nodes"][bind["node"]]["mesh"]]
                assert bind["index"] < len(mesh["primitives"][0]["targets"])
        assert vrm["meta"]["licenseUrl"].startswith("https://") and vrm["meta"]["authors"]


def test_inverse_binds_undo_the_rest(built: Path, model: AvatarModel) -> None:
    gltf, binary = read_glb(built / "avatar.glb")
    binds = accessor(gltf, binary, gltf["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4)
    assert np.allclose(binds[:, 3, :3], -model.joint_positions_m, atol=1e-6)


def test_a_second_call_builds_nothing(built: Path) -> None:
    def no_progress(share: float, what: str) -> None:
        raise AssertionError(what)

    assert ensure(fetch(part("body")), cache_dir("avatars"), no_progress) == built


def test_without_the_part_there_is_the_bust(tmp_path: Path) -> None:
    folder = ensure(None, tmp_path)
    assert AvatarModel.load(folder / "avatar.npz").id == "bust"
    gltf, _ = read_glb(folder / "avatar.glb")
    assert any("extras" in m for m in gltf["meshes"])
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]


def test_who_comes_while_it_is_built_waits_and_builds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, built = avatar.build.build_bust, list[Path]()
    second = threading.Thread(target=lambda: built.append(ensure(None, tmp_path)))

    def slow(out: Path) -> None:
        assert not second.ident, "built twice"
        second.start()
        second.join(0.2)
        assert second.is_alive(), "it did not wait"
        plain(out)

    monkeypatch.setattr(avatar.build, "build_bust", slow)
    folder = ensure(None, tmp_path)
    second.join()
    assert built == [folder] and [p.name for p in tmp_path.iterdir()] == [folder.name]


def test_cloth_that_is_never_seen_is_not_there(full: AvatarModel) -> None:
    """Below the jacket only a hand's breadth of the top is left: what is not there cannot poke through."""
    parts = {m.name: m for m in full.meshes}
    under, over = parts["top"], parts["blazer"]
    y = under.positions[:, 1]
    shoulder = float(over.positions[:, 1].max())
    high = (y > shoulder - 0.20) & (y < shoulder - 0.06)
    assert high.any() and np.abs(under.positions[high, 0]).max() < np.abs(over.positions[:, 0]).max() * 0.5
    assert under.positions[:, 2].min() > -0.02, "none of its back"
