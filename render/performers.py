"""The bodies of all anchors at any t: idle life under the sentences of the timeline. The same for picture and browsers."""

from __future__ import annotations

import zlib

from assets.scene import ShowroomSpec
from avatar.capture.captured import Captured, CapturedTrack, laid_over
from avatar.idle import IdleLife
from avatar.pose import Pose
from avatar.sampling import pose_at
from render.clock import seconds
from render.cue import Play
from render.shots import resolve
from render.timeline import Timeline

HERO_HEIGHT_M = 1.05  # where eyes find a product on the hero plinth


def targets_m(spec: ShowroomSpec, anchor: int = 0) -> dict[str, tuple[float, float, float]]:
    """What an anchor's eyes and hands aim at, world, metres: the product on show, and the camera of her half-body shot."""
    x, _, z = (float(v) for v in spec.hero.position_m)
    return {"product": (x, HERO_HEIGHT_M, z), "camera": resolve("medium", spec, None, anchor).position_m}


class Performers:
    """Poses depend on t, the seed, the cues and what a performer did, on nothing else."""

    def __init__(self, spec: ShowroomSpec, seed: int) -> None:
        self.anchors = tuple(mark.anchor_id for mark in spec.marks)
        self._idle = {mark.anchor_id: IdleLife(seed ^ zlib.crc32(mark.anchor_id.encode()), targets_m(spec, i), mark)
                      for i, mark in enumerate(spec.marks)}
        self._captured = {a: CapturedTrack() for a in self.anchors}

    def captured(self, anchor_id: str, t: int, seen: Captured) -> None:
        """A row of the person who performs this anchor; other names are nobody's."""
        if anchor_id in self._captured:
            self._captured[anchor_id].add(seconds(t), seen)

    def human(self, anchor_id: str, t: int, on: bool) -> None:
        """From t on the person performs, or no longer."""
        if anchor_id in self._captured:
            self._captured[anchor_id].switch(seconds(t), on)

    def plays(self, t: int, span: int, timeline: Timeline) -> dict[str, list[Play]]:
        """Sentences of each anchor that touch [t, t + span]; call it under the timeline's lock."""
        return {a: list({id(p): p for at in (t, t + span) for p in timeline.plays(at, a)}.values()) for a in self.anchors}

    def pose(self, anchor_id: str, t: int, plays: list[Play]) -> Pose:
        """The body of one anchor at MediaTime t."""
        pose = pose_at(seconds(t), self._idle[anchor_id], [(seconds(p.at), p.performance) for p in plays])
        seen = self._captured[anchor_id].at(seconds(t))
        return pose if seen is None else laid_over(pose, *seen)
