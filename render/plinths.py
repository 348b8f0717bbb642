"""The plinths that are no part of the room: columns that stand where they were put, and can be put elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from numpy.typing import NDArray
from panda3d.core import LPoint3f, NodePath

from assets.glb import GlbScene
from assets.scene import Plinth, stretched
from render.axes import point
from render.props import PropBuilder

SHADOW_WIDTH = 1.45  # of the soft shadow on the floor, radii of the foot
SHADOW_DENSITY = 0.6
ABOVE_FLOOR_M = 0.0065  # over a rug


class Plinths:
    """columns: models by path, 1 m high. Belongs to the picture thread, as the stage does."""

    def __init__(self, builder: PropBuilder, parent: NodePath, columns: Mapping[Path, GlbScene]) -> None:
        self._builder, self._parent, self._columns = builder, parent, columns
        self._standing: dict[str, NodePath] = {}
        self._homes: dict[str, Plinth] = {}
        self._under: dict[str, NodePath] = {}  # the soft shadow under what stands on a plinth

    def place(self, plinths: tuple[Plinth, ...]) -> None:
        """All of the showroom's, where they are now. Raises KeyError for a model that was not given."""
        self._homes = {p.id: p for p in plinths}
        for gone in self._standing.keys() - self._homes.keys():
            self._standing.pop(gone).remove_node()
        for plinth in plinths:
            if plinth.glb is None:
                continue
            if plinth.id not in self._standing:
                self._standing[plinth.id] = self._built(plinth)
            node = self._standing[plinth.id]
            node.set_pos(point(plinth.position_m))
            node.set_h(plinth.heading_deg)

    def _built(self, plinth: Plinth) -> NodePath:
        assert plinth.glb is not None
        root = self._parent.attach_new_node(f"plinth-{plinth.id}")
        column = self._builder.build(self._columns[plinth.glb], plinth.id)
        column.reparent_to(root)
        fit_column(column, plinth.radius_m, plinth.top_m)
        shadow = self._builder.contact_shadow(plinth.radius_m * SHADOW_WIDTH, SHADOW_DENSITY)
        shadow.reparent_to(root)
        shadow.set_z(ABOVE_FLOOR_M)
        return root

    def clear(self) -> None:
        """Nothing stands anywhere."""
        for shadow in self._under.values():
            shadow.hide()

    def put(self, product: NodePath, plinth_id: str, size_m: NDArray) -> None:
        """A product of that size onto the top of its plinth."""
        home = self._homes[plinth_id]
        top = point(home.position_m) + LPoint3f(0, 0, home.top_m)
        product.reparent_to(self._parent)
        product.set_pos(top)
        product.set_h(home.heading_deg)
        if plinth_id not in self._under:
            self._under[plinth_id] = self._builder.contact_shadow(1.0, 0.5)
            self._under[plinth_id].reparent_to(self._parent)
        under = self._under[plinth_id]
        under.set_pos(top + LPoint3f(0, 0, 0.002))
        under.set_scale(product_shadow_m(size_m))
        under.show()


def product_shadow_m(size_m: NDArray) -> float:
    """Radius of the soft shadow under a product of that width, height and depth."""
    return max(0.02, float(max(size_m[0], size_m[2])) * 0.62)


def fit_column(column: NodePath, radius_m: float, top_m: float) -> None:
    """Make a column, 1 m high, as wide and as high as it is wanted: see assets.scene.stretched."""
    low, high = column.get_tight_bounds()
    wide = radius_m / (max(high.x - low.x, high.y - low.y) / 2)
    for part in column.get_children():
        a, b = part.get_tight_bounds(column)
        scale, shift = stretched(a.z, b.z, top_m)
        part.set_pos(0, 0, shift)
        part.set_scale(wide, wide, scale)
