"""What an independent reader of faces (mediapipe) sees of the anchor as the browser draws her: `python -m
tests.benchmark.face_in_page [mira | adam] [phone]`, beside docs/FACE.md, which is the stage's. phone: the small file that
phones are sent, at two pixels a point, as many have. Takes two minutes without a GPU."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.parts import part
from avatar.face import INDEX
from avatar.pose import JOINTS, rest_pose
from render.face_loop import CHANNELS, YAWS_DEG, reader, response
from showroom.parts import fetch
from tests.browser.conftest import SWITCHES
from tests.browser.pages import Pages, picture
from tests.fakes.running_show import RunningShow, copy_demo

SIDE_PX, CHAT_PX = 480, 260
# Her pose, and a camera before her eyes, in her own axes; as render.face_loop.photographer.
SHOOT = """([weights, joints, turn, far, eye]) => {
  const page = nightwindow, anchor = page.anchors[0], camera = page.camera;
  anchor.look = null;
  anchor.lookShare = 0;
  anchor.apply({ weights, joints, hands: [0, 0, 0, 0, 0, 0] }, 0);
  const y = anchor.root.worldToLocal(anchor.bones[eye].getWorldPosition(camera.position.clone())).y;
  camera.clearViewOffset();
  Object.assign(camera, { fov: 22, aspect: page.renderer.domElement.width / page.renderer.domElement.height });
  const at = (...xyz) => anchor.root.localToWorld(camera.position.clone().set(...xyz));
  camera.position.copy(at(far * Math.sin(turn), y - 0.006, far * Math.cos(turn)));
  camera.lookAt(at(0, y - 0.016, 0.05));
  camera.updateProjectionMatrix();
  page.renderer.render(page.room.scene, camera);
}"""


def face_in_page(presenter: str = "mira", phone: bool = False) -> list[str]:
    """A line for each channel: correlation, slope, readings at 0, .25, .5, .75 and 1; first the views and the neutral face."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    task = next(fetch(part("face-landmarker")).rglob("face_landmarker.task"))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright, reader(task) as look:
        text = (file := copy_demo(Path(name) / "show")).read_text("utf-8")
        file.write_text(text.replace("[show]", f'[show]\navatar = "{presenter}"', 1), "utf-8")
        show = RunningShow(Path(name), show=file)
        try:
            show.wait_on_air()
            browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
            pages = Pages(browser, f"http://127.0.0.1:{show.port}")
            hand = {"device_scale_factor": 2, "is_mobile": True, "has_touch": True} if phone else {}
            page = pages.open("/?manual", size=(SIDE_PX + CHAT_PX, SIDE_PX), ready=True, **hand)
            page.evaluate("nightwindow.resize()")  # else it stays 300 x 150, where a face is read worse
            height, width = _shot(page, {}, 0.0, 1.1).shape[:2]
            if (width, height) != (SIDE_PX * (1 + phone),) * 2:
                raise RuntimeError(f"the page draws {width} x {height} px: give its window another CHAT_PX")
            lines = _table(lambda weights, turn, far: look(_shot(page, weights, turn, far)))
            browser.close()
        finally:
            show.stop()
    return lines


def _shot(page: Any, weights: dict[str, float], turn_deg: float, far_m: float) -> NDArray[np.uint8]:
    row = np.zeros(len(INDEX))
    for channel, value in weights.items():
        row[INDEX[channel]] = value
    page.evaluate(SHOOT, [row.tolist(), rest_pose().joints.ravel().tolist(), float(np.radians(turn_deg)), far_m,
                          JOINTS.index("leftEye")])
    return picture(page).astype(np.uint8)


def _table(read: Any) -> list[str]:
    neutral = read({}, 0.0, 1.1)
    most = sorted(((v, k) for k, v in neutral.items() if k != "_neutral"), reverse=True)[:4]
    views = sum(bool(read({}, yaw, 1.1)) for yaw in YAWS_DEG)
    lines = [f"seen from {views} of {len(YAWS_DEG)} yaws; neutral: " + ", ".join(f"{k} {v:.2f}" for v, k in most)]
    for channel in CHANNELS:
        r, slope, seen = response(read, channel)
        lines.append(f"{channel[0]:24} r {r:.2f}  slope {slope:.2f}  " + " ".join(f"{v:.2f}" for v in seen))
    return lines


if __name__ == "__main__":
    print("\n".join(face_in_page(next((a for a in sys.argv[1:] if a != "phone"), "mira"), "phone" in sys.argv[1:])))
