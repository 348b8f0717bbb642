"""The bodies of all anchors at any t: idle life under the sentences of the timeline. The same for picture and browsers."""

from __future__ import annotations

import zlib

from assets.scene import ShowroomSpec
from avatar.idle import IdleLife
from avatar.pose import Pose
from avatar.sampling import pose_at
from render.clock import seconds
from render.cue import Play
from render.timeline import Timeline


class Performers:
    """Pure but for a cache of idle lives; poses depend on t, the seed and the cues only."""

    def __init__(self, spec: ShowroomSpec, seed: int) -> None:
        self.anchors = tuple(mark.anchor_id for mark in spec.marks)
        self._idle = {a: IdleLife(seed ^ zlib.crc32(a.encode())) for a in self.anchors}

    def plays(self, t: int, span: int, timeline: Timeline) -> dict[str, list[Play]]:
        """Sentences of each anchor that touch [t, t + span]; call it under the timeline's lock."""
        return {a: list({id(p): p for at in (t, t + span) for p in timeline.plays(at, a)}.values()) for a in self.anchors}

    def pose(self, anchor_id: str, t: int, plays: list[Play]) -> Pose:
        """The body of one anchor at MediaTime t."""
        return pose_at(seconds(t), self._idle[anchor_id], [(seconds(p.at), p.performance) for p in plays])
