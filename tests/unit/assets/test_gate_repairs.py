"""What the gate mends: each repair on a file that needs it, nothing on one that does not."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.gate.checks import look
from assets.gate.edit import Edit
from assets.gate.repairs import glossiness, names, normals, tangents, textures, triangles
from assets.gate.repairs.placement import place
from assets.gate.spec import validation
from assets.gate.spec.problems import Problems
from assets.gate.subject import Subject
from assets.glb import GlbImage, GlbMaterial, GlbMesh, GlbNode, GlbPrimitive, GlbScene, read_glb
from assets.glb_container import Document, open_document
from assets.glb_write import glb_bytes
from tests.fakes.gltf_files import packed, png, rich_document

pytestmark = pytest.mark.unit
BOX = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (0.0, 1.0) for z in (-0.5, 0.5)])
FACES = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [0, 2, 6],
                  [0, 6, 4], [1, 5, 7], [1, 7, 3]])


def box_document(faces=FACES, size=(1.0, 1.0, 1.0), with_normals: bool = True) -> Document:
    p = GlbPrimitive((BOX * size).astype(np.float32), np.tile([0, 1, 0], (8, 1)).astype(np.float32), faces.astype(np.int32),
                     np.random.default_rng().random((8, 2)).astype(np.float32))
    scene = GlbScene((GlbNode("box", np.eye(4, dtype=np.float32), None, 0),), (GlbMesh("m", (p,)),))
    return open_document(glb_bytes(scene, normals=with_normals))


def problems_of(data: bytes) -> dict[str, int]:
    problems = Problems()
    validation.validate(open_document(data), problems)
    return dict(problems.counts)


def test_nothing_is_changed_that_needs_no_repair() -> None:
    edit = Edit(box_document())
    before = json.dumps(edit.value)
    for repair in (textures.repair, glossiness.repair, triangles.repair, normals.repair, tangents.repair, names.repair):
        assert repair(edit) == []
    assert json.dumps(edit.value) == before and problems_of(edit.glb()) == {}


def test_a_rich_file_stays_whole_and_sound_through_an_edit() -> None:
    value, blob = rich_document()
    edit = Edit(open_document(packed(value, blob)))
    edit.add_view(b"nobody uses this")
    data = edit.glb()
    assert problems_of(data) == {} and len(data) <= len(packed(value, blob)) + 400
    again = open_document(data)
    for i in range(len(value["accessors"])):
        np.testing.assert_array_equal(Edit(again).accessors().read(i, "a"), edit.accessors().read(i, "a"))


def test_pictures_in_data_uris_and_buffers_beside_the_file_are_taken_in(tmp_path: Path) -> None:
    value, blob = rich_document()
    (tmp_path / "a b.bin").write_bytes(blob)
    (tmp_path / "p.png").write_bytes(png())
    value["buffers"][0]["uri"] = "a%20b.bin"
    value["images"] = [{"uri": "p.png"}]
    path = tmp_path / "model.gltf"
    path.write_text(json.dumps(value))
    assert problems_of(Edit(open_document(path)).glb()) == {}


def test_large_pictures_are_scaled_and_keep_their_proportions() -> None:
    value, blob = rich_document()
    wide = io.BytesIO()
    Image.new("RGB", (3000, 1500)).save(wide, "JPEG")
    edit = Edit(open_document(packed(value, blob)))
    edit.replace_image(0, wide.getvalue(), "image/jpeg")
    (found,) = textures.repair(edit)
    assert (found.code, found.number, found.limit) == ("texture_size", 3000, 2048)
    (image,) = read_glb(edit.glb()).images
    assert Image.open(io.BytesIO(image.data)).size == (2048, 1024) and image.mime == "image/jpeg"
    assert textures.repair(edit) == []


def test_flat_and_double_triangles_go_and_the_others_stay() -> None:
    random = np.random.default_rng()
    extra = np.array([[0, 0, 1], [3, 3, 3], [1, 3, 0], [0, 3, 2]])  # two flat, two repeated (one turned round)
    faces = random.permutation(np.concatenate([FACES, extra]))
    edit = Edit(box_document(faces))
    (found,) = triangles.repair(edit)
    assert found.number == 4 and triangles.repair(edit) == []
    kept = read_glb(edit.glb()).meshes[0].primitives[0].indices
    assert {tuple(np.roll(f, -int(f.argmin()))) for f in kept} == {tuple(np.roll(f, -int(f.argmin()))) for f in FACES}
    back = np.concatenate([FACES, FACES[:, ::-1]])  # the same sheet seen from behind is another side, not a double
    assert triangles.repair(Edit(box_document(back))) == []


def bumpy(points: np.ndarray, faces: np.ndarray, uv: np.ndarray, normal: np.ndarray) -> Edit:
    """A surface with a normal map and no tangents."""
    p = GlbPrimitive(points.astype(np.float32), np.tile(normal, (len(points), 1)).astype(np.float32), faces.astype(np.int32),
                     uv.astype(np.float32), material=0)
    scene = GlbScene((GlbNode("n", np.eye(4, dtype=np.float32), None, 0),), (GlbMesh("m", (p,)),), (GlbMaterial("bumpy"),),
                     (GlbImage(png(), "image/png"),))
    edit = Edit(open_document(glb_bytes(scene)))
    edit.value.setdefault("textures", []).append({"source": 0})
    edit.value["materials"][0]["normalTexture"] = {"index": len(edit.value["textures"]) - 1}
    return edit


def test_missing_tangents_follow_the_picture_and_part_where_it_is_mirrored() -> None:
    random = np.random.default_rng()
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    right, up = turn[:, 0], turn[:, 1]
    normal = np.cross(right, up)
    angle = random.uniform(0, 2 * np.pi)
    # Two quads side by side, the second with its picture mirrored; the picture is turned by `angle` on both.
    flat = np.array([[-1.0, 0], [0, 0], [0, 1], [-1, 1], [1, 0], [1, 1]])
    folded = np.stack([-np.abs(flat[:, 0]), flat[:, 1]], 1)
    spun = folded @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]).T
    uv = np.stack([spun[:, 0], -spun[:, 1]], 1) / 4 + 0.5  # V runs down
    faces = np.array([[0, 1, 2], [0, 2, 3], [1, 4, 5], [1, 5, 2]])
    edit = bumpy(flat @ np.stack([right, up]), faces, uv, normal)
    (found,) = tangents.repair(edit)
    assert (found.code, found.tier, found.number) == ("tangents", "repaired", 1) and problems_of(edit.glb()) == {}
    assert tangents.repair(edit) == []
    reader, attributes = edit.accessors(), edit.value["meshes"][0]["primitives"][0]["attributes"]
    made, points = (reader.read(attributes[k], k) for k in ("TANGENT", "POSITION"))
    across = points @ right
    mirrored = np.where(np.abs(across) > 0.5, across > 0, made[:, 3] < 0)
    assert len(made) == 8, "the middle edge belongs to both"
    np.testing.assert_array_equal(made[:, 3], np.where(mirrored, -1.0, 1.0))
    towards = np.cos(angle) * np.where(mirrored, -1.0, 1.0)[:, None] * right + np.sin(angle) * up
    np.testing.assert_allclose(made[:, :3], towards, atol=5e-4)  # coordinates are stored in 16 bits


def test_tangents_are_left_where_nothing_asks_for_them() -> None:
    random = np.random.default_rng()
    points, faces = random.normal(size=(6, 3)), np.array([[0, 1, 2], [3, 4, 5]])
    for change in ("no map", "moved", "no coordinates", "flat picture"):
        uv = np.full((6, 2), 0.5) if change == "flat picture" else random.random((6, 2))
        edit = bumpy(points, faces, uv, np.array([0.0, 1.0, 0.0]))
        primitive, material = edit.value["meshes"][0]["primitives"][0], edit.value["materials"][0]
        if change == "no map":
            del material["normalTexture"]
        elif change == "moved":
            material["normalTexture"]["extensions"] = {"KHR_texture_transform": {"scale": [2, 2]}}
        elif change == "no coordinates":
            material["normalTexture"]["texCoord"] = 1
        assert len(tangents.repair(edit)) == (change == "flat picture"), change
        if change == "flat picture":  # any direction will do, if it is one
            made = edit.accessors().read(primitive["attributes"]["TANGENT"], "t")
            np.testing.assert_allclose(np.linalg.norm(made[:, :3], axis=1), 1, atol=1e-5)
            np.testing.assert_allclose(made[:, 1], 0, atol=1e-5)


def test_missing_normals_are_worked_out_with_sharp_edges() -> None:
    edit = Edit(box_document(with_normals=False))
    (found,) = normals.repair(edit)
    assert found.code == "normals" and problems_of(edit.glb()) == {}
    p = read_glb(edit.glb()).meshes[0].primitives[0]
    assert len(p.positions) == 24 and p.uv0 is not None  # a box has 24 corners of its own
    outside = np.cross(p.positions[p.indices[:, 1]] - p.positions[p.indices[:, 0]],
                       p.positions[p.indices[:, 2]] - p.positions[p.indices[:, 0]])
    outside /= np.linalg.norm(outside, axis=1, keepdims=True)
    for k in range(3):
        np.testing.assert_allclose(p.normals[p.indices[:, k]], outside, atol=1e-6)


def test_round_things_are_smoothed() -> None:
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([np.cos(around), np.zeros(24), np.sin(around)], 1)
    points = np.concatenate([ring, ring + np.array([0, 1, 0])])
    k, n = np.arange(24), (np.arange(24) + 1) % 24
    faces = np.concatenate([np.stack([k, k + 24, n], 1), np.stack([n, k + 24, n + 24], 1)])
    made = normals.corner_normals(faces, points)
    radial = points[faces] * [1, 0, 1]
    assert (np.einsum("fki,fki->fk", made, radial) > 0.99).all()


def test_names_are_given_cleaned_and_told_apart() -> None:
    value, blob = rich_document()
    value["nodes"][2]["name"] = value["nodes"][3]["name"] = "<img src=x onerror=alert(1)>"
    value["materials"][0]["name"] = "a\u202eb\0c"
    value["extensions"]["KHR_materials_variants"]["variants"][0]["name"] = "</script>"
    edit = Edit(open_document(packed(value, blob)))
    assert names.repair(edit) and names.repair(edit) == []
    drawn = [n["name"] for n in edit.value["nodes"] if "mesh" in n]
    assert len(set(drawn)) == 2
    text = json.dumps([edit.value["nodes"], edit.value["materials"], edit.value["extensions"]], ensure_ascii=False)
    assert not set("<>\u202e") & set(text) and "\\u0000" not in text


def test_gloss_becomes_roughness_with_the_same_look() -> None:
    value, blob = rich_document()
    random = np.random.default_rng()
    plastic, shine = [float(v) for v in random.uniform(0.1, 0.9, 3)], float(random.uniform(0, 1))
    value["extensionsUsed"].append(glossiness.NAME)
    value["materials"] = [
        {"extensions": {glossiness.NAME: {"diffuseFactor": [*plastic, 1], "specularFactor": [0.04] * 3,
                                          "glossinessFactor": shine}}},
        {"extensions": {glossiness.NAME: {"diffuseFactor": [0, 0, 0, 1], "specularFactor": [1.0, 0.8, 0.3]}}}]
    edit = Edit(open_document(packed(value, blob)))
    assert glossiness.repair(edit) and glossiness.NAME not in json.dumps(edit.value)
    first, gold = (m["pbrMetallicRoughness"] for m in edit.value["materials"])
    np.testing.assert_allclose(first["baseColorFactor"][:3], plastic, atol=0.02)
    assert first["metallicFactor"] < 0.02 and first["roughnessFactor"] == pytest.approx(1 - shine, abs=1e-6)
    assert gold["metallicFactor"] > 0.9
    np.testing.assert_allclose(gold["baseColorFactor"][:3], [1.0, 0.8, 0.3], atol=0.05)


def test_gloss_in_a_picture_becomes_pictures() -> None:
    value, blob = rich_document()
    value["extensionsUsed"].append(glossiness.NAME)
    value["materials"][1] = {"extensions": {glossiness.NAME: {
        "specularGlossinessTexture": {"index": 0}, "diffuseTexture": {"index": 0}}}}
    edit = Edit(open_document(packed(value, blob)))
    glossiness.repair(edit)
    made = edit.value["materials"][1]["pbrMetallicRoughness"]
    assert {"baseColorTexture", "metallicRoughnessTexture"} == set(made) and len(edit.value["images"]) == 3
    assert set(problems_of(edit.glb())) <= {"undeclared_extension"}


def looked_at(uv: np.ndarray, colour=(0.5, 0.5, 0.5, 1.0), textured: bool = True) -> dict[str, float | None]:
    p = GlbPrimitive(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32), np.tile([0, 0, 1], (3, 1)).astype(np.float32),
                     np.array([[0, 1, 2]], np.int32), uv.astype(np.float32), material=0)
    material = GlbMaterial("m", colour, metallic=0.0, base_texture=0 if textured else None)
    scene = GlbScene((GlbNode("n", np.eye(4, dtype=np.float32), None, 0),), (GlbMesh("m", (p,)),), (material,),
                     (GlbImage(png(), "image/png"),))
    return {f.code: f.number for f in look.check(Subject(Document({}, None, None), 0, None, scene))}


def test_mirrored_pictures_stray_coordinates_and_unreal_colours_are_mentioned() -> None:
    right = np.array([[0, 1], [1, 1], [0, 0]])  # V runs down: the picture's bottom left stands at the bottom left
    assert looked_at(right) == {}
    assert looked_at(right * (-1, 1) + (1, 0)) == {"uv_mirrored": 1.0}
    assert looked_at(right + np.array([0.5, 0])) == {"uv_range": pytest.approx(1 / 3)}
    assert looked_at(right, (0.001, 0.001, 0.001, 1), textured=False) == {"colour_range": 1}
    assert looked_at(right, (1, 1, 1, 1), textured=False) == {"colour_range": 1}
    assert looked_at(right, (1, 0, 0, 1), textured=False) == {}


@pytest.mark.parametrize(("lift", "code"), [(0.3, "floating"), (-0.3, "sunken")])
def test_floating_and_sunken_models_are_set_on_the_floor(lift: float, code: str) -> None:
    p = GlbPrimitive((BOX + np.array([0, lift, 0])).astype(np.float32), np.tile([0, 1, 0], (8, 1)).astype(np.float32),
                     FACES.astype(np.int32))
    scene = GlbScene((GlbNode("box", np.eye(4, dtype=np.float32), None, 0),), (GlbMesh("m", (p,)),))
    matrix, (found,) = place(Subject(Document({}, None, None), 0, None, scene))
    assert found.code == code and found.number == pytest.approx(0.3, abs=1e-6)
    assert matrix[1, 3] == pytest.approx(-lift, abs=1e-6)


@pytest.mark.parametrize(("turned", "code"), [([2, 1, 0], "front_axis"), ([1, 0, 2], "up_axis"), ([0, 2, 1], "up_axis")])
def test_axes_are_told_from_the_listed_size(turned: list[int], code: str) -> None:
    listed = np.array([0.2, 0.5, 0.3])
    p = GlbPrimitive((BOX * (listed[turned] * 100)).astype(np.float32), np.tile([0, 1, 0], (8, 1)).astype(np.float32),
                     FACES.astype(np.int32))
    scene = GlbScene((GlbNode("box", np.eye(4, dtype=np.float32), None, 0),), (GlbMesh("m", (p,)),))
    matrix, found = place(Subject(Document({}, None, None), 0, tuple(listed), scene))
    assert {"scale", code} <= {f.code for f in found}
    if code == "up_axis":
        np.testing.assert_allclose(np.abs(matrix[:3, :3]) @ (listed[turned] * 100), listed, rtol=1e-6)
