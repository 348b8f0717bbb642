"""Draw the demo's stage small, with the built-in bust, and keep the pictures: `python -m tests.golden.render.stage_pictures
DRIVER OUT.npz`. A process of its own: one process has one graphics driver. Exit 77 where the driver is missing."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from assets.cache import cache_dir
from assets.glb import read_glb
from assets.packs.coarser import coarser_lists, with_coarser
from assets.product import ProductModel
from assets.scene import Plinth, ShowroomSpec, hero_top_m
from avatar.build import ensure
from avatar.capture.cut_out import Framing, cut_out
from avatar.capture.person_mask import SIZE_PX
from avatar.capture.wire import CutOutRow, decode, encode
from avatar.face import INDEX
from avatar.gestures import HOLD_ROLL_DEG, HOLD_WRIST_M
from avatar.pose import Pose, rest_pose
from avatar.quaternions import from_euler_deg
from avatar.skeleton import ARMS, STANCES, reach
from render.clock import RATE_HZ
from render.cue import Camera, CaptionCue, CardCue, ExplodeCue, HoldCue, LabelCue, ProductCue, ShotCue, SlateCue, StageState
from render.engine import NoDriver
from render.messages import PictureSettings, PlacePlinths, PutProduct, RemoveProduct, StudioSettings
from render.moving import in_pixels
from render.person import Unpacking
from render.picture import Look, Picture, look_at
from render.shots import resolve
from render.stage import TURNTABLE
from render.timeline import Timeline
from showroom.config import load_config
from showroom.content import Content, load_content

SIZE = (480, 270)
AT = 3 * RATE_HZ


def standing(**weights: float) -> Pose:
    pose = rest_pose()
    joints, row = pose.joints.copy(), np.zeros(52, np.float32)
    joints[ARMS] = STANCES["ready"]
    for name, value in weights.items():
        row[INDEX[name]] = value
    return Pose(row, joints, pose.hands)


def draw_all(driver: str) -> dict[str, np.ndarray]:
    content = load_content(load_config(Path("examples/demo/show.toml")))
    lamp = content.products["lamp"]
    npz = ensure(None, cache_dir("avatars")) / "avatar.npz"
    settings = StudioSettings(
        0.0, PictureSettings(*SIZE, driver=driver), content.spec, content.plinth_glb, {"anchor": npz},
        tuple(PutProduct(m, content.homes[s]) for s, m in content.products.items()), Path("none"), "Night", "Soon",
        "AI presenter", "en")
    picture = Picture(settings)
    picture.open()
    for put in settings.products:
        picture.put(put, read_glb(put.model.packs["broadcast"]))
    timeline = Timeline(StageState((
        ShotCue(0, "medium", resolve("medium", content.spec, lamp)), ProductCue(0, "lamp"), LabelCue(0, "AI presenter"))))
    poses = {"still": standing(), "talking": standing(jawOpen=1.0, mouthFunnel=0.5),
             "turned": replace(standing(), joints=_turned(standing().joints))}
    out = {}
    for name, pose in poses.items():
        out[name] = picture.draw(look_at(timeline, AT), {"anchor": pose})
    out |= _rested(picture, timeline, poses)
    out["again"] = picture.draw(look_at(timeline, AT), {"anchor": poses["still"]})
    draws = picture.room_draws
    out["later"] = picture.draw(look_at(timeline, AT + RATE_HZ), {"anchor": poses["still"]})
    out["room draws"] = np.array([draws, picture.room_draws])
    out |= _person(picture, look_at(timeline, AT), poses["still"])
    out |= _taken_apart(picture, content.spec, content.products["headphones"])
    out["whole again"] = picture.draw(look_at(timeline, AT), {"anchor": poses["still"]})
    out |= _held(picture, content.spec, content.products["mug"])
    out |= _moved(picture, content.spec, content.products["mug"], content.homes["mug"])
    out |= _coarser(picture, content) if driver == "gl" else {}
    timeline.add(CaptionCue(AT, AT + RATE_HZ, "A lamp for the night", "en"))
    timeline.add(CardCue(AT, ("Halo lamp", "$79.00"), "lamp"))
    out["words"] = picture.draw(look_at(timeline, AT), {"anchor": poses["still"]})
    picture.remove(RemoveProduct("lamp"))
    out["withdrawn"] = picture.draw(look_at(timeline, AT + 2 * RATE_HZ), {"anchor": poses["still"]})
    timeline.add(SlateCue(AT, True))
    out["slate"] = picture.draw(look_at(timeline, AT), {})
    return out


def _rested(picture: Picture, timeline: Timeline, poses: dict[str, Pose]) -> dict[str, np.ndarray]:
    """Heads that move on a body that stays, drawn in full and on the pixels that are kept; hips that turn by too little to be
    seen and, on from there, by enough."""
    out = {}
    for name, pose in poses.items():
        for way, before in (("in full", _leaning(2.0)), ("on kept pixels", poses["still"])):
            picture.draw(look_at(timeline, AT), {"anchor": before})
            out[f"{name} {way}"] = picture.draw(look_at(timeline, AT), {"anchor": pose})
    for degrees in (0.0, 0.1, 0.2, 1.0):
        out[f"hips {degrees:g}"] = picture.draw(look_at(timeline, AT), {"anchor": _leaning(degrees)})
    return out


def _leaning(degrees: float) -> Pose:
    pose = standing()
    joints = pose.joints.copy()
    joints[0] = from_euler_deg(np.array((degrees, 0.0, 0.0)))
    return replace(pose, joints=joints)


def _person(picture: Picture, look: Look, pose: Pose) -> dict[str, np.ndarray]:
    """A camera's picture of random patches, cut out by a mask with a hole, sent as the performer's machine does, instead of
    the anchor; half-way there; and the anchor after it."""
    rng = np.random.default_rng()
    patches = np.kron(rng.integers(0, 256, (10, 6, 3), np.uint8), np.ones((36, 36, 1), np.uint8))
    camera = np.full((480, 640, 3), (255, 0, 255), np.uint8)  # a room that nobody may see
    camera[60:420, 200:416] = patches
    mask = np.zeros((SIZE_PX, SIZE_PX), np.float32)
    mask[32:224, 80:166] = 1.0
    mask[58:98, 110:140] = 0.0
    row = decode(encode(CutOutRow(1, cut_out(camera, mask, Framing((308.0, 120.0), 400.0, (640, 480))))))
    assert isinstance(row, CutOutRow)
    unpacking = Unpacking()
    out = {f"person {name}": picture.draw(look, {"anchor": pose}, unpacking(("anchor", row.cut, part)))
           for name, part in (("half", 0.5), ("whole", 1.0))}
    return out | {"person patches": patches[..., ::-1].copy(), "person gone": picture.draw(look, {"anchor": pose})}


def _taken_apart(picture: Picture, spec: ShowroomSpec, model: ProductModel) -> dict[str, np.ndarray]:
    """The product in its own shot: whole, half way, in parts, and the same view without it."""
    shot = ShotCue(0, "product", resolve("product", spec, model, apart=True))
    opened = Timeline(StageState((shot, ProductCue(0, model.sku, turn_deg_s=0.0), ExplodeCue(AT, 1.0, ease_s=1.0))))
    times = {"whole": AT - 1, "half": AT + RATE_HZ // 2, "apart": AT + RATE_HZ}
    out = {f"close {name}": picture.draw(look_at(opened, at), {}) for name, at in times.items()}
    picture.remove(RemoveProduct(model.sku))
    out["close empty"] = picture.draw(look_at(opened, AT), {})
    return out


def _moved(picture: Picture, spec: ShowroomSpec, model: ProductModel, home: str | None) -> dict[str, np.ndarray]:
    """A plinth with a product, seen from the middle of the room; moved to its side with it; without it; and back."""
    plinth = spec.plinth("guest")  # nothing stands there
    x, z = float(plinth.position_m[0]), float(plinth.position_m[2])
    eye = Camera((x + 2.6, 1.3, z), (x, 0.55, z), 40.0)
    timeline = Timeline(StageState((ShotCue(0, "medium", eye),)))

    def seen(place: Plinth) -> np.ndarray:
        picture.place(PlacePlinths(tuple(place if p.id == plinth.id else p for p in spec.plinths)))
        return picture.draw(look_at(timeline, AT), {})

    picture.put(PutProduct(model, plinth.id), read_glb(model.packs["broadcast"]))
    out = {"plinth home": seen(plinth), "plinth moved": seen(plinth.at(x, z - 0.6, plinth.heading_deg))}
    picture.remove(RemoveProduct(model.sku))
    out["plinth bare"] = seen(plinth.at(x, z - 0.6, plinth.heading_deg))
    out["plinth back"] = seen(plinth)
    picture.put(PutProduct(model, home), read_glb(model.packs["broadcast"]))
    return out


def _coarser(picture: Picture, content: Content) -> dict[str, np.ndarray]:
    """One of the products from a place drawn at random, with as few triangles as that needs and with all: what of the picture
    they fill, both ways; and how many triangles they have from afar, from near, and half a second later."""
    rng = np.random.default_rng(seed := int(np.random.default_rng().integers(1 << 31)))
    out, counts = {"coarser seed": np.array([seed])}, []
    for sku in rng.choice(sorted(content.products), 1):
        model, home, whole = content.products[sku], content.homes[sku], read_glb(content.products[sku].packs["broadcast"])
        with np.load(io.BytesIO(coarser_lists(whole))) as found:
            scene = with_coarser(whole, {name: found[name] for name in found.files})
        side, away_m, fov_deg = rng.uniform(-0.7, 0.7), rng.uniform(0.7, 4.0), rng.uniform(20.0, 50.0)
        tall = float(model.size_m[1])
        x, y, z = content.spec.hero.position_m + np.array((0, hero_top_m(tall) + tall / 2, 0))

        def seen(away_m: float, at: int, aim: tuple = (side, x, y, z, fov_deg, sku)) -> np.ndarray:
            side, x, y, z, fov_deg, sku = aim
            eye = (x + away_m * np.sin(side), y + 0.2 * away_m, z + away_m * np.cos(side))
            camera = ShotCue(0, "product", Camera(tuple(map(float, eye)), (float(x), float(y), float(z)), fov_deg))
            return picture.draw(look_at(Timeline(StageState((camera, ProductCue(0, str(sku))))), at), {})

        at = int(rng.integers(15 * RATE_HZ))  # a whole turn
        for kind, stood in (("whole", whole), ("fewer", scene)):
            picture.put(PutProduct(model, home), stood)
            drawn, stage = seen(away_m, at), picture._stage
            if kind == "whole":
                left, top, right, bottom = in_pixels(stage._boxes()[TURNTABLE][0], *SIZE)
            out[f"coarser {sku} {kind}"] = drawn[top:bottom, left:right]
        for away, when in ((9.0, at), (away_m, at), (away_m, at + RATE_HZ // 2), (0.15, at)):
            seen(away, when)
            counts.append(stage._products[str(sku)].levels.triangles)
    return out | {"coarser triangles": np.array(counts).reshape(-1, 4)}


def _held(picture: Picture, spec: ShowroomSpec, model: ProductModel) -> dict[str, np.ndarray]:
    """A small product on the plinth, half-way to her palm, and on it."""
    shot = ShotCue(0, "medium", resolve("medium", spec, model))
    taken = Timeline(StageState((shot, ProductCue(0, model.sku, turn_deg_s=0.0), HoldCue(AT, "left", ease_s=1.0))))
    pose = standing()
    joints = pose.joints.copy()
    joints[8:12] = reach("left", HOLD_WRIST_M, HOLD_ROLL_DEG, 0.2)
    palm = {"anchor": replace(pose, joints=joints)}
    return {f"held {name}": picture.draw(look_at(taken, at), palm)
            for name, at in (("no", AT - 1), ("half", AT + RATE_HZ // 2), ("yes", AT + RATE_HZ))}


def _turned(joints: np.ndarray) -> np.ndarray:
    out = joints.copy()
    out[5] = (0.0, 0.26, 0.0, 0.966)  # the head, 30 degrees
    return out


if __name__ == "__main__":
    try:
        np.savez(sys.argv[2], **draw_all(sys.argv[1]))
    except NoDriver as error:
        print(error)
        sys.exit(77)
