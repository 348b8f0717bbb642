"""Contact sheets of both presenters for docs/pictures: `python docs/make_sheets.py [panda|three …]` (three needs Chromium)."""

from __future__ import annotations

import base64
import functools
import http.server
import io
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path

from numpy.typing import NDArray
from PIL import Image

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.parts import part
from avatar.build import ensure
from avatar.build.look import ADAM, HAIR, MIRA, OUTFITS, Look
from avatar.pose import HAND_POSES, Pose, rest_pose
from avatar.visemes import OCULUS
from render.puppet import LIGHTS
from render.puppet_sheet import SHOTS, Booth, opened, standing, with_weights
from showroom.parts import fetch

OUT = Path(__file__).with_name("pictures")
SIZE_PX, CELL_PX = 1080, 360
NOMINAL_EYES_M = 1.566
CLOSE = ((0.0, 1.52, 0.9), (0.0, 1.52, 0.05), 13.0)
HANDS = ((0.10, 1.15, 1.15), (0.02, 0.955, 0.2), 27.0)
PROFILE = ((1.3, 1.56, 0.05), (0.0, 1.54, 0.03), 22.0)
VIEWS = {"face": SHOTS["face"], "three-quarter": SHOTS["three"], "half": SHOTS["half"], "hands": HANDS, "profile": PROFILE}
EMOTIONS: dict[str, dict[str, float]] = {
    "neutral": {}, "happy": {"mouthSmile": 0.75, "cheekSquint": 0.4, "eyeSquint": 0.2},
    "warm": {"mouthSmile": 0.4, "browInnerUp": 0.15},
    "surprised": {"browInnerUp": 0.5, "browOuterUp": 0.6, "eyeWide": 0.6, "jawOpen": 0.25},
    "thinking": {"browDown": 0.3, "eyeSquint": 0.2, "mouthPress": 0.3}, "sad": {"browInnerUp": 0.6, "mouthFrown": 0.5},
    "stern": {"browDown": 0.7, "mouthPress": 0.4},
    "excited": {"mouthSmile": 0.9, "jawOpen": 0.22, "browOuterUp": 0.4, "mouthUpperUp": 0.3},
}
LOOKS = {"mira": MIRA, "adam": ADAM}
SCARF = "#5b6f86"


def dressed(look: Look, hair: str, outfit: str) -> Look:
    """A variant; a scarf gets a scarf's colour."""
    out = look.wearing(hair, outfit)
    return out.model_copy(update={"hair": out.hair.model_copy(update={"colour": SCARF})}) if hair == "hijab" else out


def folder_of(look: Look) -> Path:
    """Where the look is built."""
    return ensure(fetch(part("body")), cache_dir("avatars"), look=look)


def raised(shot: tuple, model: AvatarModel) -> tuple:
    """A shot laid out for the nominal body, at this one's eyes."""
    camera, target, fov = shot
    up = float(model.joint_positions_m[model.joint_names.index("leftEye"), 1]) - NOMINAL_EYES_M
    return (camera[0], camera[1] + up, camera[2]), (target[0], target[1] + up, target[2]), fov


def face(weights: dict[str, float]) -> Pose:
    """At rest with these shapes, both sides."""
    from avatar.face import INDEX

    both = {n: w for k, w in weights.items() for n in ([k] if k in INDEX else [k + "Left", k + "Right"])}
    return with_weights(rest_pose(), both)


def grid(cells: list[NDArray], columns: int) -> Image.Image:
    """Cells in rows, CELL_PX wide each."""
    out = Image.new("RGB", (columns * CELL_PX, -(-len(cells) // columns) * CELL_PX), "white")
    for i, cell in enumerate(cells):
        picture = Image.fromarray(cell).resize((CELL_PX, CELL_PX), Image.Resampling.LANCZOS)
        out.paste(picture, (i % columns * CELL_PX, i // columns * CELL_PX))
    return out


def panda(name: str, look: Look) -> None:
    """Views at full size, visemes, emotions, hair, outfits, lights."""
    model = AvatarModel.load(folder_of(look) / "full.npz")
    booth = Booth(model, SIZE_PX, SIZE_PX)
    for view, shot in VIEWS.items():
        save(Image.fromarray(booth.shoot(standing(model=model), raised(shot, model))), f"{name}-{view}")
    lit = []
    for lights in LIGHTS.values():
        booth.puppet.light(lights)
        lit.append(booth.shoot(standing(model=model), raised(SHOTS["three"], model)))
    booth.puppet.light(LIGHTS["studio"])
    save(grid(lit, 3), f"{name}-lights")
    close = raised(CLOSE, model)
    save(grid([booth.shoot(with_weights(rest_pose(), w), close) for w in model.visemes[: len(OCULUS)]], 5), f"{name}-visemes")
    save(grid([booth.shoot(face(w), close) for w in EMOTIONS.values()], 4), f"{name}-emotions")
    poses = (*(standing(hand, model) for hand in HAND_POSES[:3]), opened())
    save(grid([booth.shoot(pose, raised(HANDS, model)) for pose in poses], 4), f"{name}-poses")
    booth.close()
    hair = [dressed(look, style, "") for style in HAIR[look.sex]]
    outfits = [dressed(look, "", style) for style in OUTFITS[look.sex]]
    for kind, looks, shots in (("hair", hair, ("face", "side", "back")), ("outfits", outfits, ("half", "three", "full"))):
        cells = []
        for one in looks:
            worn = AvatarModel.load(folder_of(one) / "full.npz")
            booth = Booth(worn, CELL_PX * 2, CELL_PX * 2)
            cells += [booth.shoot(standing(model=worn), raised(SHOTS[shot], worn)) for shot in shots]
            booth.close()
        save(grid(cells, 3), f"{name}-{kind}")


def save(picture: Image.Image, name: str) -> None:
    """As JPEG in docs/pictures, and as PNG where $SHEETS says."""
    picture.save(OUT / f"{name}.jpg", quality=86)
    if "SHEETS" in os.environ:
        picture.save(Path(os.environ["SHEETS"]) / f"{name}.png")


def three(name: str, look: Look) -> None:
    """The same views as browsers paint them."""
    from playwright.sync_api import sync_playwright

    folder, web = folder_of(look), Path(__file__).parents[1] / "showroom/web"
    model = AvatarModel.load(folder / "full.npz")
    with tempfile.TemporaryDirectory() as site:
        command = [web / "node_modules/.bin/esbuild", Path(__file__).with_name("three_booth.js"), "--bundle",
                   f"--outfile={site}/booth.js", "--log-level=error"]
        subprocess.run(command, check=True, env={**os.environ, "NODE_PATH": str(web / "node_modules")})
        (Path(site) / "index.html").write_text("<body style='margin:0'><script src=booth.js></script>")
        (Path(site) / "avatar.glb").write_bytes((folder / "avatar.glb").read_bytes())
        handler = functools.partial(Quiet, directory=site)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--use-gl=angle",
                                           "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"])
            page = browser.new_page(viewport={"width": SIZE_PX, "height": SIZE_PX})
            page.set_default_timeout(240_000)
            page.goto(f"http://127.0.0.1:{server.server_port}/")
            lights = {f"u_{k}": v for k, v in asdict(LIGHTS["studio"]).items()}
            page.evaluate("([l, h, s]) => booth('avatar.glb', l, h, s)", [lights, model.hand_poses.tolist(), SIZE_PX])
            pose = standing(model=model)
            sent = {name: getattr(pose, name).ravel().tolist() for name in ("weights", "joints", "hands")}
            for view, shot in VIEWS.items():
                data = page.evaluate("([p, c, t, f]) => shoot(p, c, t, f)", [sent, *raised(shot, model)])
                picture = Image.open(io.BytesIO(base64.b64decode(data.split(",")[1]))).convert("RGB")
                save(picture, f"{name}-{view}-browser")
            browser.close()
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the booth's folder without a log."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for which in sys.argv[1:] or ["panda", "three"]:
        for person, shape in LOOKS.items():
            (panda if which == "panda" else three)(person, shape)
