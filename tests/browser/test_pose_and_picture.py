"""What the walking browser paints: the recording's poses, on the loaded anchor; and pixels that follow."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from avatar.face import ARKIT
from avatar.pose import FINGERS, JOINTS
from avatar.skeleton import STANCES
from tests.browser.pages import DRAW, picture, until
from tests.fakes.running_show import RunningShow, sidecar
from tests.fakes.running_show import until as wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

# Draws the show at MediaTime `at` and reads what the loaded GLB's bones and morph targets then are.
DRAWN = """([at, arkit, joints]) => {
  const page = nightwindow, anchor = page.anchors[0];
  const poses = page.tracks[0].poses;
  if (!poses.length || at < poses[0].at || at > page.tracks[0].newest) return null;
  page.chat.spoken = []; // an answer to this page would turn her head towards it, and only here
  anchor.lookShare = 0;
  page.draw(at, 0.05);
  const track = page.tracks[0].at(at), named = {};
  anchor.root.traverse((o) => { named[o.name] = o; });
  return { weights: [...track.weights], joints: [...track.joints], hands: [...track.hands], drawnAt: page.drawnAt,
    meshes: anchor.morphs.map(({ mesh }) => {
      return arkit.map((n) => mesh.morphTargetInfluences[mesh.morphTargetDictionary[n]] ?? null);
    }),
    bones: joints.map((n) => named[n].quaternion.toArray()) };
}"""


def turn_apart(a: Any, b: Any) -> float:
    """Largest difference of a component between rows of unit quaternions, whichever sign they carry."""
    a, b = np.asarray(a, float).reshape(-1, 4), np.asarray(b, float).reshape(-1, 4)
    return float(np.minimum(np.abs(a - b), np.abs(a + b)).max())


def test_the_anchor_stands_as_the_recording_says(show: RunningShow, walker: Any) -> None:
    """At the sidecar's MediaTimes: weights and joints within 2 % of full scale, in the stream and on the GLB."""
    path, seen, moved = show.folder / "night.jsonl", [], 0.0
    names = [str(n) for n in JOINTS]
    while len(seen) < 4:
        def fresh() -> Any:
            line = next(x for x in reversed(sidecar(path)) if x["event"] == "pose")
            if line["at"] in seen:
                return None
            drawn = walker.evaluate(DRAWN, [line["at"], list(ARKIT), names])
            return drawn and (line, drawn)

        line, drawn = wait_for(fresh, 15, "a pose of the sidecar is in the page")
        seen.append(line["at"])
        weights = np.array(line["weights"])
        assert drawn["drawnAt"] == line["at"]
        assert np.abs(np.array(drawn["weights"]) - weights).max() < 0.02
        assert turn_apart(drawn["joints"], line["joints"]) < 0.02
        assert turn_apart(drawn["bones"], line["joints"]) < 0.02
        for mesh in drawn["meshes"]:
            on = [i for i, v in enumerate(mesh) if v is not None]
            assert np.abs(np.array([mesh[i] for i in on]) - weights[on]).max() < 0.02
        assert np.abs(np.array(drawn["hands"]) - np.ravel(line["hands"])).max() < 0.02
        moved = max(moved, float(weights[ARKIT.index("jawOpen")]), float(np.abs(weights).max()))
    assert len(drawn["meshes"]) >= 1 and moved > 0.03, "a face that never moves proves nothing"


def test_fingers_take_the_avatars_poses(show: RunningShow, walker: Any) -> None:
    """Each finger bone stands between the two hand poses that the stream names."""
    poses = next(iter(show.get("/api/scene.json")["hand_poses"].values()))
    a, b = random.sample(range(len(poses)), 2)
    blend = random.uniform(0.1, 0.9)
    bones = walker.evaluate("""([a, b, blend, fingers]) => {
      const anchor = nightwindow.anchors[0], named = {};
      anchor.root.traverse((o) => { named[o.name] = o; });
      for (const hand of [0, 1]) anchor.applyHand(hand, a, b, blend);
      return ["left", "right"].map((side) => fingers.map((f) => named[side + f].quaternion.toArray()));
    }""", [a, b, blend, [str(f) for f in FINGERS]])
    for hand in (0, 1):
        start, end = np.array(poses[a][hand]), np.array(poses[b][hand])
        dot = (start * end).sum(1)
        end, angle = np.where(dot[:, None] < 0, -end, end), np.arccos(np.clip(np.abs(dot), -1, 1))[:, None]
        sine = np.maximum(np.sin(angle), 1e-9)
        slerp = (np.sin((1 - blend) * angle) * start + np.sin(blend * angle) * end) / sine
        wanted = np.where(angle < 1e-4, start, slerp)
        assert turn_apart(bones[hand], wanted) < 0.01


def test_folded_hands_shade_her_clothes(walker: Any) -> None:
    """The same moment drawn with and without what hands take from the light: with it, pixels are darker."""
    walker.evaluate("""(arms) => {
      const anchor = nightwindow.anchors[0], apply = Object.getPrototypeOf(anchor).apply;
      let same = null;  // both pictures show one pose, however late the second is drawn
      const folded = (pose) => ({ ...pose, joints: [...Array.from(pose.joints).slice(0, 32), ...arms] });
      anchor.apply = (pose, dt) => apply.call(anchor, same ??= structuredClone(folded(pose)), dt);
      nightwindow.draw(nightwindow.clock.now(), 0);
    }""", STANCES["ready"].ravel().tolist())
    shaded = picture(walker)
    walker.evaluate("""() => {
      const blockers = nightwindow.anchors[0].blockers;
      blockers.update = () => blockers.uniform.value.forEach((v) => v.set(0, -9, 0, 0));
      nightwindow.draw(nightwindow.drawnAt, 0);
    }""")
    plain = picture(walker)
    walker.evaluate("delete nightwindow.anchors[0].apply; delete nightwindow.anchors[0].blockers.update")
    darker = plain.sum(2) - shaded.sum(2)
    assert (darker > 20).sum() > 60 and (darker < -12).sum() < 5


def test_a_product_turns_under_the_finger(walker: Any) -> None:
    """Dragging in the inspector turns the product: other pixels; Back leaves it, the page stays."""
    sku = random.choice(walker.evaluate("nightwindow.info.products.map((p) => p.sku)"))
    walker.evaluate(f"nightwindow.tour.reduced = true; nightwindow.tour.inspect('{sku}'); {DRAW}")
    before, yaw = picture(walker), walker.evaluate("nightwindow.tour.orbit.yaw")
    assert walker.url.endswith("#" + sku)
    box = walker.locator("#view").bounding_box()
    x, y = box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.3
    walker.mouse.move(x, y)
    walker.mouse.down()
    walker.mouse.move(x - 60, y, steps=4)
    walker.mouse.up()
    assert abs(walker.evaluate("nightwindow.tour.orbit.yaw") - yaw) > 0.2
    walker.evaluate("nightwindow.draw(nightwindow.drawnAt, 0)")
    changed = (np.abs(picture(walker) - before).max(2) > 8).mean()
    assert changed > 0.02
    walker.go_back()
    until(walker, "nightwindow.tour.mode !== 'inspect' && !location.hash", 3, "Back leaves the product")
    assert walker.locator("#inspect").is_hidden()


def test_colours_of_a_product_are_buttons(walker: Any) -> None:
    """A tap on another variant paints the product anew and is marked as the one that shows."""
    walker.evaluate(f"nightwindow.tour.inspect('headphones'); {DRAW}")
    before = picture(walker)
    other = walker.locator("#facts .looks button[aria-pressed=false]").first
    name = other.inner_text()
    walker.evaluate("document.querySelector('#facts .looks button[aria-pressed=false]').click()")
    walker.evaluate("nightwindow.draw(nightwindow.drawnAt, 0)")
    assert (np.abs(picture(walker) - before).max(2) > 20).sum() > 200
    assert walker.locator("#facts .looks button[aria-pressed=true]").inner_text() == name
    walker.evaluate("document.getElementById('back').click()")
    until(walker, "nightwindow.tour.mode !== 'inspect' && !location.hash", 3, "the Back button leaves the product")


def test_an_open_jaw_moves_the_mouth_only(walker: Any) -> None:
    """jawOpen 0 -> 1 changes pixels inside the screen box of the vertices it moves, and nowhere else."""
    box = walker.evaluate("""() => {
      const page = nightwindow, anchor = page.anchors[0], track = page.tracks[0], pose = { ...track.poses.at(-1) };
      pose.weights = new Float32Array(52);
      window.kept = { at: track.at, camera: page.show.camera, mode: page.tour.mode };
      track.at = () => pose;
      const y = anchor.bones[5].getWorldPosition(anchor.root.position.clone()).y + 0.05;
      page.show.camera = () => ({ position: [0, y, 0.8], target: [0, y, 0], fov: 24 });
      page.tour.followShow();
      window.t = page.clock.now();
      const slot = 24, box = [1e9, 1e9, -1e9, -1e9], view = page.renderer.domElement, v = anchor.root.position.clone();
      window.jaw = (open) => { pose.weights[slot] = open; page.draw(window.t, 0); };
      const corners = (open) => {
        window.jaw(open);
        return anchor.morphs.flatMap(({ mesh }) => {
          const delta = mesh.geometry.morphAttributes.position[mesh.morphTargetDictionary.jawOpen], out = [];
          for (let i = 0; i < delta.count; i++) {
            if (Math.hypot(delta.getX(i), delta.getY(i), delta.getZ(i)) < 2e-4) continue;
            mesh.getVertexPosition(i, v).applyMatrix4(mesh.matrixWorld).project(page.camera);
            out.push([(v.x + 1) / 2 * view.width, (1 - v.y) / 2 * view.height]);
          }
          return out;
        });
      };
      for (const [x, y] of [...corners(1), ...corners(0)]) {
        box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
      }
      return box;
    }""")
    assert str(ARKIT[24]) == "jawOpen"
    shut = picture(walker)
    walker.evaluate("window.jaw(1)")
    opened = picture(walker)
    walker.evaluate("nightwindow.tracks[0].at = window.kept.at; nightwindow.show.camera = window.kept.camera; 0")
    rows, columns = np.nonzero(np.abs(opened - shut).max(2) > 6)
    assert len(rows) > 100
    left, top, right, bottom = box
    assert right - left < shut.shape[1] / 2
    assert columns.min() >= left - 3 and columns.max() <= right + 3 and rows.min() >= top - 3 and rows.max() <= bottom + 3
