"""A sentence becomes movement, off the loop."""

from __future__ import annotations

import asyncio
import zlib

from assets.scene import ShowroomSpec
from avatar.perform import perform
from avatar.performance import Performance
from avatar.speech import Speech, Utterance
from showroom.avatars import AvatarFiles

CAMERA_M = (0.3, 1.4, 2.6)
HERO_HEIGHT_M = 1.05


class Performing:
    """avatars: whose face and joints they are; style: the market's gesture_style."""

    def __init__(self, spec: ShowroomSpec, avatars: AvatarFiles, seed: int, style: str = "calm") -> None:
        self._spec, self._avatars, self._seed, self._style = spec, avatars, seed, style

    async def __call__(self, speech: Speech, utterance: Utterance) -> Performance:
        x, _, z = (float(v) for v in self._spec.hero.position_m)
        targets = {"product": (x, HERO_HEIGHT_M, z), "camera": CAMERA_M}
        seed = self._seed ^ zlib.crc32(utterance.id.encode())
        return await asyncio.to_thread(perform, speech, utterance, visemes=self._avatars.visemes, targets=targets,
                                       mark=self._spec.marks[0], seed=seed, rest_m=self._avatars.rest_m, style=self._style)
