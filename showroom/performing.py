"""A sentence becomes movement, off the loop."""

from __future__ import annotations

import asyncio
import zlib
from functools import partial

from assets.scene import ShowroomSpec
from avatar.perform import perform
from avatar.performance import Performance
from avatar.speech import Speech, Utterance
from render.performers import targets_m
from showroom.avatars import AvatarFiles

SHORT_S = 2.0  # an opening: to hand it to a thread takes longer than the work where other programs are busy


class Performing:
    """avatars: whose face and joints they are; style: the market's gesture_style."""

    def __init__(self, spec: ShowroomSpec, avatars: AvatarFiles, seed: int, style: str = "calm") -> None:
        self._spec, self._avatars, self._seed, self._style = spec, avatars, seed, style

    async def __call__(self, speech: Speech, utterance: Utterance) -> Performance:
        number = next((i for i, m in enumerate(self._spec.marks) if m.anchor_id == utterance.anchor_id), 0)
        targets, avatar = targets_m(self._spec, number), self._avatars.of(utterance.anchor_id)
        seed = self._seed ^ zlib.crc32(utterance.id.encode())
        work = partial(perform, speech, utterance, visemes=avatar.visemes, targets=targets, mark=self._spec.marks[number],
                       seed=seed, rest_m=avatar.rest_m, style=self._style)
        return work() if speech.duration_s <= SHORT_S else await asyncio.to_thread(work)
