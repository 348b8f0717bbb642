"""A sentence becomes movement, off the loop."""

from __future__ import annotations

import asyncio
import zlib

from numpy.typing import NDArray

from assets.scene import ShowroomSpec
from avatar.perform import perform
from avatar.performance import Performance
from avatar.skeleton import REST_M
from avatar.speech import Speech, Utterance

CAMERA_M = (0.3, 1.4, 2.6)
HERO_HEIGHT_M = 1.05


class Performing:
    """visemes: (15, 52) of the anchor's face; rest_m: (16, 3) its joints at rest, metres; style: the
    market's gesture_style."""

    def __init__(self, spec: ShowroomSpec, visemes: NDArray, seed: int, rest_m: NDArray = REST_M,
                 style: str = "calm") -> None:
        self._spec, self._visemes, self._seed, self._rest_m, self._style = spec, visemes, seed, rest_m, style

    async def __call__(self, speech: Speech, utterance: Utterance) -> Performance:
        x, _, z = (float(v) for v in self._spec.hero.position_m)
        targets = {"product": (x, HERO_HEIGHT_M, z), "camera": CAMERA_M}
        seed = self._seed ^ zlib.crc32(utterance.id.encode())
        return await asyncio.to_thread(perform, speech, utterance, visemes=self._visemes, targets=targets,
                                       mark=self._spec.marks[0], seed=seed, rest_m=self._rest_m, style=self._style)
