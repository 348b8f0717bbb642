"""What is written is read back; other readers agree; extensions that we know are decoded."""

from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest
from PIL import Image

from assets.glb import (
    GlbError,
    GlbImage,
    GlbMaterial,
    GlbMesh,
    GlbNode,
    GlbPrimitive,
    GlbScene,
    part_bounds,
    read_glb,
    scene_bounds,
)
from assets.glb_write import glb_bytes, write_glb

pytestmark = pytest.mark.unit


def random_scene(seed: int | None = None, textured: bool = True) -> GlbScene:
    random = np.random.default_rng(seed)
    primitives = []
    for k in range(2):
        v, f = int(random.integers(3, 60)), int(random.integers(1, 80))
        normals = random.normal(size=(v, 3))
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        primitives.append(
            GlbPrimitive(
                random.normal(size=(v, 3)).astype(np.float32),
                normals.astype(np.float32),
                np.concatenate([np.resize(np.arange(v), (v, 3)), random.integers(0, v, (f, 3))]).astype(np.int32),
                random.random((v, 2)).astype(np.float32),
                random.random((v, 2)).astype(np.float32),
                random.random((v, 4)).astype(np.float32),
                k,
                {"Day": 0, "Night": 1} if k else {},
            )
        )
    buffer = io.BytesIO()
    Image.fromarray(random.integers(0, 255, (8, 8, 3), dtype=np.uint8)).save(buffer, "PNG")
    turn = np.linalg.qr(random.normal(size=(3, 3)))[0]
    child = np.eye(4)
    child[:3, :3], child[:3, 3] = turn * random.uniform(0.5, 2), random.normal(size=3)
    root = np.eye(4)
    root[:3, 3] = random.normal(size=3)
    materials = (
        GlbMaterial(
            "paint",
            tuple(random.random(4)),
            0.2,
            0.7,
            (2.0, 1.0, 0.5),
            base_texture=0 if textured else None,
            texcoord=1,
            double_sided=True,
        ),
        GlbMaterial("glass", (1, 1, 1, 0.5), 0.0, 0.1, unlit=True, alpha_mode="BLEND"),
    )
    nodes = (GlbNode("root", root.astype(np.float32)), GlbNode("part", (root @ child).astype(np.float32), 0, 0))
    return GlbScene(
        nodes,
        (GlbMesh("mesh", tuple(primitives)),),
        materials,
        (GlbImage(buffer.getvalue(), "image/png", "p"),),
        ("Day", "Night"),
    )


def test_a_scene_survives_writing_and_reading() -> None:
    scene = random_scene()
    again = read_glb(glb_bytes(scene))
    assert [n.name for n in again.nodes] == ["root", "part"] and again.nodes[1].parent == 0
    for a, b in zip(scene.nodes, again.nodes, strict=True):
        np.testing.assert_allclose(a.matrix, b.matrix, atol=1e-5)
    for a, b in zip(scene.meshes[0].primitives, again.meshes[0].primitives, strict=True):
        np.testing.assert_array_equal(a.positions, b.positions)
        np.testing.assert_array_equal(a.indices, b.indices)
        np.testing.assert_allclose(a.normals, b.normals, atol=1e-6)
        np.testing.assert_allclose(a.uv0, b.uv0, atol=1 / 65000)
        np.testing.assert_allclose(a.uv1, b.uv1, atol=1 / 65000)
        np.testing.assert_allclose(a.colours, b.colours, atol=0.5 / 255 + 1e-6)
        assert dict(a.variants) == dict(b.variants) and a.material == b.material
        assert not b.positions.flags.writeable
    for a, b in zip(scene.materials, again.materials, strict=True):
        np.testing.assert_allclose(a.base_colour, b.base_colour, atol=1e-6)
        np.testing.assert_allclose(a.emissive, b.emissive, rtol=1e-6)
        assert (a.name, a.unlit, a.base_texture, a.texcoord, a.double_sided, a.alpha_mode) == (
            b.name,
            b.unlit,
            b.base_texture,
            b.texcoord,
            b.double_sided,
            b.alpha_mode,
        )
    assert again.images[0].data == scene.images[0].data and again.variants == scene.variants
    np.testing.assert_allclose(scene_bounds(scene), scene_bounds(again), atol=1e-5)


def test_equal_scenes_give_equal_bytes() -> None:
    assert glb_bytes(random_scene(5)) == glb_bytes(random_scene(5))


def test_other_readers_agree(tmp_path) -> None:
    import pygltflib
    import trimesh

    scene, path = random_scene(textured=False), tmp_path / "scene.glb"
    write_glb(path, scene)
    document = pygltflib.GLTF2().load(str(path))
    assert len(document.meshes[0].primitives) == 2 and document.asset.version == "2.0"
    low, high = trimesh.load(path).bounds
    np.testing.assert_allclose([low, high], scene_bounds(scene), atol=1e-4)


def test_uv1_alone_also_stands_as_uv0() -> None:
    p = random_scene().meshes[0].primitives[0]
    scene = GlbScene(
        (GlbNode("n", np.eye(4, dtype=np.float32), None, 0),),
        (GlbMesh("m", (GlbPrimitive(p.positions, p.normals, p.indices, None, p.uv1),)),),
    )
    again = read_glb(glb_bytes(scene, normals=False)).meshes[0].primitives[0]
    np.testing.assert_array_equal(again.uv0, again.uv1)  # glTF numbers its sets from 0
    np.testing.assert_allclose(np.linalg.norm(again.normals, axis=1), 1, atol=1e-5)  # made up where they are missing


def test_part_bounds_holds_one_node_and_its_children() -> None:
    scene = random_scene()
    np.testing.assert_allclose(part_bounds(scene, "root"), scene_bounds(scene))
    with pytest.raises(KeyError):
        part_bounds(scene, "no such part")


def with_json(change, scene: GlbScene | None = None) -> bytes:
    """A valid GLB with its JSON changed."""
    data = glb_bytes(scene or random_scene())
    size = struct.unpack_from("<I", data, 12)[0]
    value = json.loads(data[20 : 20 + size])
    change(value)
    text = json.dumps(value).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + size :]
    return (
        struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest)) + struct.pack("<II", len(text), 0x4E4F534A) + text + rest
    )


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda v: v.update(extensionsRequired=["ACME_hologram"]), "unsupported", "ACME_hologram"),
        (lambda v: v["accessors"][0].update(count=10**9), "too_large", "accessor 0"),
        (lambda v: v["accessors"][0].update(count=5000), "range", "accessor 0"),
        (lambda v: v["nodes"][1].update(children=[0]), "cycle", "tree"),
        (lambda v: v["nodes"][1].update(mesh=7), "index", "mesh 7"),
        (
            lambda v: v["images"][0].update(uri="https://shop.example/a.png") or v["images"][0].pop("bufferView"),
            "external",
            "shop.example",
        ),
        (lambda v: v["images"][0].update(uri="../../etc/passwd") or v["images"][0].pop("bufferView"), "external", "passwd"),
        (lambda v: v["asset"].update(version="1.0"), "version", "1.0"),
        (lambda v: v["meshes"][0]["primitives"][0].update(material=9), "index", "material 9"),
        (lambda v: v["nodes"][0].update(translation=[1, "x", 2]), "non_finite", "node 0"),
    ],
)
def test_malformed_files_are_named_in_one_sentence(change, code, says) -> None:
    with pytest.raises(GlbError) as caught:
        read_glb(with_json(change))
    assert caught.value.code == code and says in str(caught.value) and "\n" not in str(caught.value)


def test_deep_trees_are_refused_without_recursion() -> None:
    def deepen(v: dict) -> None:
        start = len(v["nodes"])
        v["nodes"][1]["children"] = [start]
        v["nodes"] += [{"children": [start + i + 1]} for i in range(1200)] + [{}]

    with pytest.raises(GlbError) as caught:
        read_glb(with_json(deepen))
    assert caught.value.code == "depth"


def test_not_a_number_is_refused() -> None:
    scene = random_scene()
    positions = scene.meshes[0].primitives[0].positions.copy()
    positions[0, 1] = np.nan
    bad = GlbPrimitive(positions, scene.meshes[0].primitives[0].normals, scene.meshes[0].primitives[0].indices)
    data = glb_bytes(GlbScene((scene.nodes[0], GlbNode("n", np.eye(4, dtype=np.float32), 0, 0)), (GlbMesh("m", (bad,)),)))
    with pytest.raises(GlbError):
        read_glb(data.replace(b"NaN", b"0.0"))


def test_a_gltf_reads_files_beside_it_and_nothing_else(tmp_path) -> None:
    data = glb_bytes(random_scene())
    size = struct.unpack_from("<I", data, 12)[0]
    value = json.loads(data[20 : 20 + size])
    value["buffers"][0]["uri"] = "mesh%20data.bin"
    (tmp_path / "mesh data.bin").write_bytes(data[20 + size + 8 :])
    path = tmp_path / "scene.gltf"
    path.write_text(json.dumps(value))
    assert read_glb(path).triangle_count > 0
    (tmp_path / "mesh data.bin").unlink()
    (tmp_path / "mesh data.bin").symlink_to("/etc/passwd")
    with pytest.raises(GlbError) as caught:
        read_glb(path)
    assert caught.value.code == "external"
