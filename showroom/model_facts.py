"""What a model says of its product where nobody has written: its size, and the variants that its maker named."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assets.product import Fact

MEASURED, NAMED = "measured from the model", "named in the model's file"
MODEL_SOURCES = (MEASURED, NAMED)
MOST_VARIANTS = 8
# Words as a shop would say them: no "Material.001", no "mat_blue_v2", no sentence of a stranger in the anchor's mouth.
_WORD = re.compile(r"^[^\W\d_]+(?:[ -][^\W\d_]+){0,2}$")


def model_facts(sku: str, name: str, size_m: NDArray[np.floating], variants: Sequence[str]) -> tuple[Fact, ...]:
    """Facts with their source, in English. name: of the product; size_m: (3,) width, height, depth."""
    w, h, d = (round(float(v) * 100, 1) for v in size_m)
    facts = [Fact(f"{sku}:dimensions", f"{name} is {w} cm wide, {h} cm high and {d} cm deep.", MEASURED,
                  attribute="dimensions", value=f"{w} x {h} x {d}", unit="cm")]
    if 2 <= len(variants) <= MOST_VARIANTS and all(len(v) <= 30 and _WORD.match(v) for v in variants):
        listed = f"{', '.join(variants[:-1])} and {variants[-1]}"
        facts.append(Fact(f"{sku}:colours", f"{name} comes in {listed}.", NAMED, attribute="colours",
                          value=", ".join(variants)))
    return tuple(facts)
