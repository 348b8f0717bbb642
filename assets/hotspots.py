"""Points of a product that can be named to a shopper: the middle of each part whose name is a word."""

from __future__ import annotations

import re

import numpy as np

from assets.glb import GlbError, GlbScene, part_bounds
from assets.product import Hotspot

LONGEST = 30  # characters: a label beside a part on a phone
_WORDS = re.compile(r"^([^\W\d_]+(?: [^\W\d_]+){0,3})(?: \d{1,3})?$")
# What programs call things that nobody has named.
_NO_NAME = {"mesh", "node", "object", "obj", "part", "cube", "box", "sphere", "cylinder", "plane", "circle", "torus", "curve",
            "group", "null", "empty", "default", "root", "scene", "geometry", "geo", "polysurface", "material", "placed",
            "model", "untitled"}


def hotspots(scene: GlbScene) -> tuple[Hotspot, ...]:
    """In file order. id: the part's name in the file; label: its words, without the number that tells it from its like."""
    made = []
    for name in dict.fromkeys(n.name for n in scene.nodes if n.mesh is not None and n.name):
        words = label(name)
        if not words:
            continue
        try:
            low, high = part_bounds(scene, name)
            made.append(Hotspot(name, ((low + high) / 2).astype(np.float32), {"en": words}))
        except (GlbError, ValueError):
            continue  # a part without triangles, or with a name that is no identifier, cannot be pointed at
    return tuple(made)


def label(name: str) -> str:
    """"Front_leg.002" as "front leg"; "" for what is no name."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"[_.\\-]+", " ", name)).strip().lower()
    found = _WORDS.match(spaced)
    if found is None or len(found[1]) > LONGEST or _NO_NAME & set(found[1].split()):
        return ""
    return found[1]
