"""A seller's own figure in the page: what the conversion sends to browsers loads, stands, and its mouth is seen to speak."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from assets.glb_container import open_document
from avatar import quaternions as qn
from avatar.build.bust import bust
from avatar.build.compress import compressed
from avatar.build.export_glb import to_glb
from avatar.imported.convert import convert
from avatar.pose import rest_pose
from avatar.skinning import Skinner
from avatar.springs import SpringMotion
from avatar.toon import in_glb
from avatar.visemes import OCULUS
from tests.fakes.foreign_figures import Foreign, foreign_glb
from tests.unit.avatar.test_springs import figure_with_braid, turned_head

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

SILENT = {"oculus": {"sil"}, "vowels": {"sil", "PP", "FF", "SS"}, "arkit": {"sil"}}
SHOOT = """async ([data, hands, joints, fingers, faces, from, to, fov]) => {
  const page = nightwindow, Anchor = page.anchors[0].constructor, Scene = page.room.scene.constructor;
  const url = URL.createObjectURL(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
  const made = new Anchor({ anchor_id: "x", position_m: [0, 0, 0], heading_deg: 0 }, hands);
  const anchor = await made.load(url, () => {}, page.room.lights);
  const scene = new Scene(), camera = new page.camera.constructor(fov, 1, 0.05, 20), out = [];
  scene.add(anchor.root);
  camera.position.set(...from);
  camera.lookAt(...to);
  for (const weights of faces) {
    anchor.apply({ weights, joints, hands: fingers }, 0);
    page.renderer.render(scene, camera);
    out.push(page.renderer.domElement.toDataURL("image/png"));
  }
  return { bones: anchor.bones.filter(Boolean).length, out };
}"""


def decoded(url: str) -> NDArray[np.int64]:
    picture = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB").resize((160, 160))
    return np.asarray(picture).astype(int)


@pytest.mark.parametrize("how", [Foreign("mixamo:", "oculus", None, 80, scale=100),
                                 Foreign("vroid", "vowels", 0, 75, toon=True), Foreign("vrm", "arkit", 1, 45)],
                         ids=lambda how: how.shapes)
def test_it_stands_and_speaks(walker: Any, how: Foreign) -> None:
    made = convert(open_document(foreign_glb(bust(), how)), "x")
    model = made.phone
    assert bool(made.toons) == bool(how.toon)
    rest = rest_pose()
    faces = [[0.0] * 52, *model.visemes.tolist()]
    glb = in_glb(to_glb(model, lean=True, vrm=False), made.toons, [m.name for m in model.meshes])
    shared = [base64.b64encode(glb).decode(), model.hand_poses.tolist(),
              rest.joints.ravel().tolist(), rest.hands.ravel().tolist()]
    whole = walker.evaluate(SHOOT, [*shared, faces[:1], [0, 1.2, 3.2], [0, 0.9, 0], 38])
    assert whole["bones"] == 16
    figure = np.abs(decoded(whole["out"][0]) - decoded(whole["out"][0])[2, 2]).max(2) > 24
    assert 0.05 < figure.mean() < 0.6 and figure[:, 80].mean() > figure[:, 8].mean() + 0.4
    mouth = [decoded(url) for url in walker.evaluate(SHOOT, [*shared, faces, [0, 1.513, 0.8], [0, 1.513, 0.1], 8])["out"]]
    for name, picture in zip(OCULUS, mouth[1:], strict=True):
        changed = int((np.abs(picture - mouth[0]).max(2) > 16).sum())
        assert changed > 30 or name in SILENT[how.shapes], name
        assert name != "sil" or changed == 0


SWING = """async ([data, hands, rows, fingers]) => {
  const page = nightwindow, Anchor = page.anchors[0].constructor;
  const url = URL.createObjectURL(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
  const made = new Anchor({ anchor_id: "x", position_m: [1, 0, 2], heading_deg: 40 }, hands);
  const anchor = await made.load(url, () => {}, page.room.lights);
  const found = anchor.byName.get("swings0"), out = [];
  for (const joints of rows) {
    anchor.apply({ weights: new Array(52).fill(0), joints, hands: fingers }, 1 / 25);
    out.push(found.quaternion.toArray());
  }
  return out;
}"""


def test_its_hair_swings_in_the_page(walker: Any) -> None:
    """As on the stage, joint by joint: a head that turns and stays, wherever in the room the figure stands."""
    swings = {"stiffness": 0.5, "gravityPower": 0.4, "dragForce": 0.3}
    made = convert(open_document(foreign_glb(figure_with_braid(), Foreign("vrm", "none", 1, 70, swings=swings))), "x")
    assert made.springs is not None
    poses = [turned_head(20.0 * min(n / 6, 1.0)) for n in range(30)]
    glb = in_glb(to_glb(made.phone, lean=True, vrm=False), made.toons, [m.name for m in made.phone.meshes], made.for_page)
    turns = np.array(walker.evaluate(SWING, [base64.b64encode(compressed(glb)).decode(), made.phone.hand_poses.tolist(),
                                             [p.joints.ravel().tolist() for p in poses], poses[0].hands.ravel().tolist()]))
    skinner, motion = Skinner(made.stage), SpringMotion(made.springs, made.stage.joint_positions_m)
    joint, parent = int(made.springs.joints[0]), int(made.springs.parents[0])
    wanted = []
    for n, pose in enumerate(poses, start=1):
        matrices = skinner.joint_matrices(pose)
        motion.move(matrices, n / 25)
        wanted.append(qn.from_matrix(matrices[parent, :, :3].T @ matrices[joint, :, :3]))
    angle = np.degrees(2 * np.arccos(np.clip(np.abs((turns * np.array(wanted)).sum(1)), 0, 1)))
    lag = np.degrees(2 * np.arccos(np.clip(np.abs(turns[:, 3]), 0, 1)))
    assert lag.max() > 5 and angle.max() < 1.0, (lag.max(), angle.max())
