"""Hair and cloth that swing by themselves: spring bones of VRM figures (VRMC_springBone 1.0), in numpy.

One tail after another is integrated as that specification says (Verlet: what is left of its speed, the pull back to where it
was at rest, gravity), put back to its bone's length and pushed out of colliders. Ticks are 1/60 s of the show's own time,
whatever the picture's rate: the specification's drag is per frame, and figures are tuned in viewers that run at 60.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from assets.checked import frozen_array

TICK_S = 1.0 / 60.0
GAP_S = 0.25  # after a longer pause, or a step back, nothing is known of how it swung: it hangs as if it had come to rest
JUMP_M = 0.25  # so it does when a bone that it hangs on goes further than this between two pictures (a cut, a take-over)
SETTLE_TICKS = 40  # in which it comes to hang after that, in none of the show's time; more cost the next picture its moment
PUSHES = 2  # colliders that may push one tail in a tick
ENTRY = "springs.npz"  # of the zip file that an .npz is
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Springs:
    """Of one model, parents before children. joints: (s,) int32 of the model, each turned by its spring; parents: (s,) int32
    model joints that they hang on; tails_m: (s, 3) float32, where the bone ends at rest, model space; stiffness, drag (0..1),
    radius_m: (s,) float32; gravity: (s, 3) float32, direction times power, model space; centre: (s,) int32 joint against whose
    movement inertia counts, -1 for the world.

    collider_joints: (c,) int32; collider_m: (c, 2, 3) float32 both ends at rest (the same twice for a sphere), model space;
    collider_radius_m: (c,) float32; hits: (s, c) bool."""

    joints: NDArray
    parents: NDArray
    tails_m: NDArray
    stiffness: NDArray
    drag: NDArray
    radius_m: NDArray
    gravity: NDArray
    centre: NDArray
    collider_joints: NDArray
    collider_m: NDArray
    collider_radius_m: NDArray
    hits: NDArray

    def __post_init__(self) -> None:
        s, c = len(self.joints), len(self.collider_joints)
        shapes: dict[str, tuple[tuple[int | None, ...], type]] = {
            "joints": ((s,), np.int32), "parents": ((s,), np.int32), "tails_m": ((s, 3), np.float32),
            "stiffness": ((s,), np.float32), "drag": ((s,), np.float32), "radius_m": ((s,), np.float32),
            "gravity": ((s, 3), np.float32), "centre": ((s,), np.int32), "collider_joints": ((c,), np.int32),
            "collider_m": ((c, 2, 3), np.float32), "collider_radius_m": ((c,), np.float32), "hits": ((s, c), np.bool_),
        }
        for name, (shape, dtype) in shapes.items():
            object.__setattr__(self, name, frozen_array("Springs", name, getattr(self, name), shape, dtype))

    def append_to(self, file: IO[bytes]) -> None:
        """Lay them into a model's .npz that was written to `file` (readable and writable, at its end)."""
        data = io.BytesIO()
        np.savez(data, **{f.name: getattr(self, f.name) for f in fields(self)})  # type: ignore[arg-type]
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(ENTRY, data.getvalue())


def springs_in(path: Path) -> Springs | None:
    """Those of a model's .npz; None where it has none. Raises OSError when the file cannot be read."""
    with zipfile.ZipFile(path) as archive:
        if ENTRY not in archive.namelist():
            return None
        with np.load(io.BytesIO(archive.read(ENTRY)), allow_pickle=False) as z:
            return Springs(**{f.name: z[f.name] for f in fields(Springs)})


@dataclass(frozen=True, slots=True)
class _Level:
    """Springs that can be moved together: what they hang on is placed before them. rows: of Springs; columns (k, 3, 1);
    far: (k, c) both radii together, -inf for what goes through; hits: whether anything stands in their way."""

    rows: NDArray
    joints: NDArray
    parents: NDArray
    rest: NDArray
    axis: NDArray
    length: NDArray
    pull: NDArray
    far: NDArray
    hits: bool


class SpringMotion:
    """How the springs of one model hang from picture to picture. Not thread-safe.

    rest_m: (j, 3) the model's joints at rest. Bounded by construction: a tail is always one bone's length from its joint.
    """

    def __init__(self, springs: Springs, rest_m: NDArray) -> None:
        self._s, self._rest = springs, np.asarray(rest_m, np.float64)
        self._levels = _levels(springs, self._rest)
        self._keeps = (1.0 - springs.drag[:, None]).astype(np.float64)
        self._falls = springs.gravity.astype(np.float64) * TICK_S
        self._ends = np.asarray(springs.collider_m, np.float64)[..., None]
        self._driven = np.setdiff1d(np.unique(np.concatenate([springs.parents, springs.collider_joints])), springs.joints)
        self._centred = np.flatnonzero(springs.centre >= 0)
        self._now = np.zeros((len(springs.joints), 3))
        self._was = self._now.copy()
        self._tick, self._before_s = 0, -1.0
        self._before: NDArray | None = None
        self._carried: NDArray | None = None  # (k, 3, 4) the centres of the last tick

    def move(self, matrices: NDArray, at_s: float) -> None:
        """Put the springs' rows of `matrices` ((j, 3, 4) as of `Skinner.joint_matrices`, in place) where they are at at_s.
        Between two calls the body is taken to go straight from one pose to the next."""
        now = matrices.astype(np.float64)
        if self._before is None or self._forgotten(self._before, now, at_s):
            self._hang(now, at_s)
        before = now if self._before is None else self._before
        last = int(np.floor(at_s / TICK_S))
        for tick in range(self._tick + 1, last + 1):
            share = (tick * TICK_S - self._before_s) / max(at_s - self._before_s, _TINY)
            self._step(before + (now - before) * min(max(share, 0.0), 1.0))
        self._tick, self._before, self._before_s = last, now.copy(), at_s
        share = at_s / TICK_S - last
        self._turn(now, self._was + (self._now - self._was) * share)  # a tick late, and smooth at any rate
        matrices[self._s.joints] = now[self._s.joints]

    def tails_m(self) -> NDArray:
        """(s, 3) metres, model space: where the bones ended at the last tick."""
        return self._now.copy()

    def _forgotten(self, before: NDArray, now: NDArray, at_s: float) -> bool:
        if not 0.0 <= at_s - self._before_s <= GAP_S:
            return True
        rest = self._rest[self._driven, :, None]
        then, here = (_applied(m[self._driven], rest) for m in (before, now))
        return bool(np.abs(here - then).max(initial=0.0) > JUMP_M)

    def _hang(self, now: NDArray, at_s: float) -> None:
        """As it hangs in this pose after a while."""
        self._turn(now, None)
        self._now = _applied(now[self._s.joints], self._s.tails_m.astype(np.float64)[..., None])
        self._was, self._carried = self._now.copy(), None
        self._before, self._before_s, self._tick = now.copy(), at_s, int(np.floor(at_s / TICK_S))
        for _ in range(SETTLE_TICKS):
            self._step(now)
        self._was = self._now.copy()  # whatever still swung stands still

    def _step(self, matrices: NDArray) -> None:
        """One tick. matrices: (j, 3, 4) in which the springs' rows are overwritten."""
        if len(self._centred):
            self._carry(matrices)
        free = self._now + (self._now - self._was) * self._keeps + self._falls
        ends = self._colliders(matrices)
        self._was, self._now = self._now, np.empty_like(self._now)
        for level in self._levels:
            turned, head, ahead = _hung(matrices, level)
            tail = _at_length(free[level.rows] + ahead * level.pull, head, level.length)
            for _ in range(PUSHES if level.hits else 0):
                pushed = _pushed(tail, ends, level)
                if pushed is None:
                    break
                tail = _at_length(pushed, head, level.length)
            self._now[level.rows] = tail
            _place(matrices, level, turned, head, ahead, tail)

    def _colliders(self, matrices: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """(c, 3) where they begin, (c, 3) which way they go, (c,) 1 / the square of its length."""
        ends = _applied(matrices[self._s.collider_joints][:, None], self._ends)
        way = ends[:, 1] - ends[:, 0]
        return ends[:, 0], way, 1.0 / np.maximum((way * way).sum(1), _TINY)

    def _turn(self, matrices: NDArray, tails: NDArray | None) -> None:
        """Rows of the springs, by where their tails are; None: as at rest."""
        for level in self._levels:
            turned, head, ahead = _hung(matrices, level)
            _place(matrices, level, turned, head, ahead, head + ahead if tails is None else tails[level.rows])

    def _carry(self, matrices: NDArray) -> None:
        """Tails whose inertia counts against a joint go along with it."""
        rows = self._centred
        now = matrices[self._s.centre[rows]]
        then = now if self._carried is None else self._carried
        back = np.swapaxes(then[:, :, :3], 1, 2)
        for tails in (self._now, self._was):
            tails[rows] = _applied(now, back @ (tails[rows] - then[:, :, 3])[..., None])
        self._carried = now.copy()


def _levels(springs: Springs, rest: NDArray) -> list[_Level]:
    row = {int(j): k for k, j in enumerate(springs.joints)}
    depth: list[int] = []
    for parent in springs.parents:
        above = row.get(int(parent))
        depth.append(0 if above is None else depth[above] + 1)
    at, pull = rest[springs.joints], springs.stiffness[:, None].astype(np.float64) * TICK_S
    way = springs.tails_m.astype(np.float64) - at
    length = np.maximum(np.linalg.norm(way, axis=1, keepdims=True), _TINY)
    out = []
    for level in range(max(depth, default=-1) + 1):
        rows = np.flatnonzero(np.array(depth) == level)
        hits = springs.hits[rows]
        far = springs.radius_m[rows, None] + springs.collider_radius_m[None].astype(np.float64)
        out.append(_Level(rows, springs.joints[rows], springs.parents[rows], at[rows, :, None], (way / length)[rows, :, None],
                          length[rows], pull[rows], np.where(hits, far, -np.inf), bool(hits.any())))
    return out


def _applied(matrices: NDArray, columns: NDArray) -> NDArray:
    """(…, 3) of (…, 3, 4) and (…, 3, 1)."""
    return np.asarray((matrices[..., :3] @ columns)[..., 0] + matrices[..., 3])


def _hung(matrices: NDArray, level: _Level) -> tuple[NDArray, NDArray, NDArray]:
    """(k, 3, 3) how what these hang on is turned, (k, 3) where they begin, (k, 3) unit where they would point at rest."""
    on = matrices[level.parents]
    return on[:, :, :3], _applied(on, level.rest), (on[:, :, :3] @ level.axis)[..., 0]


def _place(matrices: NDArray, level: _Level, turned: NDArray, head: NDArray, ahead: NDArray, tail: NDArray) -> None:
    turn = _between(ahead, _unit(tail - head)) @ turned
    matrices[level.joints, :, :3] = turn
    matrices[level.joints, :, 3] = head - (turn @ level.rest)[..., 0]


def _unit(vectors: NDArray) -> NDArray:
    return np.asarray(vectors / np.maximum(np.sqrt((vectors * vectors).sum(1, keepdims=True)), _TINY))


def _at_length(tail: NDArray, head: NDArray, length: NDArray) -> NDArray:
    return np.asarray(head + _unit(tail - head) * length)


def _between(a: NDArray, b: NDArray) -> NDArray:
    """(k, 3, 3) the shortest turn of unit vectors a to b; opposite ones give what is no turn, but finite."""
    both = a + b
    share = 1.0 / np.maximum(1.0 + (a * b).sum(1), 1e-6)
    out = 2.0 * b[:, :, None] * a[:, None] - both[:, :, None] * (both * share[:, None])[:, None]
    return np.asarray(out + np.eye(3))


def _pushed(tail: NDArray, ends: tuple[NDArray, NDArray, NDArray], level: _Level) -> NDArray | None:
    """(k, 3) out of the collider that each tail is deepest in; None where all are outside. tail: (k, 3); ends: of the colliders
    start, way and 1 / its square."""
    start, way, per_square = ends
    off = tail[:, None] - start
    along = (off * way).sum(2)
    off -= np.minimum(np.maximum(along * per_square, 0.0), 1.0)[..., None] * way
    size = np.sqrt((off * off).sum(2))
    deep = level.far - size
    worst = deep.argmax(1)
    rows = np.arange(len(tail))
    deepest = deep[rows, worst]
    if deepest.max() <= 0.0:
        return None
    depth = np.maximum(deepest, 0.0) / np.maximum(size[rows, worst], _TINY)
    return np.asarray(tail + off[rows, worst] * depth[:, None])


def for_page(springs: Springs, names: Sequence[str], rest_m: NDArray) -> dict[str, Any]:
    """The same for the page's own motion (showroom/web/src/springs.js), by joints' names. rest_m: (j, 3) joints at rest."""
    s = springs

    def spot(point: NDArray) -> list[float]:
        return [round(float(v), 6) for v in point]

    bones = [{"name": names[s.joints[k]], "parent": names[s.parents[k]], "rest": spot(rest_m[s.joints[k]]),
              "tail": spot(s.tails_m[k]), "stiffness": float(s.stiffness[k]), "drag": float(s.drag[k]),
              "radius": float(s.radius_m[k]), "gravity": spot(s.gravity[k]),
              "centre": names[s.centre[k]] if s.centre[k] >= 0 else "", "hits": np.flatnonzero(s.hits[k]).tolist()}
             for k in range(len(s.joints))]
    colliders = [{"joint": names[j], "ends": [spot(p) for p in ends], "radius": float(r)}
                 for j, ends, r in zip(s.collider_joints, s.collider_m, s.collider_radius_m, strict=True)]
    driven = np.setdiff1d(np.concatenate([s.parents, s.collider_joints, s.centre[s.centre >= 0]]), s.joints)
    return {"bones": bones, "colliders": colliders, "driven": {names[j]: spot(rest_m[j]) for j in driven}}
