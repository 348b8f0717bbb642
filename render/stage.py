"""The picture: a still room kept as colour and depth, and over it the anchor and the turning product, every frame.

The room is drawn again only when the camera, the product on the hero plinth or the placement changes; what moves is
drawn apart and laid over it (render.moving). Without shaders (tinydisplay) the whole
scene is drawn each time; that rasteriser is fast enough for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    AmbientLight,
    DirectionalLight,
    DisplayRegion,
    LPoint3f,
    NodePath,
    PerspectiveLens,
    ScissorAttrib,
)
from panda3d.core import (
    Camera as CameraNode,
)

from assets.glb import GlbScene, read_glb
from assets.product import ProductModel
from assets.scene import Plinth, ShowroomSpec, hero_top_m
from avatar.pose import Pose
from avatar.skeleton import EYES_M
from render.axes import PANDA_FROM_GLTF, point
from render.clock import seconds
from render.cue import Camera, ProductCue
from render.engine import Engine, copied_texture
from render.levels import Levels
from render.moving import WHOLE, Box, MovingLayer, Seam, in_pixels
from render.person import THICK_M, Person, Placed, lay_person, placed_px
from render.plinths import Plinths, product_shadow_m
from render.props import PropBuilder, set_lights

MARGIN_PX = 6  # around the projected boxes, for rounding and the next frame's movement
FAR_M = 60.0
NEAREST_M = 0.1  # of what is drawn, for the choice of its triangles
BODY_M = 0.4  # from the mark she stands on to the foremost of her hands
ARC_M = 0.08  # how high a product rises on its way to a hand
TURNTABLE = "turntable"  # name of the product's rectangle among those of the anchors


class Body(Protocol):
    """What the stage needs of an anchor's puppet."""

    node: NodePath

    rests: bool

    def detail(self, px_per_m: float, seen: NDArray) -> None: ...

    def apply(self, pose: Pose, may_rest: bool = False, at_s: float = 0.0) -> None: ...
    def head_bounds(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
    def bounds(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
    def palm(self, side: str) -> NDArray[np.float32]: ...


@dataclass(slots=True)
class StageProduct:
    """A product as the stage keeps it: where it stands at home, and its node. plinth: None while it has no place."""

    model: ProductModel
    scene: GlbScene
    plinth: str | None
    node: NodePath = field(default_factory=lambda: NodePath("empty"))
    apart: float = 0.0
    levels: Levels = field(default_factory=Levels)

    def build(self, builder: PropBuilder, variant: str | None = None) -> None:
        """Its node, anew."""
        self.node.remove_node()
        self.levels, self.apart = Levels(), 0.0
        self.node = builder.build(self.scene, self.model.sku, variant, self.levels)

    def detail(self, eye: LPoint3f, room: NodePath, focal_px: float, home: LPoint3f | None, hands_m: list[float]) -> None:
        """Before the picture changes: how finely it is drawn where it stands. home: of the one on show; hands_m: how far those
        are that may take it."""
        if not self.node.has_parent():
            return
        width, height, depth = map(float, self.model.size_m)
        place = home if home is not None else self.node.get_pos(room)
        away_m = min((eye - place - LPoint3f(0, 0, height / 2)).length(), *(hands_m if home is not None else ()), math.inf)
        self.levels.choose(focal_px / max(away_m - math.hypot(width, depth) / 2, NEAREST_M))

    @property
    def see_through(self) -> bool:
        """Whether anything of it lets what stands behind it be seen."""
        return any(m.alpha_mode == "BLEND" for m in self.scene.materials)


class Stage:
    """One camera, one room, one or more anchors. Not thread-safe: the picture thread owns it."""

    def __init__(self, engine: Engine, width_px: int, height_px: int, spec: ShowroomSpec, room: GlbScene,
                 plinth: GlbScene, bodies: Mapping[str, Body]) -> None:
        self._engine, self._size, self._spec, self._bodies = engine, (width_px, height_px), spec, bodies
        self._builder = PropBuilder(engine.shaders)
        self._products: dict[str, StageProduct] = {}
        self._still, self._live = NodePath("still"), NodePath("live")
        self._room = self._builder.build(room, "room")
        self._room.reparent_to(self._still)
        self._plinths = Plinths(self._builder, self._still, {p.glb: read_glb(p.glb) for p in spec.plinths if p.glb})
        self._plinths.place(spec.plinths)
        self._hero_plinth = self._builder.build(plinth, "hero-plinth")
        self._hero_plinth.reparent_to(self._still)
        self._turntable = self._live.attach_new_node("turntable")
        self._hero_shadow = self._builder.contact_shadow(1.0, 0.5)
        self._hero_shadow.reparent_to(self._still)
        self._place_bodies()
        self._lens = PerspectiveLens()
        self._lens.set_near_far(0.05, FAR_M)
        self._lens.set_aspect_ratio(width_px / height_px)
        self._cameras: list[NodePath] = []
        self._shown: tuple[object, ...] | None = None
        self._variant: str | None = None
        self._home: LPoint3f | None = None
        self._measured: tuple[object, tuple[LPoint3f, LPoint3f]] | None = None
        self.room_draws = 0  # how often the still room was drawn, for the figures
        for graph in (self._still, self._live):
            set_lights(graph, spec.lights, spec.ambient)
        if engine.shaders:
            self._open_cached()
        else:
            self._open_plain()

    def _place_bodies(self) -> None:
        for mark in self._spec.marks:
            if mark.anchor_id not in self._bodies:
                continue
            body = self._bodies[mark.anchor_id]
            body.node.reparent_to(self._live)
            body.node.set_pos(point(mark.position_m))
            body.node.set_h(mark.heading_deg)
            shadow = self._builder.contact_shadow(0.42, 0.55)
            shadow.reparent_to(self._still)
            shadow.set_pos(point(mark.position_m) + LPoint3f(0, 0, 0.006))

    def _camera_for(self, scene: NodePath, region: DisplayRegion) -> None:
        camera = scene.attach_new_node(CameraNode("camera", self._lens))
        region.set_camera(camera)
        self._cameras.append(camera)

    def _open_cached(self) -> None:
        self._layer = MovingLayer(self._engine, *self._size, self._live, (TURNTABLE, *self._bodies))
        self._camera_for(self._still, self._layer.room.make_display_region())
        self._camera_for(self._live, self._layer.moving.make_display_region())

    def _open_plain(self) -> None:
        width, height = self._size
        self._buffer = self._engine.buffer("stage", width, height)
        self._buffer.set_clear_color((0.02, 0.02, 0.03, 1))
        self._live.reparent_to(self._still)
        for light in self._spec.lights:
            lamp = DirectionalLight(light.kind)
            lamp.set_color((*(float(v) * 0.8 for v in light.colour), 1))
            path = self._still.attach_new_node(lamp)
            path.look_at(point(light.direction))
            self._still.set_light(path)
        ambient = AmbientLight("ambient")
        ambient.set_color((*(float(v) for v in self._spec.ambient), 1))
        self._still.set_light(self._still.attach_new_node(ambient))
        self._camera_for(self._still, self._buffer.make_display_region())
        self._copy = copied_texture(self._buffer)

    def set_product(self, model: ProductModel, scene: GlbScene, plinth: str | None) -> None:
        """Take or exchange a product; it stands on `plinth` when it is not on the hero plinth."""
        self.remove_product(model.sku)
        kept = StageProduct(model, scene, plinth)
        kept.build(self._builder)
        self._products[model.sku] = kept
        self._shown = None

    def remove_product(self, sku: str) -> None:
        """Withdraw a product at once."""
        old = self._products.pop(sku, None)
        if old is not None:
            old.node.remove_node()
            self._shown = None

    def place_plinths(self, plinths: tuple[Plinth, ...]) -> None:
        """The showroom's plinths where they are now; what stands on them moves along."""
        self._plinths.place(plinths)
        self._shown = None

    def draw(self, t: int, camera: Camera, cue: ProductCue | None, poses: Mapping[str, Pose], apart: float = 0.0,
             held: tuple[str, float] | None = None, person: Person | None = None) -> NDArray[np.uint8]:
        """The picture at MediaTime t: (h, w, 4) uint8 BGRA, top row first, the caller's to keep. cue: product on show;
        apart: how far it is taken apart, 0..1; held: in which hand it is and how far on its way there, 0..1;
        person: who comes instead of an anchor's body."""
        changed = self._settle(camera, cue, held is not None)
        if cue is not None and cue.sku in self._products:
            self._turntable.set_h(cue.turn_deg_s * seconds(t - cue.at) % 360.0)
            _take_apart(self._products[cue.sku], apart)
        away = person.anchor_id if person is not None and person.part >= (1.0 if self._engine.shaders else 0.5) else None
        alone = self._engine.shaders and not changed and held is None and person is None
        for anchor_id, body in self._bodies.items():
            (body.node.hide if anchor_id == away else body.node.show)()
            if anchor_id in poses and anchor_id != away:
                body.apply(poses[anchor_id], alone and self._layer.keeps(anchor_id), seconds(t))
        self._hold(cue, held)
        placed = self._placed(person) if person is not None else None
        if not self._engine.shaders:  # one picture of all: the person over it, without a body that fades
            self._engine.step()
            width, height = self._size
            picture = np.frombuffer(self._copy.get_ram_image(), np.uint8).reshape(height, width, 4)[::-1].copy()
            if placed is not None:
                lay_person(picture, placed, strength=placed.person.part)
            return picture
        boxes = self._boxes(away)
        seams = {name: self._seam(name) for name in poses if name in boxes}
        self._layer.limit(changed, boxes)
        self._engine.step()
        return self._layer.picture(boxes, placed, seams)

    def _seam(self, anchor_id: str) -> Seam:
        """Below which row an anchor's head has nothing; if she rests there, nothing is drawn there."""
        body, height = self._bodies[anchor_id], self._size[1]
        row = in_pixels(self._project(*_corners(body.head_bounds()), body.node)[0], *self._size)[3]
        if body.rests:
            body.node.set_attrib(ScissorAttrib.make(0.0, 1.0, 1.0 - self._layer.drawn_to(anchor_id, row) / height, 1.0))
        else:
            body.node.clear_attrib(ScissorAttrib)
        return Seam(row, body.rests)

    def _placed(self, person: Person) -> Placed | None:
        """The quad at her eyes, or None when these are not before the camera or she is nobody's."""
        mark = next((m for m in self._spec.marks if m.anchor_id == person.anchor_id), None)
        if mark is None:
            return None
        eyes = self._cameras[-1].get_relative_point(self._live, point(mark.position_m) + LPoint3f(0, 0, float(EYES_M[1])))
        if eyes.y <= self._lens.get_near() + THICK_M:
            return None
        width, height = self._size
        px_per_m = height / 2 / math.tan(math.radians(self._lens.get_vfov()) / 2) / eyes.y
        rect_px = placed_px(person.rect_m, (width / 2 + eyes.x * px_per_m, height / 2 - eyes.z * px_per_m), px_per_m)
        product = self._turntable.get_child(0) if self._turntable.get_num_children() else None
        nearer = product is not None and self._cameras[-1].get_relative_point(self._turntable, LPoint3f(0)).y < eyes.y
        glass = any(p.see_through for p in self._products.values() if p.node == product)
        return Placed(person, rect_px, _depth(self._lens, eyes.y - THICK_M), (TURNTABLE,) if nearer and not glass else ())

    def _hold(self, cue: ProductCue | None, held: tuple[str, float] | None) -> None:
        """The turntable where it belongs, or with its product on the way to a palm, upright, its front where hers is."""
        if self._home is None:
            return
        body = self._bodies.get(cue.anchor_id) if cue is not None else None
        if held is None or body is None:
            self._turntable.set_pos(self._home)
            return
        palm, part = self._live.get_relative_point(body.node, point(body.palm(held[0]))), held[1]
        turn = (self._turntable.get_h() - body.node.get_h() + 180) % 360 - 180
        self._turntable.set_pos(_on_its_way(self._home, palm, part))
        self._turntable.set_h(body.node.get_h() + turn * (1 - part))

    def _settle(self, camera: Camera, cue: ProductCue | None, held: bool) -> bool:
        """Bring camera and hero plinth up to date; True when the still room had to be drawn again."""
        hero = cue.sku if cue is not None and cue.sku in self._products else None
        wanted = (camera, hero, cue.variant if cue else None, held)
        if wanted == self._shown:
            return False
        if self._shown is None or self._shown[1:] != wanted[1:]:
            self._place_products(hero, cue.variant if cue else None, held)
        self._aim(camera, hero, held)
        self._shown = wanted
        self.room_draws += 1
        return True

    def _place_products(self, hero: str | None, variant: str | None, held: bool) -> None:
        plinth = self._spec.hero
        self._plinths.clear()
        for sku, product in self._products.items():
            if sku == hero:
                if variant != self._variant:
                    product.build(self._builder, variant)
                    self._variant = variant
                product.node.reparent_to(self._turntable)
                product.node.set_pos_hpr(0, 0, 0, 0, 0, 0)
                continue
            _take_apart(product, 0.0)
            if product.plinth is not None:
                self._plinths.put(product.node, product.plinth, product.model.size_m)
            else:
                product.node.detach_node()
        size = self._products[hero].model.size_m if hero else np.array([0.3, 0.4, 0.3])
        top = hero_top_m(float(size[1]))
        self._hero_plinth.set_pos(point(plinth.position_m))
        self._hero_plinth.set_scale(*hero_plinth_scale(size, top))
        self._home = point(plinth.position_m) + LPoint3f(0, 0, top)
        self._turntable.set_pos(self._home)
        self._hero_shadow.set_pos(point(plinth.position_m) + LPoint3f(0, 0, top + 0.002))
        self._hero_shadow.set_scale(product_shadow_m(size))
        (self._hero_shadow.hide if hero is None or held else self._hero_shadow.show)()

    def _aim(self, camera: Camera, hero: str | None, held: bool) -> None:
        width, height = self._size
        half = math.tan(math.radians(camera.fov_deg) / 2)
        self._lens.set_fov(math.degrees(2 * math.atan(half * width / height)), camera.fov_deg)
        for path in self._cameras:
            path.set_pos(point(camera.position_m))
            path.look_at(point(camera.target_m))
        eye = point(camera.position_m)
        for graph in (self._still, self._live):
            graph.set_shader_input("u_eye", eye)
        for body in self._bodies.values():
            away_m = (point(camera.position_m) - body.node.get_pos()).length()
            body.detail(height / 2 / half / max(away_m - BODY_M, NEAREST_M), self._seen(body, height / 2 / half))
        hands_m = [(eye - b.node.get_pos()).length() - BODY_M for b in self._bodies.values() if held]
        for sku, product in self._products.items():
            product.detail(eye, self._still, height / 2 / half, self._home if sku == hero else None, hands_m)

    def _seen(self, body: Body, focal_px: float) -> NDArray:
        """(3, 4) from a body's model axes to (right * away, up * away, away) as the camera sees it, px and metres."""
        to_camera = np.array(body.node.get_mat(self._cameras[-1]), np.float32).reshape(4, 4).T[:3]
        right, away, up = np.column_stack([to_camera[:, :3] @ PANDA_FROM_GLTF, to_camera[:, 3]])
        return np.stack([right * focal_px, up * focal_px, away])

    def _boxes(self, away: str | None = None) -> dict[str, tuple[Box, float, bool]]:
        """Of each thing that moves: its rectangle, the depth of its far side, and whether one sees through it. away: an anchor
        who is not there."""
        boxes = {}
        if self._turntable.get_num_children():
            product = self._turntable.get_child(0)
            glass = any(p.see_through for p in self._products.values() if p.node == product)
            boxes[TURNTABLE] = (*self._project(*self._product_box(), self._turntable), glass)
        for name, body in self._bodies.items():
            if name == away:
                continue
            boxes[name] = (*self._project(*_corners(body.bounds()), body.node), False)
        return boxes

    def _product_box(self) -> tuple[LPoint3f, LPoint3f]:
        """What stands on the turntable, in its axes: looked up again only when it is another thing or taken apart otherwise."""
        product = self._turntable.get_child(0)
        key = (product, next((p.apart for p in self._products.values() if p.node == product), 0.0))
        if self._measured is None or self._measured[0] != key:
            self._measured = key, self._turntable.get_tight_bounds(self._turntable)
        return self._measured[1]

    def _project(self, low: LPoint3f, high: LPoint3f, frame: NodePath | None = None) -> tuple[Box, float]:
        return _projected(self._cameras[-1], frame or self._live, self._lens, self._size, (low, high))


def _corners(bounds_m: tuple[NDArray, NDArray]) -> tuple[LPoint3f, LPoint3f]:
    """In Panda's axes, whose y is -z of glTF's: lower and upper change places there."""
    a, b = point(bounds_m[0]), point(bounds_m[1])
    return LPoint3f(a.x, b.y, a.z), LPoint3f(b.x, a.y, b.z)


def _projected(camera: NodePath, frame: NodePath, lens: PerspectiveLens, size_px: tuple[int, int],
               corners_m: tuple[LPoint3f, LPoint3f]) -> tuple[Box, float]:
    """left, right, bottom, top (0..1 of the picture) of a box given in the axes of `frame`, and the depth (0..1) of its far
    side; the whole picture when it reaches behind the camera."""
    low, high = corners_m
    corners = [LPoint3f(x, y, z) for x in (low.x, high.x) for y in (low.y, high.y) for z in (low.z, high.z)]
    seen = np.array([camera.get_relative_point(frame, c) for c in corners])
    if (seen[:, 1] <= 0.06).any():
        return WHOLE, 1.0
    depth = _depth(lens, float(seen[:, 1].max()))
    tan_x, tan_y = (math.tan(math.radians(angle) / 2) for angle in (lens.get_hfov(), lens.get_vfov()))
    x, y = 0.5 + seen[:, 0] / seen[:, 1] / tan_x / 2, 0.5 + seen[:, 2] / seen[:, 1] / tan_y / 2
    mx, my = MARGIN_PX / size_px[0], MARGIN_PX / size_px[1]
    box = (float(np.clip(x.min() - mx, 0, 1)), float(np.clip(x.max() + mx, 0, 1)),
           float(np.clip(y.min() - my, 0, 1)), float(np.clip(y.max() + my, 0, 1)))
    return box, depth


def _depth(lens: PerspectiveLens, away_m: float) -> float:
    """0..1 in the depth buffer of what lies that far before the camera."""
    near, far = lens.get_near(), lens.get_far()
    return float(far / (far - near) * (1 - near / away_m))


def _take_apart(product: StageProduct, amount: float) -> None:
    if product.model.exploded is None or amount == product.apart:
        return
    product.apart = amount
    parts = product.node.get_children()
    for part, offset_m in zip(parts, product.model.exploded.offsets_m, strict=True):
        part.set_pos(point(offset_m * amount))


def _on_its_way(home: LPoint3f, palm: LPoint3f, part: float) -> LPoint3f:
    return home * (1 - part) + palm * part + LPoint3f(0, 0, ARC_M * 4 * part * (1 - part))


def hero_plinth_scale(size_m: NDArray, top_m: float) -> tuple[float, float, float]:
    """Scale of the unit-height plinth (top radius 0.26 m) for a product: wide enough for it, as high as `top_m`."""
    wide = max(0.75, float(math.hypot(size_m[0], size_m[2])) / 2 * 1.12 / 0.26)
    return wide, wide, top_m
