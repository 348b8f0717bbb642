"""The bodies of all anchors at any t: idle life under the sentences of the timeline. The same for picture and browsers."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from assets.avatar_model import joints_in
from assets.scene import Mark, ShowroomSpec
from avatar import gaze
from avatar.attention import RETURN_S, attending, heed
from avatar.capture.captured import Captured, CapturedTrack, laid_over
from avatar.capture.cut_out import CutOut, CutOutTrack
from avatar.idle import IdleLife
from avatar.pose import JOINTS, Pose
from avatar.sampling import pose_at
from avatar.skeleton import EYES_M, REST_M, to_body
from render.clock import seconds, ticks
from render.cue import Play
from render.shots import resolve
from render.timeline import Timeline, play_end

HERO_HEIGHT_M = 1.05  # where eyes find a product on the hero plinth


def targets_m(spec: ShowroomSpec, anchor: int = 0) -> dict[str, tuple[float, float, float]]:
    """What an anchor's eyes and hands aim at, world, metres: the product on show, the camera of her half-body shot, and the
    nearest of those who share the stage."""
    x, _, z = (float(v) for v in spec.hero.position_m)
    out = {"product": (x, HERO_HEIGHT_M, z), "camera": resolve("medium", spec, None, anchor).position_m}
    others = [m for i, m in enumerate(spec.marks) if i != anchor]
    if others:
        out["partner"] = _eyes_m(min(others, key=lambda m: float(np.linalg.norm(m.position_m - spec.marks[anchor].position_m))))
    return out


def _eyes_m(mark: Mark) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in mark.position_m)
    return x, y + float(EYES_M[1]), z


class Performers:
    """Poses depend on t, the seed, the cues and what a performer did, on nothing else."""

    def __init__(self, spec: ShowroomSpec, seed: int, avatars: Mapping[str, Path] | None = None) -> None:
        """avatars: anchor id -> .npz; hands find each other by the joints in it."""
        self.anchors = tuple(mark.anchor_id for mark in spec.marks)
        self._marks = {mark.anchor_id: mark for mark in spec.marks}
        rest = {anchor: joints_in(path, JOINTS) for anchor, path in (avatars or {}).items()}
        self._idle = {mark.anchor_id: IdleLife(seed ^ zlib.crc32(mark.anchor_id.encode()), targets_m(spec, i), mark,
                                               rest.get(mark.anchor_id, REST_M))
                      for i, mark in enumerate(spec.marks)}
        self._captured = {a: CapturedTrack() for a in self.anchors}
        self._cut_outs = {a: CutOutTrack() for a in self.anchors}

    def captured(self, anchor_id: str, t: int, seen: Captured) -> None:
        """A row of the person who performs this anchor; other names are nobody's."""
        if anchor_id in self._captured:
            self._captured[anchor_id].add(seconds(t), seen)

    def pictured(self, anchor_id: str, t: int, cut: CutOut) -> None:
        """How the person who performs this anchor looks."""
        if anchor_id in self._cut_outs:
            self._cut_outs[anchor_id].add(seconds(t), cut)

    def human(self, anchor_id: str, t: int, on: bool) -> None:
        """From t on the person performs, or no longer."""
        if anchor_id in self._captured:
            self._captured[anchor_id].switch(seconds(t), on)
            self._cut_outs[anchor_id].switch(seconds(t), on)

    def person(self, t: int) -> tuple[str, CutOut, float] | None:
        """Whose body gives way to a person's picture at t, to which one, and how far, 0..1."""
        for anchor_id, track in self._cut_outs.items():
            if (found := track.at(seconds(t))) is not None:
                return anchor_id, *found
        return None

    def plays(self, t: int, span: int, timeline: Timeline) -> dict[str, list[Play]]:
        """Sentences of each anchor that touch [t, t + span], and those that others still turn away from; call it under the
        timeline's lock."""
        tail = ticks(RETURN_S) if len(self.anchors) > 1 else 0
        return {a: list({id(p): p for at in (t, t + span) for p in timeline.plays(at, a, tail)}.values()) for a in self.anchors}

    def pose(self, anchor_id: str, t: int, plays: Mapping[str, list[Play]]) -> Pose:
        """The body of one anchor at MediaTime t. plays: of all anchors, as `plays` gives them; {} while nobody speaks."""
        mine = [p for p in plays.get(anchor_id, ()) if t < play_end(p)]
        pose = pose_at(seconds(t), self._idle[anchor_id], [(seconds(p.at), p.performance) for p in mine])
        if not mine:
            for other, said in plays.items():
                if other != anchor_id and said:
                    pose = self._heeding(pose, anchor_id, other, seconds(t), said)
        seen = self._captured[anchor_id].at(seconds(t))
        return pose if seen is None else laid_over(pose, *seen)

    def _heeding(self, pose: Pose, anchor_id: str, other: str, t_s: float, said: list[Play]) -> Pose:
        """Looking at another one who speaks or has just ended."""
        spans = [(t_s - seconds(p.at), t_s - seconds(play_end(p))) for p in said]  # since it began, since it ended
        amount = heed(spans, zlib.crc32(anchor_id.encode()), t_s)
        return attending(pose, *gaze.angles_to(to_body(_eyes_m(self._marks[other]), self._marks[anchor_id])), amount)
