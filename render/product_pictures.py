"""A product by itself, for merchandisers: eight views, poster, turntable, true size beside a person, before and after repair.

`python -m render.product_pictures`, a short-lived process: a request of JSON on standard input, what was made on standard
output. It is given models that the gate has passed, never a refused one.
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from panda3d.core import AmbientLight, DirectionalLight, Lens, NodePath, OrthographicLens, PerspectiveLens
from panda3d.core import Camera as CameraNode
from PIL import Image, ImageDraw

from assets.glb import GlbScene, read_glb, scene_bounds
from assets.scene import Light
from render.axes import point
from render.engine import Engine, NoDriver, copied_texture
from render.overlays import font
from render.props import PropBuilder, set_lights

VIEWS, TURN_FRAMES = 8, 24
SIDE_PX, POSTER_PX, SIZE_PX = 256, (960, 720), (720, 480)
FOV_DEG, ABOVE_DEG = 24.0, 14.0  # a long lens, from a little above: how catalogues photograph
PERSON_M = 1.70  # between the means of women and men of most markets
SMALL_M = 0.35  # lower things are shown a second time, larger, with a scale
QUALITY = 88
_PAPER = (238, 239, 242)
_LIGHTS = (Light("key", np.array([-0.35, -0.75, -0.55]), np.array([1.15, 1.10, 1.02])),
           Light("fill", np.array([0.75, -0.35, -0.45]), np.array([0.45, 0.48, 0.55])),
           Light("rim", np.array([0.15, -0.45, 0.85]), np.array([0.6, 0.56, 0.62])))
_AMBIENT = np.array([0.34, 0.35, 0.38])


class Table:
    """One product on a light ground. scene: metres, any place; it is drawn around its own middle."""

    def __init__(self, engine: Engine, scene: GlbScene, width_px: int, height_px: int) -> None:
        self._engine, self._px = engine, (width_px, height_px)
        self._low, self._high = scene_bounds(scene)
        self.size_m = self._high - self._low
        self._root = NodePath("table")
        self._turn = self._root.attach_new_node("turn")
        builder = PropBuilder(engine.shaders)
        model = builder.build(scene, "product")
        model.reparent_to(self._turn)
        middle = (self._low + self._high) / 2
        model.set_pos(point((-middle[0], -self._low[1], -middle[2])))
        shadow = builder.contact_shadow(1.0, 0.35)
        shadow.reparent_to(self._turn)
        shadow.set_scale(float(max(self.size_m[0], self.size_m[2])) * 0.62 + 1e-4)
        shadow.set_z(-1e-3 * float(self.size_m.max()))
        set_lights(self._root, _LIGHTS, _AMBIENT)
        if not engine.shaders:
            _lamps(self._root)
        self._buffer = engine.buffer("table", width_px, height_px, 4 if engine.shaders else 0)
        self._buffer.set_clear_color((*(c / 255 for c in _PAPER), 1))
        self._texture = copied_texture(self._buffer)
        self._node = CameraNode("camera")
        self._camera = self._root.attach_new_node(self._node)
        self._buffer.make_display_region().set_camera(self._camera)

    def view(self, turned_deg: float, above_deg: float = ABOVE_DEG) -> Image.Image:
        """The whole product from the front, turned to the right of the viewer by turned_deg."""
        radius = float(np.linalg.norm(self.size_m)) / 2
        lens = PerspectiveLens()
        width, height = self._px
        lens.set_aspect_ratio(width / height)
        lens.set_min_fov(FOV_DEG)
        away = radius / math.sin(math.radians(FOV_DEG / 2)) * 0.96
        up = math.radians(above_deg)
        middle = float(self.size_m[1]) / 2
        eye = np.array([0, middle + away * math.sin(up), away * math.cos(up)])
        return self._picture(lens, eye, np.array([0, middle, 0]), turned_deg, away, radius)

    def straight(self, height_m: float, middle_m: float) -> Image.Image:
        """From the front without perspective, height_m from edge to edge; middle_m: height of the picture's middle."""
        lens = OrthographicLens()
        width, height = self._px
        lens.set_film_size(height_m * width / height, height_m)
        away = float(self.size_m.max()) + height_m
        return self._picture(lens, np.array([0, middle_m, away]), np.array([0, middle_m, 0]), 0.0, away, away)

    def _picture(self, lens: Lens, eye: NDArray, target: NDArray, turned_deg: float, away: float, radius: float) -> Image.Image:
        lens.set_near_far(max(away - 2.5 * radius, away * 0.01), away + 3 * radius)
        self._node.set_lens(lens)
        self._camera.set_pos(point(eye))
        self._camera.look_at(point(target))
        self._root.set_shader_input("u_eye", tuple(point(eye)))
        self._turn.set_h(turned_deg)
        self._engine.step()
        width, height = self._px
        pixels = np.frombuffer(self._texture.get_ram_image(), np.uint8).reshape(height, width, 4)[::-1, :, 2::-1]
        return Image.fromarray(np.ascontiguousarray(pixels))

    def close(self) -> None:
        """Give the buffer back."""
        self._engine.engine.remove_window(self._buffer)


def _lamps(root: NodePath) -> None:
    """The same light for the rasteriser without shaders."""
    for light in _LIGHTS:
        lamp = DirectionalLight(light.kind)
        lamp.set_color((*(float(v) * 0.8 for v in light.colour), 1))
        path = root.attach_new_node(lamp)
        path.look_at(point(light.direction))
        root.set_light(path)
    ambient = AmbientLight("ambient")
    ambient.set_color((*(float(v) for v in _AMBIENT), 1))
    root.set_light(root.attach_new_node(ambient))


def measured(size_m: NDArray) -> str:
    """"30.0 × 45.0 × 16.0 cm", in a unit that suits."""
    factor, unit = (100, "cm") if size_m.max() < 10 else (1, "m")
    if size_m.max() < 0.01:
        factor, unit = 1000, "mm"
    words = (f"{float(v) * factor:.1f}" if v * factor < 1e4 else f"{float(v) * factor:.3g}" for v in size_m)
    return " × ".join(words) + f" {unit}"


def labelled(picture: Image.Image, words: str) -> Image.Image:
    """The words in the lower left corner."""
    draw = ImageDraw.Draw(picture)
    face = font("en", max(11, picture.height // 26), True)
    draw.text((picture.width * 0.03, picture.height * 0.97), words, (40, 44, 56), face, anchor="ls")
    return picture


def true_size(engine: Engine, scene: GlbScene) -> Image.Image:
    """The product beside a person of PERSON_M, both at one scale; small things a second time, larger."""
    width, height = SIZE_PX
    low, high = scene_bounds(scene)
    size = high - low
    tall = max(PERSON_M * 1.12, float(size[1]) * 1.1, (float(size[0]) + 1.3) * height / width)
    table = Table(engine, scene, width, height)
    foot = 0.06 * tall  # of paper under the floor
    picture = table.straight(tall, tall / 2 - foot)
    table.close()
    scale = height / tall
    shift = round(min(width * 0.22, width / 2 - size[0] * scale / 2 - 8))  # the product to the right, the person gets room
    moved = Image.new("RGB", picture.size, _PAPER)
    moved.paste(picture, (max(0, shift), 0))
    draw = ImageDraw.Draw(moved)
    floor = height - foot * scale
    draw.line((0, floor, width, floor), (170, 174, 184), 2)
    face = font("en", 15)
    for metre in range(1, int(tall / 0.5) + 1):
        y = floor - metre * 0.5 * scale
        draw.line((0, y, 10, y), (120, 124, 136), 2)
        draw.text((14, y), f"{metre * 0.5:g} m", (110, 114, 126), face, anchor="lm")
    left_of_product = width / 2 + max(0, shift) - size[0] * scale / 2
    _person(draw, max(70 + 0.3 * scale, left_of_product - 0.42 * scale), floor, PERSON_M * scale)
    if size[1] < SMALL_M:
        _closer(engine, scene, moved)
    return labelled(moved, measured(size))


def _person(draw: ImageDraw.ImageDraw, x: float, floor: float, tall: float) -> None:
    """A plain standing figure, eight heads high less a little: x of its middle, px; tall: px."""
    colour, u = (152, 158, 172), tall / 7.6
    top = floor - tall
    draw.ellipse((x - 0.36 * u, top, x + 0.36 * u, top + u), colour)
    draw.rounded_rectangle((x - 0.16 * u, top + 0.8 * u, x + 0.16 * u, top + 1.4 * u), 4, colour)
    draw.rounded_rectangle((x - 0.92 * u, top + 1.25 * u, x + 0.92 * u, top + 1.9 * u), 0.32 * u, colour)
    draw.rounded_rectangle((x - 0.62 * u, top + 1.3 * u, x + 0.62 * u, top + 4.0 * u), 0.2 * u, colour)
    for side in (-1, 1):
        arm, leg = x + side * 0.78 * u, x + side * 0.32 * u
        draw.rounded_rectangle((arm - 0.17 * u, top + 1.4 * u, arm + 0.17 * u, top + 4.3 * u), 0.17 * u, colour)
        draw.rounded_rectangle((leg - 0.27 * u, top + 3.6 * u, leg + 0.27 * u, floor), 0.15 * u, colour)


def _closer(engine: Engine, scene: GlbScene, onto: Image.Image) -> None:
    """A second look in the upper right, with a bar of ten centimetres (or one)."""
    side = 210
    table = Table(engine, scene, side, side)
    tall = float(max(table.size_m[0], table.size_m[1])) * 1.45
    picture = table.straight(tall, float(table.size_m[1]) / 2)
    table.close()
    draw = ImageDraw.Draw(picture)
    bar_m = 0.1 if tall > 0.14 else 0.01
    length = bar_m / tall * side
    draw.line((side - 12 - length, side - 14, side - 12, side - 14), (40, 44, 56), 3)
    draw.text((side - 12 - length / 2, side - 18), f"{bar_m * 100:g} cm", (40, 44, 56), font("en", 14), anchor="ms")
    draw.rectangle((0, 0, side - 1, side - 1), outline=(170, 174, 184))
    onto.paste(picture, (onto.width - side - 14, 14))


def draw_all(engine: Engine, after: Path, before: Path | None, out: Path, turntable: bool) -> list[str]:
    """Write the pictures into `out`; their names. Raises OSError, GlbError."""
    made: list[str] = []

    def keep(picture: Image.Image, name: str) -> None:
        picture.save(out / name, quality=QUALITY)
        made.append(name)

    scene = read_glb(after)
    small = Table(engine, scene, SIDE_PX, SIDE_PX)
    for k in range(VIEWS):
        keep(small.view(360 / VIEWS * k), f"view_{k}.jpg")
    if turntable:
        frames = [small.view(360 / TURN_FRAMES * k) for k in range(TURN_FRAMES)]
        frames[0].save(out / "turntable.webp", save_all=True, append_images=frames[1:], duration=120, loop=0, quality=74,
                       method=2)
        made.append("turntable.webp")
    small.close()
    large = Table(engine, scene, *POSTER_PX)
    keep(large.view(-28), "poster.jpg")
    large.close()
    keep(true_size(engine, scene), "true_size.jpg")
    for name, source in (("after.jpg", scene), ("before.jpg", _original(before))):
        if source is not None:
            table = Table(engine, source, 480, 360)
            keep(labelled(table.view(-28), measured(table.size_m)), name)
            table.close()
    return made


def _original(path: Path | None) -> GlbScene | None:
    """The seller's own file, where it is one that we draw; nothing where it draws nothing."""
    if path is None or path.suffix.lower() not in (".glb", ".gltf"):
        return None
    try:
        scene = read_glb(path)
        low, high = scene_bounds(scene)
    except (OSError, ValueError):
        return None
    return scene if 1e-6 < float((high - low).max()) < 1e5 else None


def main() -> int:
    """{"after", "before", "out", "turntable", "driver"} in; {"made"} or {"error"} out."""
    request: dict[str, Any] = json.load(sys.stdin)
    try:
        engine = Engine(request.get("driver") or "auto")
        before = Path(request["before"]) if request.get("before") else None
        made = draw_all(engine, Path(request["after"]), before, Path(request["out"]), bool(request.get("turntable", True)))
        print(json.dumps({"made": made}))
    except (NoDriver, OSError, ValueError) as error:
        print(json.dumps({"error": str(error)}))
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the driver's threads have no orderly end
