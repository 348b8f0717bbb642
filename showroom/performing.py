"""A sentence becomes movement, off the loop."""

from __future__ import annotations

import asyncio
import math
import zlib
from collections.abc import Mapping
from functools import partial

from assets.product import ProductModel
from assets.scene import ShowroomSpec
from avatar.perform import perform
from avatar.performance import Performance
from avatar.speech import Speech, Utterance
from render.performers import targets_m
from showroom.avatars import AvatarFiles

SHORT_S = 2.0  # an opening: to hand it to a thread takes longer than the work where other programs are busy


class Performing:
    """avatars: whose face and joints they are; style: the market's gesture_style; products: by sku, as they are now."""

    def __init__(self, spec: ShowroomSpec, avatars: AvatarFiles, seed: int, style: str = "calm",
                 products: Mapping[str, ProductModel] | None = None) -> None:
        self._spec, self._avatars, self._seed, self._style = spec, avatars, seed, style
        self._products = products if products is not None else {}

    async def __call__(self, speech: Speech, utterance: Utterance) -> Performance:
        number = next((i for i, m in enumerate(self._spec.marks) if m.anchor_id == utterance.anchor_id), 0)
        targets, avatar = targets_m(self._spec, number), self._avatars.of(utterance.anchor_id)
        seed = self._seed ^ zlib.crc32(utterance.id.encode())
        sweep = sweep_m(self._products.get(utterance.product or ""))
        work = partial(perform, speech, utterance, visemes=avatar.visemes, targets=targets, mark=self._spec.marks[number],
                       seed=seed, rest_m=avatar.rest_m, style=self._style, sweep_m=sweep)
        return work() if speech.duration_s <= SHORT_S else await asyncio.to_thread(work)


def sweep_m(product: ProductModel | None) -> float:
    """How far from its axis a product reaches that turns; 0 for none."""
    return math.hypot(float(product.size_m[0]), float(product.size_m[2])) / 2 if product is not None else 0.0
