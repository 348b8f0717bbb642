"""The anchor's share of a frame: 720p, still camera, she speaks, the product turns, captions are on; beside it the floor that
the same picture costs when nothing is drawn. And what her build and her bodies weigh."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

WIDTH_PX, HEIGHT_PX, FPS = 1280, 720, 25
FRAMES, WARM_UP = 150, 10
LEAST_SHARE = 0.15  # of the picture that the anchor fills
SAMPLES = 4
TEXT = "this lamp weighs less than a bottle of water, it folds into your bag, and it shines for nine hours"


def anchor_frames() -> dict[str, float]:
    """CPU ms per delivered 720p picture, all threads: plain, with 4 x multisampling, and the floor without any drawing."""
    cv2.setNumThreads(1)  # as the studio's process does
    plain, share = _on_stage(0)
    if share < LEAST_SHARE:
        raise RuntimeError(f"the anchor fills {share:.1%} of the picture: move the bench's camera nearer")
    smooth, _ = _on_stage(SAMPLES)
    floor = _floor()
    return {"anchor_720p_ms": plain, "anchor_720p_msaa4_ms": smooth, "anchor_720p_floor_ms": floor,
            "anchor_720p_x_floor": plain / floor, "anchor_share_of_picture": share, **_bodies()}


def _on_stage(samples: int) -> tuple[float, float]:
    """Mean CPU ms of a delivered picture, and the share of its pixels that the anchor changes."""
    from assets.avatar_model import AvatarModel
    from assets.glb import read_glb
    from assets.packs.coarser import staged_scene
    from assets.packs.kept import make_packs
    from avatar.idle import IdleLife
    from avatar.perform import perform
    from avatar.sampling import pose_at
    from avatar.speech import Utterance
    from avatar.visemes import VISEME_WEIGHTS
    from render.clock import frame_ticks
    from render.cue import Camera, ProductCue
    from render.engine import Engine
    from render.moving import in_pixels
    from render.overlays import caption, compose, label
    from render.puppet import Puppet
    from render.stage import Stage
    from showroom.avatars import prepare_avatar
    from tests.fakes.sentences import sentence
    from tests.fakes.show_parts import demo_content

    content, engine, avatar = demo_content(), Engine("auto"), prepare_avatar(lambda share, what: None)
    made = engine.buffer

    def buffer(name: str, width: int, height: int, asked: int = 0) -> Any:
        return made(name, width, height, samples if name == "stage" else asked)

    engine.buffer = buffer  # type: ignore[method-assign]
    stage = Stage(engine, WIDTH_PX, HEIGHT_PX, content.spec, read_glb(content.spec.room_glb), read_glb(content.plinth_glb),
                  {"anchor": Puppet(AvatarModel.load(avatar.npz), engine.shaders)})
    for sku, product in content.products.items():  # packed, as a show has them soon after its first start
        packs = product.packs if "tour" in product.packs else make_packs(product.packs["broadcast"])
        stage.set_product(product, staged_scene(packs["broadcast"]), content.homes[sku])
    mark, hero = content.spec.marks[0], content.spec.hero
    middle = (np.array(mark.position_m) + np.array(hero.position_m)) / 2
    camera = Camera((float(middle[0]), 1.4, float(middle[2]) + 1.6), (float(middle[0]), 1.22, float(middle[2])), 34.0)
    speech = sentence(1, TEXT)[0]
    playing = [(1.0, perform(speech, Utterance("b", "b", "en"), visemes=VISEME_WEIGHTS, targets={}, mark=mark, seed=1))]
    over = [o for o in (caption(TEXT, "en", WIDTH_PX, HEIGHT_PX), label("AI", "en", WIDTH_PX, HEIGHT_PX)) if o]
    idle, step, cue = IdleLife(1), frame_ticks(FPS), ProductCue(0, next(iter(content.products)))
    deliver = _deliverer(step)
    stage.draw(0, camera, cue, {"anchor": pose_at(0.0, idle, [])})
    spent = share = 0.0
    for n in range(FRAMES + WARM_UP):
        start = time.process_time()
        picture = stage.draw(n * step, camera, cue, {"anchor": pose_at(n / FPS, idle, playing)})
        if n == FRAMES:
            moved = np.abs(picture[..., :3].astype(int) - stage._layer.room_picture[..., :3]).max(-1) > 6
            left, top, right, bottom = in_pixels(stage._boxes()["anchor"][0], WIDTH_PX, HEIGHT_PX)
            share = float(moved[top:bottom, left:right].sum()) / moved.size
            start = time.process_time()
        compose(picture, over)
        deliver(picture, n)
        if n >= WARM_UP:
            spent += time.process_time() - start
    engine.close()
    return 1000 * spent / FRAMES, share


def _deliverer(step: int) -> Any:
    """What happens to every picture after it is drawn: converted, encoded, with its sound."""
    from render.encoder import AacEncoder, VideoEncoder, to_i420
    from render.packet import VideoSettings

    video, audio = VideoEncoder(VideoSettings(width_px=WIDTH_PX, height_px=HEIGHT_PX, fps=FPS)), AacEncoder()
    silence = np.zeros(step, np.int16)

    def deliver(picture: Any, n: int) -> None:
        video.encode(to_i420(picture), n * step)
        audio.encode(silence, n * step)

    return deliver


def _floor() -> float:
    """CPU ms of a picture that is only filled, copied, converted and encoded."""
    from render.clock import frame_ticks

    step = frame_ticks(FPS)
    deliver, spent = _deliverer(step), 0.0
    noise = np.random.default_rng(1).integers(0, 255, (HEIGHT_PX // 8, WIDTH_PX // 8, 4), np.uint8)
    still = np.kron(noise, np.ones((8, 8, 1), np.uint8))
    for n in range(FRAMES + WARM_UP):
        start = time.process_time()
        deliver(still.copy(), n)
        spent += (time.process_time() - start) * (n >= WARM_UP)
    return 1000 * spent / FRAMES


def _bodies() -> dict[str, float]:
    """Build time of the demo look, and triangles, draws and MB of both of its bodies."""
    from assets.avatar_model import AvatarModel
    from assets.parts import part
    from avatar.build import build_default
    from showroom.parts import fetch

    out: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder, start, wall = Path(name), time.process_time(), time.perf_counter()
        build_default(fetch(part("body")), folder)
        out |= {"anchor_build_cpu_s": time.process_time() - start, "anchor_build_s": time.perf_counter() - wall}
        for body, model, pack in (("full", "full.npz", "avatar.glb"), ("light", "avatar.npz", "phone.glb")):
            meshes = AvatarModel.load(folder / model).meshes
            out |= {f"anchor_{body}_triangles": float(sum(len(m.faces) for m in meshes)),
                    f"anchor_{body}_draws": float(len(meshes)), f"anchor_{body}_mb": (folder / pack).stat().st_size / 1e6}
    return out


if __name__ == "__main__":
    for name, value in anchor_frames().items():
        print(f"{name:28} {value:8.2f}")
