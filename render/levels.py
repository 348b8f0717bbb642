"""A product's coarser index lists on the stage: as few triangles as its size in the picture needs."""

from __future__ import annotations

import numpy as np
from panda3d.core import Geom, GeomNode

MOST_PX = 0.4  # how far a surface may be off in the picture; as render.detail.FAR_ERROR_M at FAR_MOST_PX_PER_M


class Levels:
    """Of one product's node. Belongs to the picture thread."""

    def __init__(self) -> None:
        self._parts: list[tuple[GeomNode, tuple[tuple[float, Geom], ...], int]] = []

    def add(self, node: GeomNode, geoms: tuple[tuple[float, Geom], ...]) -> None:
        """A part of it. geoms: (error, m; of the same vertices), the whole one first, with error 0; node has that one."""
        self._parts.append((node, geoms, 0))

    @property
    def triangles(self) -> int:
        """How many of parts with coarser lists are drawn."""
        return sum(geoms[shown][1].get_primitive(0).get_num_faces() for _, geoms, shown in self._parts)

    def choose(self, px_per_m: float) -> None:
        """Draw it at this scale: the coarsest whose error is no more than MOST_PX. In a moving or new picture only: the
        exchange itself moves surfaces by as much."""
        for number, (node, geoms, shown) in enumerate(self._parts):
            wanted = int(np.searchsorted([error_m * px_per_m for error_m, _ in geoms], MOST_PX, side="right")) - 1
            if wanted != shown:
                node.set_geom(0, geoms[wanted][1])
                self._parts[number] = node, geoms, wanted
