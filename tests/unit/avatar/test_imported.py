"""A seller's own figure: other names, poses, axes, units and face shapes end as the body that they were made from."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from scipy.spatial import cKDTree

from assets.avatar_model import AvatarModel
from assets.glb import GlbError, GlbImage
from assets.glb_container import open_document
from avatar.build.bust import bust
from avatar.face import ARKIT, INDEX
from avatar.imported.convert import Conversion, convert
from avatar.imported.faces import Stood
from avatar.imported.importing import import_avatar
from avatar.imported.licence import findings as licence_findings
from avatar.imported.licence import rights_of
from avatar.imported.names import arkit_name, bones_by_name, viseme_name
from avatar.imported.report import facts, findings
from avatar.imported.rig import stood
from avatar.imported.surfaces import Group, finished, grouped, joined, lighter, textures
from avatar.pose import FINGERS, JOINTS, rest_pose
from avatar.skinning import Skinner
from avatar.visemes import OCULUS, ROW, VISEME_WEIGHTS
from tests.fakes.foreign_figures import Foreign, bone_name, foreign_glb

pytestmark = pytest.mark.unit

KINDS = {
    "vrm1-perfect": Foreign("vrm", "perfect", 1, 80), "vrm0-vowels": Foreign("vroid", "vowels", 0, 78),
    "vrm1-vowels": Foreign("vrm", "vowels", 1, 60), "rpm-like": Foreign("mixamo", "arkit", None, 45, sparse="bare"),
    "mixamo-cm": Foreign("mixamo:", "arkit_lr", None, 80, scale=100), "oculus": Foreign("mixamo", "oculus", None, 30),
    "jaw": Foreign("mixamo", "jaw", None, 80, sparse="no"), "nothing": Foreign("mixamo:", "none", None, 80),
}
TIERS = {"vrm1-perfect": "arkit", "vrm0-vowels": "vrm", "vrm1-vowels": "vrm", "rpm-like": "arkit", "mixamo-cm": "arkit",
         "oculus": "oculus", "jaw": "jaw", "nothing": "amplitude"}


@pytest.fixture(scope="module")
def model() -> AvatarModel:
    return bust()


@pytest.fixture(scope="module", params=list(KINDS))
def made(request: pytest.FixtureRequest, model: AvatarModel) -> tuple[str, Conversion]:
    how = KINDS[request.param]
    seed = int(np.random.default_rng().integers(1 << 31))
    print(request.param, "seed", seed)
    return request.param, convert(open_document(foreign_glb(model, replace(how, seed=seed))), request.param)


def test_it_stands_as_the_figure_it_was_made_from(made: tuple[str, Conversion], model: AvatarModel) -> None:
    """Whatever the arms, axes and units were: joints within the centimetres that a collar bone gives, vertices as well."""
    name, conversion = made
    ours = dict(zip(model.joint_names, model.joint_positions_m, strict=True))
    theirs = dict(zip(conversion.stage.joint_names, conversion.stage.joint_positions_m, strict=True))
    moved = theirs["hips"] - ours["hips"]  # the floor is where the shoes are
    assert np.abs(moved).max() < 0.04
    for joint in JOINTS:
        assert np.linalg.norm(theirs[joint] - moved - ours[joint]) < 0.035, joint
    points = np.concatenate([m.positions for m in conversion.full.meshes]) - moved
    near = cKDTree(points).query(np.concatenate([m.positions for m in model.meshes]))[0]
    assert np.quantile(near, 0.5) < 0.004 and near.max() < 0.045
    assert not conversion.bones.missing and conversion.bones.source == ("vrm0" if "vrm0" in name else
                                                                       "vrm1" if "vrm1" in name else "names")


def test_the_best_way_to_speak_is_chosen_and_said(made: tuple[str, Conversion]) -> None:
    name, conversion = made
    assert conversion.face.tier == TIERS[name]
    told = [f for f in findings(conversion) if f.code == "speaks"]
    assert len(told) == 1 and told[0].message_en and told[0].message_zh
    assert (told[0].tier == "warned") == (name in ("jaw", "nothing"))


def test_every_viseme_moves_the_mouth(made: tuple[str, Conversion]) -> None:
    name, conversion = made
    skinner = Skinner(conversion.stage)
    rest = [skinner.vertices(i, rest_pose())[0] for i in range(len(conversion.stage.meshes))]

    def moved_m(viseme: str) -> float:
        weights = conversion.stage.visemes[ROW[viseme]]
        pose = replace(rest_pose(), weights=weights)
        return max(float(np.abs(skinner.vertices(i, pose)[0] - r).max()) for i, r in enumerate(rest))

    silent = {"sil", "PP", "SS", "FF"} if name in ("jaw", "nothing", "vrm0-vowels", "vrm1-vowels") else {"sil"}
    sizes = {v: moved_m(v) for v in OCULUS}
    assert all(size > 0.0008 for v, size in sizes.items() if v not in silent), sizes
    assert sizes["sil"] == 0 and sizes["aa"] > 0.004 and sizes["aa"] > sizes["DD"] * 1.5


def test_shapes_made_from_visemes_give_the_visemes_back(model: AvatarModel) -> None:
    conversion = convert(open_document(foreign_glb(model, Foreign("mixamo", "oculus", None, 0, turned=False))), "x")
    mouth = next(m for m in model.meshes if m.name == "mouth")
    rows = [int(r) for r in mouth.morph_rows]
    total = wrong = 0.0
    for v in ("PP", "FF", "aa", "E", "I", "O", "U", "CH"):
        want = (VISEME_WEIGHTS[ROW[v]][rows] @ mouth.morph_deltas.reshape(len(rows), -1)).reshape(-1, 3)
        tree = cKDTree(conversion.full.meshes[0].positions - (conversion.rig.joints_m[1] - model.joint_positions_m[1]))
        at = tree.query(mouth.positions[mouth.morph_vertices])[1]
        got = np.zeros((len(conversion.full.meshes[0].positions), 3))
        m = conversion.full.meshes[0]
        for k, r in enumerate(m.morph_rows):
            got[m.morph_vertices] += conversion.full.visemes[ROW[v]][r] * m.morph_deltas[k]
        total += float((want**2).sum())
        wrong += float(((got[at] - want) ** 2).sum())
    assert wrong < 0.08 * total  # shares of neighbours that are mixed alike


def test_looking_stays_with_the_eye_bones(made: tuple[str, Conversion]) -> None:
    _, conversion = made
    assert conversion.face.eye_bones
    eyes = [conversion.stage.joint_names.index(n) for n in ("leftEye", "rightEye")]
    for mesh in conversion.stage.meshes:
        balls = (np.isin(mesh.joints, eyes) * mesh.weights).sum(1) > 0.5
        for k, row in enumerate(mesh.morph_rows):
            if ARKIT[row].startswith("eyeLook"):
                assert np.abs(mesh.morph_deltas[k][balls[mesh.morph_vertices]]).max(initial=0.0) < 1e-6


def test_names_of_many_programs_are_known() -> None:
    for style in ("vrm", "mixamo", "mixamo:", "vroid"):
        joints = [*JOINTS, *(s + f for s in ("left", "right") for f in FINGERS)]
        if style == "vroid":
            joints = [j for j in joints if not j.endswith("Eye")]
        names = [bone_name(j, style) for j in joints]
        parents = [None, *range(len(names) - 1)]
        found = bones_by_name(names, parents, range(len(names)))
        assert {j: names[i] for j, i in found.items() if j in joints} == dict(zip(joints, names, strict=True)), style
    unreal = ["pelvis", "spine_01", "spine_02", "spine_03", "neck_01", "head", "clavicle_l", "upperarm_l", "lowerarm_l",
              "hand_l"]
    found = bones_by_name(unreal, [None, 0, 1, 2, 3, 4, 3, 6, 7, 8], range(10))
    assert [found[j] for j in ("hips", "spine", "chest", "upperChest", "neck", "head", "leftShoulder", "leftUpperArm",
                               "leftLowerArm", "leftHand")] == list(range(10))
    names = ("JawOpen", "mouthSmile_L", "browDown_Right", "Face.A25_Jaw_Open", "viseme_aa", "Smile")
    assert [arkit_name(n) for n in names] == ["jawOpen", "mouthSmileLeft", "browDownRight", "jawOpen", None, None]
    assert [viseme_name(n) for n in ("viseme_PP", "vrc.v_oh", "Viseme.kk", "jawOpen")] == ["PP", "O", "kk", None]


def test_what_is_missing_is_listed(model: AvatarModel) -> None:
    how = Foreign("vrm", "vowels", 1, 70, without=("leftEye", "rightEye", *(s + f for s in ("left", "right") for f in FINGERS)))
    conversion = convert(open_document(foreign_glb(model, how)), "x")
    codes = {f.code for f in findings(conversion)}
    assert {"bones_eyes", "bones_fingers", "moods_missing"} <= codes and "browInnerUp" in facts(conversion)["missing_shapes"]
    assert np.isfinite(conversion.stage.hand_poses).all()
    assert all(f.message_en and f.message_zh for f in findings(conversion))


def test_a_figure_with_many_triangles_gets_a_light_copy_that_speaks_alike(model: AvatarModel) -> None:
    conversion = convert(open_document(foreign_glb(model, Foreign())), "x")
    groups = grouped(conversion.figure, [Stood(*stood(s, conversion.rig)) for s in conversion.figure.surfaces], conversion.face)
    light = [finished(g) for g in lighter(groups, 6000)]
    assert 3000 < sum(len(m.faces) for m in light) <= 6600
    full = conversion.full.meshes[0]
    for name in ("jawOpen", "eyeBlinkLeft", "mouthFunnel"):
        def size(mesh, row=INDEX[name]) -> float:
            return float(np.abs(mesh.morph_deltas[list(mesh.morph_rows).index(row)]).max())
        assert size(light[0]) > 0.7 * size(full), name


def test_many_textures_become_one_sheet_on_which_each_finds_its_own() -> None:
    rng = np.random.default_rng()
    images, groups = [], []
    for k in range(15):
        colour = rng.integers(0, 256, 3)
        data = io.BytesIO()
        Image.new("RGB", (16, 16), tuple(int(c) for c in colour)).save(data, "PNG")
        images.append(GlbImage(data.getvalue(), "image/png"))
        uvs = rng.random((6, 2)) * (3 if k == 0 else 1)  # the first one's texture repeats
        groups.append(Group(f"g{k}", "plain", k, 0.0, rng.random((6, 3)), np.ones((6, 3)), np.ones((6, 47)) / 47, uvs,
                            np.ones((6, 3)), np.zeros(6, int), np.array([[0, 1, 2], [3, 4, 5]]), {}))
    made = joined(groups)
    assert len(made) == 12 and sum(len(g.faces) for g in made) == 30 and made[0].name == "g0"
    figure = SimpleNamespace(images=images)
    for group in made:
        sheet = np.asarray(Image.open(io.BytesIO(textures(figure, [group], 256)[group.texture])).convert("RGB")).astype(int)
        for (image, _), start in zip(group.cells or ((group.image, 0.0),), range(0, len(group.uvs), 6), strict=True):
            want = np.asarray(Image.open(io.BytesIO(images[image].data)))[0, 0].astype(int)
            for u, v in group.uvs[start : start + 6] % 1:
                got = sheet[min(int((1 - v) * len(sheet)), len(sheet) - 1), min(int(u * len(sheet)), len(sheet) - 1)]
                assert np.abs(got - want).max() < 14  # WebP rounds colours
    assert finished(made[-1]).texture == "joined"


def test_a_file_that_may_not_be_used_is_refused_and_a_permission_lifts_it() -> None:
    strict = [
        {"extensions": {"VRMC_vrm": {"meta": {"name": "A", "authors": ["B"], "avatarPermission": "onlyAuthor"}}}},
        {"extensions": {"VRMC_vrm": {"meta": {"avatarPermission": "everyone", "commercialUsage": "personalNonProfit"}}}},
        {"extensions": {"VRM": {"meta": {"allowedUserName": "Everyone", "commercialUssageName": "Disallow"}}}},
        {"extensions": {"VRM": {"meta": {"allowedUserName": "OnlyAuthor", "commercialUssageName": "Allow"}}}},
        {"extensions": {"VRM": {"meta": {"allowedUserName": "Everyone", "commercialUssageName": "Allow",
                                         "licenseName": "CC_BY_NC"}}}},
        {"asset": {"extras": {"license": "CC-BY-NC-4.0 (http://creativecommons.org/licenses/by-nc/4.0/)"}}},
    ]
    for json_ in strict:
        found = licence_findings(rights_of(json_), "")
        refused = [f for f in found if f.tier == "refused"]
        assert refused and all("avatar_permission" in f.mend_en and f.mend_zh for f in refused), json_
        lifted = licence_findings(rights_of(json_), "B, by mail, 2026-05-01")
        assert not [f for f in lifted if f.tier == "refused"] and any("B, by mail" in f.message_en for f in lifted)
    free = [
        {"extensions": {"VRMC_vrm": {"meta": {"avatarPermission": "everyone", "commercialUsage": "corporation"}}}},
        {"extensions": {"VRM": {"meta": {"allowedUserName": "Everyone", "commercialUssageName": "Allow",
                                         "licenseName": "CC0"}}}},
        {"asset": {"copyright": "CC0"}}, {"asset": {"copyright": "© 2026 Somebody, CC BY 4.0"}}, {},
    ]
    for json_ in free:
        assert not [f for f in licence_findings(rights_of(json_), "") if f.tier == "refused"], json_


def test_files_that_are_no_figure_say_so(model: AvatarModel) -> None:
    whole = foreign_glb(model, Foreign())
    size = struct.unpack_from("<I", whole, 12)[0]
    gltf = json.loads(whole[20:20 + size])

    def changed(**parts) -> bytes:
        text = json.dumps({**gltf, **parts}).encode()
        text += b" " * (-len(text) % 4)
        rest = whole[20 + size:]
        head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest)) + struct.pack("<I4s", len(text), b"JSON")
        return head + text + rest

    nodes = [{**n, "name": f"thing{i}"} for i, n in enumerate(gltf["nodes"])]
    circle = [dict(n) for n in gltf["nodes"]]
    circle[5]["children"] = [4]
    skins = [{**gltf["skins"][0], "joints": gltf["skins"][0]["joints"][:3]}]
    for data, words in ((changed(nodes=nodes), "skeleton"), (changed(nodes=circle), "tree"),
                        (changed(skins=skins), "follows joint"),
                        (changed(extensionsRequired=["KHR_texture_basisu"]), "requires"),
                        (changed(extensionsUsed=["KHR_draco_mesh_compression"]), "Draco"), (b"glTF", "cut off")):
        with pytest.raises(GlbError, match=words):
            convert(open_document(data), "x")


def test_a_strangers_file_is_read_in_a_locked_process_and_kept(model: AvatarModel, tmp_path) -> None:
    meta = {"name": "Lena", "authors": ["Somebody"], "avatarPermission": "everyone", "commercialUsage": "personalNonProfit"}
    path = tmp_path / "lena.vrm"
    path.write_bytes(foreign_glb(model, Foreign("vrm", "perfect", 1, meta=meta)))
    made = import_avatar(path, tmp_path / "cache")
    assert made.folder is not None and [f.code for f in made.refused] == ["licence_commercial"]
    stage = AvatarModel.load(made.folder / "avatar.npz")
    assert stage.id == "lena" and "Somebody" in stage.licence[0] and made.facts["tier"] == "arkit"
    for name in ("avatar.glb", "phone.glb"):
        gltf = open_document(made.folder / name).json
        assert "Somebody" in gltf["asset"]["copyright"] and "VRMC_vrm" not in gltf.get("extensions", {})
    before = (made.folder / "avatar.npz").stat().st_mtime_ns
    again = import_avatar(path, tmp_path / "cache", permission="hers, in writing")
    assert not again.refused and (made.folder / "avatar.npz").stat().st_mtime_ns == before
    path.write_bytes(io.BytesIO(b"glTF rubbish").getvalue())
    broken = import_avatar(path, tmp_path / "cache")
    assert broken.folder is None and len(broken.refused) == 1 and broken.refused[0].message_zh
