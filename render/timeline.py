"""Which cue holds at t. The host keeps one to rebuild a studio, the studio one to draw; both give the same answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from avatar.performance import cut_short
from render.clock import RATE_HZ, seconds, ticks
from render.cue import Camera, Cue, ExplodeCue, HoldCue, Play, ProductCue, ShotCue, StageState, StopSpeech

KEEP_TICKS = 5 * RATE_HZ  # sentences that ended longer ago are forgotten
C = TypeVar("C", bound=Cue)


class Timeline:
    """Cues by kind, in order of time. Not thread-safe: the owner locks."""

    def __init__(self, state: StageState | None = None) -> None:
        self._cues: dict[tuple[type, str], list[Cue]] = {}
        self._plays: list[Play] = []
        for cue in state.cues if state else ():
            self.add(cue)

    def add(self, cue: Cue) -> None:
        """Take a cue; a StopSpeech cuts the sentences of its anchor."""
        if isinstance(cue, Play):
            self._plays.append(cue)
            return
        if isinstance(cue, StopSpeech):
            self._plays = [_stopped(p, cue.at) if p.anchor_id == cue.anchor_id and play_end(p) > cue.at else p
                           for p in self._plays if p.anchor_id != cue.anchor_id or p.at < cue.at]
            holds = self._cues.get((HoldCue, cue.anchor_id), [])
            if holds:  # the hand sinks with the sentence: what it holds goes back now, what it would take stays
                self._cues[HoldCue, cue.anchor_id] = [c for c in holds if c.at < cue.at] + [
                    HoldCue(cue.at, "", anchor_id=cue.anchor_id)]
            return
        kind = self._cues.setdefault((type(cue), cue.anchor_id), [])
        kind[:] = [c for c in kind if c.at < cue.at]
        kind.append(cue)

    def at(self, kind: type[C], t: int, anchor_id: str = "anchor") -> C | None:
        """The newest cue of `kind` whose time has come."""
        cues = self._cues.get((kind, anchor_id), [])
        for cue in reversed(cues):
            if cue.at <= t:
                return cue  # type: ignore[return-value]
        return None

    def plays(self, t: int, anchor_id: str = "anchor", tail: int = 0) -> list[Play]:
        """Sentences that sound or move at t, or did so up to `tail` ticks ago."""
        return [p for p in self._plays if p.anchor_id == anchor_id and p.at <= t < play_end(p) + tail]

    def forget(self, t: int) -> None:
        """Drop what can no longer matter at or after t."""
        self._plays = [p for p in self._plays if play_end(p) + KEEP_TICKS > t]
        for cues in self._cues.values():
            past = [c for c in cues if c.at <= t]
            # The two newest stay: an eased camera move starts from the one before.
            cues[:] = past[-2:] + [c for c in cues if c.at > t]

    def state(self) -> StageState:
        """All that a new studio needs."""
        return StageState(tuple(c for cues in self._cues.values() for c in cues) + tuple(self._plays))

    def camera(self, t: int, anchor_id: str = "anchor") -> Camera | None:
        """The broadcast camera at t, eased from the shot before."""
        now, before = self._two_newest(ShotCue, t, anchor_id)
        if now is None:
            return None
        part = (t - now.at) / max(1, ticks(now.ease_s))
        if before is None or now.ease_s <= 0 or part >= 1:
            return now.camera
        return ease(before.camera, now.camera, part)

    def apart(self, t: int, anchor_id: str = "anchor") -> float:
        """How far the product on show is taken apart at t, 0..1, eased from the cue before."""
        product = self.at(ProductCue, t, anchor_id)
        since = product.at if product is not None else 0
        now, before = self._two_newest(ExplodeCue, t, anchor_id)
        if now is None or now.at < since:
            return 0.0
        start = before.amount if before is not None and before.at >= since else 0.0
        part = min(1.0, (t - now.at) / max(1, ticks(now.ease_s)))
        return start + (now.amount - start) * smooth(part)

    def held(self, t: int, anchor_id: str = "anchor") -> tuple[str, float] | None:
        """Which hand has the product at t, and how far it is on its way there, 0..1; None when it is in its place."""
        product = self.at(ProductCue, t, anchor_id)
        since = product.at if product is not None else 0
        now, before = self._two_newest(HoldCue, t, anchor_id)
        if now is None or now.at < since:
            return None
        part = smooth(min(1.0, (t - now.at) / max(1, ticks(now.ease_s))))
        if now.side:
            return now.side, part
        was = before.side if before is not None and before.at >= since else ""
        return (was, 1.0 - part) if was and part < 1.0 else None

    def _two_newest(self, kind: type[C], t: int, anchor_id: str) -> tuple[C | None, C | None]:
        """The cue that holds at t and the one before it."""
        cues = [c for c in self._cues.get((kind, anchor_id), []) if c.at <= t]
        now, before = (cues[-1] if cues else None), (cues[-2] if len(cues) > 1 else None)
        return now, before  # type: ignore[return-value]


def _stopped(play: Play, at: int) -> Play:
    """The sentence as far as it gets when it is cut at `at`: the mixer fades the sound, the body falls back to idle."""
    left = at - play.at
    return replace(play, performance=cut_short(play.performance, seconds(left)), pcm=play.pcm[:left])


def play_end(play: Play) -> int:
    """MediaTime at which sound and movement of a sentence are over."""
    return play.at + max(len(play.pcm), ticks(play.performance.duration_s))


def smooth(part: float) -> float:
    """0..1 to 0..1, slow at both ends (smoothstep 3p²-2p³)."""
    return part * part * (3 - 2 * part)


def ease(a: Camera, b: Camera, part: float) -> Camera:
    """part 0..1 of the way from a to b, slow at both ends."""
    s = smooth(part)

    def mix(u: tuple[float, float, float], v: tuple[float, float, float]) -> tuple[float, float, float]:
        return (u[0] + (v[0] - u[0]) * s, u[1] + (v[1] - u[1]) * s, u[2] + (v[2] - u[2]) * s)

    return Camera(mix(a.position_m, b.position_m), mix(a.target_m, b.target_m), a.fov_deg + (b.fov_deg - a.fov_deg) * s)
