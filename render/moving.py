"""What moves before the still room: drawn into an empty buffer of its own, then laid over a copy of the room.

Laying the room into that buffer first, colour and depth, costs a CPU rasteriser 5 ms of 30; empty, it costs hardly anything.
The room's depth is put back only where something of the room stands nearer than the far side of what moves, and its colour
only under glass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    CardMaker,
    ColorWriteAttrib,
    DepthTestAttrib,
    GraphicsOutput,
    NodePath,
    RenderAttrib,
    ScissorAttrib,
    Texture,
)

from render.engine import Engine, bound_textures, copied_texture
from render.outlines import lay_over
from render.person import Placed, lay_person
from render.props import never_culled, shader

CELL_PX = 8  # the room's depth is kept as the nearest of each square of that size
NEARER = 1e-4  # of the depth buffer's range: what a 16-bit reading may be off, and a little
ROOM_SAMPLES = 4  # the room is drawn once a shot; for moving things see render.outlines
Box = tuple[float, float, float, float]  # left, right, bottom, top of the picture, 0..1
WHOLE: Box = (0.0, 1.0, 0.0, 1.0)


SEAM_PX = 8  # rows that are drawn below what moves with a head: laying over looks at neighbours
NEAR_PX = 24  # whoever has something so near is drawn whole


@dataclass(frozen=True, slots=True)
class Seam:
    """row: below this row of the picture (px, top row first) lies nothing that moves with an anchor's head; rests: what lies
    there was not moved since it was drawn last."""

    row: int
    rests: bool


class MovingLayer:
    """Belongs to the thread that draws. room, moving: the buffers, for the cameras."""

    def __init__(self, engine: Engine, width_px: int, height_px: int, live: NodePath, names: Iterable[str]) -> None:
        """live: root of what moves; names: of the moving things, each with a rectangle of its own."""
        self._engine, self._size = engine, (width_px, height_px)
        self.room = engine.buffer("room", width_px, height_px, ROOM_SAMPLES)
        self.room.set_sort(-10)
        self.room.set_clear_color((0.02, 0.02, 0.03, 1))
        self._colour, self._depth = bound_textures(self.room)
        self._room_copy, self._depth_copy = copied_texture(self.room), copied_texture(self.room, GraphicsOutput.RTP_depth)
        self.moving = engine.buffer("stage", width_px, height_px)
        self.moving.set_clear_color((0, 0, 0, 0))
        self._copy = copied_texture(self.moving)
        self._restores = {name: self._restore(live) for name in names}
        self._nearest: NDArray[np.float32] | None = None
        self._hiding: tuple[float, NDArray[np.uint8]] | None = None  # depth of a person, where the room is nearer
        self._room_changed = True
        self._kept: dict[str, tuple[tuple[int, int, int, int], int]] = {}  # rectangles whose last pixels are kept, with seams
        self._kept_picture = np.zeros((height_px, width_px, 4), np.uint8)
        self.room_picture = np.zeros((height_px, width_px, 4), np.uint8)  # BGRA, top row first

    def _restore(self, live: NodePath) -> NodePath:
        quad = CardMaker("restore")
        quad.set_frame(-1, 1, -1, 1)
        restore = live.attach_new_node(quad.generate())
        restore.set_shader(shader("restore"))
        restore.set_shader_input("u_colour", self._colour)
        restore.set_shader_input("u_depth", self._depth)
        restore.set_bin("background", 0)
        restore.set_attrib(DepthTestAttrib.make(RenderAttrib.M_always))
        restore.set_depth_write(True)
        restore.set_two_sided(True)
        never_culled(restore)
        return restore

    def limit(self, room_changed: bool, boxes: Mapping[str, tuple[Box, float, bool]]) -> None:
        """Before a frame. boxes: of each moving thing its rectangle, the depth (0..1) of its far side, and whether the room
        is seen through it."""
        self._room_changed = room_changed
        self.room.set_active(room_changed)
        if room_changed:
            self._nearest = self._hiding = None
            self._kept.clear()
        elif self._nearest is None:
            self._nearest = self._read_depth()
        for name, restore in self._restores.items():
            if name not in boxes:
                restore.hide()
                continue
            box, far, through = boxes[name]
            part = box if through or self._nearest is None else self._hidden_part(box, far)
            if part is None:
                restore.hide()
                continue
            restore.set_attrib(ScissorAttrib.make(*part))
            restore.set_attrib(ColorWriteAttrib.make(ColorWriteAttrib.C_all if through else ColorWriteAttrib.C_off))
            restore.show()

    def keeps(self, name: str) -> bool:
        """Whether the pixels of this anchor's last picture can be used again."""
        return name in self._kept

    def drawn_to(self, name: str, row: int) -> int:
        """The last row, px, that must be drawn of an anchor that rests below `row`."""
        return min(max(row, self._kept[name][1]) + SEAM_PX, self._size[1])

    def picture(self, boxes: Mapping[str, tuple[Box, float, bool]], placed: Placed | None = None,
                seams: Mapping[str, Seam] | None = None) -> NDArray[np.uint8]:
        """After it: (h, w, 4) uint8 BGRA, top row first, the caller's to keep. placed: a person among what moves; seams: of
        anchors."""
        if self._room_changed:
            self.room_picture = self._pixels(self._room_copy).copy()
        picture, drawn = self.room_picture.copy(), self._pixels(self._copy)
        later = placed.under if placed is not None and placed.person.anchor_id not in boxes else ()
        seams = seams or {}
        for name in sorted(boxes.keys() - set(later), key=lambda name: not boxes[name][2]):
            if name in seams and seams[name].rests:
                self._lay_head(picture, drawn, boxes[name][0], name, seams[name].row)
            else:
                self._lay(picture, drawn, self.room_picture, boxes[name])
        if placed is not None:
            self._with_person(picture, drawn, boxes, placed)
        self._keep(picture, boxes, seams if placed is None else {})
        return picture

    def _lay_head(self, picture: NDArray, drawn: NDArray, box: Box, name: str, row: int) -> None:
        """What moves with a head as it was drawn now, what lies below as it was laid last."""
        (left, top, right, bottom), last = self._kept[name]
        now = in_pixels(box, *self._size)
        upper = min(left, now[0]), min(top, now[1]), max(right, now[2]), self.drawn_to(name, row)
        lay_over(picture, drawn, self.room_picture, upper)
        cut = max(row, last) + SEAM_PX // 2
        picture[cut:bottom, left:right] = self._kept_picture[cut:bottom, left:right]

    def _keep(self, picture: NDArray, boxes: Mapping[str, tuple[Box, float, bool]], seams: Mapping[str, Seam]) -> None:
        """Of anchors that have nothing else near them."""
        rectangles = {name: in_pixels(box, *self._size) for name, (box, _, _) in boxes.items()}
        for name in (self._kept.keys() | seams.keys()) - rectangles.keys() | (self._kept.keys() - seams.keys()):
            self._kept.pop(name, None)
        for name in seams.keys() & rectangles.keys():
            if any(_near(rectangles[name], other) for at, other in rectangles.items() if at != name):
                self._kept.pop(name, None)
            elif not seams[name].rests:
                left, top, right, bottom = rectangles[name]
                self._kept_picture[top:bottom, left:right] = picture[top:bottom, left:right]
                self._kept[name] = rectangles[name], seams[name].row

    def _lay(self, picture: NDArray, drawn: NDArray, under: NDArray, box: tuple[Box, float, bool]) -> None:
        lay_over(picture, drawn, under, in_pixels(box[0], *self._size), box[2])

    def _with_person(self, picture: NDArray, drawn: NDArray, boxes: Mapping[str, tuple[Box, float, bool]],
                     placed: Placed) -> None:
        """The picture with the anchor's body becomes the one with the person; over both what is nearer than the person."""
        nearer, anchor_id = self._hides(placed.depth), placed.person.anchor_id
        if anchor_id in boxes:
            without = self.room_picture.copy()
            for name in boxes.keys() - {anchor_id}:
                self._lay(without, drawn, self.room_picture, boxes[name])
            lay_person(without, placed, nearer)
            cv2.addWeighted(picture, 1.0 - placed.person.part, without, placed.person.part, 0.0, dst=picture)
        else:
            lay_person(picture, placed, nearer)
        under = picture.copy() if placed.under else picture
        for name in placed.under:
            self._lay(picture, drawn, under, boxes[name])

    def _hides(self, depth: float) -> NDArray[np.uint8]:
        """(h, w), not 0 where the room is nearer than `depth`; top row first."""
        if self._hiding is None or self._hiding[0] != depth:
            self._hiding = depth, np.asarray(self._room_depth()[::-1] < depth - NEARER, np.uint8)
        return self._hiding[1]

    def _pixels(self, texture: Texture) -> NDArray[np.uint8]:
        width, height = self._size
        return np.frombuffer(texture.get_ram_image(), np.uint8).reshape(height, width, 4)[::-1]

    def _read_depth(self) -> NDArray[np.float32]:
        """(rows, columns) 0..1: the nearest that the room comes in each cell, bottom row first."""
        width, height = self._size
        depth = self._room_depth()
        rows, columns = -(-height // CELL_PX), -(-width // CELL_PX)
        padded = np.ones((rows * CELL_PX, columns * CELL_PX), np.float32)
        padded[:height, :width] = depth
        return padded.reshape(rows, CELL_PX, columns, CELL_PX).min((1, 3))

    def _room_depth(self) -> NDArray[np.float32]:
        """(h, w) 0..1, bottom row first."""
        width, height = self._size
        copy = self._depth_copy
        kind = np.float32 if copy.component_type == Texture.T_float else f"<u{copy.component_width}"
        raw = np.frombuffer(copy.get_ram_image(), kind).reshape(height, width)
        whole = 1.0 if copy.component_type == Texture.T_float else 256.0**copy.component_width - 1
        return np.asarray(raw / np.float32(whole), np.float32)

    def _hidden_part(self, box: Box, far: float) -> Box | None:
        """Of a rectangle the part where the room comes nearer than `far`, in whole cells."""
        assert self._nearest is not None
        width, height = self._size
        left, right = int(box[0] * width) // CELL_PX, -(-int(np.ceil(box[1] * width)) // CELL_PX)
        bottom, top = int(box[2] * height) // CELL_PX, -(-int(np.ceil(box[3] * height)) // CELL_PX)
        nearer = self._nearest[bottom:top, left:right] < far + NEARER
        rows, columns = np.flatnonzero(nearer.any(1)), np.flatnonzero(nearer.any(0))
        if not len(rows):
            return None
        x, y = CELL_PX / width, CELL_PX / height
        return (min((left + int(columns[0])) * x, 1.0), min((left + int(columns[-1]) + 1) * x, 1.0),
                min((bottom + int(rows[0])) * y, 1.0), min((bottom + int(rows[-1]) + 1) * y, 1.0))


def _near(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return all(a[i] - NEAR_PX < b[i + 2] and b[i] - NEAR_PX < a[i + 2] for i in range(2))


def in_pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """left, top, right, bottom, px, top row first."""
    return (int(box[0] * width), int((1 - box[3]) * height),
            int(np.ceil(box[1] * width)), int(np.ceil((1 - box[2]) * height)))
